import mongoose, { type Model } from 'mongoose'
import { retryOnDisconnect } from '../database/retry-write.ts'
import type { AnyJob } from '../jobs/definition.ts'
import type { Queue } from '../jobs/queue.ts'
import { systemContext } from '../tenancy.ts'
import type { WithOutbox } from './outbox.ts'
import { type EventRow, insertEvents, markDelivered, type PendingEvent } from './store.ts'

/** The job that hands one event to one consumer. */
export interface Delivery {
  readonly consumer: string
  readonly job: AnyJob
  wants(type: string): boolean
}

interface Source extends WithOutbox {
  _id: string
  tenantId: string
}

const atOnce = 100

/** Moves a model's pending events on; every step may be repeated by this or another process. */
export async function relayModel(
  modelName: string,
  deliver: (event: PendingEvent & { tenantId: string }) => Promise<void>,
): Promise<number> {
  const model = mongoose.model<Source>(modelName)
  const documents = await model
    .find(
      { 'pendingEvents._id': { $exists: true } },
      { tenantId: 1, pendingEvents: 1 },
      { limit: atOnce, acrossTenants: 'the relay serves every tenant' },
    )
    .lean<Source[]>()
  for (const { _id, tenantId, pendingEvents = [] } of documents) {
    await insertEvents(tenantId, pendingEvents)
    for (const event of pendingEvents) await deliver({ ...event, tenantId })
    // Only now: whoever finds a later event in the document must find the earlier ones too, or deliver it first.
    await removePending(
      model,
      _id,
      tenantId,
      pendingEvents.map((event) => event._id),
    )
  }
  return documents.length
}

async function removePending(
  model: Model<Source>,
  _id: string,
  tenantId: string,
  ids: readonly string[],
): Promise<void> {
  const left = {
    $filter: { input: '$pendingEvents', cond: { $not: [{ $in: ['$$this._id', ids] }] } },
  }
  // The driver's own type expects ObjectIds; ours are strings.
  const holders: Record<string, unknown> = { _id, tenantId, 'pendingEvents._id': { $in: ids } }
  // Past mongoose, whose hooks would take this for a write of events and whose timestamps for a change.
  await retryOnDisconnect(() =>
    model.collection.updateOne(holders, [
      { $set: { pendingEvents: left } },
      // The sparse index must not hold documents without events.
      {
        $set: {
          pendingEvents: {
            $cond: [{ $eq: ['$pendingEvents', []] }, '$$REMOVE', '$pendingEvents'],
          },
        },
      },
    ]),
  )
}

/** Puts one job per consumer on record; the event's id as key makes a repetition harmless. */
export async function deliverEvent(
  event: Pick<EventRow, '_id' | 'tenantId' | 'type' | 'requestId' | 'orderingKey'>,
  deliveries: readonly Delivery[],
  queue: Queue,
): Promise<void> {
  const { _id, tenantId, type, requestId, orderingKey } = event
  const ctx = systemContext(tenantId, 'events', requestId)
  for (const { consumer, job, wants } of deliveries) {
    if (!wants(type)) continue
    const lane = orderingKey === undefined ? {} : { exclusiveKey: `${consumer}/${orderingKey}` }
    await queue.enqueue(ctx, job, { eventId: _id }, { key: _id, ...lane })
  }
  await markDelivered({ _id, tenantId })
}
