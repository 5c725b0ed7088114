import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { type DnsServer, startDnsServer } from '../support/dns-server.ts'
import { createHttpBrowser, type HttpBrowser } from '../support/http-browser.ts'
import {
  idpMetadata,
  makeSamlKey,
  type ResponseOptions,
  readAuthnRequest,
  type SamlKey,
  samlResponse,
  sha1,
} from '../support/saml-idp.ts'

let app: TestApp
let dns: DnsServer
let key: SamlKey
let otherKey: SamlKey
let school: TestTenant
let providerId: string
let no = 0

beforeAll(async () => {
  dns = await startDnsServer()
  app = await startTestApp({ EDPSYCH_DNS_SERVERS: dns.address })
  key = makeSamlKey('idp.test.example')
  otherKey = makeSamlKey('other.test.example')
})

afterAll(async () => {
  await app.stop()
  await dns.stop()
})

beforeEach(async () => {
  no += 1
  school = await app.addTenant(`School ${no}`)
  providerId = (await addProvider(school)).id
  await proveDomain(school)
})

function addProvider(tenant: TestTenant, changes: object = {}) {
  return tenant.client('POST /api/v1/identity-providers', {
    body: {
      protocol: 'saml',
      name: 'School account',
      metadataXml: idpMetadata([key]),
      createsAccounts: true,
      roleClaim: 'groups',
      roleMapping: [
        { value: 'teaching', role: 'teacher' },
        { value: 'office', role: 'school-admin' },
      ],
      ...changes,
    },
  })
}

const domain = () => `school-${no}.example`
const address = (name: string) => `${name}@${domain()}`

async function proveDomain(tenant: TestTenant): Promise<void> {
  const claimed = await tenant.client('POST /api/v1/sso-domains', { body: { domain: domain() } })
  dns.records.set(claimed.record.name, claimed.record.value)
  await tenant.client('POST /api/v1/sso-domains/:id/verify', { params: { id: claimed.id } })
}

/** From the sign-in page to the provider: what the service asks for. */
async function begin(browser: HttpBrowser, id = providerId, query = '') {
  const answer = await browser.send(`${app.url}/saml/${id}/login${query}`)
  expect(answer.status).toBe(303)
  return readAuthnRequest(answer.headers.get('location') ?? '')
}

/** The provider's form, posted by the browser, and where it leads. */
async function answer(
  browser: HttpBrowser,
  options: Partial<ResponseOptions> & Pick<ResponseOptions, 'request'>,
) {
  const SAMLResponse = samlResponse({
    key,
    attributes: { mail: address('tess'), displayName: 'Tess Teacher', groups: 'teaching' },
    ...options,
  })
  return post(browser, options.request, SAMLResponse)
}

function post(
  browser: HttpBrowser,
  { acs, relayState }: { acs: string; relayState: string },
  SAMLResponse: string,
) {
  return browser.send(acs, { form: { SAMLResponse, RelayState: relayState } })
}

async function land(browser: HttpBrowser, answered: { headers: Headers }) {
  return browser.send(new URL(answered.headers.get('location') ?? '', app.url).href)
}

async function signIn(browser: HttpBrowser, options: Partial<ResponseOptions> = {}, query = '') {
  const request = await begin(browser, providerId, query)
  const answered = await answer(browser, { ...options, request })
  return answered.status === 303 ? land(browser, answered) : answered
}

/** A new account of the school at a domain of its own, signed in with its password. */
async function signInWithPassword(browser: HttpBrowser, name: string): Promise<{ id: string }> {
  const person = await school.client('POST /api/v1/people', {
    body: { name, email: `${name.toLowerCase()}-${no}@elsewhere.example`, role: 'teacher' },
  })
  const signed = await fetch(`${app.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: person.email, password: person.oneTimePassword }),
  })
  browser.remember(app.url, signed.headers.getSetCookie())
  return person
}

async function whoAmI(browser: HttpBrowser) {
  const session = await browser.send(`${app.url}/api/v1/session`)
  return session.status === 200 ? JSON.parse(session.body) : null
}

describe('a sign-in with SAML', () => {
  it('opens a session of a new account with the roles that its groups give', async () => {
    const browser = createHttpBrowser()

    const landed = await signIn(browser, {}, '?next=/admin/grades')

    expect(landed.status).toBe(303)
    expect(landed.headers.get('location')).toBe('/admin/grades')
    expect(await whoAmI(browser)).toMatchObject({
      user: { name: 'Tess Teacher', email: address('tess') },
      tenant: { id: school.id },
      roles: ['teacher'],
    })
  })

  it('is the same account the next time, with the roles of now', async () => {
    const [first, second] = [createHttpBrowser(), createHttpBrowser()]
    await signIn(first)
    const before = await whoAmI(first)

    await signIn(second, {
      attributes: { mail: 'changed@elsewhere.example', groups: ['Teaching', 'office'] },
    })

    const after = await whoAmI(second)
    expect(after.user.id).toBe(before.user.id)
    expect(after.roles.sort()).toEqual(['school-admin', 'teacher'])
    const { data } = await school.client('GET /api/v1/sso-identities', { query: {} })
    expect(data).toMatchObject([{ personId: before.user.id, linkedBy: 'created' }])
  })

  it('takes away a role that the provider gave and gives no more', async () => {
    const [first, second] = [createHttpBrowser(), createHttpBrowser()]
    await signIn(first, { attributes: { mail: address('tess'), groups: ['teaching', 'office'] } })

    await signIn(second, { attributes: { mail: address('tess'), groups: 'teaching' } })

    // The only administrator stays one.
    expect((await whoAmI(second)).roles.sort()).toEqual(['school-admin', 'teacher'])
    await signIn(createHttpBrowser(), {
      subject: 'person-2',
      attributes: { mail: address('olga'), groups: 'office' },
    })
    const third = createHttpBrowser()
    await signIn(third, { attributes: { mail: address('tess'), groups: 'teaching' } })
    expect((await whoAmI(third)).roles).toEqual(['teacher'])
  })

  it('leads nowhere else than to pages of this site', async () => {
    const landed = await signIn(createHttpBrowser(), {}, '?next=https://evil.example/')

    expect(landed.headers.get('location')).toBe('/admin')
  })

  it('is in the audit trail, refused ones too', async () => {
    await signIn(createHttpBrowser(), { attributes: { mail: 'x@elsewhere.example' } })
    await signIn(createHttpBrowser())

    const { data } = await school.client('GET /api/v1/audit', {
      query: { action: 'session.create' },
    })
    expect(data.map(({ result }) => result).sort()).toEqual(['refused', 'success'])
  })
})

describe('an account', () => {
  const attempt = async (attributes: Record<string, string>) => {
    const browser = createHttpBrowser()
    const answered = await signIn(browser, { attributes })
    return { ...answered, session: await whoAmI(browser) }
  }

  it('of the organisation is linked where its domain is proven', async () => {
    const { client } = school
    const person = await client('POST /api/v1/people', {
      body: { name: 'Tess', email: address('tess'), role: 'teacher' },
    })

    const { session } = await attempt({ mail: address('TESS') })

    expect(session.user.id).toBe(person.id)
    const { data } = await client('GET /api/v1/sso-identities', { query: {} })
    expect(data).toMatchObject([{ personId: person.id, linkedBy: 'domain' }])
  })

  it('of another organisation is never linked by its address', async () => {
    const other = await app.addTenant(`Other ${no}`)
    await other.client('POST /api/v1/people', {
      body: { name: 'Victim', email: address('victim'), role: 'school-admin' },
    })

    const { status, body, session } = await attempt({ mail: address('victim'), groups: 'office' })

    expect(status).toBe(403)
    expect(body).toContain('sso_link_needed')
    expect(session).toBeNull()
  })

  it('of the platform is never linked by its address', async () => {
    const { status, session } = await attempt({ mail: 'admin@test.example', groups: 'office' })

    expect(status).toBe(403)
    expect(session).toBeNull()
  })

  it.each([
    ['at a domain that is not proven', { mail: 'new@elsewhere.example', groups: 'teaching' }],
    ['without a role', { mail: 'new@DOMAIN', groups: 'cleaning' }],
    ['without an address', { groups: 'teaching' }],
  ])('is not made %s', async (_name, attributes) => {
    const mail = (attributes as { mail?: string }).mail?.replace('DOMAIN', domain())
    const { status, body, session } = await attempt({ ...attributes, ...(mail && { mail }) })

    expect(status).toBe(403)
    expect(body).toContain('sso_account_not_allowed')
    expect(session).toBeNull()
  })

  it('is not made where the provider may not make any', async () => {
    await school.client('PATCH /api/v1/identity-providers/:id', {
      params: { id: providerId },
      body: { createsAccounts: false },
    })

    expect((await attempt({ mail: address('new'), groups: 'teaching' })).status).toBe(403)
  })

  it('is linked by whoever is signed in with its password, and unlinked again', async () => {
    const { client } = school
    const browser = createHttpBrowser()
    const person = await signInWithPassword(browser, 'Una')

    const landed = await signIn(browser, { subject: 'una' }, '?purpose=link')

    expect(landed.headers.get('location')).toBe('/admin/account?linked')
    const elsewhere = createHttpBrowser()
    await signIn(elsewhere, { subject: 'una', attributes: {} })
    expect((await whoAmI(elsewhere)).user.id).toBe(person.id)
    const [identity] = (await client('GET /api/v1/sso-identities', { query: {} })).data
    expect(identity).toMatchObject({ linkedBy: 'password' })
    await client('DELETE /api/v1/sso-identities/:id', { params: { id: identity?.id ?? '' } })
    expect((await signIn(createHttpBrowser(), { subject: 'una', attributes: {} })).status).toBe(403)
  })

  it('is never linked with a provider of an organisation that it is not part of', async () => {
    const stranger = await app.addTenant(`Stranger ${no}`)
    const person = await stranger.client('POST /api/v1/people', {
      body: { name: 'Vic', email: `vic-${no}@stranger.example`, role: 'school-admin' },
    })
    const accounts = [
      { email: person.email, password: person.oneTimePassword },
      { email: 'admin@test.example', password: 'a long test passphrase' },
    ]

    for (const account of accounts) {
      const browser = createHttpBrowser()
      const signed = await fetch(`${app.url}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(account),
      })
      expect(signed.status).toBe(201)
      browser.remember(app.url, signed.headers.getSetCookie())
      const subject = `planted-${account.email}`
      expect((await signIn(browser, { subject }, '?purpose=link')).status).toBe(403)
      const attacker = createHttpBrowser()
      await signIn(attacker, { subject, attributes: {} })
      expect(await whoAmI(attacker)).toBeNull()
    }
  })

  it('is not linked because a page of another site says so', async () => {
    const answered = await createHttpBrowser().send(
      `${app.url}/saml/${providerId}/login?purpose=link`,
      { headers: { 'sec-fetch-site': 'cross-site' } },
    )

    expect(answered.status).toBe(403)
  })

  it('cannot be linked by somebody who is not signed in', async () => {
    const answered = await createHttpBrowser().send(
      `${app.url}/saml/${providerId}/login?purpose=link`,
    )

    expect(answered.status).toBe(401)
  })
})

describe('an attack is refused and opens nothing', () => {
  /** Cuts out the assertion as it was signed. */
  const assertionOf = (xml: string) =>
    /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(xml)?.[0] ?? ''
  const forged = (xml: string) =>
    assertionOf(xml)
      .replace(/<ds:Signature[\s\S]*?<\/ds:Signature>|<Signature[\s\S]*?<\/Signature>/, '')
      .replace(/ID="_a[^"]*"/, 'ID="_forged"')
      .replace('person-1', 'victim')

  const attacks: readonly [string, Partial<ResponseOptions>][] = [
    ['an unsigned assertion in a signed response', { signAssertion: false }],
    ['an unsigned response around a signed assertion', { signResponse: false }],
    ['nothing signed', { signAssertion: false, signResponse: false }],
    ['a key of somebody else', { key: undefined as never }],
    ['SHA-1', { algorithms: sha1 }],
    ['changed text', { tamper: (xml) => xml.replace('person-1', 'victim') }],
    ['a comment in the name', { tamper: (xml) => xml.replace('person-1', 'person<!-- x -->-1') }],
    ['a comment in the name, signed over', { subject: 'admin@school.example<!---->.evil.example' }],
    ['a DOCTYPE with an entity', { tamper: (xml) => `<!DOCTYPE x [<!ENTITY e "e">]>${xml}` }],
    [
      'XSW1: the signed response inside a forged one',
      {
        tamper: (xml) =>
          xml
            .replace(/ID="_r[^"]*"/, 'ID="_evil"')
            .replace(
              '</samlp:Response>',
              `<samlp:Extensions>${xml}</samlp:Extensions></samlp:Response>`,
            ),
      },
    ],
    [
      'XSW3: a forged assertion before the signed one',
      { tamper: (xml) => xml.replace('<saml:Assertion', `${forged(xml)}<saml:Assertion`) },
    ],
    [
      'XSW4: the signed assertion inside a forged one',
      {
        tamper: (xml) =>
          xml.replace(
            assertionOf(xml),
            forged(xml).replace('</saml:Assertion>', `${assertionOf(xml)}</saml:Assertion>`),
          ),
      },
    ],
    [
      'XSW6: the signed assertion inside the signature of a forged one',
      {
        tamper: (xml) =>
          xml.replace(
            assertionOf(xml),
            assertionOf(xml)
              .replace('person-1', 'victim')
              .replace('</Signature>', `<Object>${assertionOf(xml)}</Object></Signature>`),
          ),
      },
    ],
    [
      'XSW7: the signed assertion in extensions',
      {
        tamper: (xml) =>
          xml
            .replace(assertionOf(xml), forged(xml))
            .replace(
              '<samlp:Status>',
              `<samlp:Extensions>${assertionOf(xml)}</samlp:Extensions><samlp:Status>`,
            ),
      },
    ],
    [
      'two elements of one ID',
      {
        tamper: (xml) => {
          const id = /ID="(_a[^"]*)"/.exec(xml)?.[1] ?? ''
          return xml.replace('<samlp:Status>', `<samlp:Extensions ID="${id}"/><samlp:Status>`)
        },
      },
    ],
    ['another audience', { audience: 'https://other.example/metadata' }],
    ['another destination', { destination: 'https://other.example/acs' }],
    ['another recipient', { recipient: 'https://other.example/acs' }],
    ['another issuer', { issuer: 'https://evil.example/metadata' }],
    ['an assertion that has expired', { notBefore: -600_000, notOnOrAfter: -120_000 }],
    ['an assertion of the future', { notBefore: 600_000, notOnOrAfter: 900_000 }],
    ['an answer to a request that was never made', { inResponseTo: '_unknown' }],
    ['an answer to no request', { inResponseTo: '' }],
    [
      'an encrypted assertion',
      { tamper: (xml) => xml.replace(assertionOf(xml), '<saml:EncryptedAssertion/>') },
    ],
    ['no assertion', { tamper: (xml) => xml.replace(assertionOf(xml), '') }],
  ]
  it.each(attacks)('%s', async (name, options) => {
    const browser = createHttpBrowser()
    const given = name.startsWith('a key') ? { key: otherKey } : options

    const answered = await signIn(browser, given)

    expect(answered.status).toBe(403)
    expect(answered.body).toMatch(/sso_answer_refused|sso_answer_used|sso_not_begun_here/)
    expect(answered.headers.getSetCookie().join()).not.toContain('edp_session')
    expect(await whoAmI(browser)).toBeNull()
    const { data } = await school.client('GET /api/v1/sso-identities', { query: {} })
    expect(data).toEqual([])
  })

  it('a response that is sent again', async () => {
    const browser = createHttpBrowser()
    const request = await begin(browser)
    const response = samlResponse({
      key,
      request,
      attributes: { mail: address('tess'), groups: 'teaching' },
    })
    const first = await post(browser, request, response)
    const again = await post(browser, request, response)

    expect([first.status, again.status]).toEqual([303, 403])
    expect(again.body).toContain('sso_answer_used')
  })

  it('a response that is sent many times at once', async () => {
    const browser = createHttpBrowser()
    const request = await begin(browser)
    const response = samlResponse({
      key,
      request,
      attributes: { mail: address('tess'), groups: 'teaching' },
    })

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post(createHttpBrowser(), request, response)),
    )

    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
  })

  it('a sign-in that another browser began', async () => {
    const [attacker, victim] = [createHttpBrowser(), createHttpBrowser()]
    const request = await begin(attacker)

    const answered = await answer(victim, { request })
    const landed = await land(victim, answered)

    expect(landed.status).toBe(403)
    expect(landed.body).toContain('sso_not_begun_here')
    expect(await whoAmI(victim)).toBeNull()
  })

  it('a code that is used twice', async () => {
    const browser = createHttpBrowser()
    const answered = await answer(browser, { request: await begin(browser) })
    await land(browser, answered)

    expect((await land(browser, answered)).status).toBe(403)
  })

  it('an answer for the provider of another organisation', async () => {
    const other = await app.addTenant(`Elsewhere ${no}`)
    const theirs = await addProvider(other)
    const browser = createHttpBrowser()
    const request = await begin(browser)

    const acs = request.acs.replace(providerId, theirs.id)
    const answered = await answer(browser, { request: { ...request, acs } })

    expect(answered.status).toBe(403)
  })

  it.each(['', '%%%', 'bm90IHhtbA=='])('rubbish: %s', async (SAMLResponse) => {
    const browser = createHttpBrowser()
    const answered = await post(browser, await begin(browser), SAMLResponse)

    expect(answered.status).toBe(403)
  })
})

describe('certificates', () => {
  it('roll over: both are good until the metadata names one only', async () => {
    const patch = (metadataXml: string) =>
      school.client('PATCH /api/v1/identity-providers/:id', {
        params: { id: providerId },
        body: { metadataXml },
      })
    const both = await patch(idpMetadata([key, otherKey]))
    const statuses = [
      (await signIn(createHttpBrowser())).status,
      (await signIn(createHttpBrowser(), { key: otherKey })).status,
    ]
    await patch(idpMetadata([otherKey]))

    expect(both.saml?.certificates).toHaveLength(2)
    expect(statuses).toEqual([303, 303])
    expect((await signIn(createHttpBrowser())).status).toBe(403)
  })

  it.each([
    ['no XML', 'hello', 'not well-formed'],
    ['a DOCTYPE', `<!DOCTYPE a>${'<a/>'}`, 'DOCTYPE'],
    [
      'a service provider',
      '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="x"/>',
      'no identity provider',
    ],
  ])('come only from metadata that can be used: %s', async (_name, metadataXml, sentence) => {
    await expect(addProvider(school, { metadataXml })).rejects.toMatchObject({
      code: 'sso_metadata_invalid',
      message: expect.stringContaining(sentence),
    })
  })
})

it('needs a name that lasts', async () => {
  const answered = await signIn(createHttpBrowser(), {
    nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
  })

  expect(answered.status).toBe(403)
  expect(answered.body).toContain('persistent Name ID')
})

describe('the end of a session', () => {
  it('is asked of the provider too', async () => {
    const browser = createHttpBrowser()
    await signIn(browser)

    const answered = await browser.send(`${app.url}/saml/${providerId}/logout`)

    const location = new URL(answered.headers.get('location') ?? '')
    expect(location.origin + location.pathname).toBe('https://idp.test.example/slo')
    expect(location.searchParams.has('SAMLRequest')).toBe(true)
    expect(await whoAmI(browser)).toBeNull()
  })

  it('is not believed where the request is not signed', async () => {
    const browser = createHttpBrowser()
    await signIn(browser)

    const answered = await createHttpBrowser().send(
      `${app.url}/saml/${providerId}/slo?SAMLRequest=${encodeURIComponent('fZFf')}`,
    )

    expect(answered.status).toBe(403)
    expect(await whoAmI(browser)).not.toBeNull()
  })
})

it('says what the provider is to be told', async () => {
  const answered = await createHttpBrowser().send(`${app.url}/saml/${providerId}/metadata`)

  expect(answered.headers.get('content-type')).toContain('samlmetadata+xml')
  expect(answered.body).toContain(`entityID="${app.url}/saml/${providerId}/metadata"`)
  expect(answered.body).toContain(`Location="${app.url}/saml/${providerId}/acs"`)
  expect(answered.body).toContain('WantAssertionsSigned="true"')
})

it('reports a test step by step and signs nobody in', async () => {
  const browser = createHttpBrowser()
  const stranger = await browser.send(`${app.url}/saml/${providerId}/login?purpose=test`)
  await signInWithPassword(browser, 'Ada')

  const landed = await signIn(browser, {}, '?purpose=test')

  expect(stranger.status).toBe(401)
  expect(landed.headers.get('location')).toBe(`/admin/sso/${providerId}?tested`)
  expect((await whoAmI(browser)).user.name).toBe('Ada')
  const { lastTest } = await school.client('GET /api/v1/identity-providers/:id', {
    params: { id: providerId },
  })
  expect(lastTest?.steps.every(({ passed }) => passed)).toBe(true)
  expect(lastTest?.claims).toEqual(['mail', 'displayName', 'groups'])
  expect(JSON.stringify(lastTest)).not.toContain(address('tess'))
})
