import mongoose from 'mongoose'
import type { HealingAct } from '../../../shared/api/problems.ts'
import { type FoundPage, findPage, type TimedQuery, timeFilter } from '../../core/lists/index.ts'
import { tenantScoped } from '../../core/tenancy.ts'

export interface ActRow extends Omit<HealingAct, 'id' | 'at' | 'createdAt' | 'updatedAt'> {
  readonly _id: string
  readonly tenantId: string
  readonly at: Date
}

const text = { type: String, required: true }
const schema = new mongoose.Schema<ActRow>(
  {
    _id: text,
    connectionId: text,
    cause: text,
    act: text,
    result: text,
    before: text,
    after: text,
    explanation: text,
    at: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.index({ tenantId: 1, connectionId: 1, _id: -1 })
schema.index({ at: 1 }, { expireAfterSeconds: 90 * 24 * 3600 })
export const ActModel = mongoose.model('HealingAct', schema, 'healingActs')

export async function insertActs(rows: readonly ActRow[]): Promise<void> {
  await ActModel.insertMany(rows, { ordered: false })
  for (const row of rows) {
    if (row.act === 'breaker-close')
      await settle(row, ['breaker-open', 'breaker-half-open'], 'worked')
    // A pause after a try: the try failed.
    if (row.act === 'breaker-open') await settle(row, ['breaker-half-open'], 'failed')
  }
}

/** What waited for the outcome of a try learns it. */
async function settle(
  { tenantId, connectionId, at }: ActRow,
  acts: readonly ActRow['act'][],
  result: ActRow['result'],
): Promise<void> {
  await ActModel.updateMany(
    { tenantId, connectionId, act: { $in: acts }, result: 'waiting', at: { $lt: at } },
    { $set: { result } },
  )
}

export function findActPage(
  which: { readonly tenantId: string; readonly connectionId: string },
  query: TimedQuery,
): Promise<FoundPage<ActRow>> {
  return findPage<ActRow>(ActModel, {
    filter: { ...which, ...timeFilter(query, { made: 'at', changed: 'at' }) },
    query,
    sortFields: { createdAt: { path: '_id', type: 'date' } },
  })
}

export function findActsBetween(
  which: { readonly tenantId: string; readonly connectionId: string },
  from: Date,
  to: Date,
  limit: number,
): Promise<ActRow[]> {
  return ActModel.find({ ...which, at: { $gte: from, $lte: to } }, {}, { sort: { _id: -1 }, limit })
    .lean<ActRow[]>()
    .exec()
}
