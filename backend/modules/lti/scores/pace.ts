/** Slots in which a platform that asked for fewer requests is called. */
export interface Pace {
  /** Milliseconds until this caller's turn; 0: now. The same caller keeps its turn until it was there. */
  take(platformId: string, caller: string): number
  /** The platform took a request. */
  accepted(platformId: string): void
  /** A request counted there, whatever became of it. */
  passed(platformId: string): void
  /** The platform answered 429; null where it did not say how long to wait. */
  refused(platformId: string, afterMs: number | null): void
}

interface Lane {
  /** Requests a second; null while nothing was refused. */
  rate: number | null
  /** What was refused last. */
  ceiling: number
  /** Places in the queue that were given out, and those whose turn it is by now. */
  tail: number
  head: number
  /** When `head` was moved last. */
  movedAt: number
  /** Nobody goes before, so that those who come late do not go all at once. */
  nextAt: number
  /** When the latest requests were taken. */
  readonly taken: number[]
  readonly places: Map<string, number>
  slowedAt: number
}

const leastRate = 0.2
/** Share of what got through before a refusal. */
const caution = 0.97
/** Share of a refusal's rate that the next one cannot be below, so that a burst teaches nothing wrong. */
const leastShare = 0.9
/** Requests a second that the rate grows by with each request taken: slow near the rate that was refused last. */
const growth = { near: 0.0005, far: 0.02 }
const nearby = { from: 0.95, to: 1.05 }
/** Over how long what gets through is counted: a burst tells within a second, a steady stream needs more. */
const countedMs = { burst: 1_000, steady: 5_000 }
/** Refusals of requests that were on their way together slow down once. */
const sameRefusalMs = 1_000
const mostWaitMs = 60_000
/** What a late caller may make up for. */
const catchUpMs = 500
/** A platform that took so many a second without a word is not held back any more. */
const freeRate = 200

/** Learns from refusals how many requests each platform takes, and lets callers go in turn. */
export function createPace(now: () => number): Pace {
  const lanes = new Map<string, Lane>()

  function laneOf(platformId: string): Lane {
    const known = lanes.get(platformId)
    if (known) return known
    const lane: Lane = {
      rate: null,
      ceiling: 0,
      tail: 0,
      head: 0,
      movedAt: 0,
      nextAt: 0,
      taken: [],
      places: new Map(),
      slowedAt: Number.NEGATIVE_INFINITY,
    }
    lanes.set(platformId, lane)
    return lane
  }

  return {
    take(platformId, caller) {
      const lane = laneOf(platformId)
      const at = now()
      if (lane.rate === null) return Math.max(0, lane.nextAt - at)
      const { rate } = lane
      if (at > lane.movedAt) {
        lane.head = Math.min(lane.tail + 1, lane.head + ((at - lane.movedAt) * rate) / 1_000)
        lane.movedAt = at
      }
      const place = lane.places.get(caller) ?? lane.tail++
      lane.places.set(caller, place)
      const turnMs = Math.ceil(((place - lane.head) * 1_000) / rate)
      const waitMs = Math.max(turnMs, lane.nextAt - at)
      if (waitMs > 0) return waitMs
      lane.places.delete(caller)
      if (lane.places.size === 0) lane.tail = Math.ceil(lane.head)
      lane.nextAt = Math.max(lane.nextAt, at - catchUpMs) + 1_000 / rate
      return 0
    },
    accepted(platformId) {
      const lane = laneOf(platformId)
      lane.taken.push(now())
      countTaken(lane, now())
      if (lane.rate === null) return
      const share = lane.rate / lane.ceiling
      lane.rate += share > nearby.from && share < nearby.to ? growth.near : growth.far
      if (lane.rate > freeRate) lane.rate = null
    },
    passed(platformId) {
      const lane = laneOf(platformId)
      lane.taken.push(now())
      countTaken(lane, now())
    },
    refused(platformId, afterMs) {
      const lane = laneOf(platformId)
      const at = now()
      if (at - lane.slowedAt < sameRefusalMs) return
      lane.slowedAt = at
      const through = Math.max(leastRate, countTaken(lane, at))
      const { rate } = lane
      lane.ceiling = rate === null ? through : Math.max(Math.min(rate, through), rate * leastShare)
      lane.rate = Math.max(leastRate, lane.ceiling * caution)
      const waitMs = Math.min(afterMs ?? 1_000 / lane.rate, mostWaitMs)
      lane.nextAt = Math.max(lane.nextAt, at + waitMs)
      lane.movedAt = Math.max(lane.movedAt, at + waitMs)
    },
  }
}

/** Requests a second that got through of late. */
function countTaken({ rate, taken }: Lane, at: number): number {
  const spanMs = rate === null ? countedMs.burst : countedMs.steady
  while ((taken[0] ?? at) <= at - spanMs) taken.shift()
  return (taken.length * 1_000) / spanMs
}
