import type { TenantContext } from '../../core/tenancy.ts'
import type { SyncDeps } from './deps.ts'
import type { CountsByKind } from './kinds.ts'
import type { Nameless, RunRow } from './run-store.ts'

/** What one page brought; records that the run had seen before are not counted again. */
export interface PageTaken {
  readonly counts: CountsByKind
  readonly nameless: Nameless
}

export interface Taking {
  readonly ctx: TenantContext
  readonly run: RunRow
  readonly deps: SyncDeps
  /** Of other connections that have a record already: whether they still exist. */
  readonly owners: Map<string, boolean>
}
