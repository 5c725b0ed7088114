const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** Standard Webhooks 1.0.0: the pauses between its ten attempts, 75 h 35 min in all. */
const pausesMs = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
]

export const mostAttempts = pausesMs.length + 1
const longestWaitMs = 24 * hour

/** How long to wait after the given failed attempt, counted from 1; null: it was the last. */
export function pauseAfter(
  attempt: number,
  { retryAfterMs, random }: { readonly retryAfterMs: number | null; readonly random: number },
): number | null {
  const pause = pausesMs[attempt - 1]
  if (pause === undefined) return null
  const jittered = Math.round(pause * (0.8 + 0.4 * random))
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, longestWaitMs))
}
