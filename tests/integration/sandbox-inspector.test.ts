import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
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

it('keeps the last 200', async () => {
  for (let batch = 0; batch < 6; batch++) {
    const sent = Array.from({ length: 40 }, (_, n) =>
      fetch(`${sandbox.inspectorUrl}?n=${batch * 40 + n}`, { method: 'POST' }),
    )
    await Promise.all(sent)
    // More than 100 a second would be refused.
    await wait(600)
  }

  const { data, nextCursor } = await inspections()
  expect(data).toHaveLength(200)
  expect(nextCursor).toBeNull()
  expect(data.every(({ path }) => path.startsWith('?n='))).toBe(true)
}, 30_000)

it('refuses more than 100 requests a second', async () => {
  const sent = Array.from({ length: 220 }, () => fetch(sandbox.inspectorUrl, { method: 'POST' }))
  const statuses = (await Promise.all(sent)).map(({ status }) => status)

  expect(statuses).toContain(429)
  await wait(1100)
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
