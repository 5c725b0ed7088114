import mongoose from 'mongoose'
import { type BulkOptions, type Item, idOf, type Progress, writeBatch } from './bulk-batch.ts'
import type { Fields } from './native-collection.ts'

const { calculateObjectSize } = mongoose.mongo.BSON

const batchSize = 1000
/** A batch of large documents is sent sooner. */
const batchBytes = 32 * 1024 * 1024

/** One record of the input, or why it cannot be written. */
export type BulkRecord =
  | {
      /** The whole document, where there is none yet. */
      readonly insert: Fields
      /** What is compared and set where there is one. */
      readonly set: Fields
    }
  | { readonly reason: string }

export interface BulkFailure {
  /** Position in the input, from 0. */
  readonly index: number
  /** Names fields and indexes, never values. */
  readonly reason: string
}

export interface BulkResult {
  readonly inserted: number
  readonly updated: number
  readonly unchanged: number
  readonly failed: readonly BulkFailure[]
}

/**
 * Brings a collection to the state of the records: looks up what exists, inserts what is new and updates what
 * differs, 1,000 at a time. Done twice it changes nothing the second time.
 */
export async function bulkWrite(
  records: Iterable<BulkRecord> | AsyncIterable<BulkRecord>,
  options: BulkOptions,
): Promise<BulkResult> {
  const counts = { inserted: 0, updated: 0, unchanged: 0 }
  const failed: BulkFailure[] = []
  const firstWithId = new Map<string, number>()
  let batch: Item[] = []
  let bytes = 0
  let index = -1

  const flush = async () => {
    options.signal?.throwIfAborted()
    const progress: Progress = { outcomes: new Map(), failed: new Map() }
    await writeBatch(batch, options, progress)
    for (const [at, { outcome, id }] of progress.outcomes) {
      counts[outcome]++
      options.onOutcome?.(at, outcome, id)
    }
    for (const [at, reason] of progress.failed) failed.push({ index: at, reason })
    batch = []
    bytes = 0
  }

  for await (const record of records) {
    index++
    const item = toItem(record, index, options.key, firstWithId)
    if ('reason' in item) {
      failed.push({ index, reason: item.reason })
      continue
    }
    batch.push(item)
    bytes += calculateObjectSize(item.insert)
    if (batch.length >= batchSize || bytes >= batchBytes) await flush()
  }
  if (batch.length > 0) await flush()
  failed.sort((a, b) => a.index - b.index)
  return { ...counts, failed }
}

function toItem(
  record: BulkRecord,
  index: number,
  key: readonly string[],
  firstWithId: Map<string, number>,
): Item | { reason: string } {
  if ('reason' in record) return record
  const missing = key.find((field) => record.set[field] === undefined)
  if (missing !== undefined) return { reason: `has no ${missing}` }
  const id = idOf(record.set, key)
  const earlier = firstWithId.get(id)
  if (earlier !== undefined) {
    return { reason: `has the same ${key.join(' and ')} as record ${earlier}` }
  }
  firstWithId.set(id, index)
  return { index, id, insert: record.insert, set: record.set }
}
