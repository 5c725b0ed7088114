import { expect, it } from 'vitest'
import { shownPath } from './call-record.ts'
import { contributionsOf } from './contributions.ts'
import { statusesOf, usageCsv } from './usage.ts'

it('shows which query values were given and only harmless ones as they were', () => {
  expect(shownPath('/api/v1/users?role=student&limit=5&cursor=abc&name=Ada%20L&flag')).toBe(
    '/api/v1/users?role=…&limit=5&cursor=abc&name=…&flag',
  )
  expect(shownPath('/api/v1/users')).toBe('/api/v1/users')
})

it('understands a status and a class of statuses', () => {
  expect(statusesOf('404')).toEqual([404, 404])
  expect(statusesOf('4xx')).toEqual([400, 499])
  expect(statusesOf(undefined)).toBeUndefined()
})

it('writes values that a spreadsheet takes for text, never for a formula', () => {
  const csv = usageCsv({
    from: '2026-11-01',
    to: '2026-11-02',
    groupBy: 'operation',
    splitBy: 'status',
    total: 3,
    data: [
      { group: 'GET /api/v1/items, all', split: '200', count: 2 },
      { group: '=HYPERLINK("x")', split: '404', count: 1 },
    ],
    truncated: false,
  })

  expect(csv).toBe(
    'operation,status,count\r\n"GET /api/v1/items, all",200,2\r\n"\'=HYPERLINK(""x"")",404,1\r\n',
  )
})

it('sorts batches by the days they add to, keeping the batch and the hour of each part', () => {
  const facts = {
    tenantId: 'ten_1',
    credentialKind: 'api-key',
    credentialId: 'key_1',
    operation: 'GET /api/v1/items',
    status: 200,
    version: '',
  }

  const totals = contributionsOf([
    { by: 'pa', seq: 1, counts: [{ ...facts, hour: '2026-11-22T23', count: 2 }] },
    {
      by: 'pb',
      seq: 7,
      counts: [
        { ...facts, hour: '2026-11-22T23', count: 3 },
        { ...facts, hour: '2026-11-23T00', count: 4 },
      ],
    },
  ])

  expect(totals.map(({ day, contributions }) => [day, contributions])).toEqual([
    [
      '2026-11-22',
      [
        { by: 'pa', seq: 1, hour: 'h23', count: 2 },
        { by: 'pb', seq: 7, hour: 'h23', count: 3 },
      ],
    ],
    ['2026-11-23', [{ by: 'pb', seq: 7, hour: 'h00', count: 4 }]],
  ])
})
