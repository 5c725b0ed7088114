import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuditEntryModel } from '../../backend/core/audit/index.ts'
import { StaffModel } from '../../backend/modules/auth/staff-store.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import type { HttpBrowser } from '../support/http-browser.ts'
import {
  answerConsent,
  authorizeUrl,
  basic,
  callApi,
  codeFlow,
  follow,
  hiddenFields,
  passphrase,
  pkce,
  postForm,
  registerClient,
  staffBrowser,
} from '../support/oauth.ts'
import { createStaffBrowser, type StaffBrowser } from '../support/staff-browser.ts'

type Person = HttpBrowser & { readonly userId: string }

let app: TestApp
let school: TestTenant
let other: TestTenant
let admin: Person
let teacher: Person
let console: StaffBrowser

beforeAll(async () => {
  app = await startTestApp()
  school = await app.addTenant('Heron School')
  other = await app.addTenant('Kite School')
  admin = await staffBrowser(app, school.id, 'admin@heron.example')
  teacher = await staffBrowser(app, school.id, 'teacher@heron.example', 'teacher')
  console = createStaffBrowser(app.url)
  await console.signIn('admin@heron.example', passphrase)
})
afterAll(() => app.stop())

type Client = Awaited<ReturnType<typeof registerClient>>
const requestOf = (client: Client, more: Record<string, string | undefined> = {}) => {
  const { challenge } = pkce()
  return authorizeUrl(app, {
    client_id: client.id,
    scope: 'items.read',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...more,
  })
}
const own = (client: Client, form: Record<string, string> = {}) =>
  postForm(
    app,
    '/oauth/token',
    { grant_type: 'client_credentials', ...form },
    basic(client.id, client.clientSecret),
  )
const codeSoon = (token: string, path?: string) =>
  expect.poll(async () => (await callApi(app, token, path)).body.code)

describe('sensitive rights', () => {
  it('wait for an administrator, and everybody is told so', async () => {
    const client = await registerClient(app, school, { scopes: ['items.read', 'roster.read'] })

    const refused = await own(client, { scope: 'roster.read' })
    expect(refused.body).toMatchObject({ error: 'invalid_scope', scope: 'roster.read' })
    expect(refused.body.error_description).toContain('administrator of Heron School')
    const given = await own(client)
    expect(given.body).toMatchObject({ scope: 'items.read', withheld_scope: 'roster.read' })

    const { answer } = await follow(
      teacher,
      app,
      requestOf(client, { scope: 'items.read roster.read' }),
    )
    expect(answer.body).toContain('Not shared yet')
    expect(answer.body).toContain('An administrator of Heron School')
    const { tokens } = await codeFlow(teacher, app, client, { scope: 'items.read roster.read' })
    expect(tokens.body).toMatchObject({ scope: 'items.read', withheld_scope: 'roster.read' })
    expect(tokens.body.withheld_reason).toContain('Heron School')
  })

  it('come with a recorded approval, and go with its withdrawal, also from living tokens', async () => {
    const client = await registerClient(app, school, { scopes: ['roster.read'] })
    const path = `/api/v1/oauth-clients/${client.id}/approvals`
    const body = { scopes: ['roster.read'], reason: 'Agreement of 1 September' }

    const asKey = await callApi(app, school.key, path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(asKey).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    const approved = await console.call(`POST ${path}`, { body })
    expect(approved.status).toBe(201)
    expect(approved.body.scopes).toEqual([
      expect.objectContaining({ scope: 'roster.read', state: 'approved', reason: body.reason }),
    ])

    const { body: token } = await own(client)
    expect(token.scope).toBe('roster.read')
    expect((await callApi(app, token.access_token, '/api/v1/users')).status).toBe(200)
    expect((await console.call(`DELETE ${path}`)).status).toBe(204)
    await codeSoon(token.access_token, '/api/v1/users').toBe('insufficient_scope')
    const trail = await AuditEntryModel.find({ tenantId: school.id, 'target.id': client.id })
      .sort({ seq: 1 })
      .lean()
    expect(trail.map(({ action }) => action)).toEqual([
      'oauth-client.create',
      'oauth-client.approve',
      'oauth-client.withdraw-approval',
    ])
  })

  it('of an application from elsewhere can be approved once it has asked here', async () => {
    const foreign = await registerClient(app, other, { scopes: ['items.read', 'roster.read'] })
    const path = `/api/v1/oauth-clients/${foreign.id}/approvals`
    const body = { scopes: ['roster.read'], reason: 'Agreed' }
    expect((await console.call(`POST ${path}`, { body })).status).toBe(404)

    const { tokens } = await codeFlow(admin, app, foreign, { scope: 'items.read roster.read' })

    expect(decodeJwt(tokens.body.access_token)['tenant']).toBe(school.id)
    const { body: asked } = await console.call('GET /api/v1/oauth-approvals')
    expect(asked.data).toContainEqual(expect.objectContaining({ clientId: foreign.id }))
    expect((await console.call(`POST ${path}`, { body })).status).toBe(201)
    const again = await codeFlow(admin, app, foreign, { scope: 'items.read roster.read' })
    expect(again.tokens.body.scope.split(' ').sort()).toEqual(['items.read', 'roster.read'])
  })
})

describe('what a person may do', () => {
  it('bounds the token, at the start and later', async () => {
    const client = await registerClient(app, school, { scopes: ['items.read', 'keys.read'] })
    const { answer } = await follow(
      teacher,
      app,
      requestOf(client, { scope: 'items.read keys.read' }),
    )
    expect(answer.body).toContain('Not yours to share')

    const { tokens } = await codeFlow(teacher, app, client, { scope: 'items.read keys.read' })
    expect(tokens.body.scope).toBe('items.read')
    expect((await callApi(app, tokens.body.access_token)).status).toBe(200)
    await StaffModel.updateOne({ _id: teacher.userId }, { $set: { disabledAt: new Date() } })

    await codeSoon(tokens.body.access_token).toBe('token_revoked')
    const refreshed = await postForm(
      app,
      '/oauth/token',
      { grant_type: 'refresh_token', refresh_token: tokens.body.refresh_token },
      basic(client.id, client.clientSecret),
    )
    expect(refreshed.body.error).toBe('invalid_grant')
    await StaffModel.updateOne({ _id: teacher.userId }, { $set: { disabledAt: null } })
  })
})

describe('a consent', () => {
  it('is remembered, listed and withdrawn, which ends its tokens', async () => {
    const client = await registerClient(app, school, { name: 'Remembered' })
    const { tokens } = await codeFlow(admin, app, client, { scope: 'items.read' })
    const silent = await follow(admin, app, requestOf(client))
    expect(silent.location?.searchParams.get('code')).toBeTruthy()
    const more = await follow(admin, app, requestOf(client, { scope: 'items.read resources.read' }))
    expect(more.answer.body).toContain('Allow')
    const asked = await follow(admin, app, requestOf(client, { prompt: 'consent' }))
    expect(asked.answer.body).toContain('Allow')

    const { body: mine } = await console.call('GET /api/v1/session/oauth-grants')
    const grant = mine.data.find((one: { clientId: string }) => one.clientId === client.id)
    expect(grant).toMatchObject({ clientName: 'Remembered', scopes: ['items.read'] })
    const { body: all } = await callApi(app, school.key, '/api/v1/oauth-grants')
    expect(JSON.stringify(all)).toContain(grant.id)
    expect((await callApi(app, other.key, `/api/v1/oauth-grants`)).body.data).toEqual([])
    const foreign = await callApi(app, other.key, `/api/v1/oauth-grants/${grant.id}`, {
      method: 'DELETE',
    })
    expect(foreign.status).toBe(404)

    expect((await callApi(app, tokens.body.access_token)).status).toBe(200)
    expect((await console.call(`DELETE /api/v1/session/oauth-grants/${grant.id}`)).status).toBe(204)

    await codeSoon(tokens.body.access_token).toBe('token_revoked')
    expect((await follow(admin, app, requestOf(client))).answer.body).toContain('Allow')
  })

  it('cannot be forged from another site, nor given without the token of the session', async () => {
    const client = await registerClient(app, school, { name: 'Forged' })
    const { answer } = await follow(admin, app, requestOf(client))
    const fields = hiddenFields(answer.body)
    const send = (form: object, headers: Record<string, string>) =>
      admin.send(answer.url, { form: { ...form, decision: 'allow' }, headers })

    const cross = await send(fields, { origin: 'https://evil.example' })
    const bare = await send({ tenant: fields['tenant'] }, { origin: app.url })

    for (const refused of [cross, bare]) {
      expect(refused.status).toBeGreaterThanOrEqual(400)
      expect(refused.headers.get('location')).toBeNull()
    }
  })

  it('is for an organisation of the person, whatever the form says', async () => {
    const client = await registerClient(app, school, { name: 'Elsewhere' })
    const { answer } = await follow(admin, app, requestOf(client))
    const form = { ...hiddenFields(answer.body), tenant: other.id, decision: 'allow' }

    const sent = await admin.send(answer.url, { form, headers: { origin: app.url } })

    expect(sent.headers.get('location')).toBeNull()
    expect(sent.status).toBe(400)
  })

  it('shows an application as text, whatever its makers wrote', async () => {
    const client = await registerClient(app, school, {
      name: '<script>alert(1)</script>',
      purpose: '"><img src=x onerror=alert(1)>',
    })

    const { answer } = await follow(admin, app, requestOf(client))

    expect(answer.body).not.toContain('<script>alert')
    expect(answer.body).not.toContain('<img src=x')
  })

  it('asks for the organisation where there are several, unless the request names it', async () => {
    const trust = await console.call('GET /api/v1/tenants')
    expect(trust.status).toBe(200)
    const client = await registerClient(app, school, { name: 'Choosing' })
    const root = await staffBrowser(app, 'platform', 'root@platform.example', 'platform-admin')

    const { answer } = await follow(root, app, requestOf(client))
    expect(answer.body).toContain('For which organisation?')
    const named = await follow(root, app, requestOf(client, { tenant: 'kite-school' }))
    expect(named.answer.body).toContain('of Kite School')
    const location = await answerConsent(root, app, requestOf(client, { tenant: other.id }))
    expect(location.searchParams.get('code')).toBeTruthy()
  })
})

describe('an application', () => {
  it('that is disabled or deleted loses its tokens within a second', async () => {
    const client = await registerClient(app, school, { name: 'Stopped' })
    const { body: first } = await own(client)
    expect((await callApi(app, first.access_token)).status).toBe(200)

    await console.call(`PATCH /api/v1/oauth-clients/${client.id}`, { body: { disabled: true } })
    await codeSoon(first.access_token).toBe('token_revoked')
    expect((await own(client)).body.error).toBe('invalid_client')
    await console.call(`PATCH /api/v1/oauth-clients/${client.id}`, { body: { disabled: false } })
    expect((await own(client)).status).toBe(200)
    expect((await console.call(`DELETE /api/v1/oauth-clients/${client.id}`)).status).toBe(204)
    expect((await own(client)).body.error).toBe('invalid_client')
  })

  it('rotates its secret with an overlap, and shows neither again', async () => {
    const client = await registerClient(app, school, { name: 'Secretive' })
    const path = `POST /api/v1/oauth-clients/${client.id}/rotate-secret`
    const { status, body } = await console.call(path, { body: { overlapSeconds: 3600 } })
    expect(status).toBe(201)

    expect((await own(client)).status).toBe(200)
    expect((await own({ ...client, clientSecret: body.clientSecret })).status).toBe(200)
    const third = await console.call(path, { body: { overlapSeconds: 0 } })
    expect((await own(client)).status).toBe(401)
    expect((await own({ ...client, clientSecret: body.clientSecret })).status).toBe(401)
    expect((await own({ ...client, clientSecret: third.body.clientSecret })).status).toBe(200)
    const { body: read } = await console.call(`GET /api/v1/oauth-clients/${client.id}`)
    expect(JSON.stringify(read)).not.toContain('edp_secret_')
  })

  it('of another organisation does not exist, and its tokens open nothing here', async () => {
    const client = await registerClient(app, school, { name: 'Ours' })
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/rotate-secret'],
      ['GET', '/approvals'],
    ]) {
      const answer = await callApi(app, other.key, `/api/v1/oauth-clients/${client.id}${path}`, {
        method: method ?? 'GET',
      })
      expect(answer.status).toBe(404)
    }
    const { body } = await own(client)
    const { body: keys } = await callApi(app, body.access_token)
    expect(keys.data).toEqual([])
    expect(decodeJwt(body.access_token)['tenant']).toBe(school.id)
  })

  it('that acts by itself cannot hold more than its maker', async () => {
    const maker = createStaffBrowser(app.url)
    await staffBrowser(app, school.id, 'dev@heron.example', 'developer')
    await maker.signIn('dev@heron.example', passphrase)
    const body = {
      name: 'Too much',
      grantTypes: ['client_credentials'],
      scopes: ['people.write'],
      contact: 'a@b.example',
      purpose: 'x',
    }

    expect((await maker.call('POST /api/v1/oauth-clients', { body })).status).toBe(403)
  })
})
