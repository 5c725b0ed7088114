import mongoose, { Schema } from 'mongoose'
import { readOne } from '../../../core/database/read-one.ts'
import { afterCursor } from '../../../core/paging.ts'
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
  /** Counts changes, so that two writers at once are noticed. */
  readonly revision: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

export type PlatformFields = Omit<
  PlatformRow,
  '_id' | 'tenantId' | 'revision' | 'createdAt' | 'updatedAt'
>

const platformSchema = new Schema<PlatformRow>(
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
    revision: { type: Number, required: true },
  },
  { collection: 'ltiPlatforms', timestamps: true, autoIndex: false },
)
platformSchema.plugin(tenantScoped)
platformSchema.index({ tenantId: 1, _id: -1 })
// A login names issuer and client before anyone knows the tenant.
platformSchema.index({ issuer: 1, clientId: 1 })

export const PlatformModel = mongoose.model('LtiPlatform', platformSchema)

export async function insertPlatform(
  ctx: TenantContext,
  id: string,
  fields: PlatformFields,
): Promise<PlatformRow> {
  const { tenantId } = ctx
  const document = await PlatformModel.create({ _id: id, ...fields, tenantId, revision: 1 })
  return document.toObject()
}

export function findPlatform(
  ctx: Pick<TenantContext, 'tenantId'>,
  id: string,
): Promise<PlatformRow | null> {
  return readOne<PlatformRow>(PlatformModel, { _id: id, tenantId: ctx.tenantId })
}

/** Null: somebody else changed or removed it since `revision` was read. */
export function replacePlatform(
  ctx: TenantContext,
  { _id, revision }: Pick<PlatformRow, '_id' | 'revision'>,
  fields: PlatformFields,
): Promise<PlatformRow | null> {
  return PlatformModel.findOneAndUpdate(
    { _id, tenantId: ctx.tenantId, revision },
    { $set: fields, $inc: { revision: 1 } },
    { returnDocument: 'after' },
  )
    .lean<PlatformRow>()
    .exec()
}

export async function deletePlatform(
  ctx: TenantContext,
  { _id, revision }: Pick<PlatformRow, '_id' | 'revision'>,
): Promise<boolean> {
  const result = await PlatformModel.deleteOne({ _id, tenantId: ctx.tenantId, revision }).exec()
  return result.deletedCount === 1
}

export function listPlatformRows(
  ctx: TenantContext,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<PlatformRow[]> {
  return PlatformModel.find({ tenantId: ctx.tenantId, ...afterCursor({ cursor }) })
    .sort({ _id: -1 })
    .limit(limit + 1)
    .lean<PlatformRow[]>()
    .exec()
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
