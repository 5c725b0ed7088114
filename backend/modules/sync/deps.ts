import type { SyncRun } from '../../../shared/api/syncs.ts'
import type { Queue } from '../../core/jobs/index.ts'
import type { Logger } from '../../core/logging.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { ConnectionsAccess } from '../connections/index.ts'
import type { ProblemsAccess } from '../problems/index.ts'
import type { FieldOwnership } from '../roster/index.ts'
import type { PlatformCourses, Sources } from './sources.ts'

export type SyncMessage = { readonly kind: 'sync.changed'; readonly sync: SyncRun }

export interface SyncOptions {
  readonly connections: Pick<
    ConnectionsAccess,
    'read' | 'withCapability' | 'listWorking' | 'setSync'
  >
  readonly platforms: PlatformCourses
  readonly problems: Pick<ProblemsAccess, 'report' | 'recovered' | 'recordAct'>
  readonly queue: Queue
  /** Where a connection does not say otherwise. */
  everyMinutesOf(tenantId: string): Promise<number>
  mostRemovedPercentOf(tenantId: string): Promise<number>
  /** Which kind of source has the last word on a field of a person. */
  ownershipOf(tenantId: string): Promise<FieldOwnership>
  countRows(
    ctx: Pick<TenantContext, 'tenantId'>,
    counted: { readonly connectionId: string; readonly capability: string; readonly rows: number },
  ): void
  publish(tenantId: string, topic: 'syncs', message: SyncMessage): void
  readonly log: Pick<Logger, 'info' | 'warn'>
  now(): Date
  /** 0 to 1, for jitter. */
  readonly random?: (() => number) | undefined
}

export interface SyncDeps extends Omit<SyncOptions, 'connections'> {
  readonly sources: Sources
}
