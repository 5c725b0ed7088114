import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useTestDatabase } from '../support/database.ts'
import { type HostilePlatform, startHostilePlatform } from '../support/hostile-platform.ts'
import { launch, login, newTenant, openSession } from '../support/lti-launches.ts'
import { type LtiToolServer, startLtiTool } from '../support/lti-tool-server.ts'

useTestDatabase()

let tool: LtiToolServer
let platform: HostilePlatform

beforeAll(async () => {
  tool = await startLtiTool()
  platform = await startHostilePlatform()
  await tool.as(newTenant())('POST /api/v1/lti/platforms', { body: platform.registration() })
})

afterAll(async () => {
  await Promise.all([tool.stop(), platform.stop()])
})

const parameters = (changes: Record<string, string> = {}) =>
  new URLSearchParams({
    iss: platform.origin,
    login_hint: 'hint-7',
    target_link_uri: `${tool.publicUrl}/lti`,
    client_id: 'client-1',
    ...changes,
  })

const get = (query: URLSearchParams | string, headers: Record<string, string> = {}) =>
  fetch(`${tool.publicUrl}/lti/login?${query}`, { redirect: 'manual', headers })

async function codeOf(answer: Response): Promise<string> {
  const problem = (await answer.json()) as { code: string }
  return `${answer.status} ${problem.code}`
}

describe('a login', () => {
  it.each(['GET', 'POST'])(
    'by %s redirects to the platform with a complete request',
    async (method) => {
      const answer =
        method === 'GET'
          ? await get(parameters())
          : await fetch(`${tool.publicUrl}/lti/login`, {
              method,
              redirect: 'manual',
              body: parameters(),
            })

      expect(answer.status).toBe(302)
      expect(answer.headers.get('cache-control')).toBe('no-store')
      const url = new URL(answer.headers.get('location') ?? '')
      expect(url.origin + url.pathname).toBe(`${platform.origin}/auth`)
      const { state, nonce, ...rest } = Object.fromEntries(url.searchParams)
      expect(rest).toEqual({
        site: '1',
        scope: 'openid',
        response_type: 'id_token',
        response_mode: 'form_post',
        prompt: 'none',
        client_id: 'client-1',
        redirect_uri: `${tool.publicUrl}/lti/launch`,
        login_hint: 'hint-7',
      })
      expect(state).toMatch(/^edp_sealed_[\w-]{200,1789}$/)
      expect(nonce).toMatch(/^[\w-]{43}$/)
    },
  )

  it('returns both hints byte for byte', async () => {
    const hints = {
      login_hint: ' 7 +&=%25"é/\u{1F393}',
      lti_message_hint: '{"cmid":3,"launchid":"ltilaunch3_191&x","t":"ä + b"}',
    }

    const url = new URL((await get(parameters(hints))).headers.get('location') ?? '')

    expect(url.searchParams.get('login_hint')).toBe(hints.login_hint)
    expect(url.searchParams.get('lti_message_hint')).toBe(hints.lti_message_hint)
  })

  it('binds the state to the browser with a cookie of its own partition', async () => {
    const one = await get(parameters())
    const two = await get(parameters())

    const [cookie = ''] = one.headers.getSetCookie()
    expect(cookie).toMatch(
      /^edp_lti_\w{8}=[\w-]{43}; Path=\/lti; Max-Age=600; HttpOnly; Secure; SameSite=None; Partitioned$/,
    )
    expect(two.headers.getSetCookie()[0]?.split('=')[0]).not.toBe(cookie.split('=')[0])
    const state = new URL(one.headers.get('location') ?? '').searchParams.get('state')
    expect(cookie).not.toContain(state)
  })

  it('names its cookie __Host- where the tool is served over https', async () => {
    const secure = await startLtiTool({ publicUrl: 'https://connect.example.org' })
    const api = secure.as(newTenant())
    const { id } = await api('POST /api/v1/lti/platforms', {
      body: platform.registration({ clientId: 'client-https' }),
    })
    const query = parameters({
      client_id: 'client-https',
      target_link_uri: 'https://connect.example.org/lti',
    })

    const answer = await fetch(`${secure.publicUrl}/lti/login?${query}`, { redirect: 'manual' })

    expect(answer.headers.getSetCookie()[0]).toMatch(
      /^__Host-edp_lti_\w{8}=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; Secure; SameSite=None; Partitioned$/,
    )
    await api('DELETE /api/v1/lti/platforms/:id', { params: { id } })
    await secure.stop()
  })

  it.each([
    ['in a frame', {}, { 'sec-fetch-dest': 'iframe' }, null],
    ['with a storage target', { lti_storage_target: '_parent' }, {}, '_parent'],
    [
      'with a named storage frame',
      { lti_storage_target: 'post_message_forwarding' },
      { 'sec-fetch-dest': 'iframe' },
      'post_message_forwarding',
    ],
  ])(
    '%s answers a page that stores the state and goes to the same address',
    async (_, extra, headers, target) => {
      const answer = await get(parameters(extra), headers)

      expect(answer.status).toBe(200)
      const body = await answer.text()
      const data = JSON.parse(/id="lti-state">([^<]+)</.exec(body)?.[1] ?? '{}')
      const [cookie = ''] = answer.headers.getSetCookie()
      expect(`${data.key}=${data.secret}`).toBe(cookie.split(';')[0])
      expect(data).toMatchObject({
        mode: 'store',
        storage: { target, origin: platform.origin },
      })
      expect(data.next).toMatch(new RegExp(`^${platform.origin}/auth\\?site=1&scope=openid&`))
      expect(body).toContain('<script type="module" src="/assets/lti-state.js"></script>')
      expect(body).toContain('<noscript>')
      const policy = answer.headers.get('content-security-policy')
      expect(policy).toContain("script-src 'self'")
      expect(policy).toContain(`frame-ancestors 'self' ${platform.origin}`)
    },
  )

  it.each(['document', 'empty', ''])('to Sec-Fetch-Dest "%s" stays a redirect', async (dest) => {
    expect((await get(parameters(), dest ? { 'sec-fetch-dest': dest } : {})).status).toBe(302)
  })

  it('without client id finds the only registration of an issuer', async () => {
    const query = parameters()
    query.delete('client_id')

    const url = new URL((await get(query)).headers.get('location') ?? '')

    expect(url.searchParams.get('client_id')).toBe('client-1')
  })
})

describe('a login is refused', () => {
  it.each(['iss', 'login_hint', 'target_link_uri'])('without %s', async (name) => {
    const query = parameters()
    query.delete(name)

    expect(await codeOf(await get(query, { accept: 'application/json' }))).toBe(
      '400 lti_login_incomplete',
    )
  })

  it.each([
    ['an unknown issuer', { iss: 'https://unknown.example' }, 'lti_platform_unknown'],
    ['an unknown client', { client_id: 'client-0' }, 'lti_platform_unknown'],
    [
      'a target elsewhere',
      { target_link_uri: 'https://evil.example/lti' },
      'lti_target_link_uri_invalid',
    ],
    ['no address as target', { target_link_uri: 'lti' }, 'lti_target_link_uri_invalid'],
    [
      'a script as target',
      { target_link_uri: 'javascript:alert(1)' },
      'lti_target_link_uri_invalid',
    ],
  ])('for %s', async (_, changes, code) => {
    expect(await codeOf(await get(parameters(changes), { accept: 'application/json' }))).toBe(
      `400 ${code}`,
    )
  })

  it.each([
    '/',
    '/admin',
    '/lti/../admin',
    '/ltix',
    '@evil.example/lti',
    '.evil.example/lti',
    '/lti%2f..%2fadmin',
  ])('for %s behind our origin as target', async (path) => {
    const answer = await get(parameters({ target_link_uri: `${tool.publicUrl}${path}` }), {
      accept: 'application/json',
    })

    expect(await codeOf(answer)).toBe('400 lti_target_link_uri_invalid')
  })

  it('when a parameter comes twice', async () => {
    const answer = await get(`${parameters()}&iss=https://other.example`, {
      accept: 'application/json',
    })

    expect(await codeOf(answer)).toBe('400 lti_request_malformed')
  })

  it('as a page, for a person', async () => {
    const answer = await get(parameters({ client_id: 'client-0' }), { accept: 'text/html' })

    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('Your LMS is not connected with this service.')
  })

  it('when the issuer has several clients and none is named', async () => {
    const body = platform.registration({ clientId: 'client-second' })
    const api = tool.as(newTenant())
    const { id } = await api('POST /api/v1/lti/platforms', { body })
    const query = parameters()
    query.delete('client_id')

    const answer = await get(query, { accept: 'application/json' })

    expect(await codeOf(answer)).toBe('400 lti_client_id_ambiguous')
    await api('DELETE /api/v1/lti/platforms/:id', { params: { id } })
  })
})

describe('two registrations of one client', () => {
  it('share a login where their platform is the same, and the deployment decides', async () => {
    const [north, south] = [newTenant(), newTenant()]
    const shared = { clientId: 'client-shared' }
    for (const [tenant, deployment] of [
      [north, 'dep-north'],
      [south, 'dep-south'],
    ] as const) {
      await tool.as(tenant)('POST /api/v1/lti/platforms', {
        body: platform.registration({ ...shared, deploymentIds: [deployment] }),
      })
    }
    const claims = (deployment: string) => ({
      aud: 'client-shared',
      'https://purl.imsglobal.org/spec/lti/claim/deployment_id': deployment,
    })
    const to = (deployment: string) =>
      launch(tool, platform, { login: { client_id: 'client-shared' }, claims: claims(deployment) })

    const [atNorth, atSouth, nowhere] = [
      await to('dep-north'),
      await to('dep-south'),
      await to('dep-east'),
    ]

    expect([atNorth.status, atSouth.status]).toEqual([303, 303])
    expect(nowhere.problem?.code).toBe('lti_deployment_unknown')
    expect((await openSession(tool, atNorth.code)).status).toBe(200)
  })

  it('need a deployment id where their platforms differ', async () => {
    const elsewhere = `${platform.origin}/elsewhere`
    for (const [deployment, changes] of [
      ['dep-a', {}],
      ['dep-b', { authorizationEndpoint: elsewhere }],
    ] as const) {
      await tool.as(newTenant())('POST /api/v1/lti/platforms', {
        body: platform.registration({
          clientId: 'client-split',
          deploymentIds: [deployment],
          ...changes,
        }),
      })
    }

    const vague = await get(parameters({ client_id: 'client-split' }), {
      accept: 'application/json',
    })
    const named = await login(tool, platform, {
      client_id: 'client-split',
      lti_deployment_id: 'dep-b',
    })

    expect(await codeOf(vague)).toBe('400 lti_deployment_ambiguous')
    expect(named.authorization.pathname).toBe('/elsewhere')
  })
})
