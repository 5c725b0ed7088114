import mongoose, { Schema } from 'mongoose'
import type { LmsProduct, PlatformList } from '../../../../shared/api/lti.ts'
import { readOne } from '../../../core/database/read-one.ts'
import {
  newEvent,
  pushEvent,
  removeWithEvent,
  type WithOutbox,
  withOutbox,
} from '../../../core/events/index.ts'
import {
  type FoundPage,
  findPage,
  given,
  orderedBy,
  timeFilter,
} from '../../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../../core/tenancy.ts'

/** One registration of this tool in an LMS. */
export interface PlatformRow {
  readonly _id: string
  readonly tenantId: string
  readonly name: string
  readonly issuer: string
  readonly clientId: string
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  readonly jwksUri: string
  readonly deploymentIds: readonly string[]
  readonly allowAnonymous: boolean
  /** Absent in rows from before it was asked for. */
  readonly product?: LmsProduct
  readonly registeredBy?: 'hand' | 'dynamic'
  /** What the LMS granted at its dynamic registration; null where it did not say. */
  readonly services?: { readonly scopes: readonly string[] } | null
  /** Counts changes, so that two writers at once are noticed. */
  readonly revision: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

export type PlatformFields = Omit<
  PlatformRow,
  '_id' | 'tenantId' | 'revision' | 'createdAt' | 'updatedAt'
>

/** Orders in which the list can be asked for. */
const platformSort = {
  createdAt: { path: 'createdAt', type: 'date' },
  updatedAt: { path: 'updatedAt', type: 'date' },
  name: { path: 'name', type: 'text' },
} as const

const platformSchema = new Schema<PlatformRow & WithOutbox>(
  {
    _id: String,
    name: { type: String, required: true },
    issuer: { type: String, required: true },
    clientId: { type: String, required: true },
    authorizationEndpoint: { type: String, required: true },
    tokenEndpoint: { type: String, required: true },
    jwksUri: { type: String, required: true },
    deploymentIds: [String],
    allowAnonymous: { type: Boolean, required: true },
    product: String,
    registeredBy: String,
    services: { type: Schema.Types.Mixed, default: null },
    revision: { type: Number, required: true },
  },
  { collection: 'ltiPlatforms', timestamps: true, autoIndex: false },
)
platformSchema.plugin(tenantScoped)
platformSchema.plugin(withOutbox)
platformSchema.index({ tenantId: 1, _id: -1 })
orderedBy(platformSchema, platformSort)
// A login names issuer and client before anyone knows the tenant.
platformSchema.index({ issuer: 1, clientId: 1 })

export const PlatformModel = mongoose.model('LtiPlatform', platformSchema)

export async function insertPlatform(
  ctx: TenantContext,
  id: string,
  fields: PlatformFields,
): Promise<PlatformRow> {
  const { tenantId } = ctx
  const document = await PlatformModel.create({
    _id: id,
    ...fields,
    tenantId,
    revision: 1,
    pendingEvents: [newEvent(ctx, 'lti.platform.created', { platformId: id })],
  })
  return document.toObject()
}

export function findPlatform(
  ctx: Pick<TenantContext, 'tenantId'>,
  id: string,
): Promise<PlatformRow | null> {
  return readOne<PlatformRow>(PlatformModel, {
    _id: id,
    tenantId: ctx.tenantId,
    removedAt: { $exists: false },
  })
}

/** Null: somebody else changed or removed it since `revision` was read. */
export function replacePlatform(
  ctx: TenantContext,
  { _id, revision }: Pick<PlatformRow, '_id' | 'revision'>,
  fields: PlatformFields,
): Promise<PlatformRow | null> {
  return PlatformModel.findOneAndUpdate(
    { _id, tenantId: ctx.tenantId, revision },
    {
      $set: fields,
      $inc: { revision: 1 },
      ...pushEvent(ctx, 'lti.platform.updated', { platformId: _id }),
    },
    { returnDocument: 'after' },
  )
    .lean<PlatformRow>()
    .exec()
}

export async function deletePlatform(
  ctx: TenantContext,
  { _id, revision }: Pick<PlatformRow, '_id' | 'revision'>,
): Promise<boolean> {
  const result = await PlatformModel.updateOne(
    { _id, tenantId: ctx.tenantId, revision },
    removeWithEvent(ctx, 'lti.platform.deleted', { platformId: _id }),
  )
  return result.matchedCount === 1
}

export function findPlatformPage(
  ctx: TenantContext,
  query: PlatformList,
): Promise<FoundPage<PlatformRow>> {
  const { issuer, clientId } = query
  return findPage<PlatformRow>(PlatformModel, {
    filter: { tenantId: ctx.tenantId, ...given({ issuer, clientId }), ...timeFilter(query) },
    query,
    sortFields: platformSort,
  })
}

/** Every registration of an issuer (and client), of any tenant. */
export function findRegistrations(
  issuer: string,
  clientId: string | undefined,
): Promise<PlatformRow[]> {
  return PlatformModel.find({ issuer, ...(clientId === undefined ? {} : { clientId }) }, null, {
    acrossTenants: 'a login comes before its tenant is known',
  })
    .limit(500)
    .lean<PlatformRow[]>()
    .exec()
}

/** The registration of an issuer that a tenant has, the newest where there are several. */
export function findPlatformOf(
  ctx: Pick<TenantContext, 'tenantId'>,
  filter: {
    readonly issuer: string
    readonly clientId?: string
    readonly registeredBy?: 'dynamic'
  },
): Promise<PlatformRow | null> {
  return PlatformModel.findOne({
    tenantId: ctx.tenantId,
    removedAt: { $exists: false },
    ...filter,
  })
    .sort({ _id: -1 })
    .lean<PlatformRow>()
    .exec()
}

export async function countPlatforms(tenantId: string): Promise<number> {
  return PlatformModel.countDocuments({ tenantId })
}
