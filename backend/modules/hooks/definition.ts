import type { Logger } from '../../core/logging.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { ConnectionsAccess } from '../connections/index.ts'
import type { ProblemsAccess } from '../problems/index.ts'

/** What changed at the other system, or may have. */
export interface SourceChange {
  readonly connectionId: string
  /** `roster`, `courses` … */
  readonly capability: string
  /** The courses that it is about, as the other system calls them; absent: it may be anything. */
  readonly courseIds?: readonly string[]
  /** `polling`: webhooks have stopped, so we ask by ourselves. */
  readonly reason: 'webhook' | 'polling'
}

export interface HooksOptions {
  readonly connections: Pick<ConnectionsAccess, 'open' | 'findWorking' | 'listWorking'>
  readonly problems: Pick<ProblemsAccess, 'report' | 'recovered' | 'recordAct'>
  readonly clocks: {
    messageIsWrong(ctx: TenantContext, connectionId: string, detail: string): Promise<void>
    messageIsRight(ctx: TenantContext, connectionId: string): Promise<void>
  }
  readonly publicUrl: string
  readonly log: Pick<Logger, 'info' | 'warn'>
  now(): Date
}
