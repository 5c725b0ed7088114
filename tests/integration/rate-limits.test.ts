import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { platformContext } from '../../backend/core/platform-tenant.ts'
import { createKey } from '../../backend/modules/auth/index.ts'
import { type Client, createClient } from '../../shared/api/client.ts'
import type { NewTenantLimits } from '../../shared/api/limits.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { type SecondServer, startSecondServer } from '../support/second-server.ts'

const masterKey = randomBytes(32).toString('base64')
const dataDir = mkdtempSync(join(tmpdir(), 'edpsych-second-'))
let app: TestApp
let second: SecondServer
let platform: Client

beforeAll(async () => {
  app = await startTestApp({ EDPSYCH_MASTER_KEY: masterKey, EDPSYCH_DEFAULT_PLAN: 'standard' })
  second = await startSecondServer({
    EDPSYCH_MASTER_KEY: masterKey,
    EDPSYCH_DEFAULT_PLAN: 'standard',
    DATA_DIR: dataDir,
  })
  const { key } = await createKey(
    platformContext('test'),
    { name: 'Platform', mode: 'live', scopes: ['tenants.write', 'usage.read'], expiresInDays: 1 },
    new Date(),
  )
  platform = createClient({
    baseUrl: app.url,
    headers: () => ({ authorization: `Bearer ${key}` }),
  })
}, 120_000)

afterAll(async () => {
  await second.stop()
  await app.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

function call(tenant: TestTenant, base = app.url, path = '/api/v1/me'): Promise<Response> {
  return fetch(base + path, { headers: { authorization: `Bearer ${tenant.key}` } })
}

async function limitTenant(
  tenant: TestTenant,
  overrides: NewTenantLimits['overrides'],
): Promise<void> {
  await platform('PUT /api/v1/limits', { query: { tenantId: tenant.id }, body: { overrides } })
  // The other process follows within a second of its own.
  await wait(2500)
}

describe('headers', () => {
  it('name every policy and the tightest on every authenticated answer, refusals included', async () => {
    const tenant = await app.addTenant('Headers')
    const narrow = await createKey(
      tenant.ctx,
      { name: 'Narrow', mode: 'live', scopes: ['items.read'], expiresInDays: 1 },
      new Date(),
    )
    const send = (path: string, init: RequestInit = {}, key = tenant.key) =>
      fetch(app.url + path, {
        ...init,
        headers: { authorization: `Bearer ${key}`, ...init.headers },
      })

    const answers = [
      await send('/api/v1/me'),
      await send('/api/v1/items/itm_unknown'),
      await send('/api/v1/items?limit=0'),
      await send('/api/v1/people', {}, narrow.key),
      await send('/api/v1/keys', { method: 'POST', body: 'x', headers: { 'content-type': 'a/b' } }),
      await send('/api/v1/unknown'),
      await send('/api/v1/keys', { method: 'PUT' }),
      await send('/api/v1/users/%ff'),
      await send('/api/v1/openapi.json'),
    ]

    expect(answers.map(({ status }) => status)).toEqual([
      200, 404, 400, 403, 415, 404, 405, 400, 200,
    ])
    for (const answer of answers) {
      expect(answer.headers.get('ratelimit-policy')).toBe(
        '"key";q=6000;w=60;burst=1000, "tenant";q=30000;w=60;burst=5000',
      )
      expect(answer.headers.get('ratelimit')).toMatch(/^"key";r=(99\d;t=1|1000;t=0)$/)
    }
  })

  it('count calls that nobody is recognised by for their address', async () => {
    const answer = await fetch(`${app.url}/api/v1/me`)

    expect(answer.status).toBe(401)
    expect(answer.headers.get('ratelimit')).toMatch(/^"address";r=\d+;t=\d+$/)
  })
})

describe('a limit shared by two processes', () => {
  it('lets 100 calls and the refill through of 400, refuses the others with the wait', async () => {
    const tenant = await app.addTenant('Shared')
    await limitTenant(tenant, { key: { perMinute: 60, burst: 100 } })

    const startedAt = performance.now()
    const answers = await Promise.all(
      Array.from({ length: 400 }, (_, index) => call(tenant, index % 2 ? app.url : second.url)),
    )
    const seconds = (performance.now() - startedAt) / 1000

    const allowed = answers.filter(({ status }) => status === 200).length
    const refused = answers.filter(({ status }) => status === 429)
    expect(allowed + refused.length).toBe(400)
    expect(allowed).toBeLessThanOrEqual(100 + Math.ceil(seconds))
    expect(allowed).toBeGreaterThanOrEqual(95)
    const answer = refused[0]
    expect(answer?.headers.get('retry-after')).toBe('1')
    expect(answer?.headers.get('ratelimit')).toBe('"key";r=0;t=1')
    expect(answer?.headers.get('ratelimit-policy')).toContain('"key";q=60;w=60;burst=100')
    expect(await answer?.json()).toMatchObject({
      code: 'too_many_requests',
      detail: expect.stringContaining('"key" of 60 requests a minute'),
    })
  })

  it('counts all keys of a tenant against the limit of the tenant', async () => {
    const tenant = await app.addTenant('Whole')
    const { key } = await createKey(
      tenant.ctx,
      { name: 'Second', mode: 'live', scopes: ['items.read'], expiresInDays: 1 },
      new Date(),
    )
    await limitTenant(tenant, { tenant: { perMinute: 60, burst: 30 } })

    const startedAt = performance.now()
    const answers = await Promise.all(
      Array.from({ length: 90 }, (_, index) =>
        call(index % 3 ? tenant : { ...tenant, key }, index % 2 ? app.url : second.url),
      ),
    )

    const allowed = answers.filter(({ status }) => status === 200).length
    expect(allowed).toBeGreaterThanOrEqual(28)
    const seconds = (performance.now() - startedAt) / 1000
    expect(allowed).toBeLessThanOrEqual(30 + Math.ceil(seconds))
    const refused = answers.find(({ status }) => status === 429)
    expect(refused?.headers.get('ratelimit')).toMatch(/^"tenant";r=0;t=\d+$/)
  })

  it('puts a change in force on both within a second, for one key alone where asked', async () => {
    const tenant = await app.addTenant('Changed')
    expect((await call(tenant, second.url)).headers.get('ratelimit-policy')).toContain('q=6000')
    const { data } = await tenant.client('GET /api/v1/keys', {})
    const id = data[0]?.id ?? ''

    const set = await platform('PUT /api/v1/limits', {
      query: { tenantId: tenant.id },
      body: {
        plan: 'large',
        overrides: { session: { perMinute: 5, burst: 5 } },
        credentials: [{ id, perMinute: 120, burst: 7 }],
      },
    })
    const here = await call(tenant)
    await expect
      .poll(async () => (await call(tenant, second.url)).headers.get('ratelimit-policy'), {
        interval: 500,
      })
      .toContain('q=120')
    const there = await call(tenant, second.url)

    expect(set).toMatchObject({ plan: 'large', credentials: [{ id, perMinute: 120, burst: 7 }] })
    expect(set.limits).toContainEqual({
      kind: 'session',
      perMinute: 5,
      burst: 5,
      source: 'override',
    })
    for (const answer of [here, there]) {
      expect(answer.headers.get('ratelimit-policy')).toBe(
        '"key";q=120;w=60;burst=7, "tenant";q=150000;w=60;burst=25000',
      )
    }
  })
})

describe('who may set limits', () => {
  it('is nobody for themselves, and for others only what one has', async () => {
    const tenant = await app.addTenant('Self')
    const child = await tenant.client('POST /api/v1/tenants', {
      body: { name: 'Sandbox', slug: 'self-sandbox', kind: 'sandbox' },
    })
    const other = await app.addTenant('Other')
    const body = { overrides: { key: { perMinute: 60_000, burst: 10 } } }
    const query = { tenantId: child.id }

    await expect(tenant.client('PUT /api/v1/limits', { body })).rejects.toMatchObject({
      code: 'forbidden',
    })
    await expect(tenant.client('PUT /api/v1/limits', { query, body })).rejects.toMatchObject({
      code: 'invalid_request',
      errors: [{ pointer: '#/overrides/key' }],
    })
    await expect(other.client('PUT /api/v1/limits', { query, body })).rejects.toMatchObject({
      code: 'not_found',
    })
    const lower = { overrides: { key: { perMinute: 60, burst: 10 } } }
    await tenant.client('PUT /api/v1/limits', { query, body: lower })
    expect(await tenant.client('GET /api/v1/limits', { query })).toMatchObject({ plan: 'standard' })
    await expect(other.client('GET /api/v1/limits', { query })).rejects.toMatchObject({
      code: 'not_found',
    })
    const { data } = await tenant.client('GET /api/v1/audit', {
      query: { action: 'limits.change' },
    })
    expect(data).toMatchObject([{ target: { type: 'tenant', id: child.id } }])
  })
})

it('says who a credential is and what it has left, from memory', async () => {
  const tenant = await app.addTenant('Me')

  const me = await tenant.client('GET /api/v1/me', {})

  expect(me).toMatchObject({ tenantId: tenant.id, plan: 'standard' })
  expect(me.principal.kind).toBe('api-key')
  expect(me.limits.map(({ kind, remaining }) => [kind, remaining])).toEqual([
    ['key', expect.toSatisfy((left: number) => left >= 999)],
    ['tenant', expect.toSatisfy((left: number) => left >= 4999)],
  ])
})
