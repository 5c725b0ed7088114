import { afterAll, beforeAll, expect, it } from 'vitest'
import { ConnectionModel } from '../../backend/modules/connections/store.ts'
import { WatchModel } from '../../backend/modules/monitoring/watch-store.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { type SecondServer, startSecondServer } from '../support/second-server.ts'
import { createStaffBrowser, type StaffBrowser } from '../support/staff-browser.ts'
import { startVendors, type TestVendors } from '../support/vendors.ts'

// A process of ours that is killed in the middle: another one goes on, and nothing stays stuck.

const EDPSYCH_MASTER_KEY = Buffer.alloc(32, 7).toString('base64')
/** How far this process's clock is ahead, so that leases of the killed one need not be waited for. */
let aheadMs = 0
let app: TestApp
let vendors: TestVendors
let school: TestTenant
let victim: SecondServer | undefined

beforeAll(async () => {
  vendors = await startVendors()
  app = await startTestApp({ EDPSYCH_MASTER_KEY }, { now: () => new Date(Date.now() + aheadMs) })
  school = await app.addTenant('Killed School')
  // What happens in the background is the other process's until it is killed.
  await app.server.services.monitoring.stop()
})

afterAll(async () => {
  await victim?.kill().catch(() => undefined)
  await app.stop()
  await vendors.stop()
})

it('a health run that is cut off is taken over, and no check is stuck', async () => {
  const token = String((await vendors.paste('moodle'))['Web service token'])
  const { id } = await school.client('POST /api/v1/connections', {
    body: {
      connectorId: 'moodle',
      name: 'Moodle',
      config: { url: vendors.urlOf('moodle') },
      credentials: { token },
    },
  })
  await school.client('POST /api/v1/connections/:id/activate', { params: { id }, body: {} })
  await vendors.dial('moodle', { slowMs: 15_000 })
  const watch = () => WatchModel.findOne({ _id: id, tenantId: school.id }).lean()
  victim = await startSecondServer({ EDPSYCH_MASTER_KEY })
  await expect.poll(async () => (await watch())?.claim, { timeout: 40_000 }).toBeTruthy()

  await victim.kill()

  const left = await watch()
  expect(left?.claim).toBeTruthy()
  await vendors.reset('moodle')
  const { monitoring } = app.server.services
  monitoring.start()
  const whileLeased = await monitoring.runDue()
  aheadMs += 61_000
  await expect
    .poll(
      async () => {
        await monitoring.runDue()
        return (await watch())?.claim
      },
      { timeout: 20_000 },
    )
    .toBeNull()
  await monitoring.stop()
  expect(whileLeased).toBe(0)
  const { data } = await school.client('GET /api/v1/connections/:id/checks', { params: { id } })
  // The calls of the activation may be counted as a check of their own, from the traffic.
  const scheduled = data.filter(({ trigger }) => trigger === 'schedule')
  expect(scheduled.map(({ result }) => result)).toEqual(['ok'])
}, 120_000)

it('a refresh of a consent that is cut off is done by another, and the lease is free again', async () => {
  const admin = createStaffBrowser(app.url)
  await admin.signIn('admin@test.example', 'a long test passphrase')
  const { id, tenantId } = await consented(admin)
  await app.server.services.jobs.stop({ timeoutMs: 5000 })
  const row = () => ConnectionModel.findOne({ _id: id, tenantId }).lean()
  const then = new Date(Date.now() - 60_000)
  await ConnectionModel.updateOne(
    { _id: id, tenantId },
    { $set: { 'authorisation.refreshAt': then, 'authorisation.expiresAt': then } },
  )
  const before = (await row())?.authorisation?.sealedAccessToken
  await vendors.dial('canvas', { slowMs: 15_000 })
  victim = await startSecondServer({ EDPSYCH_MASTER_KEY })
  await expect.poll(async () => (await row())?.refreshLease, { timeout: 60_000 }).toBeTruthy()

  await victim.kill()

  const left = await row()
  expect(left?.refreshLease).toBeTruthy()
  expect(left?.authorisation?.sealedAccessToken).toBe(before)
  await vendors.dial('canvas', { slowMs: 0 })
  aheadMs += 31_000
  const { body: checked } = await admin.call(`POST /api/v1/connections/${id}/checks`)

  expect(checked).toMatchObject({ result: 'ok' })
  const after = await row()
  expect(after?.refreshLease).toBeNull()
  expect(after?.authorisation?.state).toBe('granted')
  expect(after?.authorisation?.sealedAccessToken).not.toBe(before)
}, 180_000)

/** A connection to Canvas for which a person has consented, in use. */
async function consented(admin: StaffBrowser): Promise<{ id: string; tenantId: string }> {
  const paste = await vendors.paste('canvas')
  const { body: made } = await admin.call('POST /api/v1/connections', {
    body: {
      connectorId: 'canvas',
      name: 'Canvas',
      config: { url: vendors.urlOf('canvas') },
      credentials: {
        clientId: paste['Client ID of the developer key'],
        clientSecret: paste['Key of the developer key'],
      },
    },
  })
  const { body } = await admin.call(`POST /api/v1/connections/${made.id}/authorise`)
  const asked = new URL(body.authorizationUrl)
  const answer = await fetch(`${vendors.urlOf('canvas')}/login/oauth2/accept`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams([...asked.searchParams, ['decision', 'authorize']]),
  })
  const { pathname, search } = new URL(answer.headers.get('location') ?? '')
  expect((await admin.call(`GET ${pathname}${search}`)).status).toBe(303)
  const activated = await admin.call(`POST /api/v1/connections/${made.id}/activate`, { body: {} })
  expect(activated.status).toBe(200)
  return { id: made.id, tenantId: made.tenantId }
}
