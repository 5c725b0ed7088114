import mongoose from 'mongoose'
import { retryOnDisconnect } from '../database/retry-write.ts'
import { isDuplicateKey } from '../duplicate-key.ts'
import { tenantScoped } from '../tenancy.ts'

export interface DataKeyRecord {
  _id: string
  tenantId: string
  /** 1 for the tenant's first key; the highest seals. */
  version: number
  /** The key under the master key, base64. */
  wrapped: string
  /** Fingerprint of that master key. */
  masterKeyId: string
  createdAt: Date
}

const schema = new mongoose.Schema<DataKeyRecord>(
  {
    _id: { type: String, required: true },
    version: { type: Number, required: true },
    wrapped: { type: String, required: true },
    masterKeyId: { type: String, required: true },
    createdAt: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.index({ tenantId: 1, version: 1 }, { unique: true })
schema.index({ masterKeyId: 1 })

export const DataKeyModel = mongoose.model('DataKey', schema, 'dataKeys')

export async function newestDataKey(tenantId: string): Promise<DataKeyRecord | null> {
  return await DataKeyModel.findOne(
    { tenantId },
    {},
    { sort: { version: -1 } },
  ).lean<DataKeyRecord>()
}

export async function findDataKey(tenantId: string, id: string): Promise<DataKeyRecord | null> {
  return await DataKeyModel.findOne({ _id: id, tenantId }).lean<DataKeyRecord>()
}

/** False: another process made this version of the tenant's key first. */
export async function insertDataKey(record: DataKeyRecord): Promise<boolean> {
  try {
    await retryOnDisconnect(() => DataKeyModel.insertMany([record]))
    return true
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    // Ours all the same where only the answer to the first try was lost.
    return (await findDataKey(record.tenantId, record._id)) !== null
  }
}

const acrossTenants = 'a master key wraps the data keys of all tenants'

export async function dataKeysNotUnder(masterKeyId: string): Promise<DataKeyRecord[]> {
  return await DataKeyModel.find({ masterKeyId: { $ne: masterKeyId } }, {}, { acrossTenants }).lean<
    DataKeyRecord[]
  >()
}

export async function rewrapDataKey(
  record: DataKeyRecord,
  wrapped: Pick<DataKeyRecord, 'wrapped' | 'masterKeyId'>,
): Promise<void> {
  const { _id, tenantId, masterKeyId } = record
  await retryOnDisconnect(() =>
    DataKeyModel.updateOne({ _id, tenantId, masterKeyId }, { $set: { ...wrapped } }),
  )
}
