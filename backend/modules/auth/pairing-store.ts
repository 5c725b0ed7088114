import mongoose, { Schema } from 'mongoose'
import { newId } from '../../core/ids.ts'
import { tenantScoped } from '../../core/tenancy.ts'

export interface PairingCodeRow {
  readonly _id: string
  readonly tenantId: string
  readonly digest: string
  readonly staffUserId: string
  readonly expiresAt: Date
}

const codeSchema = new Schema<PairingCodeRow>(
  {
    _id: { type: String, required: true },
    digest: { type: String, required: true },
    staffUserId: { type: String, required: true },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false, versionKey: false },
)
codeSchema.plugin(tenantScoped)
codeSchema.index({ digest: 1 }, { unique: true })
codeSchema.index({ tenantId: 1, staffUserId: 1 })
codeSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export const PairingCodeModel = mongoose.model('PairingCode', codeSchema, 'pairingCodes')

/** Stores a new code; the person's earlier ones stop working. */
export async function replaceCode(code: Omit<PairingCodeRow, '_id'>): Promise<void> {
  const { tenantId, staffUserId } = code
  await PairingCodeModel.deleteMany({ tenantId, staffUserId })
  await PairingCodeModel.create({ ...code, _id: newId('pcd') })
}

/** Takes a code out of use and answers it; of parallel calls exactly one gets it. */
export async function takeCode(digest: string, now: Date): Promise<PairingCodeRow | null> {
  return PairingCodeModel.findOneAndDelete(
    { digest, expiresAt: { $gt: now } },
    { acrossTenants: 'the code says which tenant the extension belongs to' },
  ).lean()
}
