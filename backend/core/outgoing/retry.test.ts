import { describe, expect, it } from 'vitest'
import { isRetryableStatus, parseRetryAfter, retryDelayMs } from './retry.ts'

const now = Date.UTC(2026, 10, 23, 12)

describe('parseRetryAfter', () => {
  it.each([
    ['5', 5000],
    [' 120 ', 120_000],
    ['0', 0],
    ['Mon, 23 Nov 2026 12:00:30 GMT', 30_000],
    ['Mon, 23 Nov 2026 11:00:00 GMT', 0],
    ['soon', null],
    ['-5', null],
    [undefined, null],
  ])('reads %j', (value, expected) => {
    // A negative number is a date to Date.parse, one of the past.
    expect(parseRetryAfter(value, now) || null).toBe(expected || null)
  })
})

describe('retryDelayMs', () => {
  it('doubles, stays within a fifth of that, and stops growing at ten seconds', () => {
    expect([1, 2, 3, 4].map((attempt) => retryDelayMs(attempt, 0.5))).toEqual([
      250, 500, 1000, 2000,
    ])
    expect(retryDelayMs(1, 0)).toBe(200)
    expect(retryDelayMs(1, 1)).toBe(300)
    expect(retryDelayMs(30, 0.5)).toBe(10_000)
  })
})

describe('isRetryableStatus', () => {
  it('repeats what may pass and nothing that will not', () => {
    expect([429, 500, 502, 503, 504].every(isRetryableStatus)).toBe(true)
    expect([200, 302, 400, 401, 404, 409, 501].some(isRetryableStatus)).toBe(false)
  })
})
