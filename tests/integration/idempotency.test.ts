import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { IdempotencyModel } from '../../backend/core/idempotency/index.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'

const item = readFileSync(
  new URL('../../backend/demo/sample-package/items/half-of-ninety.xml', import.meta.url),
)

let app: TestApp
let tenant: TestTenant
let other: TestTenant

beforeAll(async () => {
  app = await startTestApp()
  tenant = await app.addTenant('Repeats')
  other = await app.addTenant('Others')
})

afterAll(async () => {
  await app.stop()
})

const resource = {
  name: 'Once only',
  learningResourceType: 'guidance',
  license: { name: 'CC BY 4.0', url: null },
  attribution: 'Us',
}

interface Sent {
  readonly key?: string
  readonly body?: unknown
  readonly as?: TestTenant
  readonly method?: string
  readonly headers?: Record<string, string>
}

async function send(path: string, { key, body, as = tenant, method = 'POST', headers }: Sent) {
  const response = await fetch(app.url + path, {
    method,
    headers: {
      authorization: `Bearer ${as.key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    replayed: response.headers.get('idempotent-replayed'),
    retryAfter: response.headers.get('retry-after'),
    etag: response.headers.get('etag'),
    text,
    body: text === '' ? undefined : JSON.parse(text),
  }
}

async function countNamed(name: string, as = tenant): Promise<number> {
  const { data } = await as.client('GET /api/v1/resources', { query: { limit: 200 } })
  return data.filter((each) => each.name === name).length
}

it('answers the same again, and does it once', async () => {
  const key = randomUUID()
  const first = await send('/api/v1/resources', { key, body: resource })

  const again = await send('/api/v1/resources', { key, body: resource })

  expect(first.status).toBe(201)
  expect(first.replayed).toBeNull()
  expect(again).toEqual({ ...first, replayed: 'true' })
  expect(await countNamed('Once only')).toBe(1)
})

it('does a thing once for 20 calls at the same moment', async () => {
  const key = randomUUID()
  const body = { ...resource, name: 'Twenty at once' }

  const answers = await Promise.all(
    Array.from({ length: 20 }, () => send('/api/v1/resources', { key, body })),
  )

  const done = answers.filter(({ status }) => status === 201)
  const waiting = answers.filter(({ status }) => status === 409)
  expect(done.length + waiting.length).toBe(20)
  expect(new Set(done.map((each) => each.body.id)).size).toBe(1)
  expect(done.filter(({ replayed }) => replayed === null)).toHaveLength(1)
  for (const each of waiting) {
    expect(each.body.code).toBe('idempotency_in_progress')
    expect(Number(each.retryAfter)).toBeGreaterThan(0)
  }
  expect(await countNamed('Twenty at once')).toBe(1)
})

it('does it for each call without the header', async () => {
  const body = { ...resource, name: 'As often as sent' }

  await send('/api/v1/resources', { body })
  await send('/api/v1/resources', { body })

  expect(await countNamed('As often as sent')).toBe(2)
})

it('takes members in another order for the same request, and the quoted key for the bare', async () => {
  const key = randomUUID()
  const first = await send('/api/v1/resources', { key, body: resource })
  const reversed = Object.fromEntries(Object.entries(resource).reverse())

  const again = await send('/api/v1/resources', { key: `"${key}"`, body: reversed })

  expect(again.replayed).toBe('true')
  expect(again.body.id).toBe(first.body.id)
})

describe('refuses a used key', () => {
  const key = randomUUID()

  beforeAll(async () => {
    await send('/api/v1/resources', { key, body: resource })
  })

  it.each([
    ['with another body', '/api/v1/resources', { ...resource, name: 'Else' }],
    ['at another address', '/api/v1/lti/platforms', resource],
  ])('%s', async (_what, path, body) => {
    const answer = await send(path, { key, body })

    // A body that its own operation refuses is refused for that reason first.
    expect([400, 422]).toContain(answer.status)
    expect(await countNamed('Else')).toBe(0)
  })

  it('says so by its code', async () => {
    const answer = await send('/api/v1/resources', { key, body: { ...resource, name: 'Else' } })

    expect(answer.status).toBe(422)
    expect(answer.body.code).toBe('idempotency_key_reused')
  })
})

it('keeps keys apart by credential', async () => {
  const key = randomUUID()
  const body = { ...resource, name: 'Both' }

  const ours = await send('/api/v1/resources', { key, body })
  const theirs = await send('/api/v1/resources', { key, body, as: other })

  expect(theirs.status).toBe(201)
  expect(theirs.replayed).toBeNull()
  expect(theirs.body.id).not.toBe(ours.body.id)
  expect(await countNamed('Both')).toBe(1)
})

it('repeats the refusal of a request that was begun', async () => {
  const key = randomUUID()
  const path = '/api/v1/resources/res_00000000000000000000000000'
  const first = await send(path, { key, method: 'DELETE' })

  const again = await send(path, { key, method: 'DELETE' })

  expect(first.status).toBe(404)
  expect(again.status).toBe(404)
  expect(again.replayed).toBe('true')
  expect(again.body.detail).toBe(first.body.detail)
})

it('repeats an answer without a body', async () => {
  const made = await send('/api/v1/resources', { body: resource })
  const key = randomUUID()
  const path = `/api/v1/resources/${made.body.id}`
  const first = await send(path, { key, method: 'DELETE' })

  const again = await send(path, { key, method: 'DELETE' })

  expect([first.status, again.status]).toEqual([204, 204])
  expect(again.replayed).toBe('true')
})

it('keeps nothing of a request that was refused before it was begun', async () => {
  const key = randomUUID()
  const invalid = await send('/api/v1/resources', { key, body: { name: 3 } })

  const valid = await send('/api/v1/resources', { key, body: { ...resource, name: 'Put right' } })

  expect(invalid.status).toBe(400)
  expect(valid.status).toBe(201)
})

it('frees the key of a write whose If-Match was wrong', async () => {
  const made = await send('/api/v1/resources', { body: resource })
  const key = randomUUID()
  const path = `/api/v1/resources/${made.body.id}`
  const change = { key, method: 'PATCH', body: { name: 'Changed' } }
  const refused = await send(path, { ...change, headers: { 'if-match': '"other"' } })

  const accepted = await send(path, { ...change, headers: { 'if-match': made.etag ?? '' } })

  expect(refused.status).toBe(412)
  expect(accepted.status).toBe(200)
  expect(accepted.replayed).toBeNull()
})

it('shows a new API key again to the credential that made it, kept sealed', async () => {
  const key = randomUUID()
  const body = { name: 'Shown again', scopes: ['items.read'] }
  const first = await send('/api/v1/keys', { key, body })

  const again = await send('/api/v1/keys', { key, body })

  expect(again.body.key).toBe(first.body.key)
  const rows = await IdempotencyModel.find({ tenantId: tenant.id }).lean()
  expect(rows.some(({ outcome }) => outcome !== undefined)).toBe(true)
  expect(JSON.stringify(rows)).not.toContain(first.body.key)
  expect(JSON.stringify(rows)).not.toContain(key)
})

it('knows an upload by its bytes', async () => {
  const key = randomUUID()
  const upload = async (bytes: Uint8Array<ArrayBuffer>) => {
    const response = await fetch(`${app.url}/api/v1/items/import?fileName=half.xml`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${tenant.key}`,
        'content-type': 'application/xml',
        'idempotency-key': key,
      },
      body: bytes,
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  const first = await upload(new Uint8Array(item))

  const again = await upload(new Uint8Array(item))
  const changed = await upload(new Uint8Array([...item, 10]))

  expect(first.status).toBe(201)
  expect(again.body['id']).toBe(first.body['id'])
  expect(changed.status).toBe(422)
})

it.each(['', '""', 'two keys', 'a, b', 'x'.repeat(256)])('refuses the key %j', async (key) => {
  const answer = await send('/api/v1/resources', { key, body: resource })

  expect(answer.status).toBe(400)
  expect(answer.body.code).toBe('idempotency_key_invalid')
})

it('says that it does not know the outcome of a run that broke off', async () => {
  const key = randomUUID()
  await send('/api/v1/resources', { key, body: resource })
  // What a process leaves behind that was killed while it worked, a minute ago.
  await IdempotencyModel.updateMany(
    { tenantId: tenant.id },
    { $unset: { outcome: 1 }, $set: { lockedUntil: new Date(Date.now() - 1) } },
  )

  const answer = await send('/api/v1/resources', { key, body: resource })

  expect(answer.status).toBe(409)
  expect(answer.body.code).toBe('idempotency_outcome_unknown')
})

it('forgets a key after 24 hours, swept or not', async () => {
  const key = randomUUID()
  const body = { ...resource, name: 'Next day' }
  await send('/api/v1/resources', { key, body })
  await IdempotencyModel.updateMany(
    { tenantId: tenant.id },
    { $set: { expiresAt: new Date(Date.now() - 1) } },
  )

  const answer = await send('/api/v1/resources', { key, body })

  expect(answer.status).toBe(201)
  expect(answer.replayed).toBeNull()
  expect(await countNamed('Next day')).toBe(2)
})
