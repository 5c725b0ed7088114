import mongoose, { Schema } from 'mongoose'
import type { CheckTrigger, ConnectionCheck } from '../../../shared/api/monitoring.ts'
import type { ConnectionHealthState } from '../../../shared/connection-states.ts'
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

export interface CheckRow {
  readonly _id: string
  readonly tenantId: string
  readonly connectionId: string
  readonly trigger: CheckTrigger
  readonly result: ConnectionHealthState
  readonly state: ConnectionHealthState
  readonly code: string | null
  readonly message: string | null
  readonly latencyMs: number | null
  readonly createdAt: Date
  readonly expiresAt: Date
}

const schema = new Schema<CheckRow>(
  {
    _id: { type: String, required: true },
    connectionId: { type: String, required: true },
    trigger: { type: String, required: true },
    result: { type: String, required: true },
    state: { type: String, required: true },
    code: { type: String, default: null },
    message: { type: String, default: null },
    latencyMs: { type: Number, default: null },
    createdAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.index({ tenantId: 1, connectionId: 1, createdAt: 1, _id: 1 })
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
export const CheckModel = mongoose.model('ConnectionCheck', schema, 'connectionChecks')

const keptMs = 30 * 24 * 3_600_000
const dullKeptMs = 6 * 3_600_000
/** So that the last fifty are there whatever the pace. */
const dullKept = 60

/** Until when a check is kept: one that found nothing new, of which there are very many, only for hours. */
export function keptUntil(at: Date, isDull: boolean, everyMs: number): Date {
  const forMs = isDull ? Math.max(dullKeptMs, dullKept * everyMs) : keptMs
  return new Date(at.getTime() + forMs)
}

export async function insertChecks(rows: readonly CheckRow[]): Promise<void> {
  if (rows.length === 0) return
  try {
    await retryOnDisconnect(() => CheckModel.insertMany([...rows], { ordered: false }))
  } catch (error) {
    // The first try arrived, its answer did not.
    if (!isDuplicateKey(error)) throw error
  }
}

export interface CheckQuery extends TimedQuery {
  readonly result?: ConnectionHealthState | undefined
  readonly trigger?: CheckTrigger | undefined
}

export function findChecks(
  { tenantId, connectionId }: Pick<CheckRow, 'tenantId' | 'connectionId'>,
  query: CheckQuery,
  now: Date,
): Promise<FoundPage<CheckRow>> {
  const { result, trigger } = query
  return findPage<CheckRow>(CheckModel, {
    filter: {
      tenantId,
      connectionId,
      expiresAt: { $gt: now },
      ...given({ result, trigger }),
      ...timeFilter(query),
    },
    query,
    sortFields: { createdAt: { path: 'createdAt', type: 'date' } },
  })
}

export function showCheck(row: CheckRow): ConnectionCheck {
  const at = row.createdAt.toISOString()
  return {
    id: row._id,
    trigger: row.trigger,
    result: row.result,
    state: row.state,
    code: row.code,
    message: row.message,
    latencyMs: row.latencyMs,
    createdAt: at,
    updatedAt: at,
  }
}
