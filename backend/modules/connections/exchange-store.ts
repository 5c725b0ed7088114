import mongoose from 'mongoose'
import { nativeCollection } from '../../core/database/native-collection.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { type FoundPage, findPage, type TimedQuery, timeFilter } from '../../core/lists/index.ts'
import { tenantScoped } from '../../core/tenancy.ts'
import type { Exchange } from './definition.ts'

export interface ExchangeRow extends Omit<Exchange, 'at' | 'connectorId'> {
  readonly _id: string
  readonly createdAt: Date
  readonly expiresAt: Date
}

const schema = new mongoose.Schema<ExchangeRow>(
  {
    _id: { type: String, required: true },
    connectionId: { type: String, required: true },
    purpose: { type: String, required: true },
    method: { type: String, required: true },
    host: { type: String, required: true },
    path: { type: String, required: true },
    status: { type: Number, default: null },
    durationMs: { type: Number, required: true },
    bytes: { type: Number, required: true },
    attempt: { type: Number, required: true },
    errorCode: { type: String, default: null },
    createdAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.index({ tenantId: 1, connectionId: 1, _id: -1 })
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
export const ExchangeModel = mongoose.model('ConnectionExchange', schema, 'connectionExchanges')

/** A log, not a ledger: not worth waiting for the journal. */
const writeConcern = { w: 1, journal: false }

/** Those that are on record already stay as they are. */
export async function insertExchanges(rows: readonly ExchangeRow[]): Promise<void> {
  try {
    // The driver's own type knows object ids only.
    await nativeCollection(ExchangeModel).insertMany(rows as never, {
      ordered: false,
      writeConcern,
    })
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
  }
}

export function findExchanges(
  which: { readonly tenantId: string; readonly connectionId: string },
  query: TimedQuery & { readonly failed?: boolean | undefined },
): Promise<FoundPage<ExchangeRow>> {
  const { failed } = query
  return findPage<ExchangeRow>(ExchangeModel, {
    filter: {
      ...which,
      ...timeFilter(query),
      ...(failed !== undefined && { errorCode: failed ? { $ne: null } : null }),
    },
    query,
    sortFields: { createdAt: { path: '_id', type: 'date' } },
  })
}
