const second = 1000
const minute = 60 * second

/** Between the tries of one alert: about two and a half hours in all. */
const pausesMs = [10 * second, minute, 5 * minute, 15 * minute, 45 * minute, 90 * minute]

/** When an alert is tried again after so many tries; null: it is given up. */
export function retryAt(attempts: number, now: Date, retryAfterMs: number | null): Date | null {
  const pause = pausesMs[attempts - 1]
  if (pause === undefined) return null
  return new Date(now.getTime() + Math.max(pause, Math.min(retryAfterMs ?? 0, 60 * minute)))
}
