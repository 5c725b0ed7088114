import { expect, it } from 'vitest'
import type { EndedCall } from '../../core/http/index.ts'
import { createRequestLog } from './request-log.ts'
import type { RequestRow } from './request-store.ts'

/** A call as the log sees it; the rest of the request plays no part. */
function call(status: number, operation = 'GET /api/v1/items'): EndedCall {
  return {
    operation,
    status,
    requestId: 'r',
    durationMs: 1,
    code: status >= 400 ? 'not_found' : null,
    detail: null,
    errors: [],
    req: { method: 'GET', originalUrl: '/api/v1/items', get: () => 'agent' },
    ctx: {
      tenantId: 'ten_1',
      principal: { kind: 'api-key', id: 'key_1' },
      scopes: new Set(),
      requestId: 'r',
      remoteAddress: '192.0.2.9',
    },
  } as unknown as EndedCall
}

function collecting() {
  const rows: RequestRow[] = []
  const insert = async (more: readonly RequestRow[]) => {
    rows.push(...more)
  }
  return { rows, insert }
}

it('lets one record stand for many like successes, and never drops a refusal', async () => {
  const { rows, insert } = collecting()
  const log = createRequestLog({ insert })

  for (let each = 0; each < 500; each++) log.observe(call(200))
  for (let each = 0; each < 50; each++) log.observe(call(404))
  for (let each = 0; each < 300; each++) log.observe(call(429))
  await log.flush()

  const countsOf = (status: number) =>
    rows.filter((row) => row.status === status).map(({ count }) => count)
  expect(countsOf(200)).toHaveLength(20)
  expect(countsOf(200).reduce((sum, count) => sum + count, 0)).toBe(500)
  expect(countsOf(404)).toEqual(Array(50).fill(1))
  expect(countsOf(429)).toEqual([300])
})

it('records another operation although the second is full', async () => {
  const { rows, insert } = collecting()
  const log = createRequestLog({ insert })
  for (let each = 0; each < 30; each++) log.observe(call(200))

  log.observe(call(200, 'GET /api/v1/people'))
  await log.flush()

  expect(rows.at(-1)).toMatchObject({ operation: 'GET /api/v1/people', network: '192.0.2.0/24' })
})

it('keeps what could not be written for the next time', async () => {
  const { rows, insert } = collecting()
  const database: { isAway: boolean } = { isAway: true }
  const log = createRequestLog({
    insert: async (more) => {
      if (database.isAway) throw new Error('away')
      await insert(more)
    },
  })
  log.observe(call(404))
  await expect(log.flush()).rejects.toThrow('away')
  log.observe(call(200))

  database.isAway = false
  await log.flush()

  expect(rows.map(({ status }) => status)).toEqual([404, 200])
  expect(log.dropped).toBe(0)
})

it('shows what was written to those who watch', async () => {
  const shown: unknown[] = []
  const log = createRequestLog({
    insert: async () => undefined,
    publish: (tenantId, topic, message) => shown.push([tenantId, topic, message.status]),
  })

  log.observe(call(404))
  await log.flush()

  expect(shown).toEqual([['ten_1', 'requests', 404]])
})
