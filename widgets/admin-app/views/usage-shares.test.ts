import { expect, it } from 'vitest'
import { monthsOf, sharesOf } from './usage-shares.ts'

it('puts the busiest organisation first and keeps those without calls', () => {
  const shares = sharesOf({
    names: { a: 'Ash', b: 'Beech', c: 'Cedar' },
    data: [
      { group: 'b', split: '200', count: 5 },
      { group: 'b', split: '404', count: 2 },
      { group: 'c', split: '503', count: 1 },
    ],
  })

  expect(shares).toEqual([
    { id: 'b', name: 'Beech', calls: 7, refused: 2, failed: 0 },
    { id: 'c', name: 'Cedar', calls: 1, refused: 0, failed: 1 },
    { id: 'a', name: 'Ash', calls: 0, refused: 0, failed: 0 },
  ])
})

it('divides a period into its months, across a year and to the day', () => {
  expect(monthsOf('2026-11-20', new Date('2027-01-03T10:00:00Z'))).toEqual([
    { from: '2026-11-20', to: '2026-11-30' },
    { from: '2026-12-01', to: '2026-12-31' },
    { from: '2027-01-01', to: '2027-01-03' },
  ])
  expect(monthsOf('2028-02-29', new Date('2028-02-29T00:00:00Z'))).toEqual([
    { from: '2028-02-29', to: '2028-02-29' },
  ])
})
