import { setTimeout as wait } from 'node:timers/promises'
import mongoose from 'mongoose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Client, createClient } from '../../shared/api/client.ts'
import type { Sandbox } from '../../shared/api/sandbox.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { startEndpoint } from '../support/webhook-endpoint.ts'

let app: TestApp
let school: TestTenant
let sandbox: Sandbox & { apiKey: string }
let client: Client

beforeAll(async () => {
  // On a database of one's own the default is that only staff make sandboxes.
  app = await startTestApp()
  school = await app.addTenant('A real school')
  sandbox = await school.client('POST /api/v1/sandboxes', { body: {} })
  client = createClient({
    baseUrl: app.url,
    headers: () => ({ authorization: `Bearer ${sandbox.apiKey}` }),
  })
})

afterAll(async () => {
  await app.stop()
})

function ask(headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${app.url}/api/v1/sandboxes`, { method: 'POST', headers })
}

it('refuses everybody but staff and their keys where sign-up is closed', async () => {
  const { key } = await school.client('POST /api/v1/keys', {
    body: { name: 'Reads items', scopes: ['items.read'] },
  })

  const anybody = await ask()
  const wrong = await ask({ authorization: 'Bearer edp_live_wrong' })
  const narrow = await ask({ authorization: `Bearer ${key}` })
  const inside = await ask({ authorization: `Bearer ${sandbox.apiKey}` })

  expect(anybody.status).toBe(403)
  expect(await anybody.json()).toMatchObject({ code: 'sandbox_sign_up_closed' })
  expect(anybody.headers.getSetCookie()).toEqual([])
  expect(wrong.status).toBe(401)
  expect(await narrow.json()).toMatchObject({ code: 'insufficient_scope' })
  expect(await inside.json()).toMatchObject({ code: 'sandbox_sign_up_closed' })
})

it('lets no key of a live school be a test key, and none of a sandbox a live one', async () => {
  const make = (as: Client, mode: 'live' | 'test') =>
    as('POST /api/v1/keys', { body: { name: 'Wrong', scopes: ['items.read'], mode } })

  await expect(make(school.client, 'test')).rejects.toMatchObject({ code: 'key_mode_mismatch' })
  await expect(make(client, 'live')).rejects.toMatchObject({ code: 'key_mode_mismatch' })
})

it('sends what waits for a retry as soon as the clock is moved there', async () => {
  const state: { isUp: boolean } = { isUp: false }
  const endpoint = await startEndpoint(() => (state.isUp ? 204 : 503))
  const webhook = await client('POST /api/v1/webhooks', {
    body: { url: endpoint.url, eventTypes: ['key.created'] },
  })
  await client('POST /api/v1/keys', { body: { name: 'Event', scopes: ['items.read'] } })
  // The second try comes after five seconds, the third after five minutes.
  for (let n = 0; n < 450 && endpoint.received.length < 2; n++) await wait(100)
  expect(endpoint.received).toHaveLength(2)
  state.isUp = true

  await client('PUT /api/v1/sandboxes/:id/clock', {
    params: { id: sandbox.id },
    body: { offsetSeconds: 600 },
  })
  for (let n = 0; n < 450 && endpoint.received.length < 3; n++) await wait(100)

  expect(endpoint.received).toHaveLength(3)
  const ids = endpoint.received.map(({ headers }) => headers['webhook-id'])
  expect(new Set(ids).size).toBe(1)
  // The receiver's clock was not moved, so the delivery carries real time.
  const sentAt = Number(endpoint.received[2]?.headers['webhook-timestamp'])
  expect(Math.abs(sentAt - Date.now() / 1000)).toBeLessThan(60)
  await client('DELETE /api/v1/webhooks/:id', { params: { id: webhook.id } })
  await client('POST /api/v1/sandboxes/:id/reset', { params: { id: sandbox.id }, body: {} })
  await endpoint.close()
})

it('certifies a webhook by its id with its own secret', async () => {
  const endpoint = await startEndpoint(() => 204)
  const webhook = await client('POST /api/v1/webhooks', {
    body: { url: endpoint.url, eventTypes: ['attempt.submitted'] },
  })

  const run = await client('POST /api/v1/sandboxes/:id/certifications', {
    params: { id: sandbox.id },
    body: { webhookId: webhook.id },
  })
  for (let n = 0; n < 450 && endpoint.received.length < 1; n++) await wait(100)

  expect(run).toMatchObject({ endpointUrl: endpoint.url, secret: null })
  const [first] = endpoint.received
  const { Webhook } = await import('standardwebhooks')
  const headers = first?.headers as Record<string, string>
  expect(() => new Webhook(webhook.secret ?? '').verify(first?.body ?? '', headers)).not.toThrow()
  await client('POST /api/v1/sandboxes/:id/certifications/:certificationId/cancel', {
    params: { id: sandbox.id, certificationId: run.id },
  })
  await endpoint.close()
})

it('leaves nothing of a sandbox that nobody used for thirty days', async () => {
  const old = await school.client('POST /api/v1/sandboxes', { body: { name: 'Forgotten' } })
  const sandboxes = mongoose.connection.collection<{ _id: string }>('sandboxes')
  const longAgo = new Date(Date.now() - 31 * 86_400_000)
  await sandboxes.updateOne({ _id: old.id }, { $set: { lastUsedAt: longAgo } })

  await runExpiry()
  // What a job may still have written is swept ten minutes later.
  const justAfter = await sandboxes.findOne({ _id: old.id })
  await sandboxes.updateOne({ _id: old.id }, { $set: { updatedAt: longAgo } })
  await runExpiry()

  expect(justAfter).toMatchObject({ state: 'deleting' })
  expect(await sandboxes.findOne({ _id: old.id })).toBeNull()
  expect(await sandboxes.findOne({ _id: sandbox.id })).not.toBeNull()
  const { db } = mongoose.connection
  for (const { name } of (await db?.listCollections().toArray()) ?? []) {
    const left = await db?.collection(name).countDocuments({ tenantId: old.id })
    expect([name, left]).toEqual([name, 0])
  }
  expect(await db?.collection<{ _id: string }>('tenants').findOne({ _id: old.id })).toBeNull()
})

async function runExpiry(): Promise<void> {
  const { jobs } = app.server.services.sandbox
  const job = jobs.find(({ name }) => name === 'sandbox.expire')
  await job?.run(
    school.ctx,
    {},
    {
      signal: new AbortController().signal,
      progress: () => undefined,
      attempt: 1,
      jobId: 'job_test',
    },
  )
}
