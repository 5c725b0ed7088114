import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ApiError } from '../../shared/api/client.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { startVendors, type TestVendors } from '../support/vendors.ts'

let app: TestApp
let vendors: TestVendors
let trust: TestTenant
let north: TestTenant
let south: TestTenant
let stranger: TestTenant
let token: string

beforeAll(async () => {
  vendors = await startVendors()
  app = await startTestApp()
  trust = await app.addTenant('Larkfield Trust', { kind: 'trust' })
  north = await app.addTenant('North School', { below: trust })
  south = await app.addTenant('South School', { below: trust })
  stranger = await app.addTenant('Elsewhere School')
  token = String((await vendors.paste('moodle'))['Web service token'])
})
afterEach(() => vendors.reset('moodle'))
afterAll(async () => {
  await app.stop()
  await vendors.stop()
})

let made = 0

function draft(tenant: TestTenant, over: Record<string, unknown> = {}) {
  made += 1
  return tenant.client('POST /api/v1/connections', {
    body: {
      connectorId: 'moodle',
      name: `Moodle ${made}`,
      config: { url: vendors.urlOf('moodle') },
      credentials: { token },
      ...over,
    },
  })
}

async function active(tenant: TestTenant) {
  const { id } = await draft(tenant)
  return tenant.client('POST /api/v1/connections/:id/activate', { params: { id }, body: {} })
}

async function problemOf(call: Promise<unknown>) {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ApiError)) throw new Error('it was not refused')
  const { status, code, message } = error
  return { status, code, detail: message }
}

describe('the connectors', () => {
  it('are listed with the forms their schemas make', async () => {
    const { data } = await north.client('GET /api/v1/connectors', { query: {} })
    const moodle = data.find(({ id }) => id === 'moodle')

    expect(moodle).toMatchObject({ name: 'Moodle', kind: 'lms', signIn: 'credentials' })
    expect(moodle?.capabilities).toEqual(['courses.pull', 'webhook.receive'])
    expect(moodle?.config).toMatchObject([
      { name: 'url', type: 'url', required: true },
      { name: 'structure', type: 'boolean', required: false, default: true },
    ])
    expect(moodle?.credentials).toMatchObject([
      { name: 'token', type: 'secret', secret: true, required: true },
      { name: 'webhookSecret', type: 'secret', secret: true, required: false },
    ])
  })

  it('are those that an organisation allows', async () => {
    await stranger.client('PATCH /api/v1/settings', {
      body: { changes: [{ key: 'connections.allowed', value: ['oak'] }] },
    })

    const { data } = await stranger.client('GET /api/v1/connectors', { query: {} })
    const refused = await problemOf(draft(stranger))
    await stranger.client('PATCH /api/v1/settings', {
      body: { changes: [{ key: 'connections.allowed', inherit: true }] },
    })

    expect(data.every(({ id }) => id === 'oak')).toBe(true)
    expect(refused).toMatchObject({ status: 404, code: 'connector_unknown' })
  })
})

describe('a connection', () => {
  it('begins as a draft that shows which secrets are set and never what they are', async () => {
    const created = await draft(north)
    const text = JSON.stringify(
      await north.client('GET /api/v1/connections/:id', { params: { id: created.id } }),
    )

    expect(created).toMatchObject({ state: 'draft', configVersion: 1 })
    expect(created.credentials['token']).toMatchObject({ set: true })
    expect(text).not.toContain(token)
  })

  it('is refused with the field that is wrong', async () => {
    const refused = await problemOf(draft(north, { config: { url: 'moodle' } }))
    const unknown = await problemOf(draft(north, { config: { url: 'https://a.example', x: 1 } }))

    expect(refused).toMatchObject({ status: 422, code: 'connection_settings_invalid' })
    expect(refused.detail).toContain('Site address')
    expect(unknown.code).toBe('connection_settings_invalid')
  })

  it('has a name of its own in the organisation, whatever its capitals', async () => {
    await draft(north, { name: 'Our Moodle' })

    expect(await problemOf(draft(north, { name: 'our moodle' }))).toMatchObject({
      status: 409,
      code: 'conflict',
    })
    await expect(draft(south, { name: 'Our Moodle' })).resolves.toMatchObject({ state: 'draft' })
  })

  it('is put to use when every step of its test passes', async () => {
    const connection = await active(north)

    expect(connection).toMatchObject({ state: 'active', health: { state: 'ok' } })
    const { data } = await north.client('GET /api/v1/connections/:id/history', {
      params: { id: connection.id },
      query: {},
    })
    expect(data.map(({ code }) => code)).toEqual(['activated', 'testing', 'created'])
  })

  it('with a wrong secret stays a draft and says what is wrong and what to do', async () => {
    const { id } = await draft(north, { credentials: { token: 'not-the-token' } })

    const test = await north.client('POST /api/v1/connections/:id/test', { params: { id } })
    const refused = await problemOf(
      north.client('POST /api/v1/connections/:id/activate', { params: { id }, body: {} }),
    )
    const after = await north.client('GET /api/v1/connections/:id', { params: { id } })

    expect(test.ok).toBe(false)
    expect(test.steps.map((step) => [step.id, step.status])).toEqual([
      ['settings', 'passed'],
      ['address', 'passed'],
      ['credentials', 'failed'],
      ['answer', 'skipped'],
      ['courses.pull', 'skipped'],
    ])
    const failed = test.steps[2]
    expect(failed?.code).toBe('unauthorised')
    expect(failed?.whatToDo).toMatch(/token/i)
    expect(refused).toMatchObject({ status: 422, code: 'connection_test_failed' })
    expect(after).toMatchObject({ state: 'draft', stateReason: { code: 'test_failed' } })

    await north.client('PUT /api/v1/connections/:id/credentials', {
      params: { id },
      body: { values: { token } },
    })
    await expect(
      north.client('POST /api/v1/connections/:id/activate', { params: { id }, body: {} }),
    ).resolves.toMatchObject({ state: 'active' })
  })

  it('can be tried before it is saved, and with the secrets on record', async () => {
    const body = { connectorId: 'moodle', config: { url: vendors.urlOf('moodle') } }
    const bare = await north.client('POST /api/v1/connection-tests', { body })
    const whole = await north.client('POST /api/v1/connection-tests', {
      body: { ...body, credentials: { token } },
    })
    const { id } = await draft(north)
    const stored = await north.client('POST /api/v1/connection-tests', {
      body: { ...body, connectionId: id, credentials: { token: '' } },
    })
    const nowhere = await north.client('POST /api/v1/connection-tests', {
      body: { ...body, config: { url: 'http://127.0.0.1:9/moodle' }, credentials: { token } },
    })

    expect(bare.steps.find(({ status }) => status === 'failed')).toMatchObject({
      id: 'credentials',
      code: 'invalid_settings',
    })
    expect(whole.ok).toBe(true)
    expect(whole.steps.at(-1)?.detail).toMatch(/\d+ (classes|users)/)
    expect(stored.ok).toBe(true)
    expect(nowhere.steps[1]).toMatchObject({ id: 'address', status: 'failed' })
  })

  it('pauses, resumes and is taken out of use, each with who and why', async () => {
    const { id } = await active(north)
    const params = { id }

    await north.client('POST /api/v1/connections/:id/pause', {
      params,
      body: { reason: 'Summer holidays' },
    })
    const again = await problemOf(
      north.client('POST /api/v1/connections/:id/pause', { params, body: {} }),
    )
    await north.client('POST /api/v1/connections/:id/resume', { params, body: {} })
    const off = await north.client('POST /api/v1/connections/:id/disable', { params, body: {} })
    const { data } = await north.client('GET /api/v1/connections/:id/history', {
      params,
      query: { limit: 3 },
    })

    expect(again).toMatchObject({ status: 409, code: 'connection_state_conflict' })
    expect(off.state).toBe('disabled')
    expect(data.map(({ to, why }) => [to, why])).toEqual([
      ['disabled', 'Taken out of use'],
      ['active', 'Resumed'],
      ['paused', 'Summer holidays'],
    ])
    expect(data.every(({ by }) => by !== null)).toBe(true)
  })

  it('follows what checks find: degraded, waiting for a person, recovered', async () => {
    const { id } = await active(north)
    const { connections } = app.server.services
    const report = (state: 'ok' | 'failing', code: string | null) =>
      connections.applyHealth(north.ctx, id, {
        state,
        code,
        message: code,
        latencyMs: 12,
        checkedAt: new Date(),
      })

    expect(await report('failing', 'unavailable')).toMatchObject({ state: 'degraded' })
    expect(await report('failing', 'unauthorised')).toMatchObject({
      state: 'action-needed',
      stateReason: { code: 'unauthorised', by: null },
    })
    expect(await report('ok', null)).toMatchObject({ state: 'active' })
    await north.client('POST /api/v1/connections/:id/pause', { params: { id }, body: {} })
    expect(await report('failing', 'unavailable')).toBeNull()
  })

  it('keeps every version of its settings and goes back to one', async () => {
    const { id } = await draft(north)
    const params = { id }
    await north.client('PATCH /api/v1/connections/:id', {
      params,
      body: { config: { url: 'https://moodle.example' } },
    })
    const second = await north.client('GET /api/v1/connections/:id/versions/:version', {
      params: { id, version: 2 },
    })
    const back = await north.client('POST /api/v1/connections/:id/rollback', {
      params,
      body: { version: 1 },
    })
    const { data } = await north.client('GET /api/v1/connections/:id/versions', {
      params,
      query: {},
    })

    expect(second.againstBefore).toEqual([
      { field: 'url', before: vendors.urlOf('moodle'), after: 'https://moodle.example' },
    ])
    expect(back).toMatchObject({ configVersion: 3, config: { url: vendors.urlOf('moodle') } })
    expect(data.map(({ version, rolledBackFrom }) => [version, rolledBackFrom])).toEqual([
      [3, 1],
      [2, null],
      [1, null],
    ])
  })

  it('that is deleted is gone from the list, frees its name and can be restored', async () => {
    const { id, name } = await active(north)
    const params = { id }
    await north.client('DELETE /api/v1/connections/:id', { params })
    const { data } = await north.client('GET /api/v1/connections', { query: { q: name } })
    const { data: deleted } = await north.client('GET /api/v1/connections', {
      query: { deleted: 'true' },
    })
    const restored = await north.client('POST /api/v1/connections/:id/restore', {
      params,
      body: {},
    })

    expect(data.map((row) => row.id)).not.toContain(id)
    expect(deleted.map((row) => row.id)).toContain(id)
    expect(restored).toMatchObject({ state: 'paused', deletedAt: null })
  })

  it('logs what it asked of the other system, without queries and secrets', async () => {
    const { id } = await active(north)
    const { data } = await north.client('GET /api/v1/connections/:id/exchanges', {
      params: { id },
      query: {},
    })

    expect(data.length).toBeGreaterThan(0)
    expect(data[0]).toMatchObject({ method: 'POST', status: 200, errorCode: null })
    expect(data[0]?.path).toContain('/webservice/rest/server.php')
    expect(JSON.stringify(data)).not.toContain(token)
  })

  it('is on record in the trail with secrets masked', async () => {
    const { id } = await draft(north)
    await north.client('PUT /api/v1/connections/:id/credentials', {
      params: { id },
      body: { values: { token: 'another-token-of-theirs' } },
    })
    const { data } = await north.client('GET /api/v1/audit', {
      query: { targetId: id },
    })

    expect(data.map(({ action }) => action)).toEqual([
      'connection.credentials',
      'connection.create',
    ])
    expect(data[0]?.changes).toEqual([
      { field: 'credentials.token', before: '(secret)', after: '(secret)' },
    ])
    expect(JSON.stringify(data)).not.toContain('another-token')
  })
})

describe('a trust', () => {
  it('sees the connections of its schools and acts on them; a stranger finds nothing', async () => {
    const { id } = await active(south)
    const { data } = await trust.client('GET /api/v1/connections', {
      query: { below: 'true', tenantId: south.id },
    })
    const summary = await trust.client('GET /api/v1/connections/summary', {
      query: { below: 'true' },
    })
    const paused = await trust.client('POST /api/v1/connections/:id/pause', {
      params: { id },
      body: {},
    })

    expect(data.map((row) => row.id)).toContain(id)
    expect(summary.total).toBeGreaterThan(1)
    expect(summary.byState.active).toBeGreaterThan(0)
    expect(paused.state).toBe('paused')
    for (const call of [
      () => stranger.client('GET /api/v1/connections/:id', { params: { id } }),
      () => stranger.client('POST /api/v1/connections/:id/resume', { params: { id }, body: {} }),
      () => stranger.client('DELETE /api/v1/connections/:id', { params: { id } }),
      () => stranger.client('GET /api/v1/connections/:id/history', { params: { id }, query: {} }),
      () => stranger.client('GET /api/v1/connections', { query: { tenantId: south.id } }),
      () => stranger.client('GET /api/v1/connections/export', { query: { ids: id } }),
      () =>
        stranger.client('POST /api/v1/connection-tests', {
          body: { connectorId: 'moodle', connectionId: id },
        }),
    ]) {
      expect(await problemOf(call())).toMatchObject({ status: 404 })
    }
  })

  it('makes the same connection for its schools, without the secrets, and once', async () => {
    const { id, name } = await active(trust)
    const clone = () =>
      trust.client('POST /api/v1/connections/:id/clone', {
        params: { id },
        body: { tenantIds: [north.id, south.id, stranger.id] },
      })

    const { results } = await clone()
    const { results: again } = await clone()
    const { data } = await north.client('GET /api/v1/connections', { query: { q: name } })

    expect(results.map(({ status }) => status)).toEqual(['created', 'created', 'refused'])
    expect(again.map(({ status }) => status)).toEqual(['exists', 'exists', 'refused'])
    expect(data).toMatchObject([{ state: 'draft', credentials: { token: { set: false } } }])
  })

  it('exports settings without secrets, and importing twice changes nothing', async () => {
    const { id } = await draft(trust)
    const document = await trust.client('GET /api/v1/connections/export', { query: { ids: id } })
    const load = (dryRun: boolean) =>
      stranger.client('POST /api/v1/connections/import', {
        body: {
          dryRun,
          document: {
            ...document,
            connections: [
              ...document.connections,
              { connectorId: 'nothing', name: 'No such', config: {}, sync: { everyMinutes: null } },
            ],
          },
        },
      })

    const statuses = async (dryRun: boolean) =>
      (await load(dryRun)).results.map(({ status }) => status)

    expect(JSON.stringify(document)).not.toContain(token)
    expect(await statuses(true)).toEqual(['created', 'refused'])
    expect(await statuses(false)).toEqual(['created', 'refused'])
    expect(await statuses(false)).toEqual(['unchanged', 'refused'])
  })
})
