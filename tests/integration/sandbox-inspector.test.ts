import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createLogger } from '../../backend/core/logging.ts'
import { problemHandler } from '../../backend/core/problem.ts'
import { requestId } from '../../backend/core/request-id.ts'
import { inspectorRouter } from '../../backend/modules/sandbox/inspector/receive.ts'
import { type Client, createClient } from '../../shared/api/client.ts'
import type { Sandbox } from '../../shared/api/sandbox.ts'
import { startTestApp, type TestApp } from '../support/app.ts'

let app: TestApp
let sandbox: Sandbox & { apiKey: string }
let client: Client

beforeAll(async () => {
  app = await startTestApp({
    EDPSYCH_SANDBOX_SIGNUP: 'open',
    EDPSYCH_ALLOW_PRIVATE_NETWORKS: '0',
  })
  const made = await fetch(`${app.url}/api/v1/sandboxes`, { method: 'POST' })
  sandbox = (await made.json()) as typeof sandbox
  client = createClient({
    baseUrl: app.url,
    headers: () => ({ authorization: `Bearer ${sandbox.apiKey}` }),
  })
})

afterAll(async () => {
  await app.stop()
})

const params = () => ({ id: sandbox.id })
const inspections = () =>
  client('GET /api/v1/sandboxes/:id/inspections', { params: params(), query: { limit: 200 } })

it('keeps whatever is sent, whole or with its first 64 kB', async () => {
  await fetch(`${sandbox.inspectorUrl}/deep/er?x=1`, {
    method: 'PUT',
    headers: { 'content-type': 'text/plain', 'x-own': 'yes', cookie: 'secret=1' },
    body: 'grüße',
  })
  await fetch(sandbox.inspectorUrl, { method: 'POST', body: Buffer.from([0xff, 0xfe, 0]) })
  await fetch(sandbox.inspectorUrl, { method: 'POST', body: 'x'.repeat(70_000) })
  const tooLarge = await fetch(sandbox.inspectorUrl, {
    method: 'POST',
    body: 'x'.repeat(1_100_000),
  })

  const { data } = await inspections()
  const [large, binary, text] = data
  expect(tooLarge.status).toBe(413)
  expect(text).toMatchObject({
    method: 'PUT',
    path: '/deep/er?x=1',
    body: 'grüße',
    bodyEncoding: 'utf8',
    truncated: false,
    signature: null,
    answeredStatus: 204,
  })
  expect(text?.headers).toMatchObject({ 'x-own': 'yes' })
  expect(text?.headers).not.toHaveProperty('cookie')
  expect(binary).toMatchObject({ body: '//4A', bodyEncoding: 'base64', bodyBytes: 3 })
  expect(large).toMatchObject({ bodyBytes: 70_000, truncated: true })
  expect(large?.body).toHaveLength(65_536)
})

it('answers as it is told, for as many requests as it is told', async () => {
  await client('PUT /api/v1/sandboxes/:id/inspector', {
    params: params(),
    body: { status: 503, delayMs: 200, times: 2 },
  })
  const startedAt = performance.now()
  const answers = []
  for (let n = 0; n < 3; n++) answers.push(await fetch(sandbox.inspectorUrl, { method: 'POST' }))

  expect(answers.map(({ status }) => status)).toEqual([503, 503, 204])
  expect(answers[0]?.headers.get('retry-after')).toBe('1')
  expect(performance.now() - startedAt).toBeGreaterThan(390)
})

/** The inspector by a clock of the test: how fast this machine sends must not matter. */
async function inspectorAt(now: () => Date) {
  const router = inspectorRouter({
    now,
    settings: { publicUrl: app.url },
    findWebhooks: async () => [],
    dials: { noteUse() {} },
  })
  const onUnexpected = () => undefined
  const server = express()
    .use(requestId(createLogger({ level: 'silent' })))
    .use(router)
    .use(problemHandler({ publicUrl: app.url, onUnexpected }))
    .listen(0, '127.0.0.1')
  await once(server, 'listening')
  // Only a Unix socket has no port.
  const { port } = server.address() as AddressInfo
  const { pathname } = new URL(sandbox.inspectorUrl)
  return {
    send: async (query = '') =>
      await fetch(`http://127.0.0.1:${port}${pathname}${query}`, { method: 'POST' }),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

it('keeps the last 200', async () => {
  let now = 0
  const { send, close } = await inspectorAt(() => {
    now += 10
    return new Date(now)
  })
  for (let batch = 0; batch < 6; batch++) {
    await Promise.all(Array.from({ length: 40 }, (_, n) => send(`?n=${batch * 40 + n}`)))
  }
  await close()

  const { data, nextCursor } = await inspections()
  expect(data).toHaveLength(200)
  expect(nextCursor).toBeNull()
  expect(data.every(({ path }) => path.startsWith('?n='))).toBe(true)
})

it('refuses more than 100 requests a second', async () => {
  const { send, close } = await inspectorAt(() => new Date(0))
  const answers = await Promise.all(Array.from({ length: 120 }, () => send()))
  await close()

  const refused = answers.filter(({ status }) => status === 429)
  expect(refused).toHaveLength(20)
  expect(refused[0]?.headers.get('retry-after')).toBe('1')
  expect(answers.filter(({ status }) => status === 204)).toHaveLength(100)
})

it('forgets them when asked, and knows no other address', async () => {
  await client('DELETE /api/v1/sandboxes/:id/inspections', { params: params() })

  expect((await inspections()).data).toEqual([])
  expect((await fetch(`${app.url}/sandbox/inspector/wrong`, { method: 'POST' })).status).toBe(404)
})

it('lets outgoing requests reach an inspector on this machine, and nothing beside it', async () => {
  const { outgoing } = app.server.services
  const reached = await outgoing.request({
    url: sandbox.inspectorUrl,
    purpose: 'test',
    method: 'POST',
    body: '{}',
  })

  expect(reached.status).toBe(204)
  for (const path of [
    '/healthz',
    '/sandbox/inspector',
    '/sandbox/inspector/../../healthz',
    '/sandbox/inspectors/x',
    '/sandbox/inspector/..%2f..%2fhealthz',
  ]) {
    const isInspector = path === '/sandbox/inspector'
    const check = () => outgoing.checkUrl(app.url + path, 'test')
    if (isInspector) expect(check).not.toThrow()
    else expect(check).toThrow(/allowed|network/)
  }
  expect(() => outgoing.checkUrl('http://127.0.0.1:1/sandbox/inspector/x', 'test')).toThrow()
})
