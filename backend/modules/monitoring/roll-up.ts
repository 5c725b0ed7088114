import { type BucketRow, findDirty, markRolled, type Rolled, setRolled } from './bucket-store.ts'
import { indexOfKey, slotIndex, slotKey, slotMs } from './periods.ts'
import { cover, emptySlot, mergeSlots, type Slot } from './slots.ts'

/** The capability under which checks are counted: they alone tell whether a connection was available. */
export const checksCapability = 'health'

const minutesOf = (slots: BucketRow['slots']) =>
  new Map(
    // Of minutes the database holds only what was counted.
    Object.entries(slots).map(
      ([key, slot]) => [indexOfKey(key), { ...emptySlot, ...slot }] as const,
    ),
  )

/** The quarters and the hour of an hour of minutes, as far as `untilMinute`. */
export function rollMinutes(row: Pick<BucketRow, 'at' | 'slots' | 'capability'>, untilMinute = 60) {
  const minutes = minutesOf(row.slots)
  const start = row.at.getTime()
  function part(from: number, length: number): Slot | null {
    const inside = [...minutes].filter(([minute]) => minute >= from && minute < from + length)
    const sum = mergeSlots(inside.map(([, slot]) => slot))
    const seen =
      row.capability === checksCapability
        ? cover(minutes, from, Math.min(from + length, untilMinute))
        : { u: 0, d: 0 }
    if (inside.length === 0 && seen.u + seen.d === 0) return null
    return seen.u + seen.d === 0 ? sum : { ...sum, ...seen }
  }
  const rolled: Rolled[] = []
  for (const quarter of [0, 1, 2, 3]) {
    const slot = part(quarter * 15, 15)
    const at = start + quarter * slotMs['15m']
    if (slot) rolled.push({ resolution: '15m', at, key: slotKey(slotIndex('15m', at)), slot })
  }
  const hour = part(0, 60)
  if (hour) {
    rolled.push({ resolution: '1h', at: start, key: slotKey(slotIndex('1h', start)), slot: hour })
  }
  return rolled
}

/** The day of a day of hours. */
export function rollHours(row: Pick<BucketRow, 'at' | 'slots'>): Rolled {
  const at = row.at.getTime()
  // Which state of its minutes an hour shows says nothing about the day.
  const slot = mergeSlots(Object.values(row.slots))
  return { resolution: '1d', at, key: slotKey(slotIndex('1d', at)), slot }
}

/** Processes write what they counted within seconds; after this an hour or a day is taken as whole. */
const graceMs = 120_000
const atOnce = 200

/** Brings coarser resolutions up to date with what is over; done twice, or by several at once, it changes nothing more. */
export async function rollUp(now: number, signal?: AbortSignal): Promise<number> {
  const hours = await rollEach('1m', now, signal, (row) => rollMinutes(row))
  const days = await rollEach('1h', now, signal, (row) => [rollHours(row)])
  return hours + days
}

async function rollEach(
  resolution: '1m' | '1h',
  now: number,
  signal: AbortSignal | undefined,
  roll: (row: BucketRow) => readonly Rolled[],
): Promise<number> {
  const periodMs = resolution === '1m' ? slotMs['1h'] : slotMs['1d']
  const before = new Date(now - periodMs - graceMs)
  let done = 0
  for (;;) {
    signal?.throwIfAborted()
    const rows = await findDirty(resolution, before, atOnce)
    for (const row of rows) {
      await setRolled(row, roll(row))
      await markRolled(row)
    }
    done += rows.length
    if (rows.length < atOnce) return done
  }
}
