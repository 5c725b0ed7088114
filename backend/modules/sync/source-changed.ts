import { syncCapabilities } from '../../../shared/api/syncs.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { SyncDeps } from './deps.ts'
import { betweenChangesMs, plan } from './schedule.ts'
import { noteChange, readState } from './state-store.ts'

export interface SourceChange {
  readonly connectionId: string
  /** `roster`, `courses`: what is to be fetched. */
  readonly capability: string
  /** Absent: it may be anything. */
  readonly courseIds?: readonly string[]
}

/** So that the many messages of one change are one run. */
const gatherMs = 60_000

/**
 * Brings the next run forward. Not before the first one, which a person may want to preview, and not while runs
 * fail, since then it would only fail more often.
 */
export async function changedAtSource(
  ctx: TenantContext,
  { connectionId, capability: name, courseIds }: SourceChange,
  deps: SyncDeps,
): Promise<void> {
  const capability = syncCapabilities.find((one) => one === `${name}.pull`)
  if (!capability) return
  const key = { tenantId: ctx.tenantId, connectionId, capability }
  const state = await readState(key)
  if (!state?.nextAt || !state.lastFullAt || state.failures > 0) return
  const now = deps.now().getTime()
  const { sync } = await deps.sources.read(ctx, connectionId)
  const lastAt = sync.last ? Date.parse(sync.last.endedAt) : 0
  const soon = new Date(Math.max(now + gatherMs, lastAt + betweenChangesMs))
  await noteChange(key, new Date(now), courseIds)
  if (soon < state.nextAt) await plan(ctx, key, soon, deps)
}
