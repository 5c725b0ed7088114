import { randomBytes } from 'node:crypto'
import { io, type Socket } from 'socket.io-client'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'

type Joined = { ok: boolean; code?: string }

let app: TestApp
let school: TestTenant
let receiver: WebhookReceiver
const sockets: Socket[] = []

beforeAll(async () => {
  app = await startTestApp()
  school = await app.addTenant('Live')
  receiver = await startWebhookReceiver()
})

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.disconnect()
})

afterAll(async () => {
  await receiver.close()
  await app.stop()
})

function connect(options: Parameters<typeof io>[1] = {}): Socket {
  const socket = io(app.url, { path: '/live', forceNew: true, reconnection: false, ...options })
  sockets.push(socket)
  return socket
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
}

function next(socket: Socket, topic: string): Promise<Record<string, unknown>> {
  return new Promise((resolve) => socket.once(topic, resolve))
}

function join(socket: Socket, topic: unknown): Promise<Joined> {
  return socket.timeout(5000).emitWithAck('join', { topic })
}

async function sendTest(tenant: TestTenant) {
  const { id } = await tenant.client('POST /api/v1/webhooks', {
    body: { url: receiver.url, eventTypes: ['webhook.failing'] },
  })
  await tenant.client('POST /api/v1/webhooks/:id/test', { params: { id } })
  return id
}

async function sessionCookie(): Promise<string> {
  const signIn = await fetch(`${app.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: app.url },
    body: JSON.stringify({ email: 'admin@test.example', password: 'a long test passphrase' }),
  })
  return signIn.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
}

describe('following deliveries', () => {
  it.each([
    ['WebSocket', ['websocket']],
    ['long polling alone', ['polling']],
  ])('works by %s', async (_what, transports) => {
    const socket = connect({ auth: { token: school.key }, transports })
    await connected(socket)
    expect(await join(socket, 'deliveries')).toEqual({ ok: true })
    const message = next(socket, 'deliveries')
    const endpointId = await sendTest(school)

    expect(await message).toMatchObject({
      endpointId,
      eventType: 'webhook.test',
      status: 'delivered',
      lastStatus: 204,
    })
  })

  it('works from a page of another site that has a key of its own', async () => {
    const socket = connect({
      auth: { token: school.key },
      transports: ['polling'],
      extraHeaders: { origin: 'https://elsewhere.example' },
    })
    await connected(socket)
    expect(await join(socket, 'deliveries')).toEqual({ ok: true })

    const handshake = await fetch(`${app.url}/live/?EIO=4&transport=polling`, {
      headers: { origin: 'https://elsewhere.example' },
    })
    expect(handshake.headers.get('access-control-allow-origin')).toBe('*')
    expect(handshake.headers.get('access-control-allow-credentials')).toBeNull()
  })

  it('works with the session of a browser', async () => {
    const cookie = await sessionCookie()
    const socket = connect({
      extraHeaders: { cookie, origin: app.url },
      auth: { tenantId: school.id },
    })
    await connected(socket)

    expect(await join(socket, 'deliveries')).toEqual({ ok: true })
    const message = next(socket, 'deliveries')
    await sendTest(school)
    expect(await message).toMatchObject({ status: 'delivered' })
  })

  it('shows nothing of another tenant', async () => {
    const other = await app.addTenant(`Other ${randomBytes(3).toString('hex')}`)
    const socket = connect({ auth: { token: other.key, tenantId: school.id } })
    await connected(socket)
    await join(socket, 'deliveries')
    const seen: unknown[] = []
    socket.on('deliveries', (message) => seen.push(message))
    await sendTest(school)
    const own = await sendTest(other)

    await expect.poll(() => seen).toMatchObject([{ endpointId: own }])
  })

  it('makes up for what was missed while the connection was broken', async () => {
    const socket = connect({
      auth: { token: school.key },
      reconnection: true,
      reconnectionDelay: 1500,
    })
    await connected(socket)
    await join(socket, 'deliveries')
    const seen: { endpointId: string }[] = []
    socket.on('deliveries', (message) => seen.push(message))
    const first = await sendTest(school)
    await expect.poll(() => seen.length).toBe(1)

    socket.io.engine.close()
    const missed = await sendTest(school)
    await expect.poll(() => seen.map(({ endpointId }) => endpointId)).toEqual([first, missed])

    expect(socket.recovered).toBe(true)
  })
})

describe('refusals', () => {
  it('meets those who are nobody', async () => {
    await expect(connected(connect())).rejects.toThrow('unauthenticated')
    await expect(connected(connect({ auth: { token: 'edp_live_wrong' } }))).rejects.toThrow()
    await expect(connected(connect({ auth: { token: 7 } as never }))).rejects.toThrow()
  })

  it('meets pages of other sites that would borrow the session of whoever visits them', async () => {
    const cookie = await sessionCookie()

    for (const transport of ['websocket', 'polling'] as const) {
      const socket = connect({
        transports: [transport],
        extraHeaders: { cookie, origin: 'https://elsewhere.example' },
        auth: { tenantId: school.id },
      })
      await expect(connected(socket)).rejects.toThrow('unauthenticated')
    }
  })

  it('meets topics that do not exist or need another right', async () => {
    const key = await school.client('POST /api/v1/keys', {
      body: { name: 'Reader', scopes: ['items.read'] },
    })
    const socket = connect({ auth: { token: key.key } })
    await connected(socket)

    expect(await join(socket, 'deliveries')).toEqual({ ok: false, code: 'insufficient_scope' })
    expect(await join(socket, `tenant:${school.id}:deliveries`)).toEqual({
      ok: false,
      code: 'invalid_request',
    })
    expect(await join(socket, { $ne: null })).toEqual({ ok: false, code: 'invalid_request' })
  })

  it('ends a connection within seconds of its key being revoked', async () => {
    const key = await school.client('POST /api/v1/keys', {
      body: { name: 'Short', scopes: ['webhooks.read'] },
    })
    const socket = connect({ auth: { token: key.key } })
    await connected(socket)
    const ended = new Promise((resolve) => socket.once('disconnect', resolve))
    await school.client('DELETE /api/v1/keys/:id', { params: { id: key.id } })

    expect(await ended).toBe('io server disconnect')
  })

  it('hands what was missed to nobody whose key was revoked meanwhile', async () => {
    const key = await school.client('POST /api/v1/keys', {
      body: { name: 'Gone', scopes: ['webhooks.read'] },
    })
    const first = await startPolling({ token: key.key })
    const { pid } = JSON.parse((await first.receive()).slice(2)) as { pid: string }
    await first.send('420["join",{"topic":"deliveries"}]')
    await sendTest(school)
    let seen = await first.receive()
    while (!seen.includes('"deliveries"')) seen = await first.receive()
    const offset = /,"([^"]+)"\]$/.exec(seen)?.[1]
    await first.send('1')
    await school.client('DELETE /api/v1/keys/:id', { params: { id: key.id } })
    await sendTest(school)
    await new Promise((resolve) => setTimeout(resolve, 500))

    const second = await startPolling({ token: key.key, pid, offset })
    const answer = await second.receive()

    expect(offset).toMatch(/./)
    expect(answer).not.toContain('deliveries')
    expect(answer).toContain('unauthenticated')
  })
})

/** The wire of the live connection without its client, which hides packets that come before it is connected. */
async function startPolling(auth: object) {
  const base = `${app.url}/live/?EIO=4&transport=polling`
  const opened = await (await fetch(base)).text()
  const address = `${base}&sid=${(JSON.parse(opened.slice(1)) as { sid: string }).sid}`
  const send = (packet: string) => fetch(address, { method: 'POST', body: packet })
  await send(`40${JSON.stringify(auth)}`)
  return { send, receive: async () => (await fetch(address)).text() }
}
