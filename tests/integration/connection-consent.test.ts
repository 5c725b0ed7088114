import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemContext } from '../../backend/core/tenancy.ts'
import { ConnectionModel } from '../../backend/modules/connections/store.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { type SecondServer, startSecondServer } from '../support/second-server.ts'
import { createStaffBrowser, type StaffBrowser } from '../support/staff-browser.ts'
import { startVendors, type TestVendors } from '../support/vendors.ts'

const masterKey = Buffer.alloc(32, 7).toString('base64')
const password = 'a long test passphrase'
let app: TestApp
let other: SecondServer
let vendors: TestVendors
let admin: StaffBrowser
let tenantId: string
let id: string
let made = 0

beforeAll(async () => {
  vendors = await startVendors()
  app = await startTestApp({ EDPSYCH_MASTER_KEY: masterKey })
  other = await startSecondServer({ EDPSYCH_MASTER_KEY: masterKey })
  admin = await signedIn()
}, 60_000)
afterAll(async () => {
  await other.stop()
  await app.stop()
  await vendors.stop()
})

beforeEach(async () => {
  await vendors.reset('canvas')
  made += 1
  const paste = await vendors.paste('canvas')
  const { status, body } = await admin.call('POST /api/v1/connections', {
    body: {
      connectorId: 'canvas',
      name: `Canvas ${made}`,
      config: { url: vendors.urlOf('canvas') },
      credentials: {
        clientId: paste['Client ID of the developer key'],
        clientSecret: paste['Key of the developer key'],
      },
    },
  })
  expect(status).toBe(201)
  id = body.id
  tenantId = body.tenantId
})

// Its checks would ask the next test's Canvas for tokens.
afterEach(() => admin.call(`DELETE /api/v1/connections/${id}`))

async function signedIn(): Promise<StaffBrowser> {
  const browser = createStaffBrowser(app.url)
  await browser.signIn('admin@test.example', password)
  return browser
}

/** The way of a person: to the consent page, its form, and back; answers the address that comes back. */
async function consent(decision = 'authorize'): Promise<string> {
  const { status, body } = await admin.call(`POST /api/v1/connections/${id}/authorise`)
  expect(status).toBe(200)
  const url = new URL(body.authorizationUrl)
  expect((await fetch(url)).status).toBe(200)
  const answer = await fetch(`${vendors.urlOf('canvas')}/login/oauth2/accept`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams([...url.searchParams, ['decision', decision]]),
  })
  return answer.headers.get('location') ?? ''
}

const comeBack = (address: string, browser = admin) => {
  const { pathname, search } = new URL(address)
  return browser.call(`GET ${pathname}${search}`)
}

async function authorised(): Promise<void> {
  const { status } = await comeBack(await consent())
  expect(status).toBe(303)
  const { status: activated } = await admin.call(`POST /api/v1/connections/${id}/activate`, {
    body: {},
  })
  expect(activated).toBe(200)
}

const read = async () => (await admin.call(`GET /api/v1/connections/${id}`)).body

/** The token ran out a while ago, as the product believes. */
async function runOut(): Promise<void> {
  const then = new Date(Date.now() - 60_000)
  await ConnectionModel.updateOne(
    { _id: id, tenantId },
    { $set: { 'authorisation.refreshAt': then, 'authorisation.expiresAt': then } },
  )
}

async function refreshesAsked(): Promise<number> {
  const requests = await vendors.requests('canvas')
  return requests.filter(({ path }) => path.includes('/login/oauth2/token')).length
}

const check = () =>
  app.server.services.connections.check(
    systemContext(tenantId, 'test'),
    id,
    AbortSignal.timeout(40_000),
  )

describe('the consent of a person', () => {
  it('is needed before a connection can be used, and is enough', async () => {
    const before = await read()
    const { body: refused } = await admin.call(`POST /api/v1/connections/${id}/activate`, {
      body: {},
    })
    await authorised()
    const after = await read()

    expect(before.authorisation).toMatchObject({ state: 'needed' })
    expect(refused).toMatchObject({ code: 'connection_test_failed' })
    expect(refused.detail).toContain('Authorise')
    expect(after).toMatchObject({ state: 'active', authorisation: { state: 'granted' } })
  })

  it('that is declined, forged, too late or brought twice changes nothing', async () => {
    const declined = await comeBack(await consent('no'))
    const good = await consent()
    const forged = new URL(good)
    forged.searchParams.set('state', `${forged.searchParams.get('state')?.slice(0, -4)}AAAA`)
    const wrong = await comeBack(forged.href)
    expect((await read()).authorisation.state).toBe('needed')
    const first = await comeBack(good)
    const second = await comeBack(good)

    expect(declined).toMatchObject({ status: 400 })
    expect(declined.body).toContain('declined')
    expect(wrong).toMatchObject({ status: 400 })
    expect(first.status).toBe(303)
    expect(second.status).toBe(400)
  })

  it('counts only in the browser in which it was begun', async () => {
    const address = await consent()
    const elsewhere = await comeBack(address, await signedIn())
    const stranger = await comeBack(address, createStaffBrowser(app.url))

    expect(elsewhere.status).toBe(400)
    expect(stranger.status).toBe(400)
    expect((await read()).authorisation.state).toBe('needed')
  })

  it('is no matter of programs, nor of connectors that need none', async () => {
    const { body: moodle } = await admin.call('POST /api/v1/connections', {
      body: {
        connectorId: 'moodle',
        name: `Moodle ${made}`,
        config: { url: 'https://moodle.example' },
      },
    })
    const refused = await admin.call(`POST /api/v1/connections/${moodle.id}/authorise`)

    expect(refused).toMatchObject({ status: 409, body: { code: 'connection_not_oauth' } })
  })
})

describe('an access token', () => {
  it('that ran out is replaced once, however many ask in two processes', async () => {
    await authorised()
    const { body: key } = await admin.call('POST /api/v1/keys', {
      body: { name: `Tests ${made}`, scopes: ['connections.write'] },
    })
    const before = await refreshesAsked()
    await runOut()

    const fromOther = fetch(`${other.url}/api/v1/connections/${id}/test`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key.key}` },
    })
    const reports = await Promise.all(Array.from({ length: 8 }, check))
    const answer = await fromOther

    expect(reports.map(({ state }) => state)).toEqual(Array(8).fill('ok'))
    expect(await answer.json()).toMatchObject({ ok: true })
    expect((await refreshesAsked()) - before).toBe(1)
  })

  it('is replaced in good time by the job', async () => {
    await authorised()
    const before = await refreshesAsked()
    const soon = new Date(Date.now() - 1)
    await ConnectionModel.updateOne(
      { _id: id, tenantId },
      { $set: { 'authorisation.refreshAt': soon } },
    )
    const [job] = app.server.services.connections.jobs
    await job?.run(
      systemContext('platform', 'test'),
      {},
      {
        signal: AbortSignal.timeout(20_000),
        progress() {},
        attempt: 1,
        jobId: 'job',
      },
    )

    expect((await refreshesAsked()) - before).toBe(1)
  })

  it('is replaced by somebody else where a refresher was killed', async () => {
    await authorised()
    await runOut()
    await ConnectionModel.updateOne(
      { _id: id, tenantId },
      { $set: { refreshLease: { by: 'killed', until: new Date(Date.now() + 1500) } } },
    )

    expect(await check()).toMatchObject({ state: 'ok' })
    expect(await ConnectionModel.findOne({ _id: id, tenantId }).lean()).toMatchObject({
      refreshLease: null,
    })
  })

  it('that cannot be had any more asks for a person, and consent mends it', async () => {
    await authorised()
    await runOut()
    await vendors.dial('canvas', { expiredCredentials: true })

    const report = await check()
    const waiting = await read()
    await vendors.dial('canvas', { expiredCredentials: false })
    await authorised()

    expect(report).toMatchObject({ state: 'failing', code: 'invalid_grant' })
    expect(waiting).toMatchObject({
      state: 'action-needed',
      stateReason: { code: 'invalid_grant' },
      authorisation: { state: 'expired' },
    })
    expect(await read()).toMatchObject({ state: 'active', authorisation: { state: 'granted' } })
  })
})
