import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { createStaffBrowser } from '../support/staff-browser.ts'
import { ended } from '../support/synced.ts'
import { startVendors, type TestVendors } from '../support/vendors.ts'

let app: TestApp
let vendors: TestVendors

beforeAll(async () => {
  vendors = await startVendors()
  app = await startTestApp()
}, 60_000)

afterAll(async () => {
  await app.stop()
  await vendors.stop()
})

it('takes over the courses of Canvas once a person has consented, twice with the same result', async () => {
  const admin = createStaffBrowser(app.url)
  await admin.signIn('admin@test.example', 'a long test passphrase')
  const paste = await vendors.paste('canvas')
  const { body: connection } = await admin.call('POST /api/v1/connections', {
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
  const at = `/api/v1/connections/${connection.id}`
  const { body: begun } = await admin.call(`POST ${at}/authorise`)
  const url = new URL(begun.authorizationUrl)
  await fetch(url)
  const back = await fetch(`${vendors.urlOf('canvas')}/login/oauth2/accept`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams([...url.searchParams, ['decision', 'authorize']]),
  })
  const { pathname, search } = new URL(back.headers.get('location') ?? '')
  await admin.call(`GET ${pathname}${search}`)
  await admin.call(`POST ${at}/activate`, { body: {} })
  // A person's session speaks the same language as a key.
  const client = async (_key: string, { params }: { params: { id: string } }) =>
    (await admin.call(`GET /api/v1/syncs/${params.id}`)).body
  const run = async (full: boolean) => {
    const { status, body } = await admin.call(`POST ${at}/syncs`, { body: { full } })
    expect(status).toBe(202)
    return ended({ client: client as never }, body.id)
  }

  const first = await run(false)
  const second = await run(true)

  expect(first.error).toBeNull()
  expect(first).toMatchObject({ status: 'succeeded', capability: 'courses.pull' })
  expect(first.counts.users.created).toBeGreaterThan(5)
  expect(first.counts.users.leftOut + first.counts.enrollments.leftOut).toBeGreaterThan(0)
  expect(second.counts.users).toMatchObject({
    created: 0,
    updated: 0,
    removed: 0,
    unchanged: first.counts.users.created,
  })
}, 60_000)
