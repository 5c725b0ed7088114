import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { EndedCall } from '../../core/http/index.ts'
import { defineJob } from '../../core/jobs/index.ts'
import { deleteBatches, insertBatch, oldestBatches, type UsageBatch } from './batch-store.ts'
import { contributionsOf } from './contributions.ts'
import { createCounter } from './counter.ts'
import { addToDays } from './day-store.ts'

/** Keeps a batch well below what one document may hold. */
const mostPerBatch = 10_000
const batchesAtOnce = 120

export interface MeteringStore {
  insertBatch(batch: UsageBatch): Promise<void>
}

/**
 * Counts calls exactly once. Each process journals what it counted as numbered batches; adding a batch to its days
 * is recorded in the days themselves, so a flush or an addition that is repeated changes nothing.
 */
export function createMetering({
  store = { insertBatch },
  now = Date.now,
}: {
  readonly store?: MeteringStore
  readonly now?: () => number
} = {}) {
  const counter = createCounter(now)
  // A field name in the days, so letters and digits alone.
  const by = `p${randomBytes(9).toString('hex')}`
  let seq = 0
  /** The batch that may or may not have arrived. */
  let unconfirmed: UsageBatch | null = null
  let flushing: Promise<void> | null = null
  let adding: Promise<void> | null = null

  async function flushAll(): Promise<void> {
    for (;;) {
      if (!unconfirmed) {
        if (counter.size === 0) return
        seq += 1
        const _id = `${by}:${String(seq).padStart(10, '0')}`
        unconfirmed = { _id, by, seq, counts: counter.take(mostPerBatch) }
      }
      await store.insertBatch(unconfirmed)
      unconfirmed = null
    }
  }

  async function addAll(): Promise<void> {
    for (;;) {
      const batches = await oldestBatches(batchesAtOnce)
      if (batches.length === 0) return
      await addToDays(contributionsOf(batches))
      await deleteBatches(batches.map(({ _id }) => _id))
    }
  }

  /** Journals what was counted; rejects where it could not, and the next flush repeats it. */
  async function flush(): Promise<void> {
    flushing ??= flushAll().finally(() => {
      flushing = null
    })
    await flushing
  }

  /** Adds every journalled batch to its days; any number of processes may do so at once. */
  async function addBatches(): Promise<void> {
    adding ??= addAll().finally(() => {
      adding = null
    })
    await adding
  }

  const job = defineJob({
    name: 'usage.add-batches',
    input: z.object({}),
    every: 60_000,
    run: () => addBatches(),
  })

  return {
    observe: (call: EndedCall) => counter.add(call),
    flush,
    addBatches,
    jobs: [job],
  }
}

export type Metering = ReturnType<typeof createMetering>
