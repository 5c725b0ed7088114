import mongoose from 'mongoose'
import { retryOnDisconnect } from '../database/retry-write.ts'
import { isDuplicateKey } from '../duplicate-key.ts'
import { tenantScoped } from '../tenancy.ts'

/** One key of one credential: locked while its request runs, then with the reply. */
export interface IdempotencyRow {
  /** Digest of tenant, credential and key. */
  readonly _id: string
  readonly tenantId: string
  readonly fingerprint: string
  /** Who holds the lock: only that run writes the outcome. */
  readonly runId: string
  /** Until then the run that holds the lock is taken to be alive. */
  readonly lockedUntil: Date
  /** What was answered, sealed; absent while it runs, and for good where the run broke off. */
  readonly outcome?: string
  readonly expiresAt: Date
}

const schema = new mongoose.Schema<IdempotencyRow>(
  {
    _id: { type: String, required: true },
    fingerprint: { type: String, required: true },
    runId: { type: String, required: true },
    lockedUntil: { type: Date, required: true },
    outcome: String,
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
schema.index({ tenantId: 1 })

export const IdempotencyModel = mongoose.model('IdempotencyKey', schema, 'idempotencyKeys')

/** Null: the row is the caller's own now; otherwise the row that has the key. */
export async function insertOrFind(row: IdempotencyRow): Promise<IdempotencyRow | null> {
  try {
    await retryOnDisconnect(() => IdempotencyModel.insertMany([row], { lean: true }))
    return null
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
  }
  const { _id, tenantId } = row
  const found = await IdempotencyModel.findOne({ _id, tenantId }).lean<IdempotencyRow>()
  // An insert whose answer was lost had gone through; or the row expired at this moment.
  if (found?.runId === row.runId) return null
  return found ?? insertOrFind(row)
}

/** Takes over a row whose time is over; false where another was faster. */
export async function takeOverExpired(
  expired: IdempotencyRow,
  row: IdempotencyRow,
): Promise<boolean> {
  const { _id, tenantId, ...fields } = row
  const { matchedCount } = await IdempotencyModel.updateOne(
    { _id, tenantId, runId: expired.runId, expiresAt: expired.expiresAt },
    { $set: fields, $unset: { outcome: 1 } },
  )
  return matchedCount === 1
}

type Held = Pick<IdempotencyRow, '_id' | 'tenantId' | 'runId'>

export async function renewLock({ _id, tenantId, runId }: Held, lockedUntil: Date): Promise<void> {
  await IdempotencyModel.updateOne({ _id, tenantId, runId }, { $set: { lockedUntil } })
}

export async function storeOutcome({ _id, tenantId, runId }: Held, outcome: string): Promise<void> {
  await retryOnDisconnect(() =>
    IdempotencyModel.updateOne({ _id, tenantId, runId }, { $set: { outcome } }),
  )
}

/** Frees the key where nothing was done. */
export async function releaseKey({ _id, tenantId, runId }: Held): Promise<void> {
  await retryOnDisconnect(() => IdempotencyModel.deleteOne({ _id, tenantId, runId }))
}
