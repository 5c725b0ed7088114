import type { MetricPoint } from '../../../shared/api/monitoring.ts'
import { classOf, type Histogram, percentile } from './histogram.ts'

/** What happened in one span of time; the names are short because there are very many of them. */
export interface Slot {
  /** Calls that worked and that failed. */
  readonly n: number
  readonly f: number
  /** Failures by code. */
  readonly c: Readonly<Record<string, number>>
  /** Latencies, of those that have one. */
  readonly h: Histogram
  readonly s: number
  readonly b: number
  readonly r: number
  /** Seconds that the connection was seen to work and not to work; only of checks, only above a minute. */
  readonly u?: number
  readonly d?: number
  /** The state of the source it was made from. */
  readonly v?: number
}

/** One call, or one check, of a connection. */
export interface Happening {
  readonly ok: boolean
  readonly code: string | null
  readonly durationMs: number | null
  readonly bytes: number
  readonly rows: number
  /** 0: it only adds bytes or rows to what is counted elsewhere. */
  readonly count: 0 | 1
}

export const emptySlot: Slot = { n: 0, f: 0, c: {}, h: {}, s: 0, b: 0, r: 0 }

/** Names of fields in the database hold no dots. */
export const fieldOf = (name: string) => name.replaceAll('.', '/').replaceAll('$', '_')
export const nameOf = (field: string) => field.replaceAll('/', '.')

export function addHappening(slot: Slot, what: Happening): Slot {
  const { ok, code, durationMs, bytes, rows, count } = what
  const bytesAndRows = { b: slot.b + bytes, r: slot.r + rows }
  if (count === 0) return { ...slot, ...bytesAndRows }
  const timed =
    durationMs === null
      ? {}
      : { h: plusOne(slot.h, String(classOf(durationMs))), s: slot.s + Math.round(durationMs) }
  return {
    ...slot,
    ...bytesAndRows,
    ...timed,
    ...(ok ? { n: slot.n + 1 } : { f: slot.f + 1, c: plusOne(slot.c, fieldOf(code ?? 'unknown')) }),
  }
}

function plusOne(counts: Readonly<Record<string, number>>, key: string) {
  return { ...counts, [key]: (counts[key] ?? 0) + 1 }
}

export function mergeSlots(slots: Iterable<Slot>): Slot {
  const sum = { n: 0, f: 0, s: 0, b: 0, r: 0, u: 0, d: 0 }
  const c: Record<string, number> = {}
  const h: Record<string, number> = {}
  for (const slot of slots) {
    sum.n += slot.n
    sum.f += slot.f
    sum.s += slot.s
    sum.b += slot.b
    sum.r += slot.r
    sum.u += slot.u ?? 0
    sum.d += slot.d ?? 0
    addTo(c, slot.c)
    addTo(h, slot.h)
  }
  const { u, d, ...rest } = sum
  return { ...rest, c, h, ...(u + d === 0 ? {} : { u, d }) }
}

function addTo(sums: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [key, count] of Object.entries(counts)) sums[key] = (sums[key] ?? 0) + count
}

const longestGap = 20

/**
 * Seconds up and down in an hour of minutes: each check speaks for the time until the next one, for 20 minutes at most,
 * so that failing connections, which are checked more often, do not count more.
 */
export function cover(
  minutes: ReadonlyMap<number, Slot>,
  from: number,
  until: number,
): { readonly u: number; readonly d: number } {
  let u = 0
  let d = 0
  let upShare: number | null = null
  let age = 0
  for (let minute = 0; minute < until; minute++) {
    const slot = minutes.get(minute)
    if (slot && slot.n + slot.f > 0) {
      upShare = slot.n / (slot.n + slot.f)
      age = 0
    } else {
      age += 1
    }
    if (minute < from || upShare === null || age > longestGap) continue
    u += 60 * upShare
    d += 60 * (1 - upShare)
  }
  return { u, d }
}

/** A slot as the API shows it. */
export function showSlot(slot: Slot): Omit<MetricPoint, 'at'> {
  const calls = slot.n + slot.f
  const timed = Object.values(slot.h).reduce((sum, count) => sum + count, 0)
  return {
    ok: slot.n,
    failed: slot.f,
    errorRate: calls === 0 ? null : slot.f / calls,
    codes: Object.fromEntries(Object.entries(slot.c).map(([key, n]) => [nameOf(key), n])),
    latency: {
      meanMs: timed === 0 ? null : Math.round(slot.s / timed),
      p50Ms: percentile(slot.h, 0.5),
      p95Ms: percentile(slot.h, 0.95),
      p99Ms: percentile(slot.h, 0.99),
    },
    bytes: slot.b,
    rows: slot.r,
  }
}
