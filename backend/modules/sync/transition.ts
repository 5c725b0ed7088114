import type { SyncStatus } from '../../../shared/api/syncs.ts'
import type { syncEvents } from '../../../shared/events/syncs.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { pushEvent } from '../../core/events/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { SyncDeps } from './deps.ts'
import { sumOf } from './kinds.ts'
import { changeRun, type RunRow, type RunUpdate } from './run-store.ts'
import { showRun } from './show.ts'

export const activeStatuses = ['waiting', 'running'] as const

type SyncEvent = keyof typeof syncEvents

export interface Transition {
  readonly to: SyncStatus
  readonly set?: Partial<RunRow>
  readonly unset?: RunUpdate['$unset']
  readonly event?: SyncEvent
}

/** Moves a run on with its event, where it is as `where` says; null where it is not. */
export async function move(
  ctx: TenantContext,
  run: RunRow,
  where: object,
  { to, set = {}, event }: Transition,
  deps: SyncDeps,
): Promise<RunRow | null> {
  const isActive = to === 'waiting' || to === 'running'
  const isOver = !isActive && to !== 'held'
  const after = { ...run, ...set }
  const moved = await changeRun(run, where, {
    $set: {
      ...set,
      status: to,
      ...(isActive ? { active: true } : { worker: null }),
      ...(isOver && { endedAt: deps.now() }),
    },
    ...(!isActive && { $unset: { active: 1 } }),
    ...(event && pushEvent(ctx, event, dataOf(event, after) as never)),
  })
  if (moved) tell(moved, deps)
  return moved
}

export function tell(run: RunRow, { publish }: Pick<SyncDeps, 'publish'>): void {
  publish(run.tenantId, 'syncs', { kind: 'sync.changed', sync: showRun(run) })
}

function dataOf(event: SyncEvent, run: RunRow): object {
  const which = { syncId: run._id, connectionId: run.connectionId, capability: run.capability }
  switch (event) {
    case 'sync.started':
      return { ...which, trigger: run.trigger }
    case 'sync.succeeded':
      return {
        ...which,
        whole: run.loss?.whole ?? true,
        created: sumOf(run.counts, 'created'),
        updated: sumOf(run.counts, 'updated'),
        removed: sumOf(run.counts, 'removed'),
        refused: sumOf(run.counts, 'refused'),
      }
    case 'sync.failed':
      return { ...which, code: run.error?.code ?? 'other' }
    case 'sync.held':
      return { ...which, removals: run.heldBecause?.removals ?? 0 }
    default:
      return which
  }
}

const counted = ['seen', 'created', 'updated', 'removed', 'refused'] as const

/** Numbers and outcomes; nothing of the records. */
export function audit(
  ctx: TenantContext,
  run: RunRow,
  verb: string,
  result: 'success' | 'failed' = 'success',
): Promise<void> {
  return recordAudit(ctx, {
    action: `sync.${verb}`,
    target: { type: 'sync', id: run._id },
    fields: [
      `connection:${run.connectionId}`,
      ...counted.map((field) => `${field}:${sumOf(run.counts, field)}`),
    ],
    result,
  })
}
