import type { MetricResolution } from '../../../shared/api/monitoring.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

export const slotMs: Readonly<Record<MetricResolution, number>> = {
  '1m': minuteMs,
  '15m': 15 * minuteMs,
  '1h': hourMs,
  '1d': dayMs,
}

/** Thirteen months: this month and the same one a year ago can be compared whole. */
export const keptMs: Readonly<Record<MetricResolution, number>> = {
  '1m': 2 * dayMs,
  '15m': 14 * dayMs,
  '1h': 90 * dayMs,
  '1d': 397 * dayMs,
}

/** Slots lie together in one document: minutes by the hour, quarters and hours by the day, days by the month. */
export function periodStart(resolution: MetricResolution, at: number): number {
  if (resolution === '1m') return floor(at, hourMs)
  if (resolution !== '1d') return floor(at, dayMs)
  const date = new Date(at)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
}

export function periodEnd(resolution: MetricResolution, start: number): number {
  if (resolution === '1m') return start + hourMs
  if (resolution !== '1d') return start + dayMs
  const date = new Date(start)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
}

export function slotIndex(resolution: MetricResolution, at: number): number {
  return Math.floor((at - periodStart(resolution, at)) / slotMs[resolution])
}

/** Fields of a document sort as numbers do. */
export const slotKey = (index: number) => `s${String(index).padStart(2, '0')}`
export const indexOfKey = (key: string) => Number(key.slice(1))

function floor(at: number, step: number): number {
  return Math.floor(at / step) * step
}

const mostPoints = 400

/** The finest resolution that is still kept and shows the period in few enough points. */
export function resolutionFor(from: number, to: number, now: number): MetricResolution {
  for (const resolution of ['1m', '15m', '1h'] as const) {
    const isKept = now - from <= keptMs[resolution]
    if (isKept && (to - from) / slotMs[resolution] <= mostPoints) return resolution
  }
  return '1d'
}
