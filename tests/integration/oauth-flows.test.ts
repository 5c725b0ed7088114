import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import type { HttpBrowser } from '../support/http-browser.ts'
import {
  answerConsent,
  authorizeUrl,
  basic,
  callApi,
  callback,
  codeFlow,
  follow,
  pkce,
  postForm,
  registerClient,
  staffBrowser,
} from '../support/oauth.ts'

let app: TestApp
let school: TestTenant
let browser: HttpBrowser & { readonly userId: string }
let client: Awaited<ReturnType<typeof registerClient>>

beforeAll(async () => {
  app = await startTestApp()
  school = await app.addTenant('Heron School')
  browser = await staffBrowser(app, school.id, 'admin@heron.example')
  client = await registerClient(app, school)
})
afterAll(() => app.stop())

describe('client credentials', () => {
  it('give a signed token of ten minutes, bound to the tenant of the application', async () => {
    const { status, body } = await postForm(
      app,
      '/oauth/token',
      { grant_type: 'client_credentials', scope: 'items.read' },
      basic(client.id, client.clientSecret),
    )

    expect(status).toBe(200)
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 600, scope: 'items.read' })
    expect(decodeProtectedHeader(body.access_token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' })
    expect(decodeJwt(body.access_token)).toMatchObject({
      iss: app.url,
      aud: `${app.url}/api`,
      client_id: client.id,
      sub: client.id,
      tenant: school.id,
      scope: 'items.read',
    })
    expect((await callApi(app, body.access_token)).status).toBe(200)
    expect((await callApi(app, body.access_token, '/api/v1/resources')).body.code).toBe(
      'insufficient_scope',
    )
  })

  it('without scope give all that the application is registered for', async () => {
    const { body } = await postForm(app, '/oauth/token', {
      grant_type: 'client_credentials',
      client_id: client.id,
      client_secret: client.clientSecret ?? '',
    })

    expect(body.scope).toBe('items.read resources.read')
  })

  it.each([
    ['a wrong secret', 'edp_secret_wrong', 'items.read', 401, 'invalid_client'],
    ['a scope it is not registered for', undefined, 'people.read', 400, 'invalid_scope'],
  ])('refuse %s', async (_what, secret, scope, status, error) => {
    const answer = await postForm(
      app,
      '/oauth/token',
      { grant_type: 'client_credentials', scope },
      basic(client.id, secret ?? client.clientSecret),
    )

    expect(answer.status).toBe(status)
    expect(answer.body.error).toBe(error)
  })

  it('are for one resource only', async () => {
    const { status, body } = await postForm(
      app,
      '/oauth/token',
      { grant_type: 'client_credentials', resource: 'https://elsewhere.example/api' },
      basic(client.id, client.clientSecret),
    )

    expect(status).toBe(400)
    expect(body.error).toBe('invalid_target')
  })
})

describe('the authorization code flow', () => {
  it('asks in plain words, then gives tokens with the rights of the person', async () => {
    const { challenge } = pkce()
    const url = authorizeUrl(app, {
      client_id: client.id,
      scope: 'openid items.read',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    })

    const { answer } = await follow(browser, app, url)

    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'")
    for (const text of [
      'Timetable Plus would like to use EdPsych Connect for you',
      'See assessment items (never their answer keys) – of Heron School',
      'Shows lessons beside the matching exercises.',
      'help@app.example.org',
      'https://app.example.org/privacy',
      'Heron School',
      'at most one year',
    ]) {
      expect(answer.body).toContain(text)
    }

    const { location, tokens } = await codeFlow(browser, app, client, {
      scope: 'openid profile items.read',
    })
    expect(location.origin + location.pathname).toBe(callback)
    expect(location.searchParams.get('state')).toBe('st4te')
    expect(location.searchParams.get('iss')).toBe(app.url)
    expect(tokens.status).toBe(200)
    expect(decodeJwt(tokens.body.access_token)).toMatchObject({
      sub: browser.userId,
      tenant: school.id,
      scope: 'items.read',
    })
    expect(decodeJwt(tokens.body.id_token)).toMatchObject({
      sub: browser.userId,
      aud: client.id,
      name: 'Ada Lovelace',
    })
    expect((await callApi(app, tokens.body.access_token)).status).toBe(200)
    expect(tokens.body.refresh_token).toBeTruthy()
  })

  it('leads to the sign-in first, and back', async () => {
    const { createHttpBrowser } = await import('../support/http-browser.ts')
    const stranger = createHttpBrowser()
    const { challenge } = pkce()
    const url = authorizeUrl(app, {
      client_id: client.id,
      scope: 'items.read',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    })

    const { answer } = await follow(stranger, app, url)

    expect(new URL(answer.url).pathname).toBe('/sign-in')
    expect(new URL(answer.url).searchParams.get('next')).toMatch(/^\/oauth\/interaction\/[\w-]+$/)
  })

  it('tells the application when the person refuses', async () => {
    const other = await registerClient(app, school, { name: 'Refused' })
    const { challenge } = pkce()
    const url = authorizeUrl(app, {
      client_id: other.id,
      scope: 'items.read',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    })

    const location = await answerConsent(browser, app, url, 'refuse')

    expect(location.searchParams.get('error')).toBe('access_denied')
    expect(location.searchParams.get('code')).toBeNull()
  })

  it('accepts a code once, and ends the consent when it comes twice', async () => {
    const other = await registerClient(app, school, { name: 'Replayed' })
    const { tokens, exchange } = await codeFlow(browser, app, other, { scope: 'items.read' })
    expect(tokens.status).toBe(200)
    expect((await callApi(app, tokens.body.access_token)).status).toBe(200)

    const again = await exchange()

    expect(again.status).toBe(400)
    expect(again.body.error).toBe('invalid_grant')
    await expect
      .poll(async () => (await callApi(app, tokens.body.access_token)).body.code)
      .toBe('token_revoked')
  })
})

describe('refresh tokens', () => {
  it('rotate, and the whole family ends when an old one comes back', async () => {
    const other = await registerClient(app, school, { name: 'Rotating' })
    const { tokens } = await codeFlow(browser, app, other, { scope: 'items.read' })
    const refresh = (token: string) =>
      postForm(
        app,
        '/oauth/token',
        { grant_type: 'refresh_token', refresh_token: token },
        basic(other.id, other.clientSecret),
      )
    const second = await refresh(tokens.body.refresh_token)
    expect(second.status).toBe(200)
    expect(second.body.refresh_token).not.toBe(tokens.body.refresh_token)
    expect((await callApi(app, second.body.access_token)).status).toBe(200)

    const replay = await refresh(tokens.body.refresh_token)

    expect(replay.body.error).toBe('invalid_grant')
    expect((await refresh(second.body.refresh_token)).body.error).toBe('invalid_grant')
    await expect
      .poll(async () => (await callApi(app, second.body.access_token)).body.code)
      .toBe('token_revoked')
  })
})
