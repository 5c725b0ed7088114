import { expect, it } from 'vitest'
import type { EndedCall } from '../../backend/core/http/index.ts'
import { insertBatch, oldestBatches } from '../../backend/modules/usage/batch-store.ts'
import { contributionsOf } from '../../backend/modules/usage/contributions.ts'
import { addToDays, sumDays, UsageDayModel } from '../../backend/modules/usage/day-store.ts'
import { createMetering } from '../../backend/modules/usage/metering.ts'
import { useTestDatabase } from '../support/database.ts'

useTestDatabase()

/** A call as the counter sees it; the rest of the request plays no part. */
function call(tenantId: string, keyId: string, status = 200): EndedCall {
  return {
    operation: 'GET /api/v1/items',
    status,
    req: {},
    ctx: { tenantId, principal: { kind: 'api-key', id: keyId }, scopes: new Set(), requestId: '' },
  } as unknown as EndedCall
}

async function totalOf(tenantId: string): Promise<number> {
  const filter = { tenantIds: [tenantId], from: '2000-01-01', to: '2100-01-01' }
  const [row] = await sumDays(filter, 'tenant', undefined, 10)
  return row?.count ?? 0
}

it('counts every call once although every third acknowledgement is lost', async () => {
  let inserts = 0
  const metering = createMetering({
    store: {
      async insertBatch(batch) {
        await insertBatch(batch)
        inserts += 1
        if (inserts % 3 === 1) throw new Error('the acknowledgement was lost')
      },
    },
  })

  for (let round = 0; round < 10; round++) {
    for (let each = 0; each < 37; each++) metering.observe(call('ten_lost', `key_${each % 5}`))
    await metering.flush().catch(() => undefined)
  }
  await metering.flush().catch(() => metering.flush())
  await metering.addBatches()

  expect(await totalOf('ten_lost')).toBe(370)
  expect(await oldestBatches(10)).toEqual([])
})

it('adds a batch once, whoever adds it how often and together with whichever others', async () => {
  const counts = [
    {
      tenantId: 'ten_twice',
      credentialKind: 'api-key',
      credentialId: 'key_1',
      operation: 'GET /api/v1/items',
      status: 200,
      version: '',
      hour: '2026-11-23T05',
      count: 10,
    },
  ]
  const batches = [1, 2, 3, 4].map((seq) => ({ by: 'pone', seq, counts }))
  const other = { by: 'ptwo', seq: 1, counts }

  await addToDays(contributionsOf(batches.slice(0, 2)))
  await addToDays(contributionsOf(batches.slice(0, 3)))
  await Promise.all([
    addToDays(contributionsOf([...batches.slice(1), other])),
    addToDays(contributionsOf([...batches, other])),
    addToDays(contributionsOf([other])),
  ])

  expect(await totalOf('ten_twice')).toBe(50)
  const day = await UsageDayModel.findOne({ tenantId: 'ten_twice' }).lean()
  expect(day?.hours).toEqual({ h05: 50 })
  expect(day?.expiresAt.getTime()).toBeGreaterThan(Date.UTC(2027, 11, 23))
})

it('counts right when several processes count and add at once', async () => {
  const processes = Array.from({ length: 4 }, () => createMetering())

  await Promise.all(
    processes.map(async (metering) => {
      for (let round = 0; round < 8; round++) {
        for (let each = 0; each < 25; each++) {
          metering.observe(call('ten_many', 'key_1', each % 5 === 0 ? 404 : 200))
        }
        await metering.flush()
        await metering.addBatches()
      }
    }),
  )
  await processes[0]?.addBatches()

  expect(await totalOf('ten_many')).toBe(800)
  const filter = { tenantIds: ['ten_many'], from: '2000-01-01', to: '2100-01-01' }
  expect(await sumDays(filter, 'status', undefined, 10)).toEqual([
    { group: '200', split: null, count: 640 },
    { group: '404', split: null, count: 160 },
  ])
})

it('puts calls into the hour and day in which they ended', async () => {
  let now = Date.UTC(2026, 10, 23, 23, 59, 59, 999)
  const metering = createMetering({ now: () => now })

  metering.observe(call('ten_hours', 'key_1'))
  now += 1
  metering.observe(call('ten_hours', 'key_1'))
  await metering.flush()
  await metering.addBatches()

  const filter = { tenantIds: ['ten_hours'], from: '2026-11-23', to: '2026-11-24' }
  expect(await sumDays(filter, 'hour', undefined, 10)).toEqual([
    { group: '2026-11-23T23', split: null, count: 1 },
    { group: '2026-11-24T00', split: null, count: 1 },
  ])
  expect(await sumDays(filter, 'month', undefined, 10)).toEqual([
    { group: '2026-11', split: null, count: 2 },
  ])
})
