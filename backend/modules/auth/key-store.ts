import mongoose, { Schema } from 'mongoose'
import { newId } from '../../core/ids.ts'
import { tenantScoped } from '../../core/tenancy.ts'

export interface ApiKeyRow {
  readonly _id: string
  readonly tenantId: string
  readonly kind: 'api-key' | 'extension'
  readonly name: string
  readonly mode: 'live' | 'test'
  readonly hint: string
  readonly digest: string
  readonly scopes: string[]
  /** The person whose rights bound an extension's token. */
  readonly staffUserId: string | null
  readonly expiresAt: Date | null
  readonly lastUsedAt: Date | null
  readonly revokedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

const keySchema = new Schema<ApiKeyRow>(
  {
    _id: { type: String, required: true },
    kind: { type: String, required: true },
    name: { type: String, required: true },
    mode: { type: String, required: true },
    hint: { type: String, required: true },
    digest: { type: String, required: true },
    scopes: { type: [String], required: true },
    staffUserId: { type: String, default: null },
    expiresAt: { type: Date, default: null },
    lastUsedAt: { type: Date, default: null },
    revokedAt: { type: Date, default: null },
  },
  { timestamps: true, autoIndex: false, versionKey: false },
)
keySchema.plugin(tenantScoped)
keySchema.index({ digest: 1 }, { unique: true })
keySchema.index({ tenantId: 1, _id: 1 })

export const ApiKeyModel = mongoose.model('ApiKey', keySchema, 'apiKeys')

export async function insertKey(
  tenantId: string,
  key: Omit<ApiKeyRow, '_id' | 'tenantId' | 'lastUsedAt' | 'revokedAt' | 'createdAt' | 'updatedAt'>,
): Promise<ApiKeyRow> {
  const created = await ApiKeyModel.create({ ...key, _id: newId('key'), tenantId })
  return created.toObject()
}

export async function findKeyByDigest(digest: string): Promise<ApiKeyRow | null> {
  return ApiKeyModel.findOne({ digest }, null, {
    acrossTenants: 'the key says which tenant the caller belongs to',
  }).lean()
}

export async function findKey(tenantId: string, id: string): Promise<ApiKeyRow | null> {
  return ApiKeyModel.findOne({ _id: id, tenantId }).lean()
}

export async function findKeyPage(
  tenantId: string,
  after: object,
  limit: number,
): Promise<ApiKeyRow[]> {
  return ApiKeyModel.find({ tenantId, ...after })
    .sort({ _id: -1 })
    .limit(limit + 1)
    .lean()
}

/** The revoked key, or null where it does not exist or was revoked before. */
export async function markRevoked(
  tenantId: string,
  id: string,
  now: Date,
): Promise<ApiKeyRow | null> {
  return ApiKeyModel.findOneAndUpdate(
    { _id: id, tenantId, revokedAt: null },
    { $set: { revokedAt: now } },
    { returnDocument: 'after' },
  ).lean()
}

/** Use is not a change of the key: its `updatedAt` stays. */
export async function noteUse(tenantId: string, id: string, now: Date): Promise<void> {
  await ApiKeyModel.updateOne(
    { _id: id, tenantId },
    { $set: { lastUsedAt: now } },
    { timestamps: false },
  )
}
