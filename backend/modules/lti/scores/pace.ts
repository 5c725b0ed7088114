/** Slots in which a platform that asked for fewer requests is called. */
export interface Pace {
  /** Milliseconds until this caller's turn; 0: now. The same caller keeps its turn until it was there. */
  take(platformId: string, caller: string): number
  /** The caller sends its request now, a little after it was let go. */
  sends(platformId: string, caller: string): void
  /** The platform took a request. */
  accepted(platformId: string): void
  /** A request counted there, whatever became of it. */
  passed(platformId: string): void
  /** The platform answered 429; null where it did not say how long to wait. */
  refused(platformId: string, afterMs: number | null): void
}

interface Lane {
  /** Requests within a window; null while nothing was refused. */
  limit: number | null
  /** The greatest limit that held for a while. */
  proven: number
  windowMs: number
  /** Who was let go, and when, as far back as the window reaches. */
  readonly gone: { readonly caller: string; readonly at: number }[]
  /** Requests that were taken since the limit was set. */
  taken: number
  /** Windows for which the proven limit has to hold before a higher one is tried. */
  patience: number
  /** Nobody goes before. */
  nextAt: number
  slowedAt: number
  /** Those who wait, by their place in the queue. */
  readonly places: Map<string, number>
  nextPlace: number
}

/** A platform counts when requests arrive, which is a little sooner or later than they were sent. */
const secondMs = 1_020
const mostWindowMs = 60_000
/** Windows for which a limit holds before one more request is tried; each failure above what is proven doubles it. */
const patience = { least: 10, most: 160 }
/** Share of a limit that is left where it was refused before it was reached. */
const lowered = 0.9
/** Whoever waits long comes a little early: by then the queue may have become faster. */
const early = { fromMs: 1_000, share: 0.85 }
/** Refusals of requests that were on their way together slow down once. */
const sameRefusalMs = 1_000
const mostWaitMs = 60_000
/** A platform that takes so many a second is not held back any more. */
const freeLimit = 200

/** Learns from refusals how many requests each platform takes within a second, and lets callers go in turn. */
export function createPace(now: () => number): Pace {
  const lanes = new Map<string, Lane>()

  function laneOf(platformId: string): Lane {
    const known = lanes.get(platformId)
    if (known) return known
    const lane: Lane = {
      limit: null,
      proven: 0,
      windowMs: secondMs,
      gone: [],
      taken: 0,
      patience: patience.least,
      nextAt: 0,
      slowedAt: Number.NEGATIVE_INFINITY,
      places: new Map(),
      nextPlace: 0,
    }
    lanes.set(platformId, lane)
    return lane
  }

  function passed(platformId: string): void {
    const lane = laneOf(platformId)
    lane.taken += 1
    if (lane.limit === null) return
    // Back to what held before is a short way: a request may only have come out of step.
    const windows = lane.limit < lane.proven ? patience.least : lane.patience
    if (lane.taken < lane.limit * windows) return
    lane.proven = Math.max(lane.proven, lane.limit)
    lane.taken = 0
    // What was slowed down to less than one a second gets its window back first.
    if (lane.windowMs > secondMs) lane.windowMs = Math.max(secondMs, lane.windowMs / 1.5)
    else lane.limit += Math.max(1, Math.floor(lane.limit / 20))
    if (lane.limit > freeLimit) lane.limit = null
  }

  return {
    take(platformId, caller) {
      const lane = laneOf(platformId)
      const at = now()
      forgetOld(lane, at)
      const waitMs = lane.limit === null ? lane.nextAt - at : turnOf(lane, lane.limit, caller, at)
      if (waitMs > 0) return waitMs
      lane.places.delete(caller)
      lane.gone.push({ caller, at })
      return 0
    },
    sends(platformId, caller) {
      const { gone } = laneOf(platformId)
      const index = gone.findLastIndex((one) => one.caller === caller)
      if (index >= 0) gone.splice(index, 1)
      gone.push({ caller, at: now() })
    },
    accepted: passed,
    passed,
    refused(platformId, afterMs) {
      const lane = laneOf(platformId)
      const at = now()
      if (at - lane.slowedAt < sameRefusalMs) return
      lane.slowedAt = at
      slowDown(lane, at)
      const waitMs = Math.min(afterMs ?? lane.windowMs, mostWaitMs)
      lane.nextAt = Math.max(lane.nextAt, at + waitMs)
    },
  }
}

/** Whoever waits at place n goes when the n-th of those who went before them leaves the window. */
function turnOf(lane: Lane, limit: number, caller: string, at: number): number {
  const { gone, windowMs, places } = lane
  if (gone.length < limit && at >= lane.nextAt) return 0
  const place = places.get(caller) ?? lane.nextPlace++
  places.set(caller, place)
  const first = firstOf(places)
  // Those who went out of turn left gaps.
  const ahead = Math.floor(((place - first) * places.size) / Math.max(1, lane.nextPlace - first))
  const free = Math.max(0, limit - gone.length)
  const behind = Math.max(0, ahead - free)
  const leaves = gone[Math.min(gone.length - 1, behind % limit)]?.at ?? at
  const turnAt = ahead < free ? at : leaves + windowMs * (1 + Math.floor(behind / limit))
  const turnMs = Math.ceil(turnAt - at)
  const waitMs = turnMs > early.fromMs ? Math.ceil(turnMs * early.share) : turnMs
  return Math.max(1, waitMs, Math.ceil(lane.nextAt - at))
}

/** A map keeps the order in which its keys came. */
function firstOf(places: ReadonlyMap<string, number>): number {
  for (const place of places.values()) return place
  return 0
}

function slowDown(lane: Lane, at: number): void {
  const { limit, proven, taken } = lane
  lane.taken = 0
  if (limit === null) {
    lane.limit = Math.max(1, lane.gone.filter((one) => one.at > at - secondMs).length - 1)
    lane.proven = lane.limit
  } else if (limit > proven) {
    lane.limit = proven
    lane.patience = Math.min(patience.most, lane.patience * 2)
  } else if (limit > 1) {
    // Refused before a whole window was taken: the limit is well below.
    lane.limit = taken < limit ? Math.floor(limit * lowered) : limit - 1
    // What held for long is tried again soon.
    if (limit < proven || taken < limit * patience.least) lane.proven = lane.limit
  } else lane.windowMs = Math.min(mostWindowMs, lane.windowMs * 1.5)
}

function forgetOld({ gone, windowMs, limit }: Lane, at: number): void {
  const spanMs = limit === null ? secondMs : windowMs
  while ((gone[0]?.at ?? at) <= at - spanMs) gone.shift()
}
