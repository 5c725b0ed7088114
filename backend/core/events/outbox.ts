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
    type,
    data: eventCatalogue[type].parse(data),
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

const updates = [
  'updateOne',
  'updateMany',
  'findOneAndUpdate',
  'replaceOne',
  'findOneAndReplace',
] as const

/**
 * Lets a model's documents carry events until they are relayed; each write with one starts the relay.
 * Give the model to `createEvents`. A document that is to be deleted with an event is marked as deleted
 * and given the event in one write, and removed afterwards.
 */
export function withOutbox(schema: Schema): void {
  schema.add({ pendingEvents: { type: [pendingEventSchema], default: undefined } })
  schema.index({ 'pendingEvents._id': 1 }, { sparse: true })

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
