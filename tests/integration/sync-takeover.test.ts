import { afterAll, beforeAll, expect, it } from 'vitest'
import { createClient } from '../../shared/api/client.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { type SecondServer, startSecondServer } from '../support/second-server.ts'
import { connect, ended, until } from '../support/synced.ts'
import { startVendors, type TestVendors } from '../support/vendors.ts'

const masterKey = Buffer.alloc(32, 9).toString('base64')
let app: TestApp
let other: SecondServer
let vendors: TestVendors

beforeAll(async () => {
  vendors = await startVendors()
  app = await startTestApp({ EDPSYCH_MASTER_KEY: masterKey })
  other = await startSecondServer({ EDPSYCH_MASTER_KEY: masterKey })
}, 60_000)

afterAll(async () => {
  await app.stop()
  await vendors.stop()
})

it('goes on in another process from the checkpoint when its own is killed, with nobody twice or lost', async () => {
  const school = await app.addTenant('Interrupted School')
  const id = await connect(school, vendors, 'oneroster', 'Source')
  await vendors.dial('oneroster', { users: 600, slowMs: 250 })
  const there = createClient({
    baseUrl: other.url,
    headers: () => ({ authorization: `Bearer ${school.key}` }),
  })
  // Whoever is asked takes it at once; the other process looks only each second.
  const { id: runId } = await there('POST /api/v1/connections/:id/syncs', {
    params: { id },
    body: {},
  })
  const before = await until(school, runId, ({ counts }) => counts.users.seen >= 100)
  await other.kill()
  await vendors.dial('oneroster', { slowMs: 0 })

  const done = await ended(school, runId, 90_000)

  expect(before.status).toBe('running')
  expect(done).toMatchObject({ status: 'succeeded', trigger: 'resume', resumes: 1, error: null })
  const { users, enrollments } = done.counts
  expect(users.created + users.leftOut).toBe(users.seen)
  expect(enrollments.created + enrollments.leftOut).toBe(enrollments.seen)
  const kinds = done.loss?.kinds ?? []
  expect(kinds.map(({ kind, ours }) => [kind, ours])).toEqual([
    ['users', users.created],
    ['classes', done.counts.classes.created],
    ['enrollments', enrollments.created],
    ['assignments', 0],
  ])
  const asked = await vendors.requests('oneroster')
  const first = asked.filter(({ path }) => /\/users\?limit=50&offset=0/.test(path))
  expect(first.length).toBeLessThanOrEqual(1)
  await expect
    .poll(async () => {
      const { data } = await school.client('GET /api/v1/connections/:id/acts', { params: { id } })
      return data.map(({ act, result }) => `${act} ${result}`)
    })
    .toEqual(expect.arrayContaining(['resume waiting', 'resume worked']))
}, 150_000)
