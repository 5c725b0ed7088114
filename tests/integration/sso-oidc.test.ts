import { generateKeyPair } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { type DnsServer, startDnsServer } from '../support/dns-server.ts'
import { createHttpBrowser, type HttpBrowser } from '../support/http-browser.ts'
import { type OidcIdp, startOidcIdp } from '../support/oidc-idp.ts'

let app: TestApp
let dns: DnsServer
let idp: OidcIdp
let school: TestTenant
let providerId: string
let no = 0

const client = { id: 'edpsych', secret: 'a-secret-of-some-length' }

beforeAll(async () => {
  dns = await startDnsServer()
  app = await startTestApp({ EDPSYCH_DNS_SERVERS: dns.address })
  idp = await startOidcIdp(client)
})

afterAll(async () => {
  await app.stop()
  await idp.stop()
  await dns.stop()
})

const domain = () => `oidc-${no}.example`

beforeEach(() => setUp('school'))

async function setUp(kind: 'school' | 'trust'): Promise<void> {
  no += 1
  school = await app.addTenant(`School ${no}`, { kind })
  providerId = (await addProvider()).id
  const claimed = await school.client('POST /api/v1/sso-domains', { body: { domain: domain() } })
  dns.records.set(claimed.record.name, claimed.record.value)
  await school.client('POST /api/v1/sso-domains/:id/verify', { params: { id: claimed.id } })
  idp.person = {
    sub: `person-${no}`,
    email: `tess@${domain()}`,
    email_verified: true,
    name: 'Tess Teacher',
    groups: ['teaching'],
  }
}

function addProvider(changes: object = {}) {
  return school.client('POST /api/v1/identity-providers', {
    body: {
      protocol: 'oidc',
      name: 'Work account',
      issuer: idp.issuer,
      clientId: client.id,
      clientSecret: client.secret,
      createsAccounts: true,
      roleMapping: [{ value: 'teaching', role: 'teacher' }],
      ...changes,
    },
  })
}

/** From the sign-in page to the provider and back to the callback, as far as it goes. */
async function signIn(browser: HttpBrowser, id = providerId) {
  return browser.send(await callbackOf(browser, id))
}

async function callbackOf(browser: HttpBrowser, id = providerId): Promise<string> {
  const begun = await browser.send(`${app.url}/oidc/${id}/login`)
  const asked = await browser.send(begun.headers.get('location') ?? '')
  return asked.headers.get('location') ?? ''
}

async function whoAmI(browser: HttpBrowser) {
  const session = await browser.send(`${app.url}/api/v1/session`)
  return session.status === 200 ? JSON.parse(session.body) : null
}

describe('a sign-in with OpenID Connect', () => {
  it('opens a session, with PKCE, state, nonce and the client secret', async () => {
    const browser = createHttpBrowser()

    const landed = await signIn(browser)

    expect(landed.headers.get('location')).toBe('/admin')
    expect(idp.refusals).toEqual([])
    expect(await whoAmI(browser)).toMatchObject({
      user: { name: 'Tess Teacher', email: `tess@${domain()}` },
      roles: ['teacher'],
    })
  })

  it('never shows the client secret', async () => {
    const shown = await school.client('GET /api/v1/identity-providers/:id', {
      params: { id: providerId },
    })

    expect(shown.oidc).toMatchObject({ hasSecret: true })
    expect(JSON.stringify(shown)).not.toContain(client.secret)
  })

  it('takes Entra’s name of a person who has no mailbox', async () => {
    idp.person = { sub: `entra-${no}`, preferred_username: `una@${domain()}`, roles: ['Teaching'] }
    const browser = createHttpBrowser()

    await signIn(browser)

    expect((await whoAmI(browser)).user.email).toBe(`una@${domain()}`)
  })

  it('does not believe an address that the provider has not checked', async () => {
    idp.person = { ...idp.person, email_verified: false }

    const answered = await signIn(createHttpBrowser())

    expect(answered.status).toBe(403)
    expect(answered.body).toContain('sso_account_not_allowed')
  })

  it('lets in accounts of one Google Workspace only', async () => {
    const { id } = await addProvider({ hostedDomain: domain(), preset: 'google' })
    const refused = await signIn(createHttpBrowser(), id)
    idp.person = { ...idp.person, hd: domain() }

    expect(refused.status).toBe(403)
    expect((await signIn(createHttpBrowser(), id)).status).toBe(303)
  })

  it('says what is wrong with a wrong client secret', async () => {
    await school.client('PATCH /api/v1/identity-providers/:id', {
      params: { id: providerId },
      body: { clientSecret: 'another' },
    })

    const answered = await signIn(createHttpBrowser())

    expect(answered.status).toBe(403)
    expect(answered.body).toContain('check the client id and the client secret')
    idp.refusals.length = 0
  })

  it.each([
    ['an issuer that is none', 'http://127.0.0.1:9', 'sso_metadata_invalid'],
    ['another name of the issuer', 'ISSUER/', 'sso_metadata_invalid'],
  ])('needs the right issuer: %s', async (_name, issuer, code) => {
    await expect(
      addProvider({ issuer: issuer.replace('ISSUER', idp.issuer) }),
    ).rejects.toMatchObject({ code })
  })
})

describe('an attack is refused and opens nothing', () => {
  const forgeries: readonly [string, (claims: Record<string, unknown>) => Promise<string>][] = [
    ['another nonce', (claims) => idp.sign({ ...claims, nonce: 'other' })],
    ['no nonce', ({ nonce: _nonce, ...claims }) => idp.sign(claims)],
    ['another audience', (claims) => idp.sign({ ...claims, aud: 'other' })],
    [
      'several audiences without us as the party',
      (claims) => idp.sign({ ...claims, aud: [client.id, 'other'], azp: 'other' }),
    ],
    ['another issuer', (claims) => idp.sign({ ...claims, iss: 'https://evil.example' })],
    [
      'expired',
      (claims) =>
        idp.sign({ ...claims, iat: Number(claims['iat']) - 900, exp: Number(claims['iat']) - 120 }),
    ],
    ['no end', ({ exp: _exp, ...claims }) => idp.sign(claims)],
    ['of the future', (claims) => idp.sign({ ...claims, iat: Number(claims['iat']) + 900 })],
    ['nobody', ({ sub: _sub, ...claims }) => idp.sign(claims)],
    [
      'no signature',
      async (claims) =>
        `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`,
    ],
    [
      'HMAC with the client secret',
      (claims) =>
        idp.sign(claims, { alg: 'HS256' }, new TextEncoder().encode(client.secret.padEnd(32, '-'))),
    ],
    [
      'a key of somebody else',
      async (claims) => idp.sign(claims, {}, (await generateKeyPair('RS256')).privateKey),
    ],
    ['rubbish', async () => 'a.b.c'],
  ]
  it.each(forgeries)('an ID token with %s', async (_name, forge) => {
    const browser = createHttpBrowser()
    idp.forge = forge

    const answered = await signIn(browser)

    expect(answered.status).toBe(403)
    expect(answered.body).toContain('sso_answer_refused')
    expect(await whoAmI(browser)).toBeNull()
  })

  it('a callback in another browser', async () => {
    const callback = await callbackOf(createHttpBrowser())
    const victim = createHttpBrowser()

    const answered = await victim.send(callback)

    expect(answered.status).toBe(403)
    expect(answered.body).toContain('sso_not_begun_here')
    expect(await whoAmI(victim)).toBeNull()
  })

  it('a callback that comes twice', async () => {
    const browser = createHttpBrowser()
    const callback = await callbackOf(browser)
    await browser.send(callback)

    expect((await browser.send(callback)).body).toContain('sso_answer_used')
  })

  it.each([
    ['of another provider (mix-up)', 'iss', 'https://evil.example'],
    ['with another state', 'state', 'sgn_00000000000000000000000000'],
    ['without a code', 'code', null],
  ])('a callback %s', async (_name, parameter, value) => {
    const browser = createHttpBrowser()
    const url = new URL(await callbackOf(browser))
    if (value === null) url.searchParams.delete(parameter)
    else url.searchParams.set(parameter, value)

    expect((await browser.send(url.href)).status).toBe(403)
    expect(await whoAmI(browser)).toBeNull()
  })

  it('words of a provider are shown as words', async () => {
    const browser = createHttpBrowser()
    const url = new URL(await callbackOf(browser))
    url.searchParams.delete('code')
    url.searchParams.set('error', 'access_denied')
    url.searchParams.set('error_description', '<script>alert(1)</script>')

    const { body } = await browser.send(url.href)

    expect(body).toContain('&lt;script&gt;')
    expect(body).not.toContain('<script>alert')
  })
})

describe('where people sign in', () => {
  const discover = async (email: string) => {
    const answer = await fetch(`${app.url}/api/v1/session/discovery`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email }),
    })
    return { status: answer.status, body: (await answer.json()) as { providers?: unknown[] } }
  }

  it('is told by the proven domain of an address, whoever it is', async () => {
    const expected = [
      { id: providerId, name: 'Work account', url: `${app.url}/oidc/${providerId}/login` },
    ]
    expect((await discover(`tess@${domain()}`)).body.providers).toEqual(expected)
    expect((await discover(`NOBODY@${domain().toUpperCase()}`)).body.providers).toEqual(expected)
    expect((await discover('someone@elsewhere.example')).body.providers).toEqual([])
    expect((await discover('no address')).status).toBe(400)
  })

  it('is not told by a domain that somebody only claims', async () => {
    const other = await app.addTenant(`Claimer ${no}`)
    const claimed = await other.client('POST /api/v1/sso-domains', {
      body: { domain: 'claimed.example' },
    })

    await expect(
      other.client('POST /api/v1/sso-domains/:id/verify', { params: { id: claimed.id } }),
    ).rejects.toMatchObject({ code: 'sso_domain_not_proven' })
    dns.records.set(claimed.record.name, 'something else')
    await expect(
      other.client('POST /api/v1/sso-domains/:id/verify', { params: { id: claimed.id } }),
    ).rejects.toMatchObject({ code: 'sso_domain_not_proven' })
    expect((await discover('x@claimed.example')).body.providers).toEqual([])
  })

  it('belongs to one organisation only', async () => {
    const other = await app.addTenant(`Second ${no}`)
    const claimed = await other.client('POST /api/v1/sso-domains', { body: { domain: domain() } })
    dns.records.set(claimed.record.name, claimed.record.value)

    await expect(
      other.client('POST /api/v1/sso-domains/:id/verify', { params: { id: claimed.id } }),
    ).rejects.toMatchObject({ code: 'conflict' })
  })
})

describe('single sign-on that is enforced', () => {
  async function addAdministrator(name: string) {
    const person = await school.client('POST /api/v1/people', {
      body: { name, email: `${name}@${domain()}`, role: 'school-admin' },
    })
    return { id: person.id, email: person.email, password: person.oneTimePassword }
  }

  const signInWithPassword = async ({ email, password }: { email: string; password: string }) => {
    const answer = await fetch(`${app.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    })
    return { status: answer.status, body: (await answer.json()) as { code?: string } }
  }

  it('refuses passwords of all but the account for emergencies, whose use is recorded', async () => {
    const emergency = await addAdministrator('erin')
    const other = await addAdministrator('otto')
    await signIn(createHttpBrowser())
    await school.client('PUT /api/v1/sso-policy', {
      body: { enforced: true, breakGlassPersonId: emergency.id },
    })

    const refused = await signInWithPassword(other)
    const wrong = await signInWithPassword({ ...other, password: 'wrong wrong wrong' })

    expect(refused).toMatchObject({ status: 403, body: { code: 'sso_required' } })
    expect(wrong.body.code).toBe('invalid_credentials')
    expect((await signInWithPassword(emergency)).status).toBe(201)
    const { data } = await school.client('GET /api/v1/audit', {
      query: { action: 'sso.break_glass' },
    })
    expect(data).toMatchObject([{ target: { id: emergency.id } }])
    expect((await signIn(createHttpBrowser())).status).toBe(303)
  })

  it('cannot lock everybody out', async () => {
    const emergency = await addAdministrator('erin')
    const teacher = await school.client('POST /api/v1/people', {
      body: { name: 'Tom', email: `tom@${domain()}`, role: 'teacher' },
    })
    const put = (breakGlassPersonId: string | null) =>
      school.client('PUT /api/v1/sso-policy', { body: { enforced: true, breakGlassPersonId } })

    await expect(put(emergency.id)).rejects.toMatchObject({
      message: expect.stringContaining('once before'),
    })
    await signIn(createHttpBrowser())
    await expect(put(null)).rejects.toMatchObject({ code: 'conflict' })
    await expect(put(teacher.id)).rejects.toMatchObject({ code: 'not_found' })
    await put(emergency.id)
    const params = { id: providerId }
    await expect(
      school.client('DELETE /api/v1/identity-providers/:id', { params }),
    ).rejects.toMatchObject({ code: 'conflict' })
    await expect(
      school.client('PATCH /api/v1/identity-providers/:id', { params, body: { enabled: false } }),
    ).rejects.toMatchObject({ code: 'conflict' })
  })

  it('of a trust holds for its schools', async () => {
    await setUp('trust')
    const trust = school
    const below = await app.addTenant(`Below ${no}`, { below: trust })
    const emergency = await addAdministrator('erin')
    const person = await below.client('POST /api/v1/people', {
      body: { name: 'Bea', email: `bea@${domain()}`, role: 'teacher' },
    })
    await signIn(createHttpBrowser())
    await trust.client('PUT /api/v1/sso-policy', {
      body: { enforced: true, breakGlassPersonId: emergency.id },
    })

    const refused = await signInWithPassword({
      email: person.email,
      password: person.oneTimePassword,
    })

    expect(refused.body.code).toBe('sso_required')
  })
})
