import type { JWK } from 'jose'
import mongoose, { Schema } from 'mongoose'
import type { WebhookBody } from '../../../shared/api/webhooks.ts'
import {
  newEvent,
  pushEvent,
  removeWithEvent,
  type WithOutbox,
  withOutbox,
} from '../../core/events/index.ts'
import { newId } from '../../core/ids.ts'
import {
  type FoundPage,
  findPage,
  orderedBy,
  type TimedQuery,
  timeFilter,
} from '../../core/lists/index.ts'
import { type Principal, type TenantContext, tenantScoped } from '../../core/tenancy.ts'

export interface EndpointHealth {
  readonly failingSince: Date | null
  readonly failures: number
  readonly pausedUntil: Date | null
  readonly lastDeliveredAt: Date | null
  /** The notice of the first day of failures was given. */
  readonly noticed: boolean
}

export interface EndpointFields extends Omit<WebhookBody, 'encryptionKey'> {
  readonly encryptionKey: JWK | null
}

export interface StoredSecret {
  readonly sealed: string
  /** Null: the one in force. */
  readonly endsAt: Date | null
}

export interface EndpointRow extends EndpointFields {
  readonly _id: string
  readonly tenantId: string
  readonly disabledReason: 'by-hand' | 'failing' | 'gone' | null
  /** Newest first; none where ed25519 signs. */
  readonly secrets: readonly StoredSecret[]
  /** Whose rights bound what a full payload may carry. */
  readonly createdBy: Pick<Principal, 'kind' | 'id'>
  readonly health: EndpointHealth
  /** Counts changes by hand, so that two writers at once are noticed. */
  readonly revision: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

export const soundHealth: EndpointHealth = {
  failingSince: null,
  failures: 0,
  pausedUntil: null,
  lastDeliveredAt: null,
  noticed: false,
}

const Mixed = Schema.Types.Mixed
const endpointSort = {
  createdAt: { path: '_id', type: 'date' },
  updatedAt: { path: 'updatedAt', type: 'date' },
} as const

const endpointSchema = new Schema<EndpointRow & WithOutbox>(
  {
    _id: { type: String, required: true },
    url: { type: String, required: true },
    eventTypes: { type: [String], required: true },
    description: { type: String, default: '' },
    filters: { type: Mixed, required: true },
    tenantIds: { type: Mixed, default: null },
    includeBelow: { type: Boolean, required: true },
    signature: { type: String, required: true },
    payload: { type: String, required: true },
    format: { type: String, required: true },
    encryptionKey: { type: Mixed, default: null },
    ordering: { type: String, required: true },
    apiVersion: { type: String, default: null },
    enabled: { type: Boolean, required: true },
    disabledReason: { type: String, default: null },
    secrets: [{ _id: false, sealed: String, endsAt: { type: Date, default: null } }],
    createdBy: { type: Mixed, required: true },
    health: { type: Mixed, required: true },
    revision: { type: Number, required: true },
  },
  { timestamps: true, autoIndex: false, minimize: false, versionKey: false },
)
endpointSchema.plugin(tenantScoped)
endpointSchema.plugin(withOutbox)
orderedBy(endpointSchema, endpointSort)
export const EndpointModel = mongoose.model('WebhookEndpoint', endpointSchema, 'webhookEndpoints')

export async function insertEndpoint(
  ctx: TenantContext,
  row: EndpointFields & Pick<EndpointRow, '_id' | 'secrets' | 'disabledReason'>,
): Promise<EndpointRow> {
  const { kind, id } = ctx.principal
  const created = await EndpointModel.create({
    ...row,
    tenantId: ctx.tenantId,
    createdBy: { kind, id },
    health: soundHealth,
    revision: 1,
    pendingEvents: [newEvent(ctx, 'webhook.created', { endpointId: row._id })],
  })
  return created.toObject()
}

export function newEndpointId(): string {
  return newId('whe')
}

export function findEndpoint(ctx: TenantContext, id: string): Promise<EndpointRow | null> {
  return EndpointModel.findOne({ _id: id, tenantId: ctx.tenantId }).lean<EndpointRow>().exec()
}

export function findEndpointPage(
  ctx: TenantContext,
  query: TimedQuery,
): Promise<FoundPage<EndpointRow>> {
  return findPage<EndpointRow>(EndpointModel, {
    filter: { tenantId: ctx.tenantId, ...timeFilter(query) },
    query,
    sortFields: endpointSort,
  })
}

/** Null: somebody else changed or deleted it since `revision` was read. */
export function changeEndpoint(
  ctx: TenantContext,
  { _id, revision }: Pick<EndpointRow, '_id' | 'revision'>,
  change: Partial<EndpointRow>,
  fields: readonly string[],
): Promise<EndpointRow | null> {
  return EndpointModel.findOneAndUpdate(
    { _id, tenantId: ctx.tenantId, revision },
    {
      $set: change,
      $inc: { revision: 1 },
      ...pushEvent(ctx, 'webhook.updated', { endpointId: _id, fields: [...fields] }),
    },
    { returnDocument: 'after' },
  )
    .lean<EndpointRow>()
    .exec()
}

export async function removeEndpoint(
  ctx: TenantContext,
  { _id, revision }: Pick<EndpointRow, '_id' | 'revision'>,
): Promise<boolean> {
  const { matchedCount } = await EndpointModel.updateOne(
    { _id, tenantId: ctx.tenantId, revision },
    removeWithEvent(ctx, 'webhook.deleted', { endpointId: _id }),
  )
  return matchedCount === 1
}

/** Every enabled endpoint of these tenants: those an event may concern. */
export function findEnabledEndpoints(tenantIds: readonly string[]): Promise<EndpointRow[]> {
  return EndpointModel.find({ tenantId: { $in: [...tenantIds] }, enabled: true })
    .lean<EndpointRow[]>()
    .exec()
}

export function findEndpointsById(ids: readonly string[]): Promise<EndpointRow[]> {
  return EndpointModel.find(
    { _id: { $in: [...ids] } },
    {},
    { acrossTenants: 'the sender serves every tenant' },
  )
    .lean<EndpointRow[]>()
    .exec()
}

export function findEndpointsBy(
  ctx: TenantContext,
  by: { readonly _id: string } | { readonly url: string },
): Promise<EndpointRow[]> {
  return EndpointModel.find({ ...by, tenantId: ctx.tenantId })
    .limit(50)
    .lean<EndpointRow[]>()
    .exec()
}
