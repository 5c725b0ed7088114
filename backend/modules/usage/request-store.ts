import mongoose from 'mongoose'
import type { RequestRecord } from '../../../shared/api/usage.ts'
import { nativeCollection } from '../../core/database/native-collection.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { type FoundPage, findPage, type TimedQuery, timeFilter } from '../../core/lists/index.ts'
import { tenantScoped } from '../../core/tenancy.ts'

export interface RequestRow extends Omit<RequestRecord, 'id' | 'createdAt' | 'updatedAt'> {
  readonly _id: string
  readonly tenantId: string
  count: number
  readonly createdAt: Date
  readonly expiresAt: Date
}

const { Mixed } = mongoose.Schema.Types
const schema = new mongoose.Schema<RequestRow>(
  {
    _id: { type: String, required: true },
    requestId: { type: String, required: true },
    operation: { type: String, required: true },
    method: { type: String, required: true },
    path: { type: String, required: true },
    status: { type: Number, required: true },
    code: { type: String, default: null },
    problem: { type: Mixed, default: null },
    durationMs: { type: Number, required: true },
    credential: { kind: String, id: String },
    version: { type: String, default: null },
    userAgent: { type: String, default: '' },
    network: { type: String, default: '' },
    count: { type: Number, required: true },
    requestBody: { type: String, default: null },
    responseBody: { type: String, default: null },
    createdAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.index({ tenantId: 1, _id: -1 })
schema.index({ tenantId: 1, 'credential.id': 1, _id: -1 })
schema.index({ tenantId: 1, requestId: 1 })
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
export const RequestRecordModel = mongoose.model('RequestRecord', schema, 'requestRecords')

/** A log, not a ledger: not worth waiting for the journal. */
const writeConcern = { w: 1, journal: false }

/** Those that are on record already stay as they are. */
export async function insertRequests(rows: readonly RequestRow[]): Promise<void> {
  try {
    // The driver's own type knows object ids only.
    await nativeCollection(RequestRecordModel).insertMany(rows as never, {
      ordered: false,
      writeConcern,
    })
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
  }
}

export async function findRequestPage(
  tenantId: string,
  filter: object,
  query: TimedQuery,
): Promise<FoundPage<RequestRow>> {
  return findPage<RequestRow>(RequestRecordModel, {
    filter: { ...filter, ...timeFilter(query), tenantId, expiresAt: { $gt: new Date() } },
    query,
    sortFields: { createdAt: { path: '_id', type: 'date' } },
  })
}

export async function findRequest(tenantId: string, id: string): Promise<RequestRow | null> {
  return await RequestRecordModel.findOne({
    tenantId,
    $or: [{ _id: id }, { requestId: id }],
    expiresAt: { $gt: new Date() },
  }).lean<RequestRow>()
}
