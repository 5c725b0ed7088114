import { io, type Socket } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createLogger } from '../../backend/core/logging.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { startVendors, type TestVendors } from '../support/vendors.ts'

// Two schools that work at the same time, with names that occur nowhere else: each administrator
// holds every right in the own school and tries to reach the other's.

const metricsToken = 'a-token-for-the-metrics'
const secret = 'a-secret-for-the-events'
const lines: string[] = []
let app: TestApp
let vendors: TestVendors
let victim: School
let hostile: School
const sockets: Socket[] = []

interface School {
  readonly tenant: TestTenant
  readonly connectionId: string
  readonly syncId: string
  readonly problemId: string
  readonly names: readonly string[]
  readonly received: unknown[]
  readonly socket: Socket
}

beforeAll(async () => {
  vendors = await startVendors()
  const destination = { write: (line: string) => void lines.push(line) }
  app = await startTestApp(
    { EDPSYCH_METRICS_TOKEN: metricsToken },
    { log: createLogger({ level: 'debug', destination }) },
  )
  ;[victim, hostile] = await Promise.all([work('Quetzalwick'), work('Zanzibarrow')])
}, 120_000)

afterAll(async () => {
  for (const socket of sockets) socket.disconnect()
  await app.stop()
  await vendors.stop()
})

/** A day's work of a school, in short: people, a connection, a synchronisation, a failure, messages, a live page. */
async function work(name: string): Promise<School> {
  const tenant = await app.addTenant(`${name} School`)
  const { client } = tenant
  const received: unknown[] = []
  const socket = io(app.url, { path: '/live', forceNew: true, auth: { token: tenant.key } })
  sockets.push(socket)
  await new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(undefined))
    socket.once('connect_error', reject)
  })
  for (const topic of ['connections', 'problems', 'alerts', 'syncs']) {
    expect(await socket.timeout(5000).emitWithAck('join', { topic })).toMatchObject({ ok: true })
    socket.on(topic, (message) => received.push(message))
  }
  const names = [name, `${name}pupil`, `${name}moodle`, `${name}-event-secret`]
  await client('POST /api/v1/users', {
    body: { sourcedId: 'u1', givenName: names[1] ?? '', familyName: name, role: 'student' },
  })
  const token = String((await vendors.paste('moodle'))['Web service token'])
  const { id: connectionId } = await client('POST /api/v1/connections', {
    body: {
      connectorId: 'moodle',
      name: names[2] ?? '',
      config: { url: vendors.urlOf('moodle') },
      credentials: { token, webhookSecret: names[3] ?? '' },
    },
  })
  const params = { id: connectionId }
  await client('POST /api/v1/connections/:id/activate', { params, body: {} })
  const { id: syncId } = await client('POST /api/v1/connections/:id/syncs', { params, body: {} })
  await vi.waitFor(
    async () => {
      const { status } = await client('GET /api/v1/syncs/:id', { params: { id: syncId } })
      expect(status).toBe('succeeded')
    },
    { timeout: 30_000, interval: 200 },
  )
  for (let n = 0; n < 6; n++) {
    await fetch(`${app.url}/hooks/${connectionId}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}-${n}` },
      body: JSON.stringify({ eventname: name }),
    })
  }
  const { data } = await client('GET /api/v1/problems', { query: { connectionId } })
  const problemId = data.find(({ cause }) => cause === 'webhook_refused')?.id ?? ''
  expect(problemId).not.toBe('')
  return { tenant, connectionId, syncId, problemId, names, received, socket }
}

function asHostile(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${app.url}${path}`, {
    ...init,
    headers: {
      authorization: `Bearer ${hostile.tenant.key}`,
      'content-type': 'application/json',
      ...init.headers,
    },
  })
}

/** Everything that is the victim's alone. */
function marks({ tenant, connectionId, syncId, problemId, names }: School): string[] {
  return [tenant.id, connectionId, syncId, problemId, ...names]
}

function expectNothingOf(school: School, text: string): void {
  for (const mark of marks(school)) expect(text).not.toContain(mark)
}

describe('an administrator of another school', () => {
  it.each([
    ['a connection', () => `/api/v1/connections/${victim.connectionId}`, 'GET'],
    ['its health', () => `/api/v1/connections/${victim.connectionId}/health`, 'GET'],
    ['a synchronisation', () => `/api/v1/syncs/${victim.syncId}`, 'GET'],
    ['what it changed', () => `/api/v1/syncs/${victim.syncId}/changes`, 'GET'],
    ['the end of a synchronisation', () => `/api/v1/syncs/${victim.syncId}/cancel`, 'POST'],
    ['a problem', () => `/api/v1/problems/${victim.problemId}`, 'GET'],
  ])('does not find %s', async (_name, path, method) => {
    const answer = await asHostile(path(), { method })

    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({ code: 'not_found' })
  })

  it('does not find jobs and cannot end them', async () => {
    const { data } = await victim.tenant.client('GET /api/v1/jobs', { query: { limit: 5 } })
    const id = data[0]?.id ?? ''
    expect(id).not.toBe('')

    expect((await asHostile(`/api/v1/jobs/${id}`)).status).toBe(404)
    expect((await asHostile(`/api/v1/jobs/${id}/cancel`, { method: 'POST' })).status).toBe(404)
    expectNothingOf(victim, await (await asHostile('/api/v1/jobs?limit=100')).text())
  })

  it('names the other school in vain, in query, header and body', async () => {
    const { id } = victim.tenant
    for (const path of [
      `/api/v1/connections?tenantId=${id}`,
      `/api/v1/problems?below=true&connectionId=${victim.connectionId}`,
      `/api/v1/syncs?connectionId=${victim.connectionId}`,
      `/api/v1/connections/export?ids=${victim.connectionId}`,
      '/api/v1/audit?limit=100',
      '/api/v1/events?limit=100',
      '/api/v1/alerts?limit=100',
    ]) {
      const answer = await asHostile(path, { headers: { 'x-tenant-id': id } })
      const { requestId: _, detail: __, ...rest } = (await answer.json()) as Record<string, unknown>

      expectNothingOf(victim, JSON.stringify(rest))
    }
  })

  it('exports only the own trail', async () => {
    const page = await hostile.tenant.client('POST /api/v1/audit/export', { body: {} })

    expect(page.content).toContain(hostile.connectionId)
    expectNothingOf(victim, page.content)
  })

  it('gets an answer of the own under the key by which the other repeats a call', async () => {
    const post = (key: string, name: string) =>
      fetch(`${app.url}/api/v1/classes`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          'idempotency-key': 'the-same-key-for-both',
        },
        body: JSON.stringify({ sourcedId: 'shared', title: name }),
      })

    const theirs = await post(victim.tenant.key, 'Quetzalwick class')
    const own = await post(hostile.tenant.key, 'Quetzalwick class')

    expect([theirs.status, own.status]).toEqual([201, 201])
    const [a, b] = (await Promise.all([theirs.json(), own.json()])) as { id: string }[]
    expect(b?.id).not.toBe(a?.id)
  })

  it('is refused the place in a list of the other', async () => {
    const { client } = victim.tenant
    const first = await client('GET /api/v1/events', { query: { limit: 1 } })
    expect(first.nextCursor).toBeTruthy()

    const answer = await asHostile(`/api/v1/events?limit=1&cursor=${first.nextCursor}`)

    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'invalid_cursor' })
  })

  it('cannot speak for the other’s system, nor use up the ids of its messages', async () => {
    const body = JSON.stringify({
      eventname: '\\core\\event\\course_updated',
      objectid: '9',
      timecreated: Math.floor(Date.now() / 1000),
    })
    const post = (to: School, as: School) =>
      fetch(`${app.url}/hooks/${to.connectionId}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${as.names[3]}` },
        body,
      })

    const statuses = [
      (await post(victim, hostile)).status,
      (await post(hostile, hostile)).status,
      (await post(victim, victim)).status,
    ]

    expect(statuses).toEqual([401, 202, 202])
    const query = { type: 'connection.source_changed' as const }
    await expect
      .poll(async () => (await victim.tenant.client('GET /api/v1/events', { query })).data)
      .toMatchObject([{ data: { connectionId: victim.connectionId } }])
  })

  it('hears nothing of the other, whatever room is asked for', async () => {
    const { socket, received } = hostile
    for (const topic of [
      `${victim.tenant.id}:connections`,
      `connections:${victim.tenant.id}`,
      { tenantId: victim.tenant.id, topic: 'connections' },
      ['connections', victim.tenant.id],
    ]) {
      expect(await socket.timeout(5000).emitWithAck('join', { topic })).toMatchObject({ ok: false })
    }
    const wish = { topic: 'connections', tenantId: victim.tenant.id }
    await socket.timeout(5000).emitWithAck('join', wish)
    const before = victim.received.length

    await victim.tenant.client('POST /api/v1/connections/:id/pause', {
      params: { id: victim.connectionId },
      body: {},
    })

    await expect.poll(() => victim.received.length).toBeGreaterThan(before)
    expect(received.length).toBeGreaterThan(0)
    expectNothingOf(victim, JSON.stringify(received))
    expectNothingOf(hostile, JSON.stringify(victim.received))
  })
})

describe('what two schools leave behind', () => {
  it('in the figures is neither school, nobody and no connection', async () => {
    const headers = { authorization: `Bearer ${metricsToken}` }
    const text = await (await fetch(`${app.url}/metrics`, { headers })).text()

    expect(text).toMatch(
      /^edpsych_hook_deliveries_total\{connector="moodle",outcome="refused"\} 13$/m,
    )
    expect(text).toMatch(/^edpsych_connection_exchanges_total\{/m)
    for (const school of [victim, hostile]) expectNothingOf(school, text)
  })

  it('on the public page of states is neither of them', async () => {
    const text = await (await fetch(`${app.url}/status.json`)).text()

    for (const school of [victim, hostile]) expectNothingOf(school, text)
  })

  it('in the log is no name and no secret, and no line tells of both', () => {
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) {
      for (const { names, tenant } of [victim, hostile]) {
        for (const name of [...names, tenant.key]) expect(line).not.toContain(name)
      }
      const schools = [victim, hostile].filter(
        ({ tenant, connectionId }) => line.includes(tenant.id) || line.includes(connectionId),
      )
      expect(schools.length, line).toBeLessThan(2)
    }
  })
})
