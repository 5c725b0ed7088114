import { ConnectorError } from '../../connector-kit/index.ts'

/** A list that never ends is a fault, not a large course. */
const mostPages = 500

export interface Page {
  readonly rows: readonly unknown[]
  /** Token of the next page. */
  readonly next: string | undefined
}

/** Follows a list to its end; a token that comes again would be followed for ever. */
export async function readAll(
  read: (pageToken: string | undefined) => Promise<Page>,
  signal: AbortSignal,
): Promise<unknown[]> {
  const rows: unknown[] = []
  const seen = new Set<string>()
  let token: string | undefined
  do {
    signal.throwIfAborted()
    const page: Page = await read(token)
    rows.push(...page.rows)
    token = page.next
    if (token !== undefined) {
      if (seen.has(token) || seen.size > mostPages) throw endless()
      seen.add(token)
    }
  } while (token !== undefined)
  return rows
}

function endless(): ConnectorError {
  return new ConnectorError('reject', 'Google Classroom sends a list that does not end.')
}

/** Google leaves an empty list out, and says null where it has no token. */
export function pageOf(rows: unknown, next: string | null | undefined): Page {
  return { rows: Array.isArray(rows) ? rows : [], next: next || undefined }
}
