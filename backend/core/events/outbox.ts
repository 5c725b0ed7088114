import { EventEmitter } from 'node:events'
import type { Model, Query, Schema } from 'mongoose'
import { type EventData, type EventType, eventCatalogue } from '../../../shared/events.ts'
import { newId } from '../ids.ts'
import type { TenantContext } from '../tenancy.ts'
import { type PendingEvent, pendingEventSchema } from './store.ts'

/** What a document with `withOutbox` may hold beside its own fields. */
export interface WithOutbox {
  pendingEvents?: PendingEvent[]
}

declare module 'mongoose' {
  interface QueryOptions {
    /** Also documents that were removed and wait for their event to be relayed. */
    withRemoved?: boolean
  }
}

export interface EventOptions {
  /** Events with the same key reach each consumer in the order they were written. */
  readonly orderingKey?: string
}

/** Tells the relay of this process that a model has pending events. */
export const outboxSignals = new EventEmitter<{ written: [modelName: string] }>()

/** An event for a new document: `insert({ ..., pendingEvents: [newEvent(ctx, 'item.imported', data)] })`. */
export function newEvent<T extends EventType>(
  ctx: TenantContext,
  type: T,
  data: EventData<T>,
  { orderingKey }: EventOptions = {},
): PendingEvent {
  const now = Date.now()
  return {
    _id: newId('evt', now),
    tenantId: ctx.tenantId,
    type,
    data: eventCatalogue[type].schema.parse(data),
    occurredAt: new Date(now),
    requestId: ctx.requestId,
    ...(orderingKey === undefined ? {} : { orderingKey }),
  }
}

/**
 * The part of an update that records an event in the same one-document write as the change itself.
 * @example updateOne({ _id, tenantId }, { $set: { status }, ...pushEvent(ctx, 'attempt.submitted', data) })
 */
export function pushEvent<T extends EventType>(
  ctx: TenantContext,
  type: T,
  data: EventData<T>,
  options: EventOptions = {},
): { $push: { pendingEvents: PendingEvent } } {
  return { $push: { pendingEvents: newEvent(ctx, type, data, options) } }
}

/**
 * An update that removes a document with an event: it is hidden at once, and deleted after the relay.
 * @example updateOne({ _id, tenantId }, removeWithEvent(ctx, 'resource.deleted', { resourceId: _id }))
 */
export function removeWithEvent<T extends EventType>(
  ctx: TenantContext,
  type: T,
  data: EventData<T>,
): { $set: { removedAt: Date }; $push: { pendingEvents: PendingEvent } } {
  return { $set: { removedAt: new Date() }, ...pushEvent(ctx, type, data) }
}

const seesRemoved = [
  'find',
  'findOne',
  'findOneAndUpdate',
  'findOneAndDelete',
  'findOneAndReplace',
  'updateOne',
  'updateMany',
  'replaceOne',
  'deleteOne',
  'deleteMany',
  'countDocuments',
  'distinct',
] as const

const updates = [
  'updateOne',
  'updateMany',
  'findOneAndUpdate',
  'replaceOne',
  'findOneAndReplace',
] as const

/**
 * Lets a model's documents carry events until they are relayed; each write with one starts the relay.
 * Give the model to `createEvents`. A document that is to be deleted with an event is marked by
 * `removeWithEvent`; reads past mongoose must leave out those with a `removedAt` themselves.
 */
export function withOutbox(schema: Schema): void {
  schema.add({ pendingEvents: { type: [pendingEventSchema], default: undefined } })
  schema.add({ removedAt: Date })
  schema.index({ 'pendingEvents._id': 1 }, { sparse: true })
  schema.index({ removedAt: 1 }, { sparse: true })

  for (const operation of seesRemoved) {
    schema.pre(operation as 'find', function (this: Query<unknown, unknown>) {
      // Not `null`, which an upsert would write into the new document.
      if (!this.getOptions().withRemoved) this.where({ removedAt: { $exists: false } })
    })
  }

  for (const operation of updates) {
    schema.post(operation as 'updateOne', function (this: Query<unknown, unknown>) {
      if (writesEvents(this.getUpdate())) outboxSignals.emit('written', this.model.modelName)
    })
  }
  schema.post('save', function () {
    // A document knows its model, which mongoose's type of `this` leaves out.
    outboxSignals.emit('written', (this.constructor as Model<unknown>).modelName)
  })
  schema.post('insertMany', function (this: Model<unknown>) {
    outboxSignals.emit('written', this.modelName)
  })
  schema.post('bulkWrite', function (this: Model<unknown>) {
    outboxSignals.emit('written', this.modelName)
  })
}

function writesEvents(update: unknown): boolean {
  if (update === null || typeof update !== 'object') return false
  if ('pendingEvents' in update) return true
  return Object.values(update).some(
    (part) => part !== null && typeof part === 'object' && 'pendingEvents' in part,
  )
}
