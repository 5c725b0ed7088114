export interface WallDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

export interface WallTime extends WallDate {
  /** Minutes since midnight, as clocks on the wall show them. */
  readonly minutes: number
  /** 1 is Monday. */
  readonly weekday: number
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timezone: string): Intl.DateTimeFormat {
  let format = formats.get(timezone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    })
    formats.set(timezone, format)
  }
  return format
}

/** What clocks on the wall show at an instant. */
export function wallTimeAt(at: Date, timezone: string): WallTime {
  const parts = new Map(
    formatOf(timezone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0
  const date = { year: part('year'), month: part('month'), day: part('day') }
  return { ...date, minutes: part('hour') * 60 + part('minute'), weekday: weekdayOf(date) }
}

export function weekdayOf({ year, month, day }: WallDate): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() || 7
}

export function addDays({ year, month, day }: WallDate, days: number): WallDate {
  const date = new Date(Date.UTC(year, month - 1, day + days))
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
  }
}

export function minutesOf(clockTime: string): number {
  const [hours = 0, minutes = 0] = clockTime.split(':').map(Number)
  return hours * 60 + minutes
}

/**
 * The instant at which clocks show this. A time that a change to summer time leaves out is as much after it;
 * of a time that comes twice it is the second.
 */
export function instantOf(date: WallDate, clockTime: string, timezone: string): Date {
  const asUtc = Date.UTC(date.year, date.month - 1, date.day, 0, minutesOf(clockTime))
  const first = asUtc - offsetAt(asUtc, timezone)
  const second = asUtc - offsetAt(first, timezone)
  if (first === second || asUtc - offsetAt(second, timezone) === second) return new Date(second)
  return new Date(Math.max(first, second))
}

function offsetAt(ms: number, timezone: string): number {
  const { year, month, day, minutes } = wallTimeAt(new Date(ms), timezone)
  return Date.UTC(year, month - 1, day, 0, minutes) - Math.floor(ms / 60_000) * 60_000
}
