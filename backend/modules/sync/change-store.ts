import mongoose, { Schema } from 'mongoose'
import type { LossReason, SyncChange, SyncKind } from '../../../shared/api/syncs.ts'
import { retryOnDisconnect } from '../../core/database/retry-write.ts'
import { newId } from '../../core/ids.ts'
import {
  type FoundPage,
  findPage,
  given,
  type TimedQuery,
  timeFilter,
} from '../../core/lists/index.ts'
import { tenantScoped } from '../../core/tenancy.ts'

export interface ChangeRow {
  readonly _id: string
  readonly tenantId: string
  readonly runId: string
  readonly kind: SyncKind
  readonly sourcedId: string | null
  /** Tells apart what has no `sourcedId`. */
  readonly key: string
  readonly change: SyncChange['change']
  readonly why: LossReason | null
  readonly reason: string | null
  readonly createdAt: Date
  readonly expiresAt: Date
}

const keptMs = 90 * 24 * 3_600_000

const schema = new Schema<ChangeRow>(
  {
    _id: { type: String, required: true },
    runId: { type: String, required: true },
    kind: { type: String, required: true },
    sourcedId: { type: String, default: null },
    key: { type: String, required: true },
    change: { type: String, required: true },
    why: { type: String, default: null },
    reason: { type: String, default: null },
    createdAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.index({ tenantId: 1, runId: 1, createdAt: 1, _id: 1 })
schema.index({ tenantId: 1, runId: 1, kind: 1, key: 1, change: 1 }, { unique: true })
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
export const ChangeModel = mongoose.model('SyncChange', schema, 'syncChanges')

export interface NewChange {
  readonly kind: SyncKind
  readonly sourcedId: string | null
  readonly key?: string
  readonly change: SyncChange['change']
  readonly why?: LossReason
  readonly reason?: string
}

/** Notes what became of records; noted twice, it is there once. */
export async function noteChanges(
  { _id: runId, tenantId }: { readonly _id: string; readonly tenantId: string },
  changes: readonly NewChange[],
  now: Date,
): Promise<void> {
  if (changes.length === 0) return
  const operations = changes.map(({ kind, sourcedId, key, change, why, reason }) => ({
    updateOne: {
      filter: { tenantId, runId, kind, key: key ?? sourcedId ?? '', change },
      update: {
        $setOnInsert: {
          _id: newId('syc', now.getTime()),
          sourcedId,
          createdAt: now,
          expiresAt: new Date(now.getTime() + keptMs),
        },
        $set: { why: why ?? null, reason: reason?.slice(0, 500) ?? null },
      },
      upsert: true,
    },
  }))
  await retryOnDisconnect(() => ChangeModel.bulkWrite(operations, { ordered: false }))
}

/** Refusals of a kind, the first of them and how many there are. */
export async function refusalsOf(
  { _id: runId, tenantId }: { readonly _id: string; readonly tenantId: string },
  kind: SyncKind,
  limit: number,
): Promise<{ readonly rows: ChangeRow[]; readonly total: number }> {
  const filter = { tenantId, runId, kind, change: 'refused' } as const
  const [rows, total] = await Promise.all([
    ChangeModel.find(filter).sort({ createdAt: 1, _id: 1 }).limit(limit).lean<ChangeRow[]>(),
    ChangeModel.countDocuments(filter),
  ])
  return { rows, total }
}

export interface ChangeQuery extends TimedQuery {
  readonly kind?: SyncKind | undefined
  readonly change?: SyncChange['change'] | undefined
}

export function findChanges(
  { _id: runId, tenantId }: { readonly _id: string; readonly tenantId: string },
  query: ChangeQuery,
  now: Date,
): Promise<FoundPage<ChangeRow>> {
  const { kind, change } = query
  return findPage<ChangeRow>(ChangeModel, {
    filter: {
      tenantId,
      runId,
      expiresAt: { $gt: now },
      ...given({ kind, change }),
      ...timeFilter(query),
    },
    query,
    sortFields: { createdAt: { path: 'createdAt', type: 'date' } },
  })
}

export function showChange(row: ChangeRow): SyncChange {
  const at = row.createdAt.toISOString()
  return {
    id: row._id,
    kind: row.kind,
    sourcedId: row.sourcedId,
    change: row.change,
    reason: row.reason,
    createdAt: at,
    updatedAt: at,
  }
}
