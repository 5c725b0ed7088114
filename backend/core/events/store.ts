import mongoose from 'mongoose'
import { type DomainEvent, type EventType, eventCatalogue } from '../../../shared/events.ts'
import { retryOnDisconnect } from '../database/retry-write.ts'
import { isDuplicateKey } from '../duplicate-key.ts'
import { type FoundPage, findPage, given, type TimedQuery, timeFilter } from '../lists/index.ts'
import { tenantScoped } from '../tenancy.ts'

/** An event as it waits in the document it came from. */
export interface PendingEvent {
  readonly _id: string
  /** The tenant it happened in; absent in documents of before, whose own tenant it is. */
  readonly tenantId?: string
  readonly type: EventType
  readonly data: unknown
  readonly occurredAt: Date
  readonly requestId: string
  readonly orderingKey?: string
}

export interface EventRow extends PendingEvent {
  readonly tenantId: string
  /** Until every consumer's job is on record. */
  readonly undelivered?: true
  readonly expiresAt: Date
}

export const pendingEventSchema = new mongoose.Schema<PendingEvent>(
  {
    _id: { type: String, required: true },
    tenantId: String,
    type: { type: String, required: true },
    data: { type: mongoose.Schema.Types.Mixed, required: true },
    occurredAt: { type: Date, required: true },
    requestId: { type: String, required: true },
    orderingKey: String,
  },
  { minimize: false },
)

const schema = new mongoose.Schema<EventRow>(
  {
    _id: { type: String, required: true },
    type: { type: String, required: true },
    data: { type: mongoose.Schema.Types.Mixed, required: true },
    occurredAt: { type: Date, required: true },
    requestId: { type: String, required: true },
    orderingKey: String,
    undelivered: Boolean,
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, minimize: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.index({ tenantId: 1, _id: -1 })
schema.index({ tenantId: 1, type: 1, _id: -1 })
schema.index({ undelivered: 1, _id: 1 }, { partialFilterExpression: { undelivered: true } })
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
export const EventModel = mongoose.model('Event', schema, 'events')

const acrossTenants = 'the relay serves every tenant'
const keptMs = 30 * 24 * 3600 * 1000

/**
 * For writes of a relay: a crash loses the end of the log, never something before it, and the event leaves its
 * document last. What is lost is done again.
 */
export const repeatable = { writeConcern: { w: 1, journal: false } } as const

/** Puts events on record; those that are there already stay as they are. */
export async function insertEvents(
  events: readonly (PendingEvent & { readonly tenantId: string })[],
  durability: typeof repeatable | object = {},
): Promise<EventRow[]> {
  const rows = events.map((event) => ({
    ...event,
    undelivered: true as const,
    expiresAt: new Date(event.occurredAt.getTime() + keptMs),
  }))
  try {
    await retryOnDisconnect(() =>
      EventModel.insertMany(rows, { ordered: false, lean: true, ...durability }),
    )
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
  }
  return rows
}

export async function undeliveredEvents(limit: number): Promise<EventRow[]> {
  return await EventModel.find(
    { undelivered: true },
    {},
    { sort: { _id: 1 }, limit, acrossTenants },
  ).lean<EventRow[]>()
}

export async function markDelivered(
  events: readonly Pick<EventRow, 'tenantId' | '_id'>[],
): Promise<void> {
  const tenantIds = [...new Set(events.map(({ tenantId }) => tenantId))]
  await retryOnDisconnect(() =>
    EventModel.updateMany(
      { _id: { $in: events.map(({ _id }) => _id) }, tenantId: { $in: tenantIds } },
      { $unset: { undelivered: 1 } },
      repeatable,
    ),
  )
}

export async function findEvent(tenantId: string, id: string): Promise<EventRow | null> {
  return await EventModel.findOne({ _id: id, tenantId }).lean<EventRow>()
}

export interface EventFilter {
  readonly tenantIds: readonly string[]
  readonly types?: readonly EventType[] | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
}

/** Events on record; `after` continues a listing, `order` 1 is oldest first. */
export async function findEvents(
  { tenantIds, types, from, to }: EventFilter,
  { after = {}, limit, order }: { after?: object; limit: number; order: 1 | -1 },
): Promise<EventRow[]> {
  const times = { ...(from && { $gte: from }), ...(to && { $lte: to }) }
  return await EventModel.find(
    {
      tenantId: { $in: [...tenantIds] },
      expiresAt: { $gt: new Date() },
      ...(types && { type: { $in: [...types] } }),
      ...(from || to ? { occurredAt: times } : {}),
      ...after,
    },
    {},
    { sort: { _id: order }, limit },
  ).lean<EventRow[]>()
}

export async function findEventPage(
  tenantId: string,
  query: TimedQuery & { readonly type?: EventType | undefined },
): Promise<FoundPage<EventRow>> {
  return findPage<EventRow>(EventModel, {
    filter: {
      tenantId,
      expiresAt: { $gt: new Date() },
      ...given({ type: query.type }),
      ...timeFilter(query, { made: 'occurredAt' }),
    },
    query,
    sortFields: { createdAt: { path: '_id', type: 'date' } },
  })
}

export function toDomainEvent({ _id, tenantId, type, data, ...row }: EventRow): DomainEvent {
  const { occurredAt, requestId, orderingKey } = row
  const parsed = eventCatalogue[type].schema.parse(data)
  return { id: _id, type, tenantId, data: parsed, occurredAt, requestId, orderingKey }
}
