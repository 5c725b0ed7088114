import type { ConnectionProblem, HealingAct } from '../../../shared/api/problems.ts'
import type { ProblemSeverity } from '../../../shared/problem-causes.ts'
import type { Logger } from '../../core/logging.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { ConnectionReport, ConnectionsAccess } from '../connections/index.ts'

/** What went wrong; `cause` may be a code that only its reporter knows. */
export interface ProblemReport extends ConnectionReport {
  /** Where it is graver or milder than its cause usually is. */
  readonly severity?: ProblemSeverity
  /** What failed, for example `roster.pull`; then only this working again is proof. */
  readonly capability?: string
}

export interface Success {
  /** What worked; a problem with one capability is not closed by others. */
  readonly capability?: string
}

export type NewAct = Pick<
  HealingAct,
  'connectionId' | 'cause' | 'act' | 'result' | 'before' | 'after' | 'explanation'
> & { readonly at?: Date }

/** What other modules may tell of connections. */
export interface ProblemsAccess {
  /** Adds evidence to the one open problem of this cause and connection, or opens it. */
  report(ctx: TenantContext, report: ProblemReport): Promise<void>
  /** A step towards the proof that a connection works again. */
  succeeded(ctx: TenantContext, connectionId: string, at: Date, success?: Success): Promise<void>
  /** It is over: closes a problem that its reporter closes, otherwise counts as one success. */
  recovered(
    ctx: TenantContext,
    over: { readonly connectionId: string; readonly cause?: string; readonly at?: Date },
  ): Promise<void>
  /** Records what was done by itself to heal a connection. */
  recordAct(ctx: TenantContext, act: NewAct): Promise<void>
}

export type ProblemMessage = {
  readonly kind: 'problem.changed'
  readonly problem: ConnectionProblem
}

export interface ProblemsOptions {
  connections(): Pick<ConnectionsAccess, 'read' | 'setOpenProblems'>
  /** Minutes for which everything must have worked. */
  recoveryMinutesOf(tenantId: string): Promise<number>
  /** The organisation and those above it, from the root down, each with its kind. */
  lineageOf(tenantId: string): Promise<readonly { readonly id: string; readonly kind: string }[]>
  /** Ids of the organisation and of everything below it. */
  treeOf(tenantId: string): Promise<readonly string[]>
  publish(tenantId: string, topic: 'problems', message: ProblemMessage): void
  readonly log: Pick<Logger, 'warn'>
  now(): Date
}

export type ProblemsDeps = ProblemsOptions
