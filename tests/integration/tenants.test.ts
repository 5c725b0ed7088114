import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { platformTenantId } from '../../backend/core/platform-tenant.ts'
import { ensurePlatformTenant, tenantAndDescendants } from '../../backend/modules/tenants/index.ts'
import { TenantModel } from '../../backend/modules/tenants/store.ts'
import {
  type AuthServer,
  addSchools,
  addStaff,
  password,
  type School,
  serveAuth,
} from '../support/auth-server.ts'
import { useTestDatabase } from '../support/database.ts'
import { createStaffBrowser, type StaffBrowser } from '../support/staff-browser.ts'

useTestDatabase()
let server: AuthServer
let ours: School
let theirs: School
let head: StaffBrowser
let root: StaffBrowser

beforeAll(async () => {
  server = await serveAuth()
  ours = await addSchools()
  theirs = await addSchools()
  await addStaff(ours.trustId, 'head@trust.example', 'trust-admin')
  await addStaff(theirs.trustId, 'head@other.example', 'trust-admin')
  head = createStaffBrowser(server.url)
  await head.signIn('head@trust.example', password)
  root = createStaffBrowser(server.url)
  await root.signIn('root@edpsych.example', password)
})
afterAll(() => server.close())

const ids = (answer: { body: { data: { id: string }[] } }) =>
  new Set(answer.body.data.map(({ id }) => id))

describe('the tree of organisations', () => {
  it('has one root, however often and from however many processes it is made', async () => {
    await Promise.all(Array.from({ length: 10 }, ensurePlatformTenant))

    expect(await TenantModel.countDocuments({ kind: 'platform' })).toBe(1)
  })

  it('shows each administrator the part below them', async () => {
    expect(ids(await head.call('GET /api/v1/tenants'))).toEqual(
      new Set([ours.trustId, ours.schoolId, ours.otherId]),
    )
    expect(ids(await root.call('GET /api/v1/tenants'))).toEqual(
      new Set(await tenantAndDescendants(platformTenantId)),
    )
    expect((await head.call(`GET /api/v1/tenants/${ours.schoolId}`)).body.parentId).toBe(
      ours.trustId,
    )
  })

  it('hides what lies above and beside', async () => {
    for (const id of [platformTenantId, theirs.trustId, theirs.schoolId, 'ten_none']) {
      expect((await head.call(`GET /api/v1/tenants/${id}`)).status, id).toBe(404)
    }
    const inSchool = { headers: { 'edpsych-tenant': ours.schoolId } }
    expect((await head.call(`GET /api/v1/tenants/${ours.otherId}`, inSchool)).status).toBe(404)
  })

  it('grows below the caller, where roles from above hold at once', async () => {
    const body = { name: 'Harbour Infants', slug: 'harbour-infants', kind: 'school' }

    const { status, body: school } = await head.call('POST /api/v1/tenants', { body })

    expect(status).toBe(201)
    expect(school).toMatchObject({ slug: 'harbour-infants', parentId: ours.trustId })
    const there = { headers: { 'edpsych-tenant': school.id } }
    expect((await head.call('GET /api/v1/session', there)).body.roles).toEqual(['trust-admin'])
    const again = await root.call('POST /api/v1/tenants', { body })
    expect(again.body.code).toBe('conflict')
  })

  it.each([
    ['a trust below a trust', { name: 'T', slug: 'tt', kind: 'trust' }],
    ['a second platform', { name: 'P', slug: 'pp', kind: 'platform' }],
    ['a slug with capitals', { name: 'P', slug: 'Harbour', kind: 'school' }],
    ['a slug of dashes', { name: 'P', slug: '-', kind: 'school' }],
  ])('refuses %s', async (_name, body) => {
    expect((await head.call('POST /api/v1/tenants', { body })).body.code).toBe('invalid_request')
  })
})

describe('people', () => {
  it('are added with a password that is shown once and must be changed', async () => {
    const body = { name: 'Grace Hopper', email: 'grace@trust.example', role: 'teacher' }

    const { status, body: person } = await head.call('POST /api/v1/people', { body })

    expect(status).toBe(201)
    expect(person.roles).toEqual([{ tenantId: ours.trustId, role: 'teacher' }])
    const grace = createStaffBrowser(server.url)
    const signedIn = await grace.signIn('grace@trust.example', person.oneTimePassword)
    expect(signedIn.body.mustChangePassword).toBe(true)
    const change = { currentPassword: person.oneTimePassword, newPassword: password }
    await grace.call('POST /api/v1/session/password', { body: change })
    expect((await grace.call('GET /api/v1/session')).body.mustChangePassword).toBe(false)
    const { body: list } = await head.call('GET /api/v1/people')
    expect(list.data[0]).toMatchObject({ email: 'grace@trust.example', disabled: false })
    expect(JSON.stringify(list)).not.toContain('Password')
    expect((await head.call('POST /api/v1/people', { body })).body.code).toBe('conflict')
  })

  it('lose a one-time password that nobody used for a week', async () => {
    const body = { name: 'Late', email: 'late@trust.example', role: 'teacher' }
    const { body: person } = await head.call('POST /api/v1/people', { body })
    const start = server.clock.now

    server.clock.advance(7 * 86_400_000)

    const answer = await createStaffBrowser(server.url).signIn(
      'late@trust.example',
      person.oneTimePassword,
    )
    server.clock.now = start
    expect(answer.body.code).toBe('invalid_credentials')
  })

  it('cannot be given more than the giver has, nor a role of another kind of place', async () => {
    await addStaff(ours.trustId, 'dpo@trust.example', 'dpo')
    const dpo = createStaffBrowser(server.url)
    await dpo.signIn('dpo@trust.example', password)
    const add = (browser: StaffBrowser, role: string) =>
      browser.call('POST /api/v1/people', {
        body: { name: 'X', email: `x-${role}@trust.example`, role },
      })

    expect((await add(dpo, 'trust-admin')).status).toBe(403)
    expect((await add(head, 'platform-admin')).body.code).toBe('invalid_request')
  })

  it('are signed out everywhere by who administers them, and by nobody else', async () => {
    await addStaff(ours.schoolId, 'gone@school.example', 'teacher')
    const teacher = createStaffBrowser(server.url)
    const { body } = await teacher.signIn('gone@school.example', password)
    const path = `DELETE /api/v1/people/${body.user.id}/sessions`
    const stranger = createStaffBrowser(server.url)
    await stranger.signIn('head@other.example', password)

    expect((await stranger.call(path)).status).toBe(404)
    expect((await teacher.call('GET /api/v1/session')).status).toBe(200)
    expect((await head.call(path)).body).toEqual({ ended: 1 })
    expect((await teacher.call('GET /api/v1/session')).status).toBe(401)
  })

  it('of another trust are not seen', async () => {
    const { body } = await head.call('GET /api/v1/people?limit=200')

    const emails = body.data.map(({ email }: { email: string }) => email)
    expect(emails).toContain('head@trust.example')
    expect(emails).not.toContain('head@other.example')
    expect(emails).not.toContain('root@edpsych.example')
  })
})
