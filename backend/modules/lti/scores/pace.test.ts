import { describe, expect, it } from 'vitest'
import { createPace } from './pace.ts'

/** A platform that takes so many requests in each second, called by many at once. */
function drain(
  limit: number,
  requests: number,
  retryAfterMs: number | null,
  /** Every so many the platform takes but cannot answer. */
  failsEach = Number.POSITIVE_INFINITY,
) {
  let clock = 1_000_000
  const pace = createPace(() => clock)
  const taken: number[] = []
  let refusals = 0
  const waiting = Array.from({ length: requests }, (_, no) => ({ name: `job-${no}`, at: clock }))
  while (waiting.length > 0) {
    waiting.sort((a, b) => a.at - b.at)
    const caller = waiting.shift()
    if (!caller) break
    clock = Math.max(clock, caller.at)
    const waitMs = pace.take('plat', caller.name)
    if (waitMs > 0) {
      waiting.push({ ...caller, at: clock + waitMs })
      continue
    }
    if (taken.filter((at) => at > clock - 1_000).length >= limit) {
      refusals += 1
      pace.refused('plat', retryAfterMs)
      waiting.push({ ...caller, at: clock + (retryAfterMs ?? 1_000) })
      continue
    }
    taken.push(clock)
    if (taken.length % failsEach === 0) {
      pace.passed('plat')
      waiting.push({ ...caller, at: clock + 2_000 })
    } else pace.accepted('plat')
  }
  return { seconds: (clock - 1_000_000) / 1_000, refusals, taken }
}

describe('the pace of a platform', () => {
  it('is free until the platform refuses', () => {
    const { seconds, refusals } = drain(Number.POSITIVE_INFINITY, 500, null)
    expect({ seconds, refusals }).toEqual({ seconds: 0, refusals: 0 })
  })

  const limits: readonly [number, number | null][] = [
    [10, 1_000],
    [10, null],
    [3, 1_000],
    [50, 1_000],
  ]
  it.each(limits)('comes close to a limit of %i a second (Retry-After %s ms)', (limit, after) => {
    const requests = limit * 100
    const { seconds, refusals, taken } = drain(limit, requests, after)

    expect(taken).toHaveLength(requests)
    expect(seconds / (requests / limit)).toBeLessThan(1.1)
    expect(refusals / requests).toBeLessThan(0.05)
  })

  it('counts what failed there towards the limit', () => {
    const { seconds, taken } = drain(10, 2_000, 1_000, 20)

    expect(taken.length).toBeGreaterThan(2_100)
    expect(seconds / (taken.length / 10)).toBeLessThan(1.1)
  })

  it('keeps to what Retry-After asks, though not for ever', () => {
    let clock = 0
    const pace = createPace(() => clock)
    pace.refused('plat', 20_000)
    expect(pace.take('plat', 'a')).toBe(20_000)
    clock = 20_000
    expect(pace.take('plat', 'a')).toBeLessThanOrEqual(10_000)
    pace.refused('plat', 86_400_000)
    expect(pace.take('plat', 'b')).toBeLessThanOrEqual(70_000)
  })

  it('lets those go who come, where others are late for their turn', () => {
    let clock = 0
    const pace = createPace(() => clock)
    for (let no = 0; no < 3; no += 1) pace.take('plat', `first-${no}`)
    pace.refused('plat', 1_000)
    expect(pace.take('plat', 'late')).toBeGreaterThan(0)
    clock = 5_000

    expect(pace.take('plat', 'here')).toBe(0)
    expect(pace.take('plat', 'late')).toBe(0)
    expect(pace.take('plat', 'third')).toBeGreaterThan(0)
  })

  it('slows down to less than one request a second, and recovers', () => {
    let clock = 0
    const pace = createPace(() => clock)
    pace.take('plat', 'a')
    for (let no = 0; no < 5; no += 1) {
      pace.refused('plat', null)
      clock += 60_000
    }
    expect(pace.take('plat', 'b')).toBe(0)
    const slow = pace.take('plat', 'c')
    for (let no = 0; no < 200; no += 1) {
      clock += 60_000
      if (pace.take('plat', `more-${no}`) === 0) pace.accepted('plat')
    }

    expect(slow).toBeGreaterThan(3_000)
    clock += 60_000
    pace.take('plat', 'd')
    expect(pace.take('plat', 'e')).toBeLessThanOrEqual(1_100)
  })

  it('of one platform is not that of another', () => {
    const pace = createPace(() => 0)
    pace.refused('slow', 5_000)
    expect(pace.take('quick', 'a')).toBe(0)
  })
})
