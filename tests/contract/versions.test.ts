import { afterAll, beforeAll, expect, it } from 'vitest'
import { deprecationHeaders } from '../../backend/core/versions/index.ts'
import { versionsApi } from '../../shared/api/version-history.ts'
import { apiVersions, latestVersion } from '../../shared/api/versions.ts'
import { operationOf } from '../support/answer-check.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'

const clock = { now: new Date('2026-11-23T09:00:00Z') }
let app: TestApp
let tenant: TestTenant

beforeAll(async () => {
  app = await startTestApp({}, { now: () => clock.now })
  tenant = await app.addTenant('Versions school')
})

afterAll(async () => {
  await app.stop()
})

function call(path: string, headers: Record<string, string> = {}, init: RequestInit = {}) {
  return fetch(app.url + path, {
    ...init,
    headers: { authorization: `Bearer ${tenant.key}`, ...headers },
  })
}

it('answers by the newest version and says so, where nobody asks for another', async () => {
  const response = await call('/api/v1/me')

  expect(response.headers.get('edpsych-version')).toBe(latestVersion)
})

it('answers by the version that the header names', async () => {
  const response = await call('/api/v1/me', { 'edpsych-version': '2026-11-01' })

  expect(response.status).toBe(200)
  expect(response.headers.get('edpsych-version')).toBe('2026-11-01')
})

it('refuses a version that does not exist and lists those that do', async () => {
  const response = await call('/api/v1/me', { 'edpsych-version': '2025-01-01' })

  expect(response.status).toBe(400)
  const problem = (await response.json()) as { code: string; detail: string }
  expect(problem.code).toBe('version_unknown')
  for (const version of apiVersions) expect(problem.detail).toContain(version)
})

it('pins a key at its first call, without making that call wait', async () => {
  await call('/api/v1/me')

  await expect
    .poll(async () => {
      const { data } = await tenant.client('GET /api/v1/keys', { query: {} })
      return data[0]?.pinnedVersion
    })
    .toBe(latestVersion)
})

it('keeps a key at the version it was moved to until a header says otherwise', async () => {
  const { id, key } = await tenant.client('POST /api/v1/keys', {
    body: { name: 'Pinned', scopes: ['keys.read'] },
  })
  await tenant.client('PATCH /api/v1/keys/:id', {
    params: { id },
    body: { pinnedVersion: '2026-11-01' },
  })
  const authorization = `Bearer ${key}`

  const pinned = await call('/api/v1/me', { authorization })
  const overridden = await call('/api/v1/me', { authorization, 'edpsych-version': latestVersion })

  expect(pinned.headers.get('edpsych-version')).toBe('2026-11-01')
  expect(overridden.headers.get('edpsych-version')).toBe(latestVersion)
})

it('takes the overlap of a rotation in hours from callers of 2026-11-01', async () => {
  const { id } = await tenant.client('POST /api/v1/keys', {
    body: { name: 'Rotated', scopes: ['keys.read'] },
  })

  const response = await call(
    `/api/v1/keys/${id}/rotate`,
    { 'content-type': 'application/json', 'edpsych-version': '2026-11-01' },
    { method: 'POST', body: JSON.stringify({ overlapHours: 2 }) },
  )

  expect(response.status).toBe(201)
  const { previous } = (await response.json()) as { previous: { until: string }[] }
  const hours = (Date.parse(previous[0]?.until ?? '') - Date.now()) / 3_600_000
  expect(hours).toBeGreaterThan(1.9)
  expect(hours).toBeLessThan(2.1)
})

it('says the same about the end of an operation in headers and document', async () => {
  const { deprecated } = versionsApi['GET /api/v1/whoami']
  const response = await call('/api/v1/whoami')
  const described = operationOf('GET /api/v1/whoami')

  expect(response.status).toBe(200)
  const expected = deprecationHeaders(deprecated, app.url)
  expect(response.headers.get('deprecation')).toBe(expected.deprecation)
  expect(response.headers.get('sunset')).toBe(expected.sunset)
  expect(response.headers.get('link')).toContain(`<${app.url}/api/v1/me>; rel="successor-version"`)
  expect(described['deprecated']).toBe(true)
  expect(Date.parse(expected.sunset)).toBe(Date.parse(String(described['x-sunset'])))
  expect(Number(expected.deprecation.slice(1)) * 1000).toBe(
    Date.parse(String(described['x-deprecated-since'])),
  )
})

it('refuses a deprecated operation during a brown-out, and serves it again after', async () => {
  clock.now = new Date('2027-09-01T10:30:00Z')
  const during = await call('/api/v1/whoami')
  clock.now = new Date('2027-09-01T11:00:00Z')
  const after = await call('/api/v1/whoami')

  expect(during.status).toBe(503)
  expect(during.headers.get('retry-after')).toBe('1800')
  expect(await during.json()).toMatchObject({ code: 'brown_out' })
  expect(after.status).toBe(200)
})

it('answers 410 from the sunset on and names the successor', async () => {
  clock.now = new Date('2027-11-01T00:00:00Z')
  const response = await call('/api/v1/whoami')
  clock.now = new Date('2026-11-23T09:00:00Z')

  expect(response.status).toBe(410)
  expect(response.headers.get('sunset')).toBe('Mon, 01 Nov 2027 00:00:00 GMT')
  const problem = (await response.json()) as { code: string; detail: string }
  expect(problem.code).toBe('operation_sunset')
  expect(problem.detail).toContain('GET /api/v1/me')
})

it('tells an organisation which of its own keys still call what will end', async () => {
  const other = await app.addTenant('Uninvolved school')
  const before = await tenant.client('GET /api/v1/deprecations/callers', {})
  await call('/api/v1/whoami')

  const { data } = await tenant.client('GET /api/v1/deprecations/callers', {})
  const elsewhere = await other.client('GET /api/v1/deprecations/callers', {})

  expect(data).toMatchObject([{ operation: 'GET /api/v1/whoami', credential: { kind: 'api-key' } }])
  expect(data[0]?.calls).toBe((before.data[0]?.calls ?? 0) + 1)
  expect(data[0]?.lastCalledOn).toBe(new Date().toISOString().slice(0, 10))
  expect(elsewhere.data).toEqual([])
})

it('lists what will end and what versions changed, for anybody', async () => {
  const [deprecations, versions] = await Promise.all(
    ['deprecations', 'versions'].map(async (name) => {
      const response = await fetch(`${app.url}/api/v1/${name}`)
      return (await response.json()) as { data: Record<string, unknown>[] }
    }),
  )

  expect(deprecations?.data).toMatchObject([{ operation: 'GET /api/v1/whoami' }])
  expect(versions?.data.map(({ version }) => version)).toEqual([...apiVersions])
})
