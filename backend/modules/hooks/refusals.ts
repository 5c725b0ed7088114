const windowMs = 10 * 60_000
const several = 5
const mostKept = 20_000

/** Counts refused messages by connection, in memory: whoever sends them must not make the database write. */
export function createRefusals() {
  const counts = new Map<string, { since: number; count: number; isTold: boolean }>()

  return {
    /** How many there were, when that is to be told: once in ten minutes, from the fifth on. */
    add(connectionId: string, at: number): number | null {
      const known = counts.get(connectionId)
      const current =
        known && at - known.since < windowMs ? known : { since: at, count: 0, isTold: false }
      current.count += 1
      const [oldest] = counts.keys()
      if (counts.size >= mostKept && oldest !== undefined) counts.delete(oldest)
      counts.set(connectionId, current)
      if (current.isTold || current.count < several) return null
      current.isTold = true
      return current.count
    },
  }
}

export type Refusals = ReturnType<typeof createRefusals>
