import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { connect, ended } from '../support/synced.ts'
import { startVendors, type TestVendors } from '../support/vendors.ts'

const minuteMs = 60_000
let app: TestApp
let vendors: TestVendors
let aheadMs = 0

beforeAll(async () => {
  vendors = await startVendors()
  app = await startTestApp({}, { now: () => new Date(Date.now() + aheadMs) })
}, 60_000)

afterAll(async () => {
  await app.stop()
  await vendors.stop()
})

it('runs by itself soon after the connection is put to use, then at its pace, and not while paused', async () => {
  const school = await app.addTenant('Scheduled School')
  const id = await connect(school, vendors, 'moodle', 'Source')
  const params = { id }
  const { sync } = app.server.services
  const nextAt = async () =>
    (await school.client('GET /api/v1/connections/:id', { params })).sync.nextAt
  const inMinutes = async () =>
    (Date.parse((await nextAt()) ?? '') - Date.now() - aheadMs) / minuteMs
  const runs = async () =>
    (await school.client('GET /api/v1/connections/:id/syncs', { params })).data
  await expect.poll(nextAt, { timeout: 10_000 }).not.toBeNull()
  const first = await inMinutes()

  aheadMs = 12 * minuteMs
  await sync.runDue()
  await expect.poll(async () => (await runs()).length).toBe(1)
  const [run] = await runs()
  const done = await ended(school, run?.id ?? '')

  expect(first).toBeGreaterThan(8)
  expect(first).toBeLessThan(11.1)
  expect(done).toMatchObject({ status: 'succeeded', trigger: 'schedule', requestedBy: null })
  await expect.poll(inMinutes).toBeGreaterThan(1440 * 0.89)
  expect(await inMinutes()).toBeLessThan(1440 * 1.11)

  await school.client('PATCH /api/v1/connections/:id', {
    params,
    body: { sync: { everyMinutes: 30 } },
  })
  await expect.poll(inMinutes, { timeout: 10_000 }).toBeLessThan(33)

  await school.client('POST /api/v1/connections/:id/pause', { params, body: {} })
  await expect.poll(nextAt, { timeout: 10_000 }).toBeNull()
  aheadMs += 5000 * minuteMs
  await sync.runDue()
  expect(await runs()).toHaveLength(1)
}, 60_000)
