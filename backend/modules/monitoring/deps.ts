import type { Logger } from '../../core/logging.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { ConnectionReport, ConnectionsAccess } from '../connections/index.ts'
import type { BucketWriter } from './bucket-writer.ts'
import type { MonitoringFigures } from './figures.ts'
import type { HealthRules } from './hysteresis.ts'

/** The part of the problems module that is told what checks found. */
export interface ProblemsAccess {
  /** Adds evidence to the one open problem of this cause and connection, or opens it. */
  report(ctx: TenantContext, report: ConnectionReport): Promise<void>
  /** A step towards the proof that a connection works again. */
  succeeded(ctx: TenantContext, connectionId: string, at: Date): Promise<void>
  /** What was reported is over, for causes that no success closes. */
  recovered?(
    ctx: TenantContext,
    what: { readonly connectionId: string; readonly cause: string },
  ): Promise<unknown>
}

export interface MonitoringOptions {
  readonly connections: Pick<
    ConnectionsAccess,
    'open' | 'check' | 'applyHealth' | 'listWorking' | 'read' | 'onExchange'
  >
  /** Minutes between checks of a tenant's connections. */
  everyMinutesOf(tenantId: string): Promise<number>
  readonly problems?: ProblemsAccess | undefined
  readonly log: Pick<Logger, 'info' | 'warn'>
  readonly now?: (() => Date) | undefined
  /** 0 to 1, for jitter. */
  readonly random?: (() => number) | undefined
  readonly rules?: Omit<HealthRules, 'noDataMs'> | undefined
  /** How soon a state that is about to change is looked at again; default 30 s. */
  readonly soonMs?: number | undefined
  /** Checks under way in this process; default 200, of which one connector gets at most half. */
  readonly concurrency?: number | undefined
  /** For one check; default 20 s. */
  readonly checkTimeoutMs?: number | undefined
  /** How long a killed process's checks stay unclaimed; default 60 s. */
  readonly leaseMs?: number | undefined
}

export interface MonitoringDeps extends MonitoringOptions {
  now(): Date
  random(): number
  readonly buckets: BucketWriter
  readonly figures: MonitoringFigures
}
