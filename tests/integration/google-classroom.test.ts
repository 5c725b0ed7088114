import { generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { OrderModel } from '../../backend/modules/hooks/order-store.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { connectClassroom } from '../support/classroom-connection.ts'
import { createStaffBrowser, type StaffBrowser } from '../support/staff-browser.ts'
import { ended } from '../support/synced.ts'
import { startVendors, type TestVendors } from '../support/vendors.ts'

// A connection to the local Google Classroom, from consent to messages.

const dayMs = 86_400_000
const courseId = '600000000002'
let app: TestApp
let vendors: TestVendors
let base: string
let admin: StaffBrowser
let id: string
let made = 0
let ahead = 0

beforeAll(async () => {
  vendors = await startVendors()
  base = vendors.urlOf('google-classroom')
  app = await startTestApp({}, { now: () => new Date(Date.now() + ahead) })
  admin = createStaffBrowser(app.url)
  await admin.signIn('admin@test.example', 'a long test passphrase')
}, 60_000)
afterAll(async () => {
  await app.stop()
  await vendors.stop()
})

const at = (path = '') => `/api/v1/connections/${id}${path}`

async function ask(path: string, init: { method?: string; body?: object } = {}) {
  const { method = 'GET', body } = init
  const answer = await fetch(base + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  return answer.json()
}

beforeEach(async () => {
  ahead = 0
  made += 1
  await vendors.reset('google-classroom')
  const paste = await vendors.paste('google-classroom')
  id = await connectClassroom(admin, base.replace('/google-classroom', ''), {
    name: `Classroom ${made}`,
    config: { topic: paste['Pub/Sub topic'], pushAccount: paste['Push service account'] },
  })
  await ask('/pubsub/subscription', {
    method: 'PUT',
    body: { pushEndpoint: `${app.url}/hooks/${id}` },
  })
})

async function sync(full: boolean) {
  const { body } = await admin.call(`POST ${at('/syncs')}`, { body: { full } })
  const client = async (_key: string, { params }: { params: { id: string } }) =>
    (await admin.call(`GET /api/v1/syncs/${params.id}`)).body
  // A person's session speaks the same language as a key.
  return ended({ client: client as never }, body.id)
}

const registrations = () =>
  ask('/pubsub/registrations') as Promise<{ registrationId: string; expiresAt: number }[]>

async function changes(): Promise<unknown[]> {
  const { body } = await admin.call('GET /api/v1/events?type=connection.source_changed&limit=100')
  return body.data
    .map(({ data }: { data: { connectionId: string } }) => data)
    .filter(({ connectionId }: { connectionId: string }) => connectionId === id)
}

it('takes courses, people and what is set over, twice with the same result', async () => {
  const first = await sync(false)
  const second = await sync(true)

  expect(first.error).toBeNull()
  expect(first).toMatchObject({ status: 'succeeded', capability: 'courses.pull' })
  expect(first.counts.enrollments.created).toBeGreaterThan(5)
  expect(first.counts.assignments.created).toBeGreaterThan(1)
  expect(second.counts.enrollments).toMatchObject({ created: 0, updated: 0, removed: 0 })
  expect(second.counts.assignments).toMatchObject({ created: 0, updated: 0, removed: 0 })
}, 60_000)

describe('messages', () => {
  const publish = () =>
    ask('/pubsub/publish', {
      method: 'POST',
      body: { courseId, userId: '100000000000000000011', event: 'DELETED' },
    }) as Promise<{ statuses: number[] }>

  it('are registered for, and renewed long before a week is over', async () => {
    const order = () => OrderModel.findOne({ _id: id }, {}, { acrossTenants: 'of a test' }).lean()
    await app.server.services.hooks.renew()
    const ordered = await registrations()
    const first = await order()
    ahead = 2 * dayMs
    await app.server.services.hooks.renew()
    const between = await order()
    ahead = 4 * dayMs
    await vendors.dial('google-classroom', { clockSkewSeconds: dayMs / 1000 })
    await app.server.services.hooks.renew()
    const renewed = await order()

    expect(between?.renewAt).toEqual(first?.renewAt)
    expect(Number(renewed?.renewAt) - Number(first?.renewAt)).toBeGreaterThan(3 * dayMs)
    // The same ones, for longer.
    const now = await registrations()
    expect(now.map(({ registrationId }) => registrationId)).toEqual(
      ordered.map(({ registrationId }) => registrationId),
    )
    expect(Number(now[0]?.expiresAt) - Number(ordered[0]?.expiresAt)).toBeGreaterThan(dayMs / 2)
  }, 60_000)

  it('are taken once, and say which course they are about', async () => {
    await app.server.services.hooks.renew()
    await vendors.dial('google-classroom', { duplicateWebhooks: true })

    const { statuses } = await publish()

    expect(statuses).toEqual([202, 202])
    await expect.poll(changes).toHaveLength(1)
    expect(await changes()).toMatchObject([{ capability: 'courses', change: 'members', courseId }])
  }, 60_000)

  it('that cannot be ordered are told of, and asked for again', async () => {
    await vendors.dial('google-classroom', { down: true })
    await app.server.services.hooks.renew()
    await vendors.dial('google-classroom', { down: false })
    expect(await registrations()).toEqual([])

    const { body } = await admin.call(`GET ${at('/acts')}`)
    expect(body.data[0]).toMatchObject({ act: 'resubscribe', result: 'failed' })
    ahead = 61 * 60_000
    await app.server.services.hooks.renew()
    expect((await registrations()).length).toBeGreaterThan(1)
  }, 60_000)
})

describe('a message that is not genuine', () => {
  const body = () => ({
    message: {
      data: Buffer.from(
        JSON.stringify({
          collection: 'courses.students',
          eventType: 'CREATED',
          resourceId: { courseId, userId: '1' },
        }),
      ).toString('base64'),
      messageId: `m-${Math.random()}`,
      publishTime: new Date().toISOString(),
    },
    subscription: 'projects/p/subscriptions/s',
  })

  const post = (authorization: string | undefined, sent: object = body()) =>
    fetch(`${app.url}/hooks/${id}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
      body: JSON.stringify(sent),
    })

  it.each([
    ['for another address', { audience: 'https://elsewhere.example/hooks/con_other' }],
    ['of another account', { serviceAccountEmail: 'someone@else.iam.gserviceaccount.com' }],
  ])(
    '%s is refused',
    async (_, change) => {
      await app.server.services.hooks.renew()
      await ask('/pubsub/subscription', {
        method: 'PUT',
        body: { pushEndpoint: `${app.url}/hooks/${id}`, ...change },
      })

      const { statuses } = (await ask('/pubsub/publish', {
        method: 'POST',
        body: { courseId },
      })) as { statuses: number[] }

      expect(statuses).toHaveLength(1)
      expect(statuses[0]).toBeGreaterThanOrEqual(400)
      expect(await changes()).toEqual([])
    },
    60_000,
  )

  const claims = () => ({
    email: 'classroom-push@edpsych-sandbox.iam.gserviceaccount.com',
    email_verified: true,
  })

  it('that somebody else signed is refused', async () => {
    const { privateKey } = await generateKeyPair('RS256')
    const jwt = await new SignJWT(claims())
      .setProtectedHeader({ alg: 'RS256', kid: 'mine' })
      .setIssuer(base)
      .setAudience(`${app.url}/hooks/${id}`)
      .setExpirationTime('1h')
      .sign(privateKey)

    expect((await post(`Bearer ${jwt}`)).status).toBeGreaterThanOrEqual(400)
    expect(await changes()).toEqual([])
  })

  it('without a signature, or with none at all, is refused', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const exp = Math.floor(Date.now() / 1000) + 600
    const payload = { ...claims(), iss: base, aud: `${app.url}/hooks/${id}`, exp }
    const unsigned = `${part({ alg: 'none' })}.${part(payload)}.`

    expect((await post(`Bearer ${unsigned}`)).status).toBeGreaterThanOrEqual(400)
    expect((await post(undefined)).status).toBeGreaterThanOrEqual(400)
    expect(await changes()).toEqual([])
  })

  it('whose time is over is refused', async () => {
    await app.server.services.hooks.renew()
    await vendors.dial('google-classroom', { clockSkewSeconds: -7200 })

    const { statuses } = (await ask('/pubsub/publish', {
      method: 'POST',
      body: { courseId },
    })) as { statuses: number[] }

    expect(statuses[0]).toBeGreaterThanOrEqual(400)
    expect(await changes()).toEqual([])
  }, 60_000)
})
