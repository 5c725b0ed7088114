import type { ConnectorKind } from '../../connector-kit/index.ts'

export interface NewConnector {
  readonly id: string
  readonly name: string
  readonly kind: ConnectorKind
}

/** What differs from kind to kind. */
export interface KindTemplate {
  readonly summary: string
  /** What `index.ts` takes from its own folder. */
  readonly imports: string
  /** Members of `capabilities`. */
  readonly capabilities: string
  /** Further source files by name. */
  readonly sources: Readonly<Record<string, string>>
  /** What the fake vendor of the test answers, by the end of the path. */
  readonly answers: Readonly<Record<string, unknown>>
  /** Test cases; `open()` gives the context. */
  readonly cases: string
  /** Rows of the guide's table of what is taken over. */
  readonly guideRows: string
}
