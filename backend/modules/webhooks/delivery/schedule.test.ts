import { describe, expect, it } from 'vitest'
import { mostAttempts, pauseAfter } from './schedule.ts'

const hour = 3600_000
const plain = { retryAfterMs: null, random: 0.5 }

describe('the schedule of attempts', () => {
  it('makes ten attempts over 75 hours and 35 minutes', () => {
    const pauses = Array.from({ length: mostAttempts }, (_, i) => pauseAfter(i + 1, plain))

    expect(pauses).toHaveLength(10)
    expect(pauses.at(-1)).toBeNull()
    const total = pauses.reduce<number>((sum, pause) => sum + (pause ?? 0), 0)
    expect(total).toBe(75 * hour + 35 * 60_000 + 5000)
  })

  it('varies each pause by at most a fifth', () => {
    expect(pauseAfter(1, { ...plain, random: 0 })).toBe(4000)
    expect(pauseAfter(1, { ...plain, random: 1 })).toBe(6000)
  })

  it('waits as long as Retry-After asks for, but no longer than a day', () => {
    expect(pauseAfter(1, { retryAfterMs: 60_000, random: 0.5 })).toBe(60_000)
    expect(pauseAfter(1, { retryAfterMs: 90 * hour, random: 0.5 })).toBe(24 * hour)
    expect(pauseAfter(2, { retryAfterMs: 1000, random: 0.5 })).toBe(300_000)
  })
})
