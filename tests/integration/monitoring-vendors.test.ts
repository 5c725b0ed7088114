import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { startVendors, type TestVendors } from '../support/vendors.ts'

const metricsToken = 'a-token-for-the-metrics'
let app: TestApp
let vendors: TestVendors
let trust: TestTenant
let school: TestTenant
let stranger: TestTenant
let params: { id: string }

beforeAll(async () => {
  vendors = await startVendors()
  app = await startTestApp({ EDPSYCH_METRICS_TOKEN: metricsToken })
  trust = await app.addTenant('Watched Trust', { kind: 'trust' })
  school = await app.addTenant('Watched School', { below: trust })
  stranger = await app.addTenant('Elsewhere')
  const token = String((await vendors.paste('moodle'))['Web service token'])
  const { id } = await school.client('POST /api/v1/connections', {
    body: {
      connectorId: 'moodle',
      name: 'Our Moodle',
      config: { url: vendors.urlOf('moodle') },
      credentials: { token },
    },
  })
  params = { id }
  await school.client('POST /api/v1/connections/:id/activate', { params, body: {} })
})

afterAll(async () => {
  await app.stop()
  await vendors.stop()
})

beforeEach(() => vendors.reset('moodle'))

const check = () => school.client('POST /api/v1/connections/:id/checks', { params })

describe('a vendor', () => {
  it.each([
    ['that is well', {}, { result: 'ok', code: null }],
    ['that is down', { down: true }, { result: 'failing', code: 'unavailable' }],
    [
      'that answers 200 with an error page',
      { lying: true },
      { result: 'failing', code: 'not_what_it_says' },
    ],
    [
      'whose credentials expired',
      { expiredCredentials: true },
      { result: 'failing', code: 'forbidden' },
    ],
    [
      'whose schema changed',
      { changedSchema: true },
      { result: 'failing', code: 'schema_changed' },
    ],
    ['that limits rates', { rateLimited: true }, { result: 'degraded', code: 'rate_limited' }],
    ['that is slow', { slowMs: 5300 }, { result: 'degraded', code: 'slow' }],
  ])(
    '%s is called what it is',
    async (_name, dials, expected) => {
      // Settings that are saved anew begin with a breaker that is closed.
      await school.client('PATCH /api/v1/connections/:id', {
        params,
        body: {
          config: { url: `${vendors.urlOf('moodle')}${'/'.repeat(Object.keys(dials).length)}` },
        },
      })
      await vendors.dial('moodle', dials)

      const found = await check()

      expect(found).toMatchObject({ ...expected, trigger: 'demand' })
      if (expected.code !== null) expect(found.message).toMatch(/\w+.*\./)
    },
    30_000,
  )
})

it('is begun to be watched when it is put to use, by itself', async () => {
  const token = String((await vendors.paste('moodle'))['Web service token'])
  const { id } = await school.client('POST /api/v1/connections', {
    body: {
      connectorId: 'moodle',
      name: 'Second Moodle',
      config: { url: vendors.urlOf('moodle') },
      credentials: { token },
    },
  })
  const own = { params: { id } }
  await school.client('POST /api/v1/connections/:id/activate', { ...own, body: {} })

  await expect
    .poll(async () => school.client('GET /api/v1/connections/:id/health', own), { timeout: 20_000 })
    .toMatchObject({ state: 'ok', checks: [{ trigger: 'schedule', result: 'ok' }] })
  await expect
    .poll(async () => (await school.client('GET /api/v1/connections/:id', own)).health.state)
    .toBe('ok')
  await school.client('POST /api/v1/connections/:id/disable', { ...own, body: {} })
}, 40_000)

it('is seen by the trust above, and by nobody else', async () => {
  const own = await trust.client('GET /api/v1/connections/:id/health', { params })
  expect(own.checks.length).toBeGreaterThan(3)
  expect((await trust.client('GET /api/v1/connections/:id/slo', { params })).target).toBe(99.9)

  for (const route of [
    'GET /api/v1/connections/:id/health',
    'GET /api/v1/connections/:id/checks',
    'GET /api/v1/connections/:id/metrics',
    'GET /api/v1/connections/:id/slo',
    'POST /api/v1/connections/:id/checks',
  ] as const) {
    await expect(stranger.client(route, { params }), route).rejects.toMatchObject({
      code: 'not_found',
    })
  }
})

it('shows its figures to Prometheus without naming anybody', async () => {
  const answer = await fetch(`${app.url}/metrics`, {
    headers: { authorization: `Bearer ${metricsToken}` },
  })
  const text = await answer.text()

  expect(answer.status).toBe(200)
  expect(text).toMatch(/^edpsych_connections\{connector="moodle",state="\w+"\} 1$/m)
  expect(text).toMatch(
    /^edpsych_connection_checks_total\{connector="moodle",result="failing"\} \d/m,
  )
  expect(text).toMatch(/^edpsych_connection_exchanges_total\{.*capability="health"/m)
  for (const { id } of [params, school, trust, stranger]) expect(text).not.toContain(id)
})

it('shows everybody a status page and the same as JSON', async () => {
  const page = await fetch(`${app.url}/status`)
  const json = await fetch(`${app.url}/status.json`)
  const shown = (await json.json()) as { state: string; components: { id: string }[] }

  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
  expect(await page.text()).toContain('<h1>Status</h1>')
  expect(json.headers.get('access-control-allow-origin')).toBe('*')
  expect(shown.components.map(({ id }) => id)).toContain('database')
  expect(shown.state).not.toBe('down')
})
