import { createHash } from 'node:crypto'
import mongoose, { Schema } from 'mongoose'
import { isDuplicateKey } from '../../core/duplicate-key.ts'

export interface PayloadRow {
  readonly _id: string
  readonly model: string
  readonly payload: Record<string, unknown>
  readonly grantId: string | null
  readonly uid: string | null
  readonly userCode: string | null
  /** Seconds since 1970, as the provider reads it. */
  readonly consumed: number | null
  readonly expiresAt: Date
}

// Not tenant-scoped: codes, refresh tokens and consents under way are found before their tenant is known.
const payloadSchema = new Schema<PayloadRow>(
  {
    _id: { type: String, required: true },
    model: { type: String, required: true },
    payload: { type: Schema.Types.Mixed, required: true },
    grantId: { type: String, default: null },
    uid: { type: String, default: null },
    userCode: { type: String, default: null },
    consumed: { type: Number, default: null },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false, versionKey: false, minimize: false },
)
payloadSchema.index({ grantId: 1 }, { partialFilterExpression: { grantId: { $type: 'string' } } })
payloadSchema.index({ uid: 1 }, { partialFilterExpression: { uid: { $type: 'string' } } })
payloadSchema.index({ userCode: 1 }, { partialFilterExpression: { userCode: { $type: 'string' } } })
payloadSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export const OAuthPayloadModel = mongoose.model('OAuthPayload', payloadSchema, 'oauthPayloads')

/** Ids of codes and refresh tokens are the secrets themselves, so all are kept as digests. */
export function payloadId(model: string, id: string): string {
  return `${model}:${createHash('sha256').update(id).digest('base64url')}`
}

export async function putPayload(row: Omit<PayloadRow, 'consumed'>): Promise<void> {
  const { _id, ...rest } = row
  await OAuthPayloadModel.updateOne({ _id }, { $set: rest }, { upsert: true })
}

export async function findPayload(
  by: { readonly _id: string } | { readonly uid: string } | { readonly userCode: string },
  now: Date,
): Promise<PayloadRow | null> {
  return OAuthPayloadModel.findOne({ ...by, expiresAt: { $gt: now } }).lean()
}

/** False where it was consumed before: of parallel callers one consumes. */
export async function consumePayload(_id: string, now: Date): Promise<boolean> {
  const { modifiedCount } = await OAuthPayloadModel.updateOne(
    { _id, consumed: null },
    { $set: { consumed: Math.floor(now.getTime() / 1000) } },
  )
  return modifiedCount === 1
}

export async function deletePayload(_id: string): Promise<void> {
  await OAuthPayloadModel.deleteOne({ _id })
}

export async function deletePayloadsOfGrant(grantId: string): Promise<void> {
  await OAuthPayloadModel.deleteMany({ grantId })
}

/** Remembers something that may be seen once; false where it was seen before. */
export async function seeOnce(kind: string, id: string, expiresAt: Date): Promise<boolean> {
  try {
    await OAuthPayloadModel.create({
      _id: payloadId(kind, id),
      model: kind,
      payload: {},
      expiresAt,
    })
    return true
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    return false
  }
}
