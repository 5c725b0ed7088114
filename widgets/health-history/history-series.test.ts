import { expect, it } from 'vitest'
import { type HistoryPoint, linesOf, sentenceOf } from './history-series.ts'

const point = (ok: number, failed: number): HistoryPoint => ({
  at: '2026-11-23T09:00:00.000Z',
  ok,
  failed,
  p50Ms: 20,
  p95Ms: null,
  p99Ms: 300,
  rows: 5,
})

it('says in a sentence how much worked, never rounding a failure away', () => {
  expect(sentenceOf([point(199_999, 0), point(0, 1)])).toBe(
    '200,000 requests, 1 of them failed: 99.99 % worked.',
  )
  expect(sentenceOf([point(0, 0)])).toBe('No requests in this time.')
})

it('leaves a gap where nothing was measured', () => {
  const [, p95] = linesOf([point(1, 0)], 'latency').lines

  expect(p95?.values).toEqual([null])
})
