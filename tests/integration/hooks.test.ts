import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ConnectionModel } from '../../backend/modules/connections/store.ts'
import { createHooksModule, type SourceChange } from '../../backend/modules/hooks/index.ts'
import { LineModel } from '../../backend/modules/hooks/line-store.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { startVendors, type TestVendors } from '../support/vendors.ts'

const secret = 'a-secret-for-the-events'
const minuteMs = 60_000
let at = Date.now()
let app: TestApp
let vendors: TestVendors
let school: TestTenant
let id: string
let made = 0
let posted = 0

beforeAll(async () => {
  vendors = await startVendors()
  app = await startTestApp({}, { now: () => new Date(at) })
  school = await app.addTenant('Hooked School')
})

afterAll(async () => {
  await app.stop()
  await vendors.stop()
})

beforeEach(async () => {
  at = Date.now()
  await vendors.reset('moodle')
  await vendors.reset('canvas')
  made += 1
  const token = String((await vendors.paste('moodle'))['Web service token'])
  const connection = await school.client('POST /api/v1/connections', {
    body: {
      connectorId: 'moodle',
      name: `Moodle ${made}`,
      config: { url: vendors.urlOf('moodle') },
      credentials: { token, webhookSecret: secret },
    },
  })
  id = connection.id
  await school.client('POST /api/v1/connections/:id/activate', { params: { id }, body: {} })
})

function event(more: object = {}) {
  posted += 1
  return {
    eventname: '\\core\\event\\course_updated',
    objectid: String(posted),
    timecreated: Math.floor(at / 1000),
    ...more,
  }
}

function post(body: string | object, { to = id, token = secret } = {}): Promise<Response> {
  return fetch(`${app.url}/hooks/${to}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

async function changesOf(connectionId: string): Promise<number> {
  const { data } = await school.client('GET /api/v1/events', {
    query: { type: 'connection.source_changed', limit: 100 },
  })
  return data.filter((one) => JSON.stringify(one.data).includes(connectionId)).length
}

async function problemOf(cause: string) {
  const { data } = await school.client('GET /api/v1/problems', {
    query: { connectionId: id, status: 'open' },
  })
  return data.find((problem) => problem.cause === cause)
}

const acts = async () =>
  (await school.client('GET /api/v1/connections/:id/acts', { params: { id }, query: {} })).data

describe('a message of another system', () => {
  it('is taken and becomes an event', async () => {
    const answer = await post(event())

    expect(answer.status).toBe(202)
    expect(await answer.text()).toBe('')
    await expect.poll(() => changesOf(id)).toBe(1)
  })

  it('counts once, however often and at once it is sent', async () => {
    const same = event()

    const answers = await Promise.all(Array.from({ length: 8 }, () => post(same)))
    await post(same)

    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(202))
    await expect.poll(() => changesOf(id)).toBe(1)
    await app.server.services.events.relay()
    expect(await changesOf(id)).toBe(1)
  })

  it('says of which course it is, in the event', async () => {
    await post(event({ eventname: '\\core\\event\\user_enrolment_created', courseid: '2' }))

    await expect.poll(() => changesOf(id)).toBe(1)
    const { data } = await school.client('GET /api/v1/events', {
      query: { type: 'connection.source_changed', limit: 100 },
    })
    const mine = data.find((one) => JSON.stringify(one.data).includes(id))
    expect(mine?.data).toMatchObject({ capability: 'courses', change: 'members', courseId: '2' })
  })

  it('that comes after a newer one about the same thing is no news', async () => {
    const enrolment = { objecttable: 'user_enrolments', objectid: '12', courseid: '2' }
    const created = { ...enrolment, eventname: '\\core\\event\\user_enrolment_created' }
    const deleted = { ...enrolment, eventname: '\\core\\event\\user_enrolment_deleted' }
    const seconds = Math.floor(at / 1000)

    const answers = [
      await post(event({ ...deleted, timecreated: seconds - 10 })),
      await post(event({ ...created, timecreated: seconds - 60 })),
      await post(event({ ...created, objectid: '13', timecreated: seconds - 60 })),
    ]

    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202])
    await expect.poll(() => changesOf(id)).toBe(2)
    await app.server.services.events.relay()
    expect(await changesOf(id)).toBe(2)
  })

  it('that was caught is good for no other connection, and not for ever', async () => {
    const other = await app.addTenant(`Other School ${made}`)
    const token = String((await vendors.paste('moodle'))['Web service token'])
    const { id: theirs } = await other.client('POST /api/v1/connections', {
      body: {
        connectorId: 'moodle',
        name: 'Theirs',
        config: { url: vendors.urlOf('moodle') },
        credentials: { token, webhookSecret: 'the-secret-of-the-others' },
      },
    })
    await other.client('POST /api/v1/connections/:id/activate', {
      params: { id: theirs },
      body: {},
    })
    const caught = event()
    expect((await post(caught)).status).toBe(202)

    expect((await post(caught, { to: theirs })).status).toBe(401)
    expect((await post(caught)).status).toBe(202)
    at += 8 * 24 * 60 * minuteMs
    expect((await post(caught)).status).toBe(401)

    await expect.poll(() => changesOf(id)).toBe(1)
    const { data } = await other.client('GET /api/v1/events', {
      query: { type: 'connection.source_changed', limit: 100 },
    })
    expect(data).toEqual([])
  })

  it('is refused without the secret, and a person is told after several', async () => {
    for (let n = 0; n < 4; n++) expect((await post(event(), { token: 'wrong' })).status).toBe(401)
    expect(await problemOf('webhook_refused')).toBeUndefined()

    expect((await post(event(), { token: 'wrong' })).status).toBe(401)

    expect(await problemOf('webhook_refused')).toMatchObject({ owner: 'school', status: 'open' })
    expect(await changesOf(id)).toBe(0)
    await post(event())
    expect(await problemOf('webhook_refused')).toBeUndefined()
  })

  it('from the future shows that a clock is wrong, until one comes that can be right', async () => {
    const early = await post(event({ timecreated: Math.floor(at / 1000) + 600 }))

    expect(early.status).toBe(401)
    expect(await problemOf('clock_skew')).toMatchObject({
      owner: 'vendor',
      severity: 'warning',
    })
    await post(event())
    expect(await problemOf('clock_skew')).toBeUndefined()
  })

  it.each([
    ['that does not exist', () => `con_${'0'.repeat(26)}`],
    ['that is no id', () => 'con_..%2f'],
    ['of a system that sends none', () => withoutHooks()],
    ['without a secret set', () => withoutSecret()],
  ])('to a connection %s is not found, and all look alike', async (_name, make) => {
    const to = await make()

    const answer = await post(event(), { to })

    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({
      code: 'not_found',
      detail: 'Nothing at this address takes messages',
    })
  })

  it('that is too large is refused before it is looked at', async () => {
    expect((await post('x'.repeat(300_000))).status).toBe(413)
  })

  it('is slowed down for its own connection alone', async () => {
    const to = `con_${'1'.repeat(26)}`
    const answers = await Promise.all(Array.from({ length: 320 }, () => post('{}', { to })))

    const limited = answers.filter(({ status }) => status === 429)
    expect(limited.length).toBeGreaterThan(0)
    expect(limited[0]?.headers.get('retry-after')).toBe('60')
    expect((await post(event())).status).toBe(202)
  })
})

it('a message brings the next synchronisation forward', async () => {
  const params = { id }
  const runs = async () =>
    (await school.client('GET /api/v1/connections/:id/syncs', { params, query: {} })).data
  await school.client('POST /api/v1/connections/:id/syncs', { params, body: {} })
  const statuses = async () => (await runs()).map(({ status, trigger }) => `${trigger} ${status}`)
  await expect.poll(statuses, { timeout: 20_000 }).toEqual(['person succeeded'])
  const nextAt = async () => {
    const { sync } = await school.client('GET /api/v1/connections/:id', { params })
    return sync.nextAt === null ? Number.POSITIVE_INFINITY : Date.parse(sync.nextAt)
  }
  // The run is told to have ended before the next one is planned.
  const isFarAway = async () => {
    const next = await nextAt()
    return next > at + 10 * minuteMs && next < Number.POSITIVE_INFINITY
  }
  await expect.poll(isFarAway).toBe(true)

  for (let n = 0; n < 5; n++) await post(event())

  await expect.poll(nextAt).toBeLessThanOrEqual(at + 6 * minuteMs)
  at += 7 * minuteMs
  await app.server.services.sync.runDue()
  await expect
    .poll(statuses, { timeout: 20_000 })
    .toEqual(['webhook succeeded', 'person succeeded'])
}, 60_000)

describe('a message about one course', () => {
  async function firstRun(): Promise<void> {
    const params = { id }
    await school.client('POST /api/v1/connections/:id/syncs', { params, body: {} })
    await expect.poll(statuses, { timeout: 20_000 }).toEqual(['person succeeded'])
    await expect.poll(nextInMs).toBeGreaterThan(10 * minuteMs)
  }

  const runs = async () =>
    (
      await school.client('GET /api/v1/connections/:id/syncs', {
        params: { id },
        query: { sort: '-createdAt' },
      })
    ).data
  const statuses = async () => (await runs()).map(({ status, trigger }) => `${trigger} ${status}`)
  const nextInMs = async () => {
    const { sync } = await school.client('GET /api/v1/connections/:id', { params: { id } })
    return Date.parse(sync.nextAt ?? '') - at
  }

  async function runByMessage(more: object): Promise<void> {
    await post(event({ eventname: '\\core\\event\\user_enrolment_deleted', ...more }))
    await expect.poll(nextInMs).toBeLessThanOrEqual(6 * minuteMs)
    at += 7 * minuteMs
    await app.server.services.sync.runDue()
    await expect
      .poll(statuses, { timeout: 20_000 })
      .toEqual(['webhook succeeded', 'person succeeded'])
  }

  it('fetches just that one, and removes who left it', async () => {
    await vendors.dial('moodle', { users: 200 })
    await firstRun()
    const [first] = await runs()
    await vendors.dial('moodle', { day: 30 })
    at += 5 * 60 * minuteMs

    await runByMessage({ courseid: '2' })

    const [second] = await runs()
    expect(first?.counts.classes.seen).toBeGreaterThan(5)
    expect(second).toMatchObject({ full: false })
    expect(second?.counts.classes.seen).toBe(1)
    expect(second?.counts.enrollments.created).toBeGreaterThan(0)
    expect(second?.counts.enrollments.removed).toBeGreaterThan(0)
    expect(second?.counts.users.removed).toBe(0)
    const { data } = await school.client('GET /api/v1/enrollments', {
      query: { classSourcedId: `${id}:2`, limit: 200 },
    })
    const { seen = -1, leftOut = 0 } = second?.counts.enrollments ?? {}
    expect(data).toHaveLength(seen - leftOut)
    // The whole one is due about when it was: a day after the first, not after this one, give or take a tenth.
    expect(await nextInMs()).toBeLessThan(21.5 * 60 * minuteMs)
  }, 60_000)

  it('that is deleted fetches everything, within the limit on removals', async () => {
    await firstRun()

    await runByMessage({ eventname: '\\core\\event\\course_deleted', courseid: '2' })

    expect((await runs())[0]).toMatchObject({ full: true })
  }, 60_000)

  it('that never came fetches everything, since it may lie outside of what is read', async () => {
    await firstRun()

    await runByMessage({ courseid: '777' })

    expect((await runs())[0]).toMatchObject({ full: true })
  }, 60_000)
})

describe('Live Events of Canvas', () => {
  it('are taken once although they are sent twice, and refused when its clock is ahead', async () => {
    const canvas = vendors.urlOf('canvas')
    const paste = await vendors.paste('canvas')
    const connection = await school.client('POST /api/v1/connections', {
      body: {
        connectorId: 'canvas',
        name: `Canvas ${made}`,
        config: { url: canvas, liveEventsKeys: `${canvas}/api/v1/live_events/jwks` },
        credentials: {
          clientId: paste['Client ID of the developer key'],
          clientSecret: paste['Key of the developer key'],
        },
      },
    })
    id = connection.id
    await putToUse(id)
    await ask(`${canvas}/api/v1/live_events/subscription`, 'PUT', { url: `${app.url}/hooks/${id}` })
    await vendors.dial('canvas', { duplicateWebhooks: true })

    const first = await ask(`${canvas}/api/v1/live_events/events`, 'POST', {})

    expect(first).toEqual({ statuses: [202, 202] })
    await expect.poll(() => changesOf(id)).toBe(1)

    await vendors.dial('canvas', { clockSkewSeconds: 900, duplicateWebhooks: false })
    const skewed = await ask(`${canvas}/api/v1/live_events/events`, 'POST', {})

    expect(skewed).toEqual({ statuses: [401] })
    expect(await problemOf('clock_skew')).toBeDefined()

    await vendors.dial('canvas', { clockSkewSeconds: 0 })
    const right = await ask(`${canvas}/api/v1/live_events/events`, 'POST', {})
    expect(right).toEqual({ statuses: [202] })
    expect(await problemOf('clock_skew')).toBeUndefined()
  })
})

describe('messages that stay away', () => {
  async function hearRegularly(): Promise<void> {
    for (let n = 0; n < 8; n++) {
      expect((await post(event())).status).toBe(202)
      at += 20 * minuteMs
    }
  }

  it('make us ask by ourselves, and come back', async () => {
    const asked: SourceChange[] = []
    app.server.services.hooks.onSourceChange(async (_ctx, change) => {
      if (change.connectionId === id) asked.push(change)
    })
    const { watch } = app.server.services.hooks
    await hearRegularly()
    await watch()
    expect(await problemOf('webhooks_stopped')).toBeUndefined()

    at += 3 * 60 * minuteMs
    await watch()
    await watch()

    expect(await problemOf('webhooks_stopped')).toMatchObject({ owner: 'vendor' })
    expect(asked.filter(({ reason }) => reason === 'polling')).toEqual([
      { connectionId: id, capability: 'courses', reason: 'polling' },
    ])
    expect(await acts()).toMatchObject([
      {
        act: 'fall-back-to-polling',
        result: 'worked',
        before: 'The other system told us about changes.',
        after: 'We ask for changes every 20 minutes.',
      },
    ])
    at += 21 * minuteMs
    await watch()
    expect(asked.filter(({ reason }) => reason === 'polling')).toHaveLength(2)

    await post(event())

    expect(await problemOf('webhooks_stopped')).toBeUndefined()
    expect((await acts())[0]).toMatchObject({ act: 'resume', result: 'worked' })
    at += 30 * minuteMs
    await watch()
    expect(asked.filter(({ reason }) => reason === 'polling')).toHaveLength(2)
  })

  it('are no matter once the connection is paused', async () => {
    await hearRegularly()
    await school.client('POST /api/v1/connections/:id/pause', { params: { id }, body: {} })
    at += 24 * 60 * minuteMs

    await app.server.services.hooks.watch()

    expect(await problemOf('webhooks_stopped')).toBeUndefined()
    expect(await LineModel.countDocuments({ _id: id, tenantId: school.id })).toBe(0)
  })

  it('are ordered anew where the other system lets us', async () => {
    const subscribed: string[] = []
    const recorded: object[] = []
    const hooks = createHooksModule({
      connections: {
        listWorking: async () => [],
        findWorking: async (connectionId) => ({
          id: connectionId,
          tenantId: school.id,
          connectorId: 'moodle',
          kind: 'lms',
          state: 'active',
          capabilities: ['webhook.receive'],
        }),
        open: async (ctx, connectionId) => {
          const opened = await app.server.services.connections.open(ctx, connectionId, {
            signal: new AbortController().signal,
            purpose: 'test',
          })
          const subscribe = async (_ctx: unknown, url: string) => void subscribed.push(url)
          const receive = async () => []
          const capabilities = { webhook: { receive, subscribe } }
          return { ...opened, connector: { ...opened.connector, capabilities } }
        },
      },
      problems: {
        report: async () => undefined,
        recovered: async () => undefined,
        recordAct: async (_ctx, act) => void recorded.push(act),
      },
      clocks: { messageIsWrong: async () => undefined, messageIsRight: async () => undefined },
      publicUrl: 'https://connect.example',
      log: { info: () => undefined, warn: () => undefined },
      now: () => new Date(at),
    })
    await hearRegularly()
    at += 3 * 60 * minuteMs

    await hooks.watch()

    expect(subscribed).toEqual([`https://connect.example/hooks/${id}`])
    expect(recorded).toMatchObject([
      { act: 'resubscribe', result: 'worked' },
      { act: 'fall-back-to-polling' },
    ])
  })
})

async function ask(url: string, method: string, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url, { method, headers, body: JSON.stringify(body) })
  return answer.json()
}

async function putToUse(connectionId: string): Promise<void> {
  // Consent in the browser has tests of its own; messages are signed and need none.
  await ConnectionModel.updateOne(
    { _id: connectionId, tenantId: school.id },
    { $set: { state: 'active' } },
  )
}

async function withoutHooks(): Promise<string> {
  const { id: oak } = await school.client('POST /api/v1/connections', {
    body: { connectorId: 'oak', name: `Oak ${made}`, config: {} },
  })
  await putToUse(oak)
  return oak
}

async function withoutSecret(): Promise<string> {
  const token = String((await vendors.paste('moodle'))['Web service token'])
  const { id: plain } = await school.client('POST /api/v1/connections', {
    body: {
      connectorId: 'moodle',
      name: `Plain ${made}`,
      config: { url: vendors.urlOf('moodle') },
      credentials: { token },
    },
  })
  await putToUse(plain)
  return plain
}
