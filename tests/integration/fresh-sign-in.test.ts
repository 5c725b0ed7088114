import { afterAll, beforeAll, expect, it } from 'vitest'
import { StaffSessionModel } from '../../backend/modules/auth/session-store.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { createStaffBrowser, type StaffBrowser } from '../support/staff-browser.ts'

const password = 'a long test passphrase'
let app: TestApp
let admin: StaffBrowser

beforeAll(async () => {
  app = await startTestApp()
  admin = createStaffBrowser(app.url)
  await admin.signIn('admin@test.example', password)
})
afterAll(() => app.stop())

/** As if everybody had signed in so long ago. */
async function age(minutes: number): Promise<void> {
  const then = new Date(Date.now() - minutes * 60_000)
  await StaffSessionModel.updateMany({}, { $set: { startedAt: then, confirmedAt: then } })
}

const person = (name: string) => ({
  body: { name, email: `${name.toLowerCase()}@test.example`, role: 'teacher' },
})

it('lets a person who has just signed in do what is sensitive', async () => {
  const { status } = await admin.call('POST /api/v1/people', person('Ada'))

  expect(status).toBe(201)
})

it('asks for the password where the sign-in was a while ago, and for nothing else', async () => {
  await age(16)

  const refused = await admin.call('POST /api/v1/people', person('Grace'))
  const read = await admin.call('GET /api/v1/people')

  expect(refused).toMatchObject({ status: 403, body: { code: 'fresh_sign_in_required' } })
  expect(read.status).toBe(200)
})

it('goes on after the password was given, and refuses a wrong one', async () => {
  const wrong = await admin.call('POST /api/v1/session/confirmation', {
    body: { password: 'guess' },
  })
  const right = await admin.call('POST /api/v1/session/confirmation', { body: { password } })
  const done = await admin.call('POST /api/v1/people', person('Grace'))

  expect(wrong).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } })
  expect(right.status).toBe(200)
  expect(Date.parse(right.body.freshUntil)).toBeGreaterThan(Date.now() + 14 * 60_000)
  expect(done.status).toBe(201)
  const { body } = await admin.call('GET /api/v1/audit?action=session.confirm')
  expect(body.data.map(({ result }: { result: string }) => result)).toEqual(['success', 'refused'])
})

it('follows the setting of the organisation', async () => {
  await admin.call('PATCH /api/v1/settings', {
    body: { changes: [{ key: 'security.freshSignInMinutes', value: 60 }] },
  })
  await age(40)

  expect((await admin.call('POST /api/v1/people', person('Edith'))).status).toBe(201)
})

it('does not ask programs', async () => {
  const school = await app.addTenant('Program School')
  await age(600)

  const key = await school.client('POST /api/v1/keys', {
    body: { name: 'Another', scopes: ['items.read'] },
  })

  expect(key.id).toMatch(/^key_/)
})
