import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RequestProblem } from '../../shared/api/usage.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { startSecondServer } from '../support/second-server.ts'

const masterKey = randomBytes(32).toString('base64')
let app: TestApp

beforeAll(async () => {
  app = await startTestApp({ EDPSYCH_MASTER_KEY: masterKey })
})

afterAll(async () => {
  await app.stop()
})

function get(tenant: TestTenant, path: string, base = app.url): Promise<Response> {
  return fetch(base + path, { headers: { authorization: `Bearer ${tenant.key}` } })
}

it('counts every call by operation, status and key', async () => {
  const tenant = await app.addTenant('Counted')
  await Promise.all(Array.from({ length: 60 }, () => get(tenant, '/api/v1/items')))
  await Promise.all(Array.from({ length: 15 }, () => get(tenant, '/api/v1/items/itm_unknown')))

  const byOperation = await tenant.client('GET /api/v1/usage', { query: { groupBy: 'operation' } })
  const byStatus = await tenant.client('GET /api/v1/usage', {
    query: { groupBy: 'operation', splitBy: 'status', status: '4xx' },
  })
  const byMonth = await tenant.client('GET /api/v1/usage', {
    query: { groupBy: 'month', operation: 'GET /api/v1/items' },
  })

  expect(byOperation.data).toContainEqual({ group: 'GET /api/v1/items', split: null, count: 60 })
  expect(byStatus.data).toEqual([{ group: 'GET /api/v1/items/:id', split: '404', count: 15 }])
  expect(byMonth).toMatchObject({
    total: 60,
    data: [{ group: new Date().toISOString().slice(0, 7), count: 60 }],
  })
})

it('answers the same as comma-separated values', async () => {
  const tenant = await app.addTenant('Csv')
  await get(tenant, '/api/v1/items')

  const answer = await get(tenant, '/api/v1/usage.csv?groupBy=operation&splitBy=status')

  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(await answer.text()).toContain('operation,status,count\r\nGET /api/v1/items,200,1\r\n')
})

it('shows a trust the usage of its schools, and nobody that of others', async () => {
  const ours = await app.addTenant('Ours')
  const theirs = await app.addTenant('Theirs')
  await get(theirs, '/api/v1/items')
  const below = await ours.client('POST /api/v1/tenants', {
    body: { name: 'Below', slug: 'below-ours', kind: 'sandbox' },
  })

  const own = await ours.client('GET /api/v1/usage', {
    query: { groupBy: 'tenant', below: 'true' },
  })
  const ofChild = await ours.client('GET /api/v1/usage', { query: { tenantId: below.id } })

  expect(own.data.map(({ group }) => group)).toEqual([ours.id])
  expect(ofChild).toMatchObject({ total: 0, data: [] })
  await expect(
    ours.client('GET /api/v1/usage', { query: { tenantId: theirs.id } }),
  ).rejects.toMatchObject({ code: 'not_found' })
  const { data } = await ours.client('GET /api/v1/requests', {})
  expect(data.every(({ credential }) => credential.id === data[0]?.credential.id)).toBe(true)
})

it('records a refusal exactly as it was answered, without values of the query', async () => {
  const tenant = await app.addTenant('Recorded')
  const refused = await fetch(`${app.url}/api/v1/people?name=Ada`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${tenant.key}`,
      'content-type': 'application/json',
      'user-agent': 'exporter/1.2 ada@example.org',
    },
    body: JSON.stringify({ name: '', email: 'nobody', role: 'teacher' }),
  })
  // Problem details, as every refusal.
  const problem = (await refused.json()) as RequestProblem & { requestId: string }

  const { data } = await tenant.client('GET /api/v1/requests', { query: { status: '4xx' } })

  expect(data).toHaveLength(1)
  const [record] = data
  expect(record).toMatchObject({
    requestId: problem.requestId,
    operation: 'POST /api/v1/people',
    method: 'POST',
    path: '/api/v1/people?name=…',
    status: 400,
    code: 'invalid_request',
    problem: { code: problem.code, detail: problem.detail, errors: problem.errors },
    userAgent: 'exporter/1.2 [redacted]',
    network: expect.stringMatching(/^(127\.0\.0\.0\/24|::\/48)$/),
    count: 1,
    requestBody: null,
    responseBody: null,
  })
  const one = await tenant.client('GET /api/v1/requests/:id', { params: { id: problem.requestId } })
  expect(one).toEqual(record)
})

it('records each refusal, and of many like successes some that stand for the others', async () => {
  const tenant = await app.addTenant('Sampled')
  await Promise.all(Array.from({ length: 120 }, () => get(tenant, '/api/v1/me')))
  await Promise.all(Array.from({ length: 40 }, () => get(tenant, '/api/v1/items/itm_unknown')))

  const all = await tenant.client('GET /api/v1/requests', {
    query: { operation: 'GET /api/v1/me', limit: 200 },
  })
  const refusals = await tenant.client('GET /api/v1/requests', {
    query: { code: 'not_found', limit: 200 },
  })

  expect(all.data.every(({ status }) => status === 200)).toBe(true)
  expect(all.data.length).toBeLessThan(120)
  expect(all.data.reduce((sum, { count }) => sum + count, 0)).toBe(120)
  expect(refusals.data.map(({ count }) => count)).toEqual(Array(40).fill(1))
})

it('loses at most the last second when a process is killed, and nothing when it is stopped', async () => {
  const tenant = await app.addTenant('Killed')
  const dataDir = mkdtempSync(join(tmpdir(), 'edpsych-second-'))
  const settings = {
    EDPSYCH_MASTER_KEY: masterKey,
    DATA_DIR: dataDir,
    EDPSYCH_DEFAULT_PLAN: 'unmetered',
  }
  const count = async () =>
    (await tenant.client('GET /api/v1/usage', { query: { operation: 'GET /api/v1/items' } })).total

  const killed = await startSecondServer(settings)
  for (let each = 0; each < 50; each++) await get(tenant, '/api/v1/items', killed.url)
  await expect.poll(count).toBe(50)
  for (let each = 0; each < 5; each++) await get(tenant, '/api/v1/items', killed.url)
  await killed.kill()
  const afterKill = await count()

  const stopped = await startSecondServer(settings)
  for (let each = 0; each < 30; each++) await get(tenant, '/api/v1/items', stopped.url)
  await stopped.stop()
  const afterStop = await count()
  rmSync(dataDir, { recursive: true, force: true })

  expect(afterKill).toBeGreaterThanOrEqual(50)
  expect(afterKill).toBeLessThanOrEqual(55)
  expect(afterStop).toBe(afterKill + 30)
})

describe('a trust', () => {
  it('sees its schools side by side, by month, operation and caller; a school sees none beside it', async () => {
    const trust = await app.addTenant('Usage Trust', { kind: 'trust' })
    const north = await app.addTenant('Usage North', { below: trust })
    const south = await app.addTenant('Usage South', { below: trust })
    const idle = await app.addTenant('Usage Idle', { below: trust })
    await Promise.all([1, 2, 3].map(() => get(north, '/api/v1/items')))
    await get(south, '/api/v1/resources')
    const below = { below: 'true', operation: 'GET /api/v1/items' } as const

    const bySchool = await trust.client('GET /api/v1/usage', {
      query: { groupBy: 'tenant', splitBy: 'month', below: 'true' },
    })
    const byCaller = await trust.client('GET /api/v1/usage', {
      query: { groupBy: 'caller', tenantId: north.id },
    })
    const ofItems = await trust.client('GET /api/v1/usage', {
      query: { ...below, groupBy: 'tenant' },
    })
    const asSouth = await south.client('GET /api/v1/usage', {
      query: { ...below, groupBy: 'tenant' },
    })
    const sibling = await get(south, `/api/v1/usage?tenantId=${north.id}&groupBy=day`)
    const siblingCsv = await get(south, `/api/v1/usage.csv?tenantId=${north.id}`)
    const csv = await (await get(trust, '/api/v1/usage.csv?groupBy=tenant&below=true')).text()

    expect(bySchool.names).toEqual({
      [trust.id]: 'Usage Trust',
      [north.id]: 'Usage North',
      [south.id]: 'Usage South',
      [idle.id]: 'Usage Idle',
    })
    const month = new Date().toISOString().slice(0, 7)
    expect(bySchool.data).toContainEqual({ group: north.id, split: month, count: 3 })
    expect(byCaller.data).toEqual([{ group: 'api-key', split: null, count: 3 }])
    expect(ofItems.data).toEqual([{ group: north.id, split: null, count: 3 }])
    expect(asSouth).toMatchObject({ total: 0, data: [], names: { [south.id]: 'Usage South' } })
    expect([sibling.status, siblingCsv.status]).toEqual([404, 404])
    expect(csv).toContain(`${north.id},3,Usage North\r\n`)
  })
})
