import { expect, it } from 'vitest'
import { classOf, percentile } from './histogram.ts'
import { periodEnd, periodStart, resolutionFor, slotIndex } from './periods.ts'
import { addHappening, cover, emptySlot, type Happening, mergeSlots, showSlot } from './slots.ts'

const call: Happening = { ok: true, code: null, durationMs: 100, bytes: 0, rows: 0, count: 1 }

it('tells percentiles to within a tenth, from one millisecond to two minutes', () => {
  for (let ms = 1; ms < 120_000; ms *= 1.37) {
    const histogram = { [classOf(ms)]: 3 }
    const told = percentile(histogram, 0.95) ?? 0
    expect(Math.abs(told - ms) / ms).toBeLessThan(0.1)
  }
  const many: Record<string, number> = {}
  for (let ms = 1; ms <= 1000; ms++) many[classOf(ms)] = (many[classOf(ms)] ?? 0) + 1
  expect(Math.abs((percentile(many, 0.5) ?? 0) - 500)).toBeLessThan(50)
  expect(Math.abs((percentile(many, 0.99) ?? 0) - 990)).toBeLessThan(99)
  expect(percentile({}, 0.5)).toBeNull()
})

it('counts calls, failures by code, times, bytes and rows', () => {
  const slot = [
    call,
    { ...call, ok: false, code: 'timeout', durationMs: 300 },
    { ...call, ok: false, code: 'odd.$code', durationMs: null, bytes: 10 },
    { ...call, count: 0 as const, bytes: 5, rows: 7 },
  ].reduce(addHappening, emptySlot)

  expect(showSlot(slot)).toMatchObject({
    ok: 1,
    failed: 2,
    errorRate: 2 / 3,
    codes: { timeout: 1, 'odd._code': 1 },
    latency: { meanMs: 200 },
    bytes: 15,
    rows: 7,
  })
  expect(mergeSlots([slot, slot])).toEqual({
    ...slot,
    n: 2,
    f: 4,
    s: 800,
    b: 30,
    r: 14,
    c: { timeout: 2, 'odd/_code': 2 },
    h: { [classOf(100)]: 2, [classOf(300)]: 2 },
  })
})

it('lets a check speak until the next one, and not for longer than twenty minutes', () => {
  const up = addHappening(emptySlot, call)
  const down = addHappening(emptySlot, { ...call, ok: false, code: 'timeout' })

  // Down for ten minutes, checked every minute then, every five minutes otherwise.
  const hour = new Map(
    [0, 5, 10, 15, 30, 35, 40, 45, 50, 55].map((minute) => [minute, up] as const),
  )
  for (let minute = 20; minute < 30; minute++) hour.set(minute, down)
  expect(cover(hour, 0, 60)).toEqual({ u: 3000, d: 600 })
  expect(cover(hour, 15, 30)).toEqual({ u: 300, d: 600 })
  expect(cover(hour, 0, 10)).toEqual({ u: 600, d: 0 })

  expect(cover(new Map([[10, up]]), 0, 60)).toEqual({ u: 21 * 60, d: 0 })
  expect(cover(new Map(), 0, 60)).toEqual({ u: 0, d: 0 })
})

it('keeps slots in documents of an hour, a day and a month', () => {
  const at = Date.parse('2026-02-28T23:59:59Z')

  expect(new Date(periodStart('1m', at)).toISOString()).toBe('2026-02-28T23:00:00.000Z')
  expect([slotIndex('1m', at), slotIndex('15m', at), slotIndex('1h', at)]).toEqual([59, 95, 23])
  expect(slotIndex('1d', at)).toBe(27)
  expect(new Date(periodEnd('1d', periodStart('1d', at))).toISOString()).toBe(
    '2026-03-01T00:00:00.000Z',
  )
})

it('chooses the finest resolution that is kept and can be drawn', () => {
  const now = Date.parse('2026-11-23T12:00:00Z')
  const hours = (n: number) => now - n * 3_600_000

  expect(resolutionFor(hours(6), now, now)).toBe('1m')
  expect(resolutionFor(hours(24), now, now)).toBe('15m')
  expect(resolutionFor(hours(24 * 10), now, now)).toBe('1h')
  expect(resolutionFor(hours(24 * 60), now, now)).toBe('1d')
  expect(resolutionFor(hours(24 * 20), hours(24 * 19), now)).toBe('1h')
})
