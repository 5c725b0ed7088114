import mongoose, { Schema } from 'mongoose'
import type { SyntheticTest } from '../../../shared/api/monitoring.ts'
import { retryOnDisconnect } from '../../core/database/retry-write.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import {
  type FoundPage,
  findPage,
  given,
  type TimedQuery,
  timeFilter,
} from '../../core/lists/index.ts'
import { tenantScoped } from '../../core/tenancy.ts'

export interface SyntheticRow
  extends Pick<SyntheticTest, 'name' | 'title' | 'status' | 'code' | 'message' | 'durationMs'> {
  readonly _id: string
  readonly tenantId: string
  readonly connectionId: string
  readonly createdAt: Date
  readonly expiresAt: Date
}

const schema = new Schema<SyntheticRow>(
  {
    _id: { type: String, required: true },
    connectionId: { type: String, required: true },
    name: { type: String, required: true },
    title: { type: String, required: true },
    status: { type: String, required: true },
    code: { type: String, default: null },
    message: { type: String, default: null },
    durationMs: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.index({ tenantId: 1, connectionId: 1, createdAt: 1, _id: 1 })
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
export const SyntheticModel = mongoose.model('SyntheticTest', schema, 'syntheticTests')

export const syntheticKeptMs = 90 * 24 * 3_600_000

export async function insertSynthetic(rows: readonly SyntheticRow[]): Promise<void> {
  try {
    await retryOnDisconnect(() => SyntheticModel.insertMany([...rows], { ordered: false }))
  } catch (error) {
    // The first try arrived, its answer did not.
    if (!isDuplicateKey(error)) throw error
  }
}

export interface SyntheticQuery extends TimedQuery {
  readonly name?: string | undefined
  readonly status?: SyntheticTest['status'] | undefined
}

export function findSynthetic(
  { tenantId, connectionId }: Pick<SyntheticRow, 'tenantId' | 'connectionId'>,
  query: SyntheticQuery,
  now: Date,
): Promise<FoundPage<SyntheticRow>> {
  const { name, status } = query
  return findPage<SyntheticRow>(SyntheticModel, {
    filter: {
      tenantId,
      connectionId,
      expiresAt: { $gt: now },
      ...given({ name, status }),
      ...timeFilter(query),
    },
    query,
    sortFields: { createdAt: { path: 'createdAt', type: 'date' } },
  })
}

export function showSynthetic(row: SyntheticRow): SyntheticTest {
  const { _id: id, name, title, status, code, message, durationMs } = row
  const at = row.createdAt.toISOString()
  return { id, name, title, status, code, message, durationMs, createdAt: at, updatedAt: at }
}
