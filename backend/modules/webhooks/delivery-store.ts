import { createHash } from 'node:crypto'
import mongoose, { type mongo, Schema } from 'mongoose'
import type { WebhookAttempt, WebhookDelivery } from '../../../shared/api/webhook-deliveries.ts'
import type { DomainEvent, EventType } from '../../../shared/events.ts'
import { retryOnDisconnect } from '../../core/database/retry-write.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { newId } from '../../core/ids.ts'
import {
  type FoundPage,
  findPage,
  given,
  type TimedQuery,
  timeFilter,
} from '../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'

export interface AttemptRow extends Omit<WebhookAttempt, 'at'> {
  readonly at: Date
}

/** One event on its way to one endpoint. */
export interface DeliveryRow {
  readonly _id: string
  /** The endpoint's, who may differ from the event's where a trust listens to its schools. */
  readonly tenantId: string
  readonly endpointId: string
  readonly webhookId: string
  readonly event: DomainEvent
  readonly status: WebhookDelivery['status']
  /** Attempts in all, and since the last replay. */
  readonly attemptCount: number
  readonly tries: number
  /** When it may be claimed: the planned time while it waits, the lease's end while it is sent; absent otherwise. */
  readonly dueAt?: Date
  /** When it is tried next, as people read it. */
  readonly nextAttemptAt: Date | null
  /** Names the claim of the worker that sends it. */
  readonly claim?: string
  /** Deliveries of one entity to one endpoint: one is `laneActive`, the rest `laneBlocked`, in `seq` order. */
  readonly lane?: string
  readonly seq: number
  readonly laneActive?: true
  readonly laneBlocked?: true
  /** A sandbox's fault: it is sent twice. */
  readonly duplicate?: true
  readonly lastStatus: number | null
  readonly lastError: string | null
  readonly deliveredAt: Date | null
  readonly attempts: readonly AttemptRow[]
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly expiresAt: Date
}

const Mixed = Schema.Types.Mixed
const deliverySchema = new Schema<DeliveryRow>(
  {
    _id: { type: String, required: true },
    endpointId: { type: String, required: true },
    webhookId: { type: String, required: true },
    event: { type: Mixed, required: true },
    status: { type: String, required: true },
    attemptCount: { type: Number, required: true },
    tries: { type: Number, required: true },
    dueAt: Date,
    nextAttemptAt: Date,
    claim: String,
    lane: String,
    seq: { type: Number, required: true },
    laneActive: Boolean,
    laneBlocked: Boolean,
    duplicate: Boolean,
    lastStatus: Number,
    lastError: String,
    deliveredAt: Date,
    attempts: { type: Mixed, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false, minimize: false, versionKey: false },
)
deliverySchema.plugin(tenantScoped)
deliverySchema.index({ 'event.id': 1, endpointId: 1 }, { unique: true })
// Claiming asks for what is due to each endpoint that may be sent to.
deliverySchema.index(
  { endpointId: 1, dueAt: 1 },
  { partialFilterExpression: { dueAt: { $gt: new Date(0) } } },
)
deliverySchema.index({ tenantId: 1, _id: -1 })
deliverySchema.index({ tenantId: 1, endpointId: 1, status: 1, _id: -1 })
deliverySchema.index({ lane: 1 }, { unique: true, partialFilterExpression: { laneActive: true } })
deliverySchema.index(
  { laneBlocked: 1, lane: 1, seq: 1 },
  { partialFilterExpression: { laneBlocked: true } },
)
deliverySchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
export const DeliveryModel = mongoose.model('WebhookDelivery', deliverySchema, 'webhookDeliveries')

/** The driver's own collection, for what is done with each event: nothing in it needs casting. */
export const deliveries = DeliveryModel.collection as unknown as mongo.Collection<DeliveryRow>

export const keptMs = 30 * 24 * 3600_000
let lastSeq = 0

/** Grows with each call and with the clock, so that deliveries written later come later. */
function nextSeq(): number {
  lastSeq = Math.max(lastSeq + 1, Date.now() * 1000)
  return lastSeq
}

/** The same for one event and one endpoint for ever, also where the delivery itself has expired. */
export function webhookIdOf(eventId: string, endpointId: string): string {
  const digest = createHash('sha256').update(`${eventId}\n${endpointId}`).digest('hex')
  return `msg_${digest.slice(0, 32)}`
}

export interface NewDelivery {
  readonly endpoint: { readonly _id: string; readonly tenantId: string }
  readonly event: DomainEvent
  readonly lane: string | undefined
  readonly dueAt: Date
}

export function newDelivery({ endpoint, event, lane, dueAt }: NewDelivery): DeliveryRow {
  const now = new Date()
  return {
    _id: newId('whd'),
    tenantId: endpoint.tenantId,
    endpointId: endpoint._id,
    webhookId: webhookIdOf(event.id, endpoint._id),
    event,
    status: 'waiting',
    attemptCount: 0,
    tries: 0,
    nextAttemptAt: dueAt,
    seq: nextSeq(),
    ...(lane === undefined ? { dueAt } : { lane, laneBlocked: true as const }),
    lastStatus: null,
    lastError: null,
    deliveredAt: null,
    attempts: [],
    createdAt: now,
    updatedAt: now,
    expiresAt: new Date(now.getTime() + keptMs),
  }
}

/** Puts deliveries on record; one that is there already stays as it is. */
export async function insertDeliveries(
  rows: readonly DeliveryRow[],
  durability: object = {},
): Promise<void> {
  if (rows.length === 0) return
  try {
    // Past mongoose, which would cast and validate what was made just now.
    await retryOnDisconnect(() =>
      deliveries.insertMany([...rows], { ordered: false, ...durability }),
    )
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
  }
}

export function findDelivery(ctx: TenantContext, id: string): Promise<DeliveryRow | null> {
  return DeliveryModel.findOne({
    _id: id,
    tenantId: ctx.tenantId,
    expiresAt: { $gt: new Date() },
  })
    .lean<DeliveryRow>()
    .exec()
}

export interface DeliveryQuery extends TimedQuery {
  readonly endpointId?: string | undefined
  readonly status?: DeliveryRow['status'] | undefined
  readonly eventType?: EventType | undefined
  readonly eventId?: string | undefined
}

/** Without the log of attempts, which only the view of one delivery shows. */
export function findDeliveryPage(
  ctx: TenantContext,
  query: DeliveryQuery,
): Promise<FoundPage<Omit<DeliveryRow, 'attempts'>>> {
  const { endpointId, status, eventType, eventId } = query
  return findPage<Omit<DeliveryRow, 'attempts'>>(DeliveryModel, {
    filter: {
      tenantId: ctx.tenantId,
      expiresAt: { $gt: new Date() },
      ...given({ endpointId, status, 'event.type': eventType, 'event.id': eventId }),
      ...timeFilter(query),
    },
    query,
    sortFields: { createdAt: { path: '_id', type: 'date' } },
    projection: { attempts: 0 },
  })
}

export async function countDeliveries(
  ctx: TenantContext,
  endpointId: string,
  status: DeliveryRow['status'],
): Promise<number> {
  return DeliveryModel.countDocuments({ tenantId: ctx.tenantId, endpointId, status })
}

/** What waits for an endpoint that is not sent to any more becomes a dead letter. */
export async function failWaiting(
  { tenantId, endpointId }: Pick<DeliveryRow, 'tenantId' | 'endpointId'>,
  reason: string,
): Promise<void> {
  await retryOnDisconnect(() =>
    DeliveryModel.updateMany(
      { tenantId, endpointId, status: 'waiting' },
      {
        $set: { status: 'failed', lastError: reason, nextAttemptAt: null, updatedAt: new Date() },
        $unset: { dueAt: 1, claim: 1, laneActive: 1, laneBlocked: 1 },
      },
    ),
  )
}
