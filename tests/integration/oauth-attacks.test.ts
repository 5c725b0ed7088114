import { createHash, createHmac } from 'node:crypto'
import {
  calculateJwkThumbprint,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  type JWTPayload,
  SignJWT,
} from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import type { HttpBrowser } from '../support/http-browser.ts'
import {
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

const auth = () => basic(client.id, client.clientSecret)

async function ownToken(form: Record<string, string> = {}, headers: Record<string, string> = {}) {
  const { body } = await postForm(
    app,
    '/oauth/token',
    { grant_type: 'client_credentials', ...form },
    { ...auth(), ...headers },
  )
  return String(body.access_token)
}

/** A token as an attacker with a key pair of their own would make it. */
async function forged(claims: JWTPayload = {}, header: object = {}) {
  const { privateKey } = await generateKeyPair('ES256')
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT({
    iss: app.url,
    aud: `${app.url}/api`,
    sub: client.id,
    client_id: client.id,
    tenant: school.id,
    scope: 'items.read',
    jti: 'x',
    iat: now,
    exp: now + 600,
    ...claims,
  })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...header })
    .sign(privateKey)
}

describe('a token that is not an access token of this server', () => {
  it('is refused with its reason', async () => {
    const { tokens } = await codeFlow(browser, app, client, { scope: 'openid items.read' })
    const cases: [string, string][] = [
      [await forged(), 'token_invalid'],
      [await forged({ iss: 'https://elsewhere.example' }), 'token_wrong_issuer'],
      [await forged({}, { typ: 'JWT' }), 'token_wrong_type'],
      [tokens.body.id_token, 'token_wrong_type'],
      ['eyJ.eyJ.x', 'token_invalid'],
      [`${(await ownToken()).slice(0, -4)}AAAA`, 'token_invalid'],
    ]

    for (const [token, code] of cases) {
      const answer = await callApi(app, token)
      expect(answer).toMatchObject({ status: 401, body: { code } })
      expect(answer.challenge).toContain('Bearer realm=')
      expect(answer.challenge).toContain('error="invalid_token"')
      expect(answer.challenge).toContain('/.well-known/oauth-protected-resource')
    }
  })

  it('is refused when it is signed by the public key as a secret, or not at all', async () => {
    const [, payload = ''] = (await ownToken()).split('.')
    const jwks = (await (await fetch(`${app.url}/oauth/jwks`)).json()) as { keys: object[] }
    const kid = (jwks.keys[0] as { kid: string }).kid
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
    const hmacHead = encode({ alg: 'HS256', typ: 'at+jwt', kid })
    const mac = createHmac('sha256', JSON.stringify(jwks.keys[0]))
      .update(`${hmacHead}.${payload}`)
      .digest('base64url')

    for (const token of [
      `${hmacHead}.${payload}.${mac}`,
      `${encode({ alg: 'none', typ: 'at+jwt', kid })}.${payload}.`,
      `${encode({ alg: 'None', typ: 'at+jwt' })}.${payload}.`,
    ]) {
      expect((await callApi(app, token)).body.code).toBe('token_invalid')
    }
    expect(JSON.stringify(jwks)).not.toContain('"d"')
  })

  it('is refused in the address and in the body of a form', async () => {
    const token = await ownToken()
    const inQuery = await fetch(`${app.url}/api/v1/items?access_token=${token}`)

    expect(inQuery.status).toBe(400)
    expect(await inQuery.json()).toMatchObject({ code: 'credential_in_address' })
  })
})

describe('PKCE', () => {
  const start = (params: Record<string, string | undefined>) =>
    follow(
      browser,
      app,
      authorizeUrl(app, { client_id: client.id, scope: 'items.read', ...params }),
    )

  it.each([
    ['is absent', {}],
    ['is plain', { code_challenge: 'a'.repeat(43), code_challenge_method: 'plain' }],
    ['names no method', { code_challenge: 'a'.repeat(43) }],
  ])('cannot be lowered: a request where it %s is refused', async (_what, params) => {
    const { location } = await start(params)

    expect(location?.searchParams.get('error')).toBe('invalid_request')
    expect(location?.searchParams.get('code')).toBeNull()
  })

  it('needs the verifier that belongs to the code', async () => {
    const { form } = await codeFlow(browser, app, client, { scope: 'items.read' })
    const { code } = await newCode()

    for (const code_verifier of [undefined, pkce().verifier]) {
      const answer = await postForm(app, '/oauth/token', { ...form, code, code_verifier }, auth())
      expect(answer.status).toBe(400)
    }
  })

  async function newCode() {
    const { challenge } = pkce()
    const { location } = await start({ code_challenge: challenge, code_challenge_method: 'S256' })
    return { code: location?.searchParams.get('code') ?? '' }
  }
})

describe('a redirect address', () => {
  it.each([
    'https://app.example.org/callback/extra',
    'https://app.example.org/callback?x=1',
    'https://app.example.org/callback#part',
    'https://app.example.org.evil.example/callback',
    'https://app.example.org@evil.example/callback',
    'https://user@app.example.org/callback',
    'https://APP.example.org/callback',
    'https://app.example.org/Callback',
    'https://app.example.org/callback/../other',
    'https://app.example.org/callback%2f..',
    'http://app.example.org/callback',
    'https://app.example.org:8443/callback',
    'https://evil.example/',
    '//evil.example/callback',
    'javascript:alert(1)',
  ])('that is not registered letter by letter is shown as a refusal: %s', async (redirect_uri) => {
    const { challenge } = pkce()
    const url = authorizeUrl(app, {
      client_id: client.id,
      redirect_uri,
      scope: 'items.read',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    })

    const { answer, location } = await follow(browser, app, url)

    expect(location).toBeNull()
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(answer.body).toContain('Nothing was shared')
    expect(answer.body).not.toContain('evil.example')
  })

  it('must be the same when the code is exchanged', async () => {
    const { verifier, challenge } = pkce()
    const { location } = await follow(
      browser,
      app,
      authorizeUrl(app, {
        client_id: client.id,
        scope: 'items.read',
        code_challenge: challenge,
        code_challenge_method: 'S256',
      }),
    )
    const answer = await postForm(
      app,
      '/oauth/token',
      {
        grant_type: 'authorization_code',
        code: location?.searchParams.get('code') ?? '',
        code_verifier: verifier,
        redirect_uri: `${callback}/extra`,
      },
      auth(),
    )

    expect(answer.body.error).toBe('invalid_grant')
  })

  it('on the own computer may use any port, and is asked about each time', async () => {
    const native = await registerClient(app, school, {
      kind: 'public',
      grantTypes: ['authorization_code'],
      redirectUris: ['http://127.0.0.1/cb'],
    })
    const { challenge } = pkce()
    const at = (redirect_uri: string) =>
      follow(
        browser,
        app,
        authorizeUrl(app, {
          client_id: native.id,
          redirect_uri,
          scope: 'items.read',
          code_challenge: challenge,
          code_challenge_method: 'S256',
        }),
      )

    expect((await at('http://127.0.0.1:49152/cb')).answer.body).toContain('Allow')
    expect((await at('http://127.0.0.1:49152/other')).answer.status).toBe(400)
    expect((await at('http://127.0.0.2:49152/cb')).answer.status).toBe(400)
  })

  it.each([
    'https://user:pass@app.example.org/cb',
    'https://app.example.org/cb#x',
    'https://app.example.org/*',
    'javascript:alert(1)',
    'https://app.example.org/a/../b',
    'ftp://app.example.org/cb',
    'https://APP.example.org/cb',
  ])('that is a trick cannot be registered: %s', async (uri) => {
    const response = await fetch(`${app.url}/api/v1/oauth-clients`, {
      method: 'POST',
      headers: { authorization: `Bearer ${school.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        name: 'x',
        redirectUris: [uri],
        scopes: ['items.read'],
        contact: 'a@b.example',
        purpose: 'x',
      }),
    })

    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ code: 'redirect_uri_refused' })
  })
})

describe('what this server does not offer', () => {
  it.each([
    ['the implicit flow', { response_type: 'token' }],
    ['the hybrid flow', { response_type: 'code id_token' }],
  ])('%s is refused', async (_what, params) => {
    const { location } = await follow(
      browser,
      app,
      authorizeUrl(app, { client_id: client.id, scope: 'openid', nonce: 'n', ...params }),
    )

    expect(location?.href).toContain('error=')
    expect(location?.href).not.toContain('access_token')
  })

  it('the password grant is refused', async () => {
    const { body } = await postForm(
      app,
      '/oauth/token',
      { grant_type: 'password', username: 'admin@heron.example', password: 'x' },
      auth(),
    )

    expect(body.error).toBe('unsupported_grant_type')
  })

  it('is not in the discovery documents, which name this server whatever the host header says', async () => {
    for (const path of ['oauth-authorization-server', 'openid-configuration']) {
      const response = await fetch(`${app.url}/.well-known/${path}`, {
        headers: { 'x-forwarded-host': 'evil.example' },
      })
      const text = await response.text()
      const found = JSON.parse(text)

      expect(text).not.toContain('evil.example')
      expect(found).toMatchObject({
        issuer: app.url,
        authorization_endpoint: `${app.url}/oauth/authorize`,
        token_endpoint: `${app.url}/oauth/token`,
        pushed_authorization_request_endpoint: `${app.url}/oauth/par`,
        introspection_endpoint: `${app.url}/oauth/introspect`,
        revocation_endpoint: `${app.url}/oauth/revoke`,
        response_types_supported: ['code'],
        code_challenge_methods_supported: ['S256'],
        authorization_response_iss_parameter_supported: true,
      })
      expect(found.grant_types_supported.sort()).toEqual([
        'authorization_code',
        'client_credentials',
        'refresh_token',
      ])
    }
    const resource = await fetch(`${app.url}/.well-known/oauth-protected-resource`)
    expect(await resource.json()).toMatchObject({
      resource: `${app.url}/api`,
      authorization_servers: [app.url],
    })
  })
})

describe('pushed authorization requests', () => {
  const push = (more: Record<string, string>) =>
    postForm(
      app,
      '/oauth/par',
      {
        client_id: client.id,
        response_type: 'code',
        redirect_uri: callback,
        scope: 'items.read',
        ...more,
      },
      auth(),
    )

  it('without PKCE are refused', async () => {
    const { status, body } = await push({})

    expect(status).toBe(400)
    expect(body.error).toBe('invalid_request')
    expect(body.error_description).toMatch(/PKCE/)
  })

  it('give an address that works once', async () => {
    const { challenge } = pkce()
    const { status, body } = await push({
      code_challenge: challenge,
      code_challenge_method: 'S256',
    })
    expect(status).toBe(201)
    const url = new URL('/oauth/authorize', app.url)
    url.searchParams.set('client_id', client.id)
    url.searchParams.set('request_uri', body.request_uri)

    const first = await follow(browser, app, url.href)
    const second = await follow(browser, app, url.href)

    expect(first.location?.searchParams.get('code')).toBeTruthy()
    expect(second.location?.searchParams.get('code') ?? null).toBeNull()
  })
})

describe('DPoP', () => {
  async function prover() {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const jwk = await exportJWK(publicKey)
    const proof = (htm: string, path: string, more: object = {}) =>
      new SignJWT({ jti: crypto.randomUUID(), htm, htu: app.url + path, ...more })
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
        .setIssuedAt((more as { iat?: number }).iat ?? undefined)
        .sign(privateKey)
    return { proof, jkt: await calculateJwkThumbprint(jwk) }
  }
  const athOf = (token: string) => createHash('sha256').update(token).digest('base64url')

  it('binds a token to a key; each proof fits one request and works once', async () => {
    const ours = await prover()
    const token = await ownToken({}, { dpop: await ours.proof('POST', '/oauth/token') })
    const ath = athOf(token)
    const items = '/api/v1/items'
    const call = (proof: string) =>
      callApi(app, token, items, { headers: { authorization: `DPoP ${token}`, dpop: proof } })
    const good = await ours.proof('GET', items, { ath })

    expect((await call(good)).status).toBe(200)
    expect(await call(good)).toMatchObject({ status: 401, body: { code: 'dpop_proof_replayed' } })
    expect((await callApi(app, token)).body.code).toBe('dpop_proof_missing')
    const theirs = await prover()
    for (const wrong of [
      await theirs.proof('GET', items, { ath }),
      await ours.proof('POST', items, { ath }),
      await ours.proof('GET', '/api/v1/keys', { ath }),
      await ours.proof('GET', items, { ath: athOf('another') }),
      await ours.proof('GET', items),
      await ours.proof('GET', items, { ath, iat: Math.floor(Date.now() / 1000) - 600 }),
      'eyJhbGciOiJub25lIn0.e30.',
    ]) {
      const answer = await call(wrong)
      expect(answer).toMatchObject({ status: 401, body: { code: 'dpop_proof_invalid' } })
      expect(answer.challenge).toMatch(/^DPoP .*error="invalid_dpop_proof"/)
    }
  })

  it('a proof for the token endpoint works once', async () => {
    const { proof } = await prover()
    const dpop = await proof('POST', '/oauth/token')
    const ask = () =>
      postForm(app, '/oauth/token', { grant_type: 'client_credentials' }, { ...auth(), dpop })

    expect((await ask()).body.token_type).toBe('DPoP')
    expect((await ask()).status).toBe(400)
  })
})

describe('introspection and revocation', () => {
  const introspect = (token: string, headers = auth()) =>
    postForm(app, '/oauth/introspect', { token }, headers)

  it('tell the owner of a token about it, and nobody else', async () => {
    const token = await ownToken()
    const stranger = await registerClient(app, school, { name: 'Stranger' })

    expect((await introspect(token)).body).toMatchObject({
      active: true,
      client_id: client.id,
      tenant: school.id,
      token_type: 'Bearer',
    })
    const asStranger = await introspect(token, basic(stranger.id, stranger.clientSecret))
    expect(asStranger.body).toEqual({ active: false })
    expect((await introspect(token, basic(client.id, 'wrong'))).status).toBe(401)
    expect((await introspect('nonsense')).body).toEqual({ active: false })
    expect((await introspect(await forged())).body).toEqual({ active: false })
  })

  it('are not for scripts of other sites', async () => {
    const preflight = await fetch(`${app.url}/oauth/introspect`, {
      method: 'POST',
      headers: { origin: 'https://app.example.org', ...auth() },
      body: new URLSearchParams({ token: await ownToken() }),
    })

    expect(await preflight.text()).not.toContain('"active":true')
  })

  it('end an access token within a second, for its owner only', async () => {
    const token = await ownToken()
    const stranger = await registerClient(app, school, { name: 'Revoker' })
    const revoke = (headers: Record<string, string>) =>
      postForm(app, '/oauth/revoke', { token }, headers)
    expect((await callApi(app, token)).status).toBe(200)

    expect((await revoke(basic(stranger.id, stranger.clientSecret))).status).toBe(200)
    expect((await callApi(app, token)).status).toBe(200)
    expect((await revoke(auth())).status).toBe(200)

    await expect.poll(async () => (await callApi(app, token)).body.code).toBe('token_revoked')
    expect((await introspect(token)).body).toEqual({ active: false })
  })

  it('end a refresh token with all that came from it', async () => {
    const { tokens } = await codeFlow(browser, app, client, { scope: 'items.read' })

    await postForm(app, '/oauth/revoke', { token: tokens.body.refresh_token }, auth())

    const again = await postForm(
      app,
      '/oauth/token',
      { grant_type: 'refresh_token', refresh_token: tokens.body.refresh_token },
      auth(),
    )
    expect(again.body.error).toBe('invalid_grant')
    await expect
      .poll(async () => (await callApi(app, tokens.body.access_token)).body.code)
      .toBe('token_revoked')
  })
})

it('a rotation of the signing key leaves living tokens alone and signs with the published next key', async () => {
  const before = await ownToken()
  const published = async () =>
    ((await (await fetch(`${app.url}/oauth/jwks`)).json()) as { keys: { kid: string }[] }).keys
  const known = (await published()).map(({ kid }) => kid)

  await app.server.services.oauth.rotateKeys()

  const after = await ownToken()
  const kidOf = (token: string) => decodeProtectedHeader(token).kid
  expect(kidOf(after)).not.toBe(kidOf(before))
  expect(known).toContain(kidOf(after))
  expect((await published()).map(({ kid }) => kid)).toContain(kidOf(before))
  expect((await callApi(app, before)).status).toBe(200)
  expect((await callApi(app, after)).status).toBe(200)
})
