import mongoose, { type Model } from 'mongoose'
import { isDisconnect, retryOnDisconnect } from '../database/retry-write.ts'
import type { AnyJob } from '../jobs/definition.ts'
import type { Queue } from '../jobs/queue.ts'
import type { Logger } from '../logging.ts'
import { systemContext } from '../tenancy.ts'
import type { EventConsumer } from './definition.ts'
import type { WithOutbox } from './outbox.ts'
import { type EventRow, insertEvents, markDelivered, repeatable, toDomainEvent } from './store.ts'

/** One consumer: the job that hands it an event, and the quicker way where it has one. */
export interface Delivery extends Pick<EventConsumer, 'takeAtOnce'> {
  readonly consumer: string
  readonly job: AnyJob
  wants(type: string): boolean
}

interface Source extends WithOutbox {
  _id: string
  /** Absent in the few collections that belong to no tenant; their events name one. */
  tenantId?: string
  removedAt?: Date
}

const atOnce = 100

/** Moves a model's pending events on; every step may be repeated by this or another process. */
export async function relayModel(
  modelName: string,
  deliver: (events: readonly EventRow[]) => Promise<void>,
): Promise<number> {
  const model = mongoose.model<Source>(modelName)
  const documents = await model
    .find(
      { 'pendingEvents._id': { $exists: true } },
      { tenantId: 1, pendingEvents: 1, removedAt: 1 },
      { limit: atOnce, acrossTenants: 'the relay serves every tenant', withRemoved: true },
    )
    .lean<Source[]>()
  if (documents.length === 0) return 0
  const events = documents.flatMap(({ tenantId, pendingEvents = [] }) =>
    pendingEvents.map((event) => ({ ...event, tenantId: event.tenantId ?? tenantId ?? '' })),
  )
  await deliver(await insertEvents(events, repeatable))
  // Only now: whoever finds a later event in the document must find the earlier ones too, or deliver it first.
  await removePending(model, documents)
  if (documents.some(({ removedAt }) => removedAt !== undefined)) await removeRelayed(modelName)
  return documents.length
}

async function removePending(model: Model<Source>, documents: readonly Source[]): Promise<void> {
  const operations = documents.map(({ _id, pendingEvents = [] }) => {
    const ids = pendingEvents.map((event) => event._id)
    const left = {
      $filter: { input: '$pendingEvents', cond: { $not: [{ $in: ['$$this._id', ids] }] } },
    }
    // The driver's own type expects ObjectIds; ours are strings.
    const filter: Record<string, unknown> = { _id, 'pendingEvents._id': { $in: ids } }
    return {
      updateOne: {
        filter,
        update: [
          { $set: { pendingEvents: left } },
          // The sparse index must not hold documents without events.
          {
            $set: {
              pendingEvents: {
                $cond: [{ $eq: ['$pendingEvents', []] }, '$$REMOVE', '$pendingEvents'],
              },
            },
          },
        ],
      },
    }
  })
  // Past mongoose, whose hooks would take this for a write of events and whose timestamps for a change.
  await retryOnDisconnect(() =>
    model.collection.bulkWrite(operations, { ordered: false, ...repeatable }),
  )
}

/** Deletes the documents of a model that were removed with an event, once the event is on record. */
export async function removeRelayed(modelName: string): Promise<void> {
  const { collection } = mongoose.model(modelName)
  await retryOnDisconnect(() =>
    collection.deleteMany({ removedAt: { $type: 'date' }, pendingEvents: { $exists: false } }),
  )
}

export interface DeliverOptions {
  readonly deliveries: readonly Delivery[]
  readonly queue: Queue
  readonly log: Logger
}

/** Hands events to each consumer that wants them; a repetition is harmless. */
export async function deliverEvents(
  events: readonly EventRow[],
  { deliveries, queue, log }: DeliverOptions,
): Promise<void> {
  for (const delivery of deliveries) {
    const wanted = events.filter(({ type }) => delivery.wants(type))
    if (wanted.length === 0) continue
    if (await tookAtOnce(delivery, wanted, log)) continue
    await enqueueAll(delivery, wanted, queue)
  }
  await markDelivered(events)
}

async function tookAtOnce(
  { consumer, takeAtOnce }: Delivery,
  events: readonly EventRow[],
  log: Logger,
): Promise<boolean> {
  if (!takeAtOnce) return false
  try {
    await takeAtOnce(events.map(toDomainEvent))
    return true
  } catch (error) {
    if (isDisconnect(error)) throw error
    log.error({ err: error, consumer }, 'events could not be taken at once; each becomes a job')
    return false
  }
}

/** Puts one job per event on record; the event's id as key makes a repetition harmless. */
async function enqueueAll(
  { consumer, job }: Delivery,
  events: readonly EventRow[],
  queue: Queue,
): Promise<void> {
  const enqueue = ({ _id, tenantId, requestId, orderingKey }: EventRow) => {
    const lane = orderingKey === undefined ? {} : { exclusiveKey: `${consumer}/${orderingKey}` }
    const ctx = systemContext(tenantId, 'events', requestId)
    return queue.enqueue(ctx, job, { eventId: _id }, { key: _id, ...lane })
  }
  // Places in a lane are given in the order of asking.
  for (const event of events) if (event.orderingKey !== undefined) await enqueue(event)
  await Promise.all(events.filter(({ orderingKey }) => orderingKey === undefined).map(enqueue))
}
