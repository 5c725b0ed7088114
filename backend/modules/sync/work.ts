import type { TenantContext } from '../../core/tenancy.ts'
import type { SyncDeps } from './deps.ts'
import type { RunRow } from './run-store.ts'

export interface Work {
  readonly ctx: TenantContext
  readonly run: RunRow
  readonly deps: SyncDeps
  readonly signal: AbortSignal
  progress(fraction: number): void
}

/** Thrown where somebody else moved the run on: it was cancelled, or another process has it. */
export class RunTaken extends Error {
  override readonly name = 'RunTaken'
}
