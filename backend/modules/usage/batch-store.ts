import mongoose from 'mongoose'
import { nativeCollection } from '../../core/database/native-collection.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import type { UsageCount } from './counter.ts'

/** What one process counted in about a second, until it is added to the days. */
export interface UsageBatch {
  /** `<process>:<number>`: within a process, later batches sort behind earlier ones. */
  readonly _id: string
  readonly by: string
  readonly seq: number
  readonly counts: readonly UsageCount[]
}

const schema = new mongoose.Schema<UsageBatch>(
  {
    _id: { type: String, required: true },
    by: { type: String, required: true },
    seq: { type: Number, required: true },
    counts: { type: [mongoose.Schema.Types.Mixed], required: true } as never,
  },
  { autoIndex: false, autoCreate: false, versionKey: false },
)
// Not of one tenant: a journal between the counters of a process and the days of all tenants.
export const UsageBatchModel = mongoose.model('UsageBatch', schema, 'usageBatches')

/** Puts a batch on record; one that is there already stays as it is. */
export async function insertBatch(batch: UsageBatch): Promise<void> {
  try {
    // The driver's own type knows object ids only.
    await nativeCollection(UsageBatchModel).insertOne(batch as never)
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
  }
}

/**
 * The oldest batches, each process's in its order. Read along the index of ids: whoever sees a batch also sees
 * those that the process wrote before it.
 */
export async function oldestBatches(limit: number): Promise<UsageBatch[]> {
  return await UsageBatchModel.find({}, {}, { sort: { _id: 1 }, hint: { _id: 1 }, limit }).lean<
    UsageBatch[]
  >()
}

export async function deleteBatches(ids: readonly string[]): Promise<void> {
  await UsageBatchModel.deleteMany({ _id: { $in: [...ids] } })
}
