/** Latencies in classes that grow by a quarter of an octave each: no percentile is off by more than 10 %. */
const classesPerOctave = 4
const highest = 4 * 18

/** Counts by the number of the class; classes without any are left out. */
export type Histogram = Readonly<Record<string, number>>

/** The class of a latency; class 0 is up to one millisecond. */
export function classOf(ms: number): number {
  if (!(ms > 1)) return 0
  return Math.min(highest, Math.ceil(Math.log2(ms) * classesPerOctave - 1e-9))
}

function middleOf(index: number): number {
  return index === 0 ? 1 : 2 ** ((index - 0.5) / classesPerOctave)
}

/** The latency that a share of all stays below; null where there are none. */
export function percentile(histogram: Histogram, share: number): number | null {
  const classes = Object.entries(histogram)
    .map(([index, count]) => [Number(index), count] as const)
    .sort(([a], [b]) => a - b)
  const total = classes.reduce((sum, [, count]) => sum + count, 0)
  if (total === 0) return null
  const wanted = Math.max(1, Math.ceil(total * share))
  let below = 0
  for (const [index, count] of classes) {
    below += count
    if (below >= wanted) return round(middleOf(index))
  }
  return null
}

/** Three digits are all that the classes can tell. */
function round(ms: number): number {
  return Number(ms.toPrecision(3))
}
