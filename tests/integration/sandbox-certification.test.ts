import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type Client, createClient } from '../../shared/api/client.ts'
import type { Certification, Sandbox } from '../../shared/api/sandbox.ts'
import { verifyWebhook } from '../../shared/client/webhooks.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import {
  type ReceivedDelivery,
  startEndpoint,
  type WebhookEndpoint,
} from '../support/webhook-endpoint.ts'

let app: TestApp
let sandbox: Sandbox & { apiKey: string }
let client: Client
let endpoint: WebhookEndpoint | undefined

beforeAll(async () => {
  app = await startTestApp({ EDPSYCH_SANDBOX_SIGNUP: 'open' })
  const made = await fetch(`${app.url}/api/v1/sandboxes`, { method: 'POST' })
  sandbox = (await made.json()) as typeof sandbox
  client = createClient({
    baseUrl: app.url,
    headers: () => ({ authorization: `Bearer ${sandbox.apiKey}` }),
  })
})

afterEach(async () => {
  await endpoint?.close()
  endpoint = undefined
})

afterAll(async () => {
  await app.stop()
})

const params = () => ({ id: sandbox.id })

function start(body: { endpointUrl: string; secret?: string }) {
  return client('POST /api/v1/sandboxes/:id/certifications', { params: params(), body })
}

async function ended(id: string): Promise<Certification> {
  for (;;) {
    const run = await client('GET /api/v1/sandboxes/:id/certifications/:certificationId', {
      params: { id: sandbox.id, certificationId: id },
    })
    if (run.status !== 'waiting' && run.status !== 'running') return run
    await wait(100)
  }
}

function failures({ checks }: Certification): string[] {
  return checks.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name)
}

/** A receiver that does everything right. */
async function careful(secret: string, { headers, body }: ReceivedDelivery): Promise<number> {
  try {
    await verifyWebhook({ secret, headers, body })
    return 204
  } catch {
    return 400
  }
}

it('passes a receiver that does everything right', async () => {
  let secret = ''
  endpoint = await startEndpoint((delivery) => careful(secret, delivery))
  const begun = await start({ endpointUrl: endpoint.url })
  secret = begun.secret ?? ''

  const report = await ended(begun.id)

  expect(begun.status).toBe('waiting')
  expect(secret).toMatch(/^whsec_/)
  expect(failures(report)).toEqual([])
  expect(report).toMatchObject({ status: 'done', passed: true, progress: 1 })
  expect(report.checks.filter(({ outcome }) => outcome === 'passed').length).toBeGreaterThan(15)
  expect(endpoint.received.length).toBeGreaterThan(15)
  const standing = await start({ endpointUrl: endpoint.url })
  expect(standing.secret).toBe(secret)
  await ended(standing.id)
})

it('says what is wrong with a receiver that believes everything', async () => {
  endpoint = await startEndpoint(() => 200)

  const report = await ended((await start({ endpointUrl: endpoint.url })).id)

  expect(report.passed).toBe(false)
  expect(failures(report)).toEqual([
    'wrong-secret',
    'tampered-body',
    'missing-signature',
    'old-timestamp',
    'future-timestamp',
  ])
  const [wrong] = report.checks.filter(({ name }) => name === 'wrong-secret')
  expect(wrong?.why).toContain('believed')
  expect(wrong?.fix).toContain('HMAC-SHA256')
})

it('finds each single fault', async () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
  const seen = new Set<string>()
  endpoint = await startEndpoint(async (delivery) => {
    const id = String(delivery.headers['webhook-id'])
    const isRepeat = seen.has(id)
    seen.add(id)
    if (isRepeat) return 409
    if (delivery.body.length > 32_000) return 413
    if (delivery.body.includes('unheard_of')) return 422
    const status = await careful(secret, delivery)
    return status === 400 ? 410 : status
  })

  const report = await ended((await start({ endpointUrl: endpoint.url, secret })).id)

  expect(failures(report)).toEqual([
    'wrong-secret',
    'tampered-body',
    'missing-signature',
    'old-timestamp',
    'future-timestamp',
    'duplicate-id',
    'unknown-event-type',
    'large-payload',
    'no-gone',
  ])
})

it('skips what says nothing while a right delivery is not taken', async () => {
  const report = await ended((await start({ endpointUrl: 'http://127.0.0.1:1/hooks' })).id)

  expect(failures(report)).toEqual(['valid-delivery'])
  expect(report.checks.filter(({ outcome }) => outcome === 'skipped').length).toBeGreaterThan(12)
})

it('runs one at a time and stops when it is cancelled', async () => {
  endpoint = await startEndpoint(async () => {
    await wait(300)
    return 204
  })
  const run = await start({ endpointUrl: endpoint.url })

  await expect(start({ endpointUrl: endpoint.url })).rejects.toMatchObject({ code: 'conflict' })
  const cancelled = await client(
    'POST /api/v1/sandboxes/:id/certifications/:certificationId/cancel',
    { params: { id: sandbox.id, certificationId: run.id } },
  )

  expect(cancelled.status).toBe('cancelled')
  await wait(700)
  const sent = endpoint.received.length
  await wait(700)
  expect(endpoint.received.length).toBe(sent)
  const list = await client('GET /api/v1/sandboxes/:id/certifications', {
    params: params(),
    query: { limit: 1 },
  })
  expect(list.data[0]).toMatchObject({ id: run.id, status: 'cancelled', passed: null })
})

it('judges how the developer’s program uses the API', async () => {
  const call = (init: RequestInit = {}) =>
    fetch(`${app.url}/api/v1/resources?limit=1`, {
      ...init,
      headers: { authorization: `Bearer ${sandbox.apiKey}`, 'content-type': 'application/json' },
    })
  await call({ method: 'POST', body: '{}' })
  await client('PUT /api/v1/sandboxes/:id/faults', {
    params: params(),
    body: { api: { rate429: 1 } },
  })
  await call()
  await call()
  await client('PUT /api/v1/sandboxes/:id/faults', { params: params(), body: {} })
  // Habits are written every second.
  await wait(4000)
  endpoint = await startEndpoint(() => 204)

  const report = await ended((await start({ endpointUrl: endpoint.url })).id)

  expect(failures(report)).toContain('waits-when-limited')
  expect(failures(report)).toContain('sends-idempotency-keys')
})

it('does not send to addresses that the installation forbids', async () => {
  await expect(start({ endpointUrl: 'http://169.254.169.254/latest' })).rejects.toMatchObject({
    code: 'url_not_allowed',
  })
})
