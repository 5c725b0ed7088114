import { createPublicKey, generateKeyPairSync, randomBytes, verify } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { compactDecrypt } from 'jose'
import { Webhook as Verifier } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { platformContext } from '../../backend/core/platform-tenant.ts'
import { systemContext } from '../../backend/core/tenancy.ts'
import { createKey } from '../../backend/modules/auth/index.ts'
import { createTenant } from '../../backend/modules/tenants/index.ts'
import { createClient } from '../../shared/api/client.ts'
import type { WebhookBody } from '../../shared/api/webhooks.ts'
import { allScopes } from '../../shared/scopes.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import {
  type ReceivedWebhook,
  startWebhookReceiver,
  type WebhookReceiver,
} from '../support/webhook-receiver.ts'

let app: TestApp
let school: TestTenant
let receiver: WebhookReceiver
let schools = 0

beforeAll(async () => {
  app = await startTestApp()
})

afterAll(async () => {
  await app.stop()
})

beforeEach(async () => {
  schools += 1
  school = await app.addTenant(`School ${schools} ${randomBytes(3).toString('hex')}`)
  receiver = await startWebhookReceiver()
})

afterEach(async () => {
  await receiver.close()
})

async function create(body: Partial<z.input<typeof WebhookBody>> = {}) {
  return school.client('POST /api/v1/webhooks', {
    body: { url: receiver.url, eventTypes: ['*'], ...body },
  })
}

const resourceBody = {
  name: 'Breathing space',
  learningResourceType: 'guidance',
  license: { name: 'CC BY 4.0', url: null },
  attribution: 'Us',
} as const

async function addResource() {
  return school.client('POST /api/v1/resources', { body: resourceBody })
}

function headersOf({ headers }: ReceivedWebhook): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}

async function sendTest(id: string) {
  return school.client('POST /api/v1/webhooks/:id/test', { params: { id } })
}

async function readDelivery(id: string) {
  return school.client('GET /api/v1/webhook-deliveries/:id', { params: { id } })
}

async function untilStatus(id: string, status: string, timeoutMs = 45_000) {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const delivery = await readDelivery(id)
    if (delivery.status === status) return delivery
    if (Date.now() > deadline) throw new Error(`still ${delivery.status}: ${delivery.lastError}`)
    await wait(50)
  }
}

describe('signatures', () => {
  it('verify with the reference library of Standard Webhooks', async () => {
    const { id, secret } = await create()
    await sendTest(id)
    const [webhook] = await receiver.waitFor('webhook.test')

    expect(secret).toMatch(/^whsec_/)
    const verified = new Verifier(String(secret)).verify(
      String(webhook?.body),
      headersOf(webhook as ReceivedWebhook),
    )
    expect(verified).toMatchObject({ type: 'webhook.test', data: { endpointId: id } })
    expect(webhook?.headers['content-type']).toBe('application/json')
  })

  it('verify with the old and the new secret while the overlap lasts', async () => {
    const { id, secret: old } = await create()
    const { secret: fresh } = await school.client('POST /api/v1/webhooks/:id/rotate-secret', {
      params: { id },
      body: { overlapSeconds: 3600 },
    })
    await sendTest(id)
    const [webhook] = await receiver.waitFor('webhook.test')

    for (const secret of [old, fresh]) {
      new Verifier(String(secret)).verify(
        String(webhook?.body),
        headersOf(webhook as ReceivedWebhook),
      )
    }
    expect(String(webhook?.headers['webhook-signature']).split(' ')).toHaveLength(2)
  })

  it('end for the old secret at once where no overlap is wanted', async () => {
    const { id, secret: old } = await create()
    await school.client('POST /api/v1/webhooks/:id/rotate-secret', {
      params: { id },
      body: { overlapSeconds: 0 },
    })
    await sendTest(id)
    const [webhook] = await receiver.waitFor('webhook.test')

    expect(() =>
      new Verifier(String(old)).verify(
        String(webhook?.body),
        headersOf(webhook as ReceivedWebhook),
      ),
    ).toThrow()
  })

  it('are v1a by the published key where ed25519 was chosen', async () => {
    const { id, secret, publicKey } = await create({ signature: 'ed25519' })
    await sendTest(id)
    const [webhook] = await receiver.waitFor('webhook.test')
    const jwks = (await (await fetch(`${app.url}/.well-known/webhook-keys`)).json()) as {
      keys: { x: string }[]
    }

    expect(secret).toBeNull()
    const x = Buffer.from(String(publicKey).slice('whpk_'.length), 'base64')
    expect(jwks.keys[0]?.x).toBe(x.toString('base64url'))
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: x.toString('base64url') },
      format: 'jwk',
    })
    const { headers, body } = webhook as ReceivedWebhook
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
    const [version, signature] = String(headers['webhook-signature']).split(',')
    expect(version).toBe('v1a')
    expect(verify(null, Buffer.from(signed), key, Buffer.from(String(signature), 'base64'))).toBe(
      true,
    )
  })
})

describe('what is sent', () => {
  it('is every event of the chosen types, with links and in the shape of Standard Webhooks', async () => {
    await create({ eventTypes: ['resource.created'] })
    const { id } = await addResource()
    await school.client('DELETE /api/v1/resources/:id', { params: { id } })
    const [webhook] = await receiver.waitFor('resource.created')
    await wait(300)

    expect(webhook?.json()).toEqual({
      type: 'resource.created',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      tenantId: school.id,
      data: { resourceId: id, links: { resource: `${app.url}/api/v1/resources/${id}` } },
    })
    expect(receiver.received).toHaveLength(1)
  })

  it('is a structured CloudEvent where that was chosen, with the webhook-id as its id', async () => {
    await create({ eventTypes: ['resource.created'], format: 'cloudevents' })
    const { id } = await addResource()
    const [webhook] = await receiver.waitFor('resource.created')

    expect(webhook?.headers['content-type']).toBe('application/cloudevents+json')
    expect(JSON.parse(String(webhook?.body))).toMatchObject({
      specversion: '1.0',
      id: webhook?.id,
      type: 'resource.created',
      subject: id,
      source: `${app.url}/api/v1/tenants/${school.id}`,
      data: { resourceId: id },
    })
  })

  it('is the object too where full was asked for and the credential may read it', async () => {
    await create({ eventTypes: ['resource.created'], payload: 'full' })
    const { id } = await addResource()
    const [webhook] = await receiver.waitFor('resource.created')

    expect(webhook?.json().data).toMatchObject({
      resourceId: id,
      object: { id, name: 'Breathing space' },
    })
  })

  it('becomes thin, and says why, once the credential behind it is revoked', async () => {
    const key = await school.client('POST /api/v1/keys', {
      body: { name: 'Receiver', scopes: ['webhooks.write', 'resources.read'] },
    })
    const made = await fetch(`${app.url}/api/v1/webhooks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        url: receiver.url,
        eventTypes: ['resource.created'],
        payload: 'full',
      }),
    })
    const endpoint = (await made.json()) as { id: string }
    await school.client('DELETE /api/v1/keys/:id', { params: { id: key.id } })
    await addResource()
    const [webhook] = await receiver.waitFor('resource.created')

    expect(webhook?.json().data).not.toHaveProperty('object')
    const health = await school.client('GET /api/v1/webhooks/:id/health', {
      params: { id: endpoint.id },
    })
    expect(health).toMatchObject({ payloadInEffect: 'thin', payloadReason: expect.any(String) })
    const { data } = await school.client('GET /api/v1/webhook-deliveries', {
      query: { endpointId: endpoint.id },
    })
    const delivery = await untilStatus(String(data[0]?.id), 'delivered')
    expect(delivery.attempts[0]).toMatchObject({ payload: 'thin', note: expect.any(String) })
  })

  it('is encrypted to the receiver’s key where one was given', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const { n, e } = publicKey.export({ format: 'jwk' })
    const { secret, id } = await create({ encryptionKey: { kty: 'RSA', n, e, kid: 'k1' } })
    await sendTest(id)
    const deadline = Date.now() + 45_000
    while (receiver.received.length === 0 && Date.now() < deadline) await wait(20)
    const [webhook] = receiver.received

    new Verifier(String(secret)).sign(String(webhook?.id), new Date(), String(webhook?.body))
    expect(webhook?.headers['content-type']).toBe('application/jose')
    const { plaintext, protectedHeader } = await compactDecrypt(String(webhook?.body), privateKey)
    expect(protectedHeader).toMatchObject({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: 'k1' })
    expect(JSON.parse(Buffer.from(plaintext).toString())).toMatchObject({ type: 'webhook.test' })
  })

  it('is only what the filters let through', async () => {
    await create({ eventTypes: ['embed.created'], filters: { kind: 'item' } })
    const resource = await addResource()
    await school.client('POST /api/v1/embeds', {
      body: { kind: 'resource', targetId: resource.id },
    })
    await wait(500)

    expect(receiver.received).toHaveLength(0)
  })
})

describe('refusals', () => {
  it('names what is near an unknown event type', async () => {
    await expect(create({ eventTypes: ['resource.create'] })).rejects.toMatchObject({
      status: 422,
      code: 'event_type_unknown',
      errors: [{ pointer: '#/eventTypes/0', detail: expect.stringContaining('resource.created') }],
    })
  })

  it.each([
    ['a private key', { kty: 'EC', crv: 'P-256', x: 'a', y: 'b', d: 'c' }],
    ['a small RSA key', { kty: 'RSA', n: Buffer.alloc(128, 1).toString('base64url'), e: 'AQAB' }],
    ['a signing curve', { kty: 'OKP', crv: 'Ed25519', x: 'a' }],
    ['a damaged key', { kty: 'EC', crv: 'P-256', x: 'a', y: 'b' }],
  ] as const)('refuses %s for encryption', async (_what, encryptionKey) => {
    await expect(create({ encryptionKey })).rejects.toMatchObject({
      code: 'webhook_option_invalid',
    })
  })

  it('refuses a filter on what events do not have, or on what a thin payload hides', async () => {
    for (const field of ['colour', 'score']) {
      await expect(
        create({ eventTypes: ['attempt.submitted'], filters: { [field]: 1 } }),
      ).rejects.toMatchObject({ code: 'webhook_option_invalid' })
    }
  })

  it('refuses organisations that are not below', async () => {
    const other = await app.addTenant(`Other ${randomBytes(3).toString('hex')}`)
    await expect(create({ tenantIds: [other.id], includeBelow: true })).rejects.toMatchObject({
      code: 'webhook_option_invalid',
    })
  })
})

describe('attempts', () => {
  it('are repeated with the same webhook-id after a failure', async () => {
    let failures = 1
    receiver.answer((_webhook, res) => {
      res.writeHead(failures-- > 0 ? 500 : 200).end('not now')
    })
    const { id } = await create({ eventTypes: ['resource.created'] })
    const { id: deliveryId } = await sendTest(id)
    const delivery = await untilStatus(deliveryId, 'delivered')

    const ids = receiver.received.map((webhook) => webhook.id)
    expect(ids).toHaveLength(2)
    expect(new Set(ids).size).toBe(1)
    expect(delivery.attempts).toMatchObject([
      { number: 1, outcome: 'failed', status: 500, response: { body: 'not now' } },
      { number: 2, outcome: 'delivered', status: 200, error: null },
    ])
    const [first, second] = receiver.received
    expect(Number(second?.at) - Number(first?.at)).toBeGreaterThan(3500)
    expect(delivery.attempts[0]?.request.headers['webhook-signature']).toBe('v1,[redacted]')
  })

  it('do not follow a redirect', async () => {
    const elsewhere = await startWebhookReceiver()
    receiver.answer((_webhook, res) => res.writeHead(307, { location: elsewhere.url }).end())
    const { id } = await create()
    const { id: deliveryId } = await sendTest(id)
    await receiver.waitFor('webhook.test')
    await untilStatus(deliveryId, 'waiting')

    expect(elsewhere.received).toHaveLength(0)
    expect(await readDelivery(deliveryId)).toMatchObject({
      status: 'waiting',
      lastStatus: 307,
      lastError: expect.stringContaining('redirect'),
    })
    await elsewhere.close()
  })

  it('honour Retry-After', async () => {
    receiver.answer((_webhook, res) => res.writeHead(429, { 'retry-after': '3600' }).end())
    const { id } = await create()
    const { id: deliveryId } = await sendTest(id)
    await receiver.waitFor('webhook.test')
    const { nextAttemptAt } = await untilStatus(deliveryId, 'waiting')
    expect(Date.parse(String(nextAttemptAt)) - Date.now()).toBeGreaterThan(3500_000)
  })

  it('end for good with 410, which disables the endpoint and tells others', async () => {
    const watcher = await startWebhookReceiver()
    await create({ url: watcher.url, eventTypes: ['webhook.disabled'] })
    receiver.answer((_webhook, res) => res.writeHead(410).end())
    const { id } = await create()
    const { id: deliveryId } = await sendTest(id)
    await untilStatus(deliveryId, 'failed')
    const [notice] = await watcher.waitFor('webhook.disabled')

    expect(notice?.json().data).toMatchObject({ endpointId: id, reason: 'gone' })
    expect(await school.client('GET /api/v1/webhooks/:id', { params: { id } })).toMatchObject({
      enabled: false,
      disabledReason: 'gone',
    })
    await expect(sendTest(id)).rejects.toMatchObject({ code: 'webhook_disabled' })
    await watcher.close()
  })

  it('read no more than the first bytes of a long answer', async () => {
    receiver.answer((_webhook, res) => {
      res.writeHead(200)
      res.end('x'.repeat(5_000_000))
    })
    const { id } = await create()
    const { id: deliveryId } = await sendTest(id)
    const delivery = await untilStatus(deliveryId, 'delivered')

    expect(delivery.attempts[0]?.response?.body).toHaveLength(1024)
  })
})

describe('replays', () => {
  it('send one delivery again with the same webhook-id', async () => {
    const { id } = await create()
    const { id: deliveryId } = await sendTest(id)
    await untilStatus(deliveryId, 'delivered')
    await school.client('POST /api/v1/webhook-deliveries/:id/replay', {
      params: { id: deliveryId },
    })
    const [first, second] = await receiver.waitFor('webhook.test', 2)

    expect(first?.id).toBe(second?.id)
    expect((await untilStatus(deliveryId, 'delivered')).attemptCount).toBe(2)
  })

  it('send a range again, also what an endpoint missed while it was disabled', async () => {
    const from = new Date(Date.now() - 1000).toISOString()
    const { id } = await create({ eventTypes: ['resource.created'], enabled: false })
    await addResource()
    await addResource()
    await expect
      .poll(
        async () =>
          (await school.client('GET /api/v1/events', { query: { type: 'resource.created' } })).data
            .length,
      )
      .toBe(2)
    await wait(300)
    expect(receiver.received).toHaveLength(0)
    await school.client('PATCH /api/v1/webhooks/:id', { params: { id }, body: { enabled: true } })
    const range = await school.client('POST /api/v1/webhooks/:id/replay', {
      params: { id },
      body: { from },
    })
    await receiver.waitFor('resource.created', 2)
    // What is still under way is not sent a second time.
    await expect
      .poll(
        async () =>
          (
            await school.client('GET /api/v1/webhook-deliveries', {
              query: { endpointId: id, status: 'delivered' },
            })
          ).data.length,
      )
      .toBe(2)
    const again = await school.client('POST /api/v1/webhooks/:id/replay', {
      params: { id },
      body: { from },
    })
    const all = await receiver.waitFor('resource.created', 4)

    expect(range).toEqual({ matched: 2, queued: 2, more: false })
    expect(again.matched).toBe(2)
    expect(new Set(all.map((webhook) => webhook.id)).size).toBe(2)
  })

  it('send everything that failed', async () => {
    const { id } = await create({ eventTypes: ['resource.created'] })
    receiver.answer((_webhook, res) => res.writeHead(500).end())
    await addResource()
    await receiver.waitFor('resource.created')
    const { data } = await school.client('GET /api/v1/webhook-deliveries', {
      query: { endpointId: id },
    })
    await untilStatus(String(data[0]?.id), 'waiting')
    await school.client('PATCH /api/v1/webhooks/:id', { params: { id }, body: { enabled: false } })
    await school.client('PATCH /api/v1/webhooks/:id', { params: { id }, body: { enabled: true } })
    receiver.answer((_webhook, res) => res.writeHead(204).end())
    const replayed = await school.client('POST /api/v1/webhooks/:id/replay', {
      params: { id },
      body: { failed: true },
    })
    await receiver.waitFor('resource.created', 2)

    expect(replayed).toEqual({ matched: 1, queued: 1, more: false })
  })
})

describe('order', () => {
  it('keeps the events of one entity in order where that was asked for', async () => {
    await create({ eventTypes: ['resource.updated'], ordering: 'per-entity' })
    let failed = false
    receiver.answer((_webhook, res) => {
      if (failed) res.writeHead(204).end()
      else res.writeHead(503).end()
      failed = true
    })
    const { id } = await addResource()
    for (const name of ['One', 'Two', 'Three']) {
      await school.client('PATCH /api/v1/resources/:id', { params: { id }, body: { name } })
    }
    const all = await receiver.waitFor('resource.updated', 4)

    const ids = all.map((webhook) => webhook.id)
    expect(ids[0]).toBe(ids[1])
    expect(new Set(ids).size).toBe(3)
    const times = all.map((webhook) => webhook.json().timestamp)
    expect(times).toEqual(times.toSorted((a, b) => Date.parse(a) - Date.parse(b)))
  })
})

describe('a trust', () => {
  it('hears of its schools only where it asked for them', async () => {
    const trust = await createTenant(platformContext('test'), {
      name: 'Trust',
      slug: `trust-${randomBytes(3).toString('hex')}`,
      kind: 'trust',
    })
    const trustCtx = systemContext(trust.id, 'test')
    const below = await createTenant(trustCtx, {
      name: 'Below',
      slug: `below-${randomBytes(3).toString('hex')}`,
      kind: 'school',
    })
    const trustKey = await keyFor(trust.id)
    const schoolKey = await keyFor(below.id)
    const alone = await startWebhookReceiver()
    const eventTypes = ['resource.created'] as const
    await trustKey('POST /api/v1/webhooks', {
      body: { url: receiver.url, eventTypes: [...eventTypes], includeBelow: true, payload: 'full' },
    })
    await trustKey('POST /api/v1/webhooks', {
      body: { url: alone.url, eventTypes: [...eventTypes] },
    })
    await schoolKey('POST /api/v1/resources', { body: resourceBody })
    const [webhook] = await receiver.waitFor('resource.created')
    await wait(200)

    expect(webhook?.json().tenantId).toBe(below.id)
    // The trust's key opens nothing of the school, so neither does its webhook.
    expect(webhook?.json().data).not.toHaveProperty('object')
    expect(alone.received).toHaveLength(0)
    await alone.close()
  })
})

async function keyFor(tenantId: string) {
  const ctx = systemContext(tenantId, 'test')
  const made = await createKey(
    ctx,
    { name: 'Test', scopes: [...allScopes], expiresInDays: null },
    new Date(),
  )
  return createClient({
    baseUrl: app.url,
    headers: () => ({ authorization: `Bearer ${made.key}` }),
  })
}
