import type { Replayed, WebhookDelivery } from '../../../shared/api/webhook-deliveries.ts'
import { type EventRow, findEvents, toDomainEvent } from '../../core/events/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { assertEnabled, mustFindDelivery } from './deliveries.ts'
import { newDelivery } from './delivery-store.ts'
import { showDelivery } from './delivery-view.ts'
import type { WebhookDeps } from './deps.ts'
import type { EndpointRow } from './endpoint-store.ts'
import { audit, mustFindEndpoint } from './endpoints.ts'
import { type FanOutDeps, laneOf, putOnRecord } from './fan-out.ts'
import { wantsEvent } from './matches.ts'
import {
  findFailed,
  findOfEvents,
  hurryDelivery,
  openLane,
  restartDeliveries,
} from './schedule-store.ts'

type ReplayDeps = Pick<WebhookDeps, 'lineageOf' | 'treeOf'> & Pick<FanOutDeps, 'onDue'>

const mostAtOnce = 10_000
const pageSize = 500

export interface ReplayRange {
  readonly from: string
  readonly to?: string | undefined
}

/** Sends one delivery again now, whatever became of it. */
export async function replayDelivery(
  ctx: TenantContext,
  id: string,
  { onDue }: Pick<ReplayDeps, 'onDue'>,
): Promise<WebhookDelivery> {
  const row = await mustFindDelivery(ctx, id)
  assertEnabled(await mustFindEndpoint(ctx, row.endpointId))
  if ((await restartDeliveries(ctx, [row])) === 0) await hurryDelivery(ctx, id)
  if (row.lane !== undefined) await openLane(ctx.tenantId, row.lane)
  onDue([row.endpointId])
  await audit(ctx, 'webhook.replay', row.endpointId, [])
  return showDelivery(await mustFindDelivery(ctx, id))
}

/** Sends again what failed, or every event of a time that the endpoint wants, also those it never got. */
export async function replayEndpoint(
  ctx: TenantContext,
  id: string,
  wish: ReplayRange | { readonly failed: true },
  deps: ReplayDeps,
): Promise<Replayed> {
  const endpoint = await mustFindEndpoint(ctx, id)
  assertEnabled(endpoint)
  const replayed =
    'failed' in wish
      ? await replayFailed(ctx, endpoint)
      : await replayRange(ctx, endpoint, wish, deps)
  deps.onDue([id])
  await audit(ctx, 'webhook.replay', id, ['failed' in wish ? 'failed' : 'range'])
  return replayed
}

async function replayFailed(ctx: TenantContext, { _id }: EndpointRow): Promise<Replayed> {
  const counts = { matched: 0, queued: 0 }
  while (counts.matched < mostAtOnce) {
    const rows = await findFailed(ctx, _id, pageSize)
    if (rows.length === 0) return { ...counts, more: false }
    counts.matched += rows.length
    counts.queued += await restart(ctx, rows)
  }
  return { ...counts, more: (await findFailed(ctx, _id, 1)).length > 0 }
}

async function replayRange(
  ctx: TenantContext,
  endpoint: EndpointRow,
  { from, to }: ReplayRange,
  deps: ReplayDeps,
): Promise<Replayed> {
  const tenantIds = endpoint.includeBelow ? await deps.treeOf(ctx.tenantId) : [ctx.tenantId]
  const filter = {
    tenantIds,
    from: new Date(from),
    ...(to === undefined ? {} : { to: new Date(to) }),
  }
  const counts = { matched: 0, queued: 0 }
  let after = {}
  while (counts.matched < mostAtOnce) {
    const events = await findEvents(filter, { after, limit: pageSize, order: 1 })
    const wanted = await wantedOf(endpoint, events, deps)
    counts.matched += wanted.length
    counts.queued += await replayEvents(ctx, endpoint, wanted, deps)
    const last = events.at(-1)
    if (!last || events.length < pageSize) return { ...counts, more: false }
    after = { _id: { $gt: last._id } }
  }
  return { ...counts, more: true }
}

async function wantedOf(
  endpoint: EndpointRow,
  events: readonly EventRow[],
  { lineageOf }: Pick<ReplayDeps, 'lineageOf'>,
): Promise<EventRow[]> {
  const lineages = new Map<string, readonly string[]>()
  for (const { tenantId } of events) {
    if (!lineages.has(tenantId)) lineages.set(tenantId, await lineageOf(tenantId))
  }
  return events.filter((event) =>
    wantsEvent(endpoint, toDomainEvent(event), lineages.get(event.tenantId) ?? []),
  )
}

async function replayEvents(
  ctx: TenantContext,
  endpoint: EndpointRow,
  events: readonly EventRow[],
  deps: ReplayDeps,
): Promise<number> {
  const there = await findOfEvents(
    ctx,
    endpoint._id,
    events.map(({ _id }) => _id),
  )
  const known = new Set(there.map(({ event }) => event.id))
  const missed = events.filter(({ _id }) => !known.has(_id)).map(toDomainEvent)
  const rows = missed.map((event) =>
    newDelivery({ endpoint, event, lane: laneOf(endpoint, event), dueAt: new Date() }),
  )
  await putOnRecord(rows, deps)
  return rows.length + (await restart(ctx, there))
}

async function restart(
  ctx: TenantContext,
  rows: Parameters<typeof restartDeliveries>[1],
): Promise<number> {
  const restarted = await restartDeliveries(ctx, rows)
  for (const lane of new Set(rows.map((row) => row.lane))) {
    if (lane !== undefined) await openLane(ctx.tenantId, lane)
  }
  return restarted
}
