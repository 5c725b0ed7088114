import type { DomainEvent } from '../../../shared/events.ts'
import { repeatable } from '../../core/events/index.ts'
import { type DeliveryRow, insertDeliveries, newDelivery } from './delivery-store.ts'
import type { WebhookDeps } from './deps.ts'
import { type EndpointRow, findEnabledEndpoints } from './endpoint-store.ts'
import { wantsEvent } from './matches.ts'
import { subjectOf } from './payload.ts'
import { openLane } from './schedule-store.ts'

export interface FanOutDeps extends Pick<WebhookDeps, 'lineageOf' | 'faults'> {
  /** Told of endpoints that something is due to. */
  onDue(endpointIds: readonly string[]): void
}

/** Long enough for the next event of somebody who tries things. */
const overtakenMs = 3000

/** Puts one delivery per event and endpoint on record; a repetition is harmless. */
export async function fanOut(events: readonly DomainEvent[], deps: FanOutDeps): Promise<void> {
  const lineages = await lineagesOf(events, deps)
  const tenantIds = new Set([...lineages.values()].flat())
  const endpoints = await findEnabledEndpoints([...tenantIds])
  if (endpoints.length === 0) return
  const rows: DeliveryRow[] = []
  for (const event of events) {
    const lineage = lineages.get(event.tenantId) ?? []
    const wanting = endpoints.filter((endpoint) => wantsEvent(endpoint, event, lineage))
    if (wanting.length === 0) continue
    for (const endpoint of wanting) rows.push(deliveryOf(event, endpoint, deps))
  }
  await putOnRecord(rows, deps, repeatable)
}

/** Inserts deliveries and lets the first of each lane go. */
export async function putOnRecord(
  rows: readonly DeliveryRow[],
  { onDue }: Pick<FanOutDeps, 'onDue'>,
  durability: object = {},
): Promise<void> {
  await insertDeliveries(rows, durability)
  const lanes = new Map(rows.map(({ lane, tenantId }) => [lane, tenantId]))
  for (const [lane, tenantId] of lanes) if (lane !== undefined) await openLane(tenantId, lane)
  onDue([...new Set(rows.map(({ endpointId }) => endpointId))])
}

export function laneOf(
  { _id, ordering }: Pick<EndpointRow, '_id' | 'ordering'>,
  event: DomainEvent,
): string | undefined {
  if (ordering === 'none') return undefined
  return `${_id}/${event.orderingKey ?? subjectOf(event)}`
}

async function lineagesOf(
  events: readonly DomainEvent[],
  { lineageOf }: Pick<FanOutDeps, 'lineageOf'>,
): Promise<Map<string, readonly string[]>> {
  const ids = [...new Set(events.map(({ tenantId }) => tenantId))]
  return new Map(await Promise.all(ids.map(async (id) => [id, await lineageOf(id)] as const)))
}

function deliveryOf(
  event: DomainEvent,
  endpoint: EndpointRow,
  { faults }: FanOutDeps,
): DeliveryRow {
  const asked = faults?.(event.tenantId)
  const heldBackMs = (asked?.delayMs ?? 0) + (asked?.outOfOrder ? overtakenMs : 0)
  const row = newDelivery({
    endpoint,
    event,
    lane: laneOf(endpoint, event),
    dueAt: new Date(Date.now() + heldBackMs),
  })
  return asked?.duplicate ? { ...row, duplicate: true } : row
}
