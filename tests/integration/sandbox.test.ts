import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Client, createClient } from '../../shared/api/client.ts'
import type { Sandbox } from '../../shared/api/sandbox.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { launch, lmsClient, persona } from '../support/lms-client.ts'

const LmsTools = z.array(z.object({ id: z.string() }))
const LmsPlatform = z.object({
  issuer: z.string(),
  authorizationEndpoint: z.string(),
  tokenEndpoint: z.string(),
  jwksUri: z.string(),
})

let app: TestApp
let school: TestTenant
let first: Made
let second: Made

interface Made {
  readonly sandbox: Sandbox & { apiKey: string }
  readonly client: Client
  readonly cookie: string
}

async function signUp(body?: object): Promise<Made> {
  const response = await fetch(`${app.url}/api/v1/sandboxes`, {
    method: 'POST',
    ...(body
      ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
      : {}),
  })
  expect(response.status).toBe(201)
  const sandbox = (await response.json()) as Made['sandbox']
  return {
    sandbox,
    client: clientOf(sandbox.apiKey),
    cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '',
  }
}

function clientOf(key: string): Client {
  return createClient({ baseUrl: app.url, headers: () => ({ authorization: `Bearer ${key}` }) })
}

function call(path: string, key: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${app.url}/api/v1${path}`, {
    ...init,
    headers: {
      authorization: `Bearer ${key}`,
      ...(init.body ? { 'content-type': 'application/json' } : {}),
    },
  })
}

const lists = ['/tenants', '/people', '/items', '/resources', '/users', '/attempts', '/keys']

/** Everything that a key may list. */
async function readAll(key: string): Promise<string[]> {
  const texts = []
  for (const path of lists) {
    const response = await call(`${path}?limit=200`, key)
    expect(response.status).toBe(200)
    texts.push(await response.text())
  }
  return texts
}

beforeAll(async () => {
  app = await startTestApp({ EDPSYCH_SANDBOX_SIGNUP: 'open' })
  school = await app.addTenant('A real school')
  await school.client('POST /api/v1/resources', {
    body: {
      name: 'Live resource',
      learningResourceType: 'guidance',
      license: { name: 'CC BY 4.0', url: null },
      attribution: 'Us',
    },
  })
  first = await signUp()
  second = await signUp({ name: 'Second school', seed: '1' })
})

afterAll(async () => {
  await app.stop()
})

describe('a new sandbox', () => {
  it('has in one call a school, a test key, an LMS, an inspector and a date of expiry', async () => {
    const { sandbox } = first

    expect(sandbox.apiKey).toMatch(/^edp_test_/)
    expect(sandbox.tenant).toMatchObject({ kind: 'sandbox', parentId: null })
    expect(sandbox.lms?.url).toContain('/sandbox/schools/')
    expect(sandbox.inspectorUrl).toContain(`${app.url}/sandbox/inspector/`)
    const days = (Date.parse(sandbox.expiresAt) - Date.now()) / 86_400_000
    expect(days).toBeGreaterThan(29.9)
    expect(days).toBeLessThan(30.1)
  })

  it('holds sixty learners, items, resources and attempts', async () => {
    const { client } = first
    const learners = await client('GET /api/v1/users', { query: { role: 'student', limit: 200 } })
    const items = await client('GET /api/v1/items', { query: { limit: 200 } })
    const resources = await client('GET /api/v1/resources', { query: { limit: 200 } })
    const attempts = await client('GET /api/v1/attempts', { query: { limit: 200 } })

    expect(learners.data).toHaveLength(60)
    expect(new Set(learners.data.map(({ givenName }) => givenName)).size).toBe(60)
    expect(items.data.length).toBeGreaterThan(4)
    expect(resources.data.length).toBeGreaterThan(4)
    expect(attempts.data).toHaveLength(48)
    expect(attempts.data.filter(({ status }) => status === 'submitted')).toHaveLength(42)
    for (const { score, maxScore } of attempts.data) {
      expect(score ?? 0).toBeLessThanOrEqual(maxScore)
    }
  })

  it('has the same school as another of the same seed, under other ids', async () => {
    const read = async ({ client }: Made) =>
      (await client('GET /api/v1/users', { query: { limit: 200 } })).data
    const [ours, theirs] = [await read(first), await read(second)]

    const plain = (users: typeof ours) =>
      users.map(({ sourcedId, givenName, familyName }) => ({ sourcedId, givenName, familyName }))
    expect(plain(ours)).toEqual(plain(theirs))
    expect(ours.map(({ id }) => id)).not.toEqual(theirs.map(({ id }) => id))
  })

  it('signs a browser in as a developer who can do nothing elsewhere', async () => {
    const session = await fetch(`${app.url}/api/v1/session`, { headers: { cookie: first.cookie } })
    const body = (await session.json()) as { tenant: { id: string }; scopes: string[] }
    const elsewhere = await fetch(`${app.url}/api/v1/items`, {
      headers: { cookie: first.cookie, 'edpsych-tenant': school.id },
    })

    expect(body.tenant.id).toBe(first.sandbox.id)
    expect(body.scopes).toContain('keys.write')
    expect(body.scopes).not.toContain('people.write')
    expect(body.scopes).not.toContain('lti.write')
    expect(elsewhere.status).toBe(404)
  })

  it('launches from an LMS of its own, and the session opens this sandbox alone', async () => {
    const lms = lmsClient((first.sandbox.lms?.url ?? '').replace(/\/$/, ''))
    const [tool] = LmsTools.parse(await lms.call('GET', '/tools'))
    const items = await first.client('GET /api/v1/items', { query: { limit: 1 } })
    const item = items.data[0]
    const { link } = await lms.addLink(tool?.id ?? '', {
      title: item?.title ?? '',
      url: item?.launchUrl ?? '',
    })
    const platform = LmsPlatform.parse(await lms.call('GET', '/platform'))

    const { page } = await launch(
      { baseUrl: lms.baseUrl, platform },
      { as: persona.student, linkId: link.id },
    )

    const code = /#code=([\w-]+)/.exec(page.url)?.[1] ?? ''
    const session = await fetch(`${app.url}/lti/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    })
    const { token } = (await session.json()) as { token: string }
    expect((await call(`/items/${item?.id}`, token)).status).toBe(200)
    const others = await second.client('GET /api/v1/items', { query: { limit: 1 } })
    expect((await call(`/items/${others.data[0]?.id}`, token)).status).toBe(404)
  })

  it('has an LMS that knows nothing of another sandbox’s', async () => {
    const [ours, theirs] = [first, second].map(({ sandbox }) =>
      lmsClient((sandbox.lms?.url ?? '').replace(/\/$/, '')),
    )
    const [tool] = LmsTools.parse(await theirs?.call('GET', '/tools'))

    await theirs?.addLink(tool?.id ?? '', { title: 'Only theirs', url: `${app.url}/lti` })

    const seen = await fetch(`${ours?.baseUrl}/courses/2?as=student`)
    expect(seen.status).toBe(200)
    expect(await seen.text()).not.toContain('Only theirs')
  })
})

describe('nothing is mixed', () => {
  it('a live tenant sees nothing of a sandbox, and a sandbox nothing of it or of another', async () => {
    const ids = [first.sandbox.id, second.sandbox.id]
    const [live, ours, theirs] = [
      await readAll(school.key),
      await readAll(first.sandbox.apiKey),
      await readAll(second.sandbox.apiKey),
    ]

    for (const text of [...live, ...theirs]) expect(text).not.toContain(ids[0])
    for (const text of [...live, ...ours]) expect(text).not.toContain(ids[1])
    for (const text of [...ours, ...theirs]) expect(text).not.toContain('Live resource')
    for (const text of live) expect(text).not.toContain('Synthetic')
    expect(live.join()).toContain('Live resource')
    expect(ours.join()).toContain(ids[0])
  })

  it('another sandbox, or a school, does not find it', async () => {
    for (const key of [second.sandbox.apiKey, school.key]) {
      for (const path of ['', '/faults', '/clock', '/inspections', '/certifications']) {
        const response = await call(`/sandboxes/${first.sandbox.id}${path}`, key)
        expect(response.status).toBe(404)
      }
      const reset = await call(`/sandboxes/${first.sandbox.id}/reset`, key, { method: 'POST' })
      expect(reset.status).toBe(404)
    }
  })

  it('a key of the sandbox can neither invite staff nor register an LMS nor add schools', async () => {
    for (const path of ['/people', '/lti/platforms', '/tenants']) {
      const response = await call(path, first.sandbox.apiKey, { method: 'POST', body: '{}' })
      expect(response.status).toBe(403)
    }
  })
})

describe('reset', () => {
  it('puts data back to a seed with the same ids, and keeps keys', async () => {
    const { client, sandbox } = second
    const before = await client('GET /api/v1/attempts', { query: { limit: 200 } })
    const itemId = before.data[0]?.itemId ?? ''
    await client('POST /api/v1/attempts', { body: { itemId } })
    const users = await client('GET /api/v1/users', { query: { limit: 200 } })

    await client('POST /api/v1/sandboxes/:id/reset', { params: { id: sandbox.id }, body: {} })

    const after = await client('GET /api/v1/attempts', { query: { limit: 200 } })
    const again = await client('GET /api/v1/users', { query: { limit: 200 } })
    expect(after.data.map(({ id }) => id)).toEqual(before.data.map(({ id }) => id))
    expect(after.data[0]?.itemId).toBe(itemId)
    expect(again.data.map(({ id }) => id)).toEqual(users.data.map(({ id }) => id))
  })

  it('makes another school of another seed', async () => {
    const { client, sandbox } = second
    const before = await client('GET /api/v1/users', { query: { limit: 200 } })

    await client('POST /api/v1/sandboxes/:id/reset', {
      params: { id: sandbox.id },
      body: { seed: 'another' },
    })

    const after = await client('GET /api/v1/users', { query: { limit: 200 } })
    const names = (page: typeof before) => page.data.map(({ givenName }) => givenName)
    expect(names(after)).not.toEqual(names(before))
  })
})

describe('fault dial', () => {
  const dial = (faults: object) =>
    first.client('PUT /api/v1/sandboxes/:id/faults', {
      params: { id: first.sandbox.id },
      body: faults,
    })
  const get = () => call('/items?limit=1', first.sandbox.apiKey)

  it('refuses every third call with 429 and every fourth of the rest with 500', async () => {
    await dial({ api: { rate429: 1 / 3 } })
    const statuses = []
    for (let n = 0; n < 6; n++) statuses.push((await get()).status)
    expect(statuses).toEqual([200, 200, 429, 200, 200, 429])

    await dial({ api: { rate500: 0.25 } })
    const answers = []
    for (let n = 0; n < 4; n++) answers.push(await get())
    const last = answers[3]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 500])
    expect(last?.headers.get('edpsych-sandbox-fault')).toBe('rate500')
    expect(last?.headers.get('content-type')).toContain('application/problem+json')
    expect(await last?.json()).toMatchObject({ status: 500, code: 'internal' })
  })

  it('answers 429 with Retry-After and says that it was asked for', async () => {
    await dial({ api: { rate429: 1 } })
    const response = await get()

    expect(response.headers.get('retry-after')).toBe('1')
    expect(response.headers.get('edpsych-sandbox-fault')).toBe('rate429')
    expect(await response.json()).toMatchObject({ code: 'too_many_requests' })
  })

  it('is slow, and lets the credential seem expired', async () => {
    await dial({ api: { slowMs: 300, slowRate: 1 } })
    const startedAt = performance.now()
    const slow = await get()
    const tookMs = performance.now() - startedAt
    await dial({ api: { expiredToken: true } })
    const expired = await get()

    expect(slow.status).toBe(200)
    expect(slow.headers.get('edpsych-sandbox-fault')).toBe('slow')
    expect(tookMs).toBeGreaterThan(290)
    expect(expired.status).toBe(401)
    expect(expired.headers.get('www-authenticate')).toContain('invalid_token')
  })

  it('spares the dial itself, other sandboxes and live tenants', async () => {
    await dial({ api: { rate500: 1, expiredToken: true } })

    expect((await call('/items?limit=1', second.sandbox.apiKey)).status).toBe(200)
    expect((await call('/items?limit=1', school.key)).status).toBe(200)
    expect((await call(`/sandboxes/${first.sandbox.id}`, first.sandbox.apiKey)).status).toBe(200)
    const off = await dial({})
    expect(off).toMatchObject({ api: { rate500: 0, expiredToken: false } })
    expect((await get()).status).toBe(200)
  })

  it('decides over deliveries of webhooks one by one', async () => {
    await dial({ webhooks: { duplicateRate: 0.5, delayMs: 20 } })
    const { deliveryFaults } = app.server.services.sandbox

    expect([1, 2].map(() => deliveryFaults(first.sandbox.id))).toEqual([
      { duplicate: false, outOfOrder: false, delayMs: 20 },
      { duplicate: true, outOfOrder: false, delayMs: 20 },
    ])
    expect(deliveryFaults(school.id)).toBeNull()
    await dial({})
    expect(deliveryFaults(first.sandbox.id)).toBeNull()
  })
})

describe('clock', () => {
  it('goes forward only, and expires the keys of the sandbox alone', async () => {
    const { client, sandbox } = second
    const params = { id: sandbox.id }
    const { key } = await client('POST /api/v1/keys', {
      body: { name: 'Short', scopes: ['items.read'], mode: 'test', expiresInDays: 1 },
    })
    expect((await call('/items', key)).status).toBe(200)

    const moved = await client('PUT /api/v1/sandboxes/:id/clock', {
      params,
      body: { offsetSeconds: 2 * 86_400 },
    })

    expect(Date.parse(moved.now) - Date.now()).toBeGreaterThan(1.9 * 86_400_000)
    expect((await call('/items', key)).status).toBe(401)
    expect((await call('/items', sandbox.apiKey)).status).toBe(200)
    const { now } = app.server.services.sandbox
    expect(now(sandbox.id).getTime() - Date.now()).toBeGreaterThan(1.9 * 86_400_000)
    expect(Math.abs(now(school.id).getTime() - Date.now())).toBeLessThan(60_000)

    const back = await call(`/sandboxes/${sandbox.id}/clock`, sandbox.apiKey, {
      method: 'PUT',
      body: JSON.stringify({ at: new Date().toISOString() }),
    })
    expect(back.status).toBe(422)
    expect(await back.json()).toMatchObject({ code: 'sandbox_clock_behind' })

    await client('POST /api/v1/sandboxes/:id/reset', { params, body: {} })
    expect((await call('/items', key)).status).toBe(200)
  })
})

describe('who may', () => {
  it('a school with the right makes one below it and manages it', async () => {
    const made = await school.client('POST /api/v1/sandboxes', { body: { name: 'Ours' } })
    const list = await school.client('GET /api/v1/sandboxes', { query: {} })

    expect(made.tenant.parentId).toBe(school.id)
    expect(list.data.map(({ id }) => id)).toEqual([made.id])
    await school.client('DELETE /api/v1/sandboxes/:id', { params: { id: made.id } })
    expect((await call('/items', made.apiKey)).status).toBe(401)
  })

  it('deletes everything of a sandbox, the account included', async () => {
    const gone = await signUp()
    const lmsUrl = gone.sandbox.lms?.url ?? ''
    await gone.client('DELETE /api/v1/sandboxes/:id', { params: { id: gone.sandbox.id } })

    const session = await fetch(`${app.url}/api/v1/session`, { headers: { cookie: gone.cookie } })
    expect(session.status).toBe(401)
    expect((await call('/items', gone.sandbox.apiKey)).status).toBe(401)
    expect((await fetch(lmsUrl)).status).toBe(404)
    expect((await fetch(gone.sandbox.inspectorUrl, { method: 'POST' })).status).toBe(404)
  })

  it('refuses the twenty-first sandbox from one address with a sentence', async () => {
    let refused: Response | undefined
    for (let n = 0; n < 25 && !refused; n++) {
      const response = await fetch(`${app.url}/api/v1/sandboxes`, { method: 'POST' })
      if (!response.ok) refused = response
    }

    expect([403, 429]).toContain(refused?.status)
    expect(await refused?.json()).toMatchObject({
      code: expect.stringMatching(/sandbox_limit_reached|too_many_requests/),
      detail: expect.stringMatching(/wait|delete/),
    })
  })
})

it('survives a second of refreshing with its dial', async () => {
  await first.client('PUT /api/v1/sandboxes/:id/faults', {
    params: { id: first.sandbox.id },
    body: { api: { rate429: 0.5 } },
  })
  expect((await call('/items', first.sandbox.apiKey)).status).toBe(200)
  await wait(1300)
  expect((await call('/items', first.sandbox.apiKey)).status).toBe(429)
})
