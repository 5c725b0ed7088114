import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuditEntryModel } from '../../backend/core/audit/index.ts'
import {
  type AuthServer,
  addSchools,
  addStaff,
  password,
  type School,
  serveAuth,
} from '../support/auth-server.ts'
import { useTestDatabase } from '../support/database.ts'
import { createStaffBrowser } from '../support/staff-browser.ts'

useTestDatabase()
let server: AuthServer
let school: School

beforeAll(async () => {
  server = await serveAuth()
  school = await addSchools()
  await addStaff(school.schoolId, 'Ada@school.example', 'teacher')
  await addStaff(school.trustId, 'head@trust.example', 'trust-admin')
})
afterAll(() => server.close())

const browserOf = (from?: string) => createStaffBrowser(server.url, from)

async function auditOf(tenantId: string, action: string) {
  const entries = await AuditEntryModel.find({ tenantId, action }).sort({ seq: -1 }).lean()
  return entries
}

describe('signing in', () => {
  it('opens a session with the roles, rights and organisations of the person', async () => {
    const browser = browserOf()

    const { status, body, headers } = await browser.signIn('ada@School.example', password)

    expect(status).toBe(201)
    expect(body.user).toMatchObject({ name: 'Ada Lovelace', email: 'Ada@school.example' })
    expect(body.tenant.id).toBe(school.schoolId)
    expect(body.tenants.map(({ id }: { id: string }) => id)).toEqual([school.schoolId])
    expect(body.roles).toEqual(['teacher'])
    expect(body.scopes).toContain('items.write')
    expect(body.scopes).not.toContain('keys.write')
    const cookie = headers.getSetCookie().find((line) => line.startsWith('edp_session='))
    expect(cookie).toMatch(/^edp_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/)
    expect((await browser.call('GET /api/v1/session')).body).toEqual(body)
    expect(server.emitted).toContain('user.signed_in')
    const [entry] = await auditOf(school.schoolId, 'session.create')
    expect(entry).toMatchObject({ result: 'success', remoteAddress: '192.0.2.1' })
    expect(entry?.actor.kind).toBe('staff')
  })

  it('answers a wrong password and an unknown account alike', async () => {
    const wrong = await browserOf('192.0.2.50').signIn('ada@school.example', 'not the password')
    const unknown = await browserOf('192.0.2.51').signIn('nobody@school.example', password)

    expect(wrong.status).toBe(401)
    expect(unknown.status).toBe(401)
    const { instance: _i, requestId: _r, ...shown } = wrong.body
    expect(unknown.body).toMatchObject(shown)
    expect(wrong.headers.getSetCookie()).toEqual([])
    const [entry] = await auditOf(school.schoolId, 'session.create')
    expect(entry).toMatchObject({ result: 'refused', detail: 'invalid_credentials' })
    const [anonymous] = await auditOf('platform', 'session.create')
    expect(anonymous).toMatchObject({ result: 'refused', target: null })
    expect(JSON.stringify(anonymous)).not.toContain('nobody')
  })

  it('refuses a body that is not JSON, so that a form of another site cannot sign anybody in', async () => {
    const response = await fetch(`${server.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `email=ada@school.example&password=${encodeURIComponent(password)}`,
    })

    expect(response.status).toBe(415)
    expect(response.headers.getSetCookie()).toEqual([])
  })

  it('replaces the session that the browser had', async () => {
    const browser = browserOf()
    await browser.signIn('ada@school.example', password)
    const first = browser.cookies.get('edp_session') ?? ''

    await browser.signIn('ada@school.example', password)

    expect(browser.cookies.get('edp_session')).not.toBe(first)
    browser.cookies.set('edp_session', first)
    expect((await browser.call('GET /api/v1/session')).status).toBe(401)
  })
})

describe('a session', () => {
  it('ends after an hour without use and after twelve hours in any case', async () => {
    const browser = browserOf()
    await browser.signIn('ada@school.example', password)

    server.clock.advance(59 * 60_000)
    expect((await browser.call('GET /api/v1/session')).status).toBe(200)
    server.clock.advance(59 * 60_000)
    expect((await browser.call('GET /api/v1/session')).status).toBe(200)
    server.clock.advance(61 * 60_000)
    expect((await browser.call('GET /api/v1/session')).status).toBe(401)

    await browser.signIn('ada@school.example', password)
    for (let minutes = 0; minutes < 11 * 60; minutes += 30) {
      server.clock.advance(30 * 60_000)
      await browser.call('GET /api/v1/session')
    }
    expect((await browser.call('GET /api/v1/session')).status).toBe(200)
    server.clock.advance(61 * 60_000)
    expect((await browser.call('GET /api/v1/session')).status).toBe(401)
  })

  it('ends on the server when the person signs out', async () => {
    const browser = browserOf()
    await browser.signIn('ada@school.example', password)
    const token = browser.cookies.get('edp_session') ?? ''

    expect((await browser.call('DELETE /api/v1/session')).status).toBe(204)

    expect(browser.cookies.has('edp_session')).toBe(false)
    browser.cookies.set('edp_session', token)
    expect((await browser.call('GET /api/v1/session')).status).toBe(401)
  })

  it('ends on every device at once', async () => {
    const [laptop, phone] = [browserOf('192.0.2.2'), browserOf('192.0.2.3')]
    await laptop.signIn('head@trust.example', password)
    await phone.signIn('head@trust.example', password)

    const { status, body } = await laptop.call('DELETE /api/v1/sessions')

    expect(status).toBe(200)
    expect(body).toEqual({ ended: 2 })
    expect((await phone.call('GET /api/v1/session')).status).toBe(401)
  })

  it.each([
    ['without the token', { 'x-edpsych-csrf': '' }],
    ['with another token', { 'x-edpsych-csrf': 'a'.repeat(43) }],
    ['from another origin', { origin: 'https://evil.example' }],
    ['from another site', { 'sec-fetch-site': 'cross-site' }],
  ])('is not used by an unsafe request %s', async (_name, headers) => {
    const browser = browserOf()
    await browser.signIn('ada@school.example', password)

    const { status, body } = await browser.call('DELETE /api/v1/session', { headers })

    expect(status).toBe(403)
    expect(body.code).toBe('csrf_failed')
    expect((await browser.call('GET /api/v1/session')).status).toBe(200)
  })

  it('acts for the organisation that the request names, if a role reaches it', async () => {
    const head = browserOf()
    const { body } = await head.signIn('head@trust.example', password)
    const inSchool = { headers: { 'edpsych-tenant': school.schoolId } }
    const elsewhere = await addSchools()

    const session = await head.call('GET /api/v1/session', inSchool)

    expect(new Set(body.tenants.map(({ id }: { id: string }) => id))).toEqual(
      new Set([school.trustId, school.schoolId, school.otherId]),
    )
    expect(session.body.tenant.id).toBe(school.schoolId)
    expect(session.body.roles).toEqual(['trust-admin'])
    for (const tenant of [elsewhere.schoolId, elsewhere.trustId, 'platform', 'ten_nothing']) {
      const headers = { 'edpsych-tenant': tenant }
      const refused = await head.call('GET /api/v1/session', { headers })
      expect(refused.body.code, tenant).toBe('not_found')
    }
  })
})

describe('a password', () => {
  it('changes with the current one, and every other session ends', async () => {
    await addStaff(school.schoolId, 'grace@school.example', 'teacher')
    const [here, there] = [browserOf(), browserOf()]
    await here.signIn('grace@school.example', password)
    await there.signIn('grace@school.example', password)
    const change = (currentPassword: string, newPassword: string) =>
      here.call('POST /api/v1/session/password', { body: { currentPassword, newPassword } })

    expect((await change('wrong password here', 'otter mill candle birch')).status).toBe(401)
    expect((await change(password, 'aaaabbbbaaaabbbb')).body.errors[0].code).toBe('weak_password')
    expect((await change(password, 'otter mill candle birch')).status).toBe(204)

    expect((await here.call('GET /api/v1/session')).status).toBe(200)
    expect((await there.call('GET /api/v1/session')).status).toBe(401)
    expect((await browserOf().signIn('grace@school.example', password)).status).toBe(401)
    const again = await browserOf().signIn('grace@school.example', 'otter mill candle birch')
    expect(again.status).toBe(201)
  })
})
