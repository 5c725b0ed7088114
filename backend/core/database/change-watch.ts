export interface Change {
  readonly id: string
  readonly at: Date
}

export interface ChangeWatchOptions {
  /** Ids changed after a moment of the database's clock; null asks for the latest change alone. */
  readChanges(since: Date | null): Promise<readonly Change[]>
  onChange(id: string): void
  /** Monotonic milliseconds. */
  readonly clock?: () => number
}

export interface ChangeWatch {
  /** Settled when every change is known that was made longer ago than a second; undefined where that is so already. */
  fresh(): Promise<void> | undefined
  /** Whether a document read just now has been overtaken by a change that is known already. */
  isOvertaken(id: string, changedAt: Date): boolean
}

const maxAgeMs = 900
/** Asked again in the background from this age on, so that under load nobody waits. */
const renewAfterMs = 450
/** Writes become visible slightly out of the order of their times. */
const overlapMs = 5000

/**
 * Lets a process keep documents in memory that other processes may change: one small query per half second,
 * only while somebody asks, in place of one read per request.
 */
export function createChangeWatch(options: ChangeWatchOptions): ChangeWatch {
  const { readChanges, onChange, clock = () => performance.now() } = options
  let startedAt = Number.NEGATIVE_INFINITY
  let since: Date | null = null
  /** When `since` was last moved, by our own clock. */
  let sinceMovedAt = Number.POSITIVE_INFINITY
  let recent = new Map<string, number>()
  let polling: Promise<void> | undefined

  async function poll(): Promise<void> {
    const start = clock()
    // What was still to become visible has become so by now: many changes of one moment are not read again.
    const isSettled = start - sinceMovedAt > overlapMs
    const from: Date | null = isSettled ? since : since && new Date(since.getTime() - overlapMs)
    const found = isSettled ? recent : new Map<string, number>()
    for (const { id, at } of await readChanges(from)) {
      if (recent.get(id) !== at.getTime()) onChange(id)
      found.set(id, at.getTime())
      if (since !== null && at <= since) continue
      since = at
      sinceMovedAt = start
    }
    since ??= new Date(0)
    recent = found
    startedAt = start
  }

  function pollOnce(): Promise<void> {
    polling ??= poll().finally(() => {
      polling = undefined
    })
    return polling
  }

  async function catchUp(askedAt: number): Promise<void> {
    while (startedAt < askedAt - maxAgeMs) await pollOnce()
  }

  return {
    fresh() {
      const now = clock()
      if (now - startedAt < renewAfterMs) return undefined
      if (now - startedAt >= maxAgeMs) return catchUp(now)
      // Who is asked next waits for it and hears of a failure.
      pollOnce().catch(() => undefined)
      return undefined
    },
    isOvertaken: (id, changedAt) => (recent.get(id) ?? 0) > changedAt.getTime(),
  }
}
