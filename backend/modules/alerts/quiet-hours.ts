import type { Digest, QuietHours } from '../../../shared/api/alerts.ts'
import { addDays, instantOf, minutesOf, wallTimeAt, weekdayOf } from './wall-clock.ts'

/** Quiet times may follow one another without a gap, but not for ever. */
const mostInARow = 14

/** When the quiet time that an instant lies in is over; null: it is not quiet. */
export function quietUntil(quiet: QuietHours, at: Date): Date | null {
  let end: Date | null = null
  for (let no = 0; no < mostInARow; no++) {
    const next = endOfQuiet(quiet, end ?? at)
    if (!next) break
    end = next
  }
  return end
}

function endOfQuiet({ days, from, to, timezone }: QuietHours, at: Date): Date | null {
  const today = wallTimeAt(at, timezone)
  const isOvernight = minutesOf(to) <= minutesOf(from)
  for (const shift of isOvernight ? [-1, 0] : [0]) {
    const date = addDays(today, shift)
    if (!days.includes(weekdayOf(date))) continue
    const start = instantOf(date, from, timezone)
    const end = instantOf(isOvernight ? addDays(date, 1) : date, to, timezone)
    if (start <= at && at < end) return end
  }
  return null
}

/** The next time of the daily digest after an instant. */
export function nextDigest({ at: clockTime, timezone }: Digest, after: Date): Date {
  const today = wallTimeAt(after, timezone)
  const sooner = instantOf(today, clockTime, timezone)
  return sooner > after ? sooner : instantOf(addDays(today, 1), clockTime, timezone)
}
