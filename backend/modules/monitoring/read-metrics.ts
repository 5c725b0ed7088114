import type {
  ConnectionMetrics,
  MetricResolution,
  MetricsQuery,
} from '../../../shared/api/monitoring.ts'
import { AppError } from '../../../shared/errors.ts'
import { type BucketFilter, type BucketRow, findBuckets, type Rolled } from './bucket-store.ts'
import { indexOfKey, keptMs, periodStart, resolutionFor, slotMs } from './periods.ts'
import { rollHours, rollMinutes } from './roll-up.ts'
import { emptySlot, mergeSlots, type Slot, showSlot } from './slots.ts'

/** Slots by capability and by the time they begin. */
type Series = Map<string, Map<number, Slot>>

/** The slots of a period, with what is not yet rolled up. */
export async function readSlots(
  filter: BucketFilter,
  resolution: MetricResolution,
  from: number,
  to: number,
  now: number,
): Promise<Series> {
  const [rows, fresh] = await Promise.all([
    findBuckets(filter, resolution, from, to),
    resolution === '1m' ? [] : findBuckets(filter, '1m', from, to, { onlyDirty: true }),
  ])
  const series: Series = new Map()
  for (const row of rows) putRow(series, row)
  const rolled = fresh.map((row) => ({ row, slots: rollMinutes(row, minutesUntil(row, now)) }))
  if (resolution === '1d') await putDays(series, filter, from, to, rolled)
  else putFresh(series, resolution, rolled)
  for (const slots of series.values()) keepWithin(slots, from - slotMs[resolution], to)
  return series
}

interface Fresh {
  readonly row: BucketRow
  readonly slots: readonly Rolled[]
}

function putFresh(series: Series, resolution: MetricResolution, fresh: readonly Fresh[]): void {
  for (const { row, slots } of fresh) {
    for (const one of slots) if (one.resolution === resolution) putRolled(series, row, one)
  }
}

function keepWithin(slots: Map<number, Slot>, after: number, before: number): void {
  for (const at of slots.keys()) if (at <= after || at >= before) slots.delete(at)
}

/** Days with hours that are not in them yet are made anew from all their hours. */
async function putDays(
  series: Series,
  filter: BucketFilter,
  from: number,
  to: number,
  fresh: readonly Fresh[],
): Promise<void> {
  const dirty = await findBuckets(filter, '1h', from, to, { onlyDirty: true })
  const starts = [...dirty, ...fresh.map(({ row }) => row)].map(({ at }) =>
    periodStart('1h', at.getTime()),
  )
  if (starts.length === 0) return
  const days = await findBuckets(
    filter,
    '1h',
    Math.min(...starts),
    Math.max(...starts) + slotMs['1d'],
  )
  const hours = new Map<string, { at: Date; capability: string; slots: Record<string, Slot> }>()
  for (const { at, capability, slots } of days) {
    hours.set(`${capability}|${at.getTime()}`, { at, capability, slots: { ...slots } })
  }
  for (const { row, slots } of fresh) {
    for (const { resolution, at, key, slot } of slots) {
      if (resolution !== '1h') continue
      const start = periodStart('1h', at)
      const id = `${row.capability}|${start}`
      const day = hours.get(id) ?? { at: new Date(start), capability: row.capability, slots: {} }
      day.slots[key] = slot
      hours.set(id, day)
    }
  }
  for (const day of hours.values()) putRolled(series, day, rollHours(day))
}

/** How far an hour has come. */
function minutesUntil({ at }: Pick<BucketRow, 'at'>, now: number): number {
  return Math.max(0, Math.min(60, Math.floor((now - at.getTime()) / slotMs['1m']) + 1))
}

function slotsFor(series: Series, capability: string): Map<number, Slot> {
  const slots = series.get(capability) ?? new Map<number, Slot>()
  series.set(capability, slots)
  return slots
}

function putRow(series: Series, { capability, resolution, at, slots }: BucketRow): void {
  const own = slotsFor(series, capability)
  for (const [key, slot] of Object.entries(slots)) {
    // Of minutes the database holds only what was counted.
    own.set(at.getTime() + indexOfKey(key) * slotMs[resolution], { ...emptySlot, ...slot })
  }
}

function putRolled(series: Series, { capability }: { capability: string }, one: Rolled): void {
  slotsFor(series, capability).set(
    periodStart(one.resolution, one.at) + indexOfKey(one.key) * slotMs[one.resolution],
    one.slot,
  )
}

const dayMs = slotMs['1d']

/** Volumes, error rates and latencies of a period. */
export async function readMetrics(
  filter: Omit<BucketFilter, 'capability'>,
  query: MetricsQuery,
  now: number,
): Promise<ConnectionMetrics> {
  const to = query.to === undefined ? now : Date.parse(query.to)
  const from = query.from === undefined ? to - dayMs : Date.parse(query.from)
  if (from >= to) {
    throw new AppError('invalid_request', '`from` must lie before `to`', {
      errors: [{ pointer: '#/from', code: 'too_late', detail: 'must lie before `to`' }],
    })
  }
  const resolution = query.resolution ?? resolutionFor(from, to, now)
  const kept = now - keptMs[resolution]
  const start = Math.max(from, kept - slotMs[resolution])
  const series =
    start < to
      ? await readSlots({ ...filter, capability: query.capability }, resolution, start, to, now)
      : new Map<string, Map<number, Slot>>()

  const byTime = new Map<number, Slot[]>()
  for (const slots of series.values()) {
    for (const [at, slot] of slots) byTime.set(at, [...(byTime.get(at) ?? []), slot])
  }
  const points = [...byTime]
    .sort(([a], [b]) => a - b)
    .map(([at, slots]) => ({ at: new Date(at).toISOString(), ...showSlot(mergeSlots(slots)) }))
  const capabilities = [...series]
    .filter(([, slots]) => slots.size > 0)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([capability, slots]) => ({ capability, ...showSlot(mergeSlots(slots.values())) }))
  return {
    connectionId: filter.connectionId,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    resolution,
    capability: query.capability ?? null,
    total: showSlot(mergeSlots([...byTime.values()].flat())),
    points,
    capabilities,
  }
}
