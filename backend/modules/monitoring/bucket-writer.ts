import { randomBytes } from 'node:crypto'
import { type Addition, addToMinutes, type BucketOwner } from './bucket-store.ts'
import { periodStart, slotIndex, slotKey } from './periods.ts'
import { addHappening, emptySlot, type Happening, type Slot } from './slots.ts'

export interface BucketWriterStore {
  add(
    additions: readonly Addition[],
    batch: { readonly by: string; readonly seq: number },
  ): Promise<void>
}

interface Gathered extends BucketOwner {
  readonly at: number
  readonly slots: Map<string, Slot>
}

const atOnce = 500
/** While the database is away: some hundred megabytes at most, then what is new is not counted any more. */
const mostGathered = 200_000

/**
 * Counts what happens to connections in memory and adds it to the buckets in batches. A batch is written until it is
 * known to have arrived and counts once, however often that takes; what a killed process had not written is lost.
 */
export function createBucketWriter({
  store = { add: addToMinutes },
}: {
  readonly store?: BucketWriterStore
} = {}) {
  // A field name in the buckets, so letters and digits alone.
  const by = `p${randomBytes(6).toString('hex')}`
  let seq = 0
  let gathered = new Map<string, Gathered>()
  /** Batches that may or may not have arrived, in their order. */
  let unconfirmed: { readonly seq: number; readonly additions: readonly Addition[] }[] = []
  let dropped = 0
  let flushing: Promise<void> | null = null

  function take(): void {
    if (gathered.size === 0) return
    const all = [...gathered.values()]
    gathered = new Map()
    for (let start = 0; start < all.length; start += atOnce) {
      seq += 1
      unconfirmed.push({ seq, additions: all.slice(start, start + atOnce) })
    }
  }

  async function flushAll(): Promise<void> {
    take()
    for (;;) {
      const [batch] = unconfirmed
      if (!batch) return
      await store.add(batch.additions, { by, seq: batch.seq })
      unconfirmed = unconfirmed.slice(1)
    }
  }

  return {
    add(owner: BucketOwner, at: number, what: Happening): void {
      const { tenantId, connectionId, capability } = owner
      const hour = periodStart('1m', at)
      const id = `${connectionId}|${capability}|${hour}`
      let own = gathered.get(id)
      if (!own) {
        if (gathered.size + unconfirmed.length * atOnce >= mostGathered) {
          dropped += 1
          return
        }
        own = { tenantId, connectionId, capability, at: hour, slots: new Map() }
        gathered.set(id, own)
      }
      const key = slotKey(slotIndex('1m', at))
      own.slots.set(key, addHappening(own.slots.get(key) ?? emptySlot, what))
    },
    /** Rejects where something could not be written; the next flush goes on from there. */
    async flush(): Promise<void> {
      flushing ??= flushAll().finally(() => {
        flushing = null
      })
      await flushing
    },
    get dropped() {
      return dropped
    },
    get waiting() {
      return gathered.size
    },
  }
}

export type BucketWriter = ReturnType<typeof createBucketWriter>
