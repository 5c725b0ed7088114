import { afterAll, beforeAll, expect, it } from 'vitest'
import { WatchModel } from '../../backend/modules/monitoring/watch-store.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { startVendors, type TestVendors } from '../support/vendors.ts'

let aheadMs = 0
let app: TestApp
let vendors: TestVendors
let school: TestTenant

beforeAll(async () => {
  vendors = await startVendors()
  // An engine of its own, which this test may kill.
  app = await startTestApp({ MONGODB_URI: '' }, { now: () => new Date(Date.now() + aheadMs) })
  school = await app.addTenant('Restarted School')
}, 60_000)

afterAll(async () => {
  await app.stop()
  await vendors.stop()
})

it('the database is killed in the middle: monitoring goes on by itself, and what breaks then is told', async () => {
  const { database } = app.server
  const token = String((await vendors.paste('moodle'))['Web service token'])
  const { id } = await school.client('POST /api/v1/connections', {
    body: {
      connectorId: 'moodle',
      name: 'Moodle',
      config: { url: vendors.urlOf('moodle') },
      credentials: { token },
    },
  })
  const params = { id }
  await school.client('POST /api/v1/connections/:id/activate', { params, body: {} })
  const checks = async () =>
    (await school.client('GET /api/v1/connections/:id/checks', { params })).data
  await expect.poll(async () => (await checks()).length, { timeout: 20_000 }).toBe(1)
  // A check is under way when the engine dies.
  await vendors.dial('moodle', { slowMs: 1500 })
  aheadMs += 6 * 60_000
  const claim = async () =>
    (await WatchModel.findOne({ _id: id, tenantId: school.id }).lean())?.claim
  await expect.poll(claim, { timeout: 20_000, interval: 50 }).toBeTruthy()

  process.kill(database.describe().enginePid ?? 0, 'SIGKILL')

  await expect.poll(() => database.describe().restarts, { timeout: 30_000 }).toBe(1)
  await vendors.dial('moodle', { slowMs: 0, down: true })
  const problems = async () =>
    (await school.client('GET /api/v1/problems', { query: { connectionId: id } })).data
  // Only the clock is moved: nothing is asked for by hand.
  await expect
    .poll(
      async () => {
        aheadMs += 60_000
        return (await problems().catch(() => [])).map(({ cause }) => cause)
      },
      { timeout: 60_000, interval: 1000 },
    )
    .toContain('unavailable')
  await expect.poll(claim, { timeout: 20_000 }).toBeNull()
  expect((await fetch(`${app.url}/readyz`)).status).toBe(200)
}, 150_000)
