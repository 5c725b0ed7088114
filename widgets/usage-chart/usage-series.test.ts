import { expect, it } from 'vitest'
import { seriesOf } from './usage-series.ts'

it('has a place for every day, also for those without a call', () => {
  const series = seriesOf({
    from: '2026-10-30',
    to: '2026-11-02',
    groupBy: 'day',
    data: [
      { group: '2026-10-31', split: '200', count: 5 },
      { group: '2026-10-31', split: '429', count: 2 },
      { group: '2026-11-02', split: '503', count: 1 },
    ],
  })

  expect(series.labels).toEqual(['2026-10-30', '2026-10-31', '2026-11-01', '2026-11-02'])
  expect(series.values).toEqual({
    answered: [0, 5, 0, 0],
    refused: [0, 2, 0, 0],
    failed: [0, 0, 0, 1],
  })
  expect(series.total).toBe(8)
})

it('puts the busiest operation first', () => {
  const series = seriesOf({
    from: '2026-11-01',
    to: '2026-11-02',
    groupBy: 'operation',
    data: [
      { group: 'GET /a', split: '200', count: 1 },
      { group: 'GET /b', split: '200', count: 2 },
      { group: 'GET /b', split: '404', count: 2 },
    ],
  })

  expect(series.labels).toEqual(['GET /b', 'GET /a'])
  expect(series.values.refused).toEqual([2, 0])
})

it('tells the kind of a status by the status itself where that is what is shown', () => {
  const data = [{ group: '201', split: null, count: 3 }]
  const series = seriesOf({ from: '2026-11-01', to: '2026-11-01', groupBy: 'status', data })

  expect(series.values.answered).toEqual([3])
})
