const hourMs = 3_600_000
/** Fewer say nothing about what is usual. */
const fewestGaps = 5
const timesUsual = 6
const timesLongest = 1.5
const longestMs = 7 * 24 * hourMs

/**
 * After how long without a message something is wrong; null where too few came to say. Six times the usual pause,
 * an hour at least, and longer than the nights and weekends that were seen.
 */
export function silenceMs(gapsMs: readonly number[]): number | null {
  if (gapsMs.length < fewestGaps) return null
  const sorted = [...gapsMs].sort((a, b) => a - b)
  const usual = sorted[Math.floor(0.8 * (sorted.length - 1))] ?? 0
  const longest = sorted.at(-1) ?? 0
  return Math.min(longestMs, Math.max(hourMs, timesUsual * usual, timesLongest * longest))
}

/** How often we ask while messages stay away: rather more than they came, within reason. */
export function pollEveryMs(gapsMs: readonly number[]): number {
  const sorted = [...gapsMs].sort((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)] ?? hourMs
  return Math.min(hourMs, Math.max(15 * 60_000, middle))
}

/** When a line that was heard at `lastAt` is worth a look; after a day where too little is known of it. */
export function nextLookAt(lastAt: Date, gapsMs: readonly number[]): Date {
  return new Date(lastAt.getTime() + (silenceMs(gapsMs) ?? 24 * hourMs))
}
