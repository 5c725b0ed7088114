import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ConnectionModel } from '../../backend/modules/connections/store.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { startVendors, type TestVendors } from '../support/vendors.ts'

// Each thing that can go wrong between two systems: what it is called, whose it is, and that it ends by itself.

const minuteMs = 60_000
const secret = 'a-secret-for-the-events'
let at = Date.now()
let app: TestApp
let vendors: TestVendors
let school: TestTenant
let id: string
let made = 0

beforeAll(async () => {
  vendors = await startVendors()
  app = await startTestApp({}, { now: () => new Date(at) })
  school = await app.addTenant('Faulty School')
})

afterAll(async () => {
  await app.stop()
  await vendors.stop()
})

beforeEach(async () => {
  await vendors.reset('moodle')
  id = await connect(school)
  await school.client('POST /api/v1/connections/:id/activate', { params: { id }, body: {} })
})

async function connect(tenant: TestTenant): Promise<string> {
  made += 1
  const name = `Moodle ${made}`
  const token = String((await vendors.paste('moodle'))['Web service token'])
  const connection = await tenant.client('POST /api/v1/connections', {
    body: {
      connectorId: 'moodle',
      name,
      config: { url: vendors.urlOf('moodle') },
      credentials: { token, webhookSecret: secret },
    },
  })
  return connection.id
}

async function check(): Promise<void> {
  await school.client('POST /api/v1/connections/:id/checks', { params: { id } })
  await app.server.services.monitoring.runDue({ atMost: 1 })
}

async function problems() {
  const { data } = await school.client('GET /api/v1/problems', { query: { connectionId: id } })
  return data
}

/** Checks every two minutes until there is a problem of the cause, a few times at most. */
async function untilProblem(cause: string) {
  for (let tries = 0; tries < 6; tries++) {
    await check()
    const found = (await problems()).find((problem) => problem.cause === cause)
    if (found) return found
    at += 2 * minuteMs
  }
  throw new Error(`no problem ${cause}, but ${(await problems()).map((one) => one.cause)}`)
}

/** Settings that are saved anew begin with a breaker that is closed, so that the test need not wait for it. */
async function saveAnew(): Promise<void> {
  await school.client('PATCH /api/v1/connections/:id', {
    params: { id },
    body: { config: { url: `${vendors.urlOf('moodle')}/` } },
  })
}

describe('a vendor', () => {
  it.each([
    ['is down', { down: true }, 'unavailable', 'vendor'],
    ['is slow', { slowMs: 5100 }, 'slow', 'vendor'],
    ['lies: 200 with an error page', { lying: true }, 'not_what_it_says', 'vendor'],
    ['limits rates', { rateLimited: true, retryAfterSeconds: 1 }, 'rate_limited', 'vendor'],
    ['does not know the credentials any more', { expiredCredentials: true }, 'forbidden', 'school'],
    ['changed its schema', { changedSchema: true }, 'schema_changed', 'us'],
    ['has a clock that is ahead', { clockSkewSeconds: 900 }, 'clock_skew', 'vendor'],
    ['has a clock that is behind', { clockSkewSeconds: -900 }, 'clock_skew', 'vendor'],
  ])(
    'that %s is a problem with an owner and an end',
    async (_name, dials, cause, owner) => {
      await vendors.dial('moodle', dials)

      const problem = await untilProblem(cause)

      expect(problem).toMatchObject({ status: 'open', owner, connectionId: id })
      expect(problem.evidence.length).toBeGreaterThan(0)
      expect(problem.whatToDo.length).toBeGreaterThan(0)

      await vendors.reset('moodle')
      await saveAnew()
      for (let n = 0; n < 6; n++) {
        at += 20 * minuteMs
        await check()
      }

      const after = await problems()
      expect(after.map(({ status }) => status)).toEqual(after.map(() => 'resolved'))
      expect(after.find((one) => one.id === problem.id)).toMatchObject({ resolvedBy: 'recovery' })
      const { health } = await school.client('GET /api/v1/connections/:id', { params: { id } })
      expect(health.state).toBe('ok')
    },
    90_000,
  )

  it('that sends everything twice is no problem, and each message counts once', async () => {
    const body = JSON.stringify({
      eventname: '\\core\\event\\course_updated',
      objectid: '7',
      timecreated: Math.floor(at / 1000),
    })
    const post = () =>
      fetch(`${app.url}/hooks/${id}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}` },
        body,
      })

    const answers = [await post(), await post()]

    expect(answers.map(({ status }) => status)).toEqual([202, 202])
    const told = async () =>
      (
        await school.client('GET /api/v1/events', {
          query: { type: 'connection.source_changed', limit: 100 },
        })
      ).data.length
    await expect.poll(told).toBe(1)
    expect(await problems()).toEqual([])
  })
})

it('1,000 connections that fail at once are a handful of alerts', async () => {
  const big = await app.addTenant('Thousandfold')
  for (let n = 0; n < 1000; n += 25)
    await Promise.all(Array.from({ length: 25 }, () => connect(big)))
  await ConnectionModel.updateMany({ tenantId: big.id }, { $set: { state: 'active' } })
  const { monitoring } = app.server.services
  await vendors.dial('moodle', { down: true })
  await monitoring.reconcile()

  const openProblems = async () =>
    (await big.client('GET /api/v1/problems/summary', { query: {} })).unresolved
  for (let round = 0; round < 6 && (await openProblems()) < 1000; round++) {
    at += 6 * minuteMs
    await monitoring.runDue()
  }

  expect(await openProblems()).toBe(1000)
  const alerts = async () =>
    (await big.client('GET /api/v1/alerts', { query: { limit: 100 } })).data.length
  // Slowly past the pause in which alerts gather, for with the time new checks come due.
  await expect
    .poll(
      async () => {
        at += minuteMs / 6
        return alerts()
      },
      { timeout: 120_000, interval: 1000 },
    )
    .toBeGreaterThan(0)
  for (let n = 0; n < 5; n++) {
    at += 5 * minuteMs
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
  expect(await alerts()).toBeLessThanOrEqual(5)
}, 240_000)
