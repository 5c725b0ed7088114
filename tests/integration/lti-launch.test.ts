import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useTestDatabase } from '../support/database.ts'
import { type HostilePlatform, startHostilePlatform } from '../support/hostile-platform.ts'
import {
  type Claims,
  claim,
  goodClaims,
  type LaunchChanges,
  launch,
  login,
  membership,
  newTenant,
  openSession,
  postLaunch,
} from '../support/lti-launches.ts'
import { type LtiToolServer, startLtiTool } from '../support/lti-tool-server.ts'

useTestDatabase()

const seconds = () => Math.floor(Date.now() / 1000)
const institution = 'http://purl.imsglobal.org/vocab/lis/v2/institution/person'
const system = 'http://purl.imsglobal.org/vocab/lis/v2/system/person'
let tool: LtiToolServer
let platform: HostilePlatform
let other: HostilePlatform
let platformId: string
const tenant = newTenant()

beforeAll(async () => {
  tool = await startLtiTool()
  platform = await startHostilePlatform()
  other = await startHostilePlatform()
  const registered = await tool.as(tenant)('POST /api/v1/lti/platforms', {
    body: platform.registration(),
  })
  platformId = registered.id
  await tool.as(tenant)('POST /api/v1/lti/platforms', { body: other.registration() })
})

afterAll(async () => {
  await Promise.all([tool.stop(), platform.stop(), other.stop()])
})

interface Refused {
  readonly code: string
  readonly changes: () => LaunchChanges | Promise<LaunchChanges>
}

const withClaims = (claims: () => Claims) => () => ({ claims: claims() })
const without = (name: string) => () => ({ claims: { [name]: undefined } })

const refused: Record<string, Refused> = {
  '1 no kid in the header': {
    code: 'lti_kid_missing',
    changes: () => ({ header: { kid: undefined } }),
  },
  '1 an empty kid': { code: 'lti_kid_missing', changes: () => ({ header: { kid: '' } }) },
  '2 a kid that the keyset does not have': {
    code: 'lti_kid_unknown',
    changes: () => ({ header: { kid: 'never-published' } }),
  },
  '3 LTI version 1.1': {
    code: 'lti_version_unsupported',
    changes: withClaims(() => ({ [claim.version]: 'LTI-1p0' })),
  },
  '3 LTI version 1.3': {
    code: 'lti_version_unsupported',
    changes: withClaims(() => ({ [claim.version]: '1.3' })),
  },
  '4 no version': { code: 'lti_version_unsupported', changes: without(claim.version) },
  '5 an id_token that is no JWT': {
    code: 'lti_token_malformed',
    changes: () => ({ form: { id_token: 'garbage' } }),
  },
  '5 an id_token of three empty parts': {
    code: 'lti_token_malformed',
    changes: () => ({ form: { id_token: '..' } }),
  },
  '5 a signed payload that is no object': {
    code: 'lti_token_malformed',
    changes: async () => ({ form: { id_token: await signText('[1,2]') } }),
  },
  '5 a signed payload that is no JSON': {
    code: 'lti_token_malformed',
    changes: async () => ({ form: { id_token: await signText('not json') } }),
  },
  '5 an encrypted token': {
    code: 'lti_token_malformed',
    changes: () => ({ form: { id_token: 'eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d' } }),
  },
  '6 no issuer': { code: 'lti_issuer_mismatch', changes: without('iss') },
  '6 no audience': { code: 'lti_audience_mismatch', changes: without('aud') },
  '6 no id_token at all': {
    code: 'lti_token_missing',
    changes: () => ({ form: { id_token: '' } }),
  },
  '6 roles that are no list': {
    code: 'lti_claim_invalid',
    changes: withClaims(() => ({ [claim.roles]: `${membership}#Instructor` })),
  },
  '7 expired': {
    code: 'lti_token_expired',
    changes: withClaims(() => ({ iat: seconds() - 300, exp: seconds() - 120 })),
  },
  '7 issued two hours ago': {
    code: 'lti_token_too_old',
    changes: withClaims(() => ({ iat: seconds() - 7200, exp: seconds() + 3600 })),
  },
  '7 issued an hour ahead': {
    code: 'lti_token_not_yet_valid',
    changes: withClaims(() => ({ iat: seconds() + 3600, exp: seconds() + 7200 })),
  },
  '7 not valid before an hour from now': {
    code: 'lti_token_not_yet_valid',
    changes: withClaims(() => ({ nbf: seconds() + 3600 })),
  },
  '7 no exp': { code: 'lti_token_times_invalid', changes: without('exp') },
  '7 no iat': { code: 'lti_token_times_invalid', changes: without('iat') },
  '7 exp as text': {
    code: 'lti_token_times_invalid',
    changes: withClaims(() => ({ exp: String(seconds() + 60) })),
  },
  '7 exp equal to iat': {
    code: 'lti_token_times_invalid',
    changes: withClaims(() => ({ iat: seconds(), exp: seconds() })),
  },
  '7 exp before iat': {
    code: 'lti_token_times_invalid',
    changes: withClaims(() => ({ iat: seconds() + 30, exp: seconds() + 10 })),
  },
  '8 no message type': { code: 'lti_message_type_missing', changes: without(claim.messageType) },
  '9 no roles claim': { code: 'lti_roles_missing', changes: without(claim.roles) },
  '9 roles null': {
    code: 'lti_roles_missing',
    changes: withClaims(() => ({ [claim.roles]: null })),
  },
  '10 no deployment id': { code: 'lti_deployment_missing', changes: without(claim.deploymentId) },
  '10 an empty deployment id': {
    code: 'lti_deployment_missing',
    changes: withClaims(() => ({ [claim.deploymentId]: '' })),
  },
  '11 no resource link': {
    code: 'lti_resource_link_missing',
    changes: without(claim.resourceLink),
  },
  '11 a resource link without id': {
    code: 'lti_resource_link_missing',
    changes: withClaims(() => ({ [claim.resourceLink]: { title: 'No id' } })),
  },
  '12 no sub': { code: 'lti_subject_missing', changes: without('sub') },
  '12 an empty sub': { code: 'lti_subject_missing', changes: withClaims(() => ({ sub: '' })) },
  '13 alg none': {
    code: 'lti_algorithm_not_allowed',
    changes: () => ({ form: { id_token: unsigned({ alg: 'none', kid: 'key-1' }) } }),
  },
  '13 HS256 keyed with the public key': {
    code: 'lti_algorithm_not_allowed',
    changes: () => ({ form: { id_token: unsigned({ alg: 'HS256', kid: 'key-1' }, 'x') } }),
  },
  '13 RS512': {
    code: 'lti_algorithm_not_allowed',
    changes: () => ({ form: { id_token: unsigned({ alg: 'RS512', kid: 'key-1' }, 'x') } }),
  },
  '13 an extension that must be understood': {
    code: 'lti_token_malformed',
    changes: () => ({
      form: { id_token: unsigned({ alg: 'RS256', kid: 'key-1', crit: ['b64'], b64: false }, 'x') },
    }),
  },
  '13 a signature with other letters than those of base64url': {
    code: 'lti_token_malformed',
    changes: () => ({ form: { id_token: `${unsigned({ alg: 'RS256', kid: 'key-1' })}*` } }),
  },
  '14 signed by another key under the known kid': {
    code: 'lti_signature_invalid',
    changes: async () => ({ key: await platform.makeKey('key-1') }),
  },
  '15 the issuer of another registration, signed with our platform’s key': {
    code: 'lti_issuer_mismatch',
    changes: withClaims(() => ({ iss: other.origin })),
  },
  '15 a token of another registered platform': {
    code: 'lti_signature_invalid',
    changes: withClaimsOfOther,
  },
  '16 another audience': {
    code: 'lti_audience_mismatch',
    changes: withClaims(() => ({ aud: 'client-2' })),
  },
  '16 an empty list of audiences': {
    code: 'lti_audience_mismatch',
    changes: withClaims(() => ({ aud: [] })),
  },
  '16 several audiences without azp': {
    code: 'lti_authorized_party_mismatch',
    changes: withClaims(() => ({ aud: ['client-1', 'client-2'] })),
  },
  '16 several audiences with a foreign azp': {
    code: 'lti_authorized_party_mismatch',
    changes: withClaims(() => ({ aud: ['client-1', 'client-2'], azp: 'client-2' })),
  },
  '16 one audience with a foreign azp': {
    code: 'lti_authorized_party_mismatch',
    changes: withClaims(() => ({ azp: 'client-2' })),
  },
  '17 no nonce': { code: 'lti_nonce_missing', changes: without('nonce') },
  '17 a nonce that was never issued': {
    code: 'lti_nonce_mismatch',
    changes: withClaims(() => ({ nonce: 'invented' })),
  },
  '17 the nonce of another login': {
    code: 'lti_nonce_mismatch',
    changes: async () => ({ claims: { nonce: (await login(tool, platform)).nonce } }),
  },
  '18 no state': { code: 'lti_state_missing', changes: () => ({ form: { state: '' } }) },
  '18 a forged state': {
    code: 'lti_state_unknown',
    changes: () => ({ form: { state: 'x'.repeat(43) } }),
  },
  '19 a message type of another service': {
    code: 'lti_message_type_unknown',
    changes: withClaims(() => ({ [claim.messageType]: 'LtiStartProctoring' })),
  },
  '20 a deployment that nobody registered': {
    code: 'lti_deployment_unknown',
    changes: withClaims(() => ({ [claim.deploymentId]: 'dep-9' })),
  },
  '20 another deployment than the login named': {
    code: 'lti_deployment_mismatch',
    changes: () => ({ login: { lti_deployment_id: 'dep-0' } }),
  },
  '21 no target link': {
    code: 'lti_target_link_uri_missing',
    changes: without(claim.targetLinkUri),
  },
  '21 another target than the login’s': {
    code: 'lti_target_link_uri_mismatch',
    changes: withClaims(() => ({ [claim.targetLinkUri]: `${tool.publicUrl}/lti/items/item_2` })),
  },
  '21 a target on another host': {
    code: 'lti_target_link_uri_mismatch',
    changes: withClaims(() => ({ [claim.targetLinkUri]: 'https://evil.example/lti' })),
  },
  '22 an error instead of a token': {
    code: 'lti_platform_error',
    changes: () => ({ form: { error: 'login_required', error_description: 'No session' } }),
  },
  '23 expired beyond the skew': {
    code: 'lti_token_expired',
    changes: withClaims(() => ({ iat: seconds() - 120, exp: seconds() - 75 })),
  },
  '23 ahead beyond the skew': {
    code: 'lti_token_not_yet_valid',
    changes: withClaims(() => ({ iat: seconds() + 75, exp: seconds() + 200 })),
  },
  '35 a submission review without a person': {
    code: 'lti_for_user_missing',
    changes: withClaims(() => ({ [claim.messageType]: 'LtiSubmissionReviewRequest' })),
  },
}

describe('a launch is refused', () => {
  it.each(Object.entries(refused))('%s', async (_, { code, changes }) => {
    const answer = await launch(tool, platform, await changes())

    expect([answer.problem?.code, answer.status]).toEqual([code, answer.status])
    expect([400, 401, 403]).toContain(answer.status)
    expect(answer.location).toBe('')
    expect(answer.cookies).toEqual([])
    expect(answer.problem?.requestId).toMatch(/.{8}/)
    expect(answer.problem?.detail).toMatch(/\w+ \w+/)
  })

  it('with a byte of the signed message changed', async () => {
    const begun = await login(tool, platform)
    const token = await platform.sign(goodClaims(tool, platform, begun.nonce))
    const [head, , signature] = token.split('.')
    const claims = goodClaims(tool, platform, begun.nonce, { sub: 'user-2' })
    const tampered = [head, base64url(claims), signature].join('.')

    const answer = await postLaunch(
      tool,
      { id_token: tampered, state: begun.state },
      { cookie: begun.cookie },
    )

    expect(answer.problem?.code).toBe('lti_signature_invalid')
  })

  it('when it answers a login that is older than ten minutes', async () => {
    const begun = await login(tool, platform)
    tool.clock.aheadMs = 11 * 60_000
    const token = await platform.sign(goodClaims(tool, platform, begun.nonce))

    const answer = await postLaunch(
      tool,
      { id_token: token, state: begun.state },
      { cookie: begun.cookie },
    )

    tool.clock.aheadMs = 0
    expect(answer.problem?.code).toBe('lti_state_expired')
  })

  it('after its registration has been removed', async () => {
    const api = tool.as(newTenant())
    const body = platform.registration({ clientId: 'client-removed' })
    const { id } = await api('POST /api/v1/lti/platforms', { body })
    const begun = await login(tool, platform, { client_id: 'client-removed' })
    await api('DELETE /api/v1/lti/platforms/:id', { params: { id } })
    const token = await platform.sign(
      goodClaims(tool, platform, begun.nonce, { aud: 'client-removed' }),
    )

    const answer = await postLaunch(
      tool,
      { id_token: token, state: begun.state },
      { cookie: begun.cookie },
    )

    expect(answer.problem?.code).toBe('lti_platform_unknown')
  })
})

const learner = { [claim.roles]: [`${membership}#Learner`] }
const noName = { given_name: undefined, family_name: undefined, name: undefined }

interface Accepted {
  readonly changes: LaunchChanges
  readonly roles?: readonly string[]
}

const accepted: Record<string, Accepted> = {
  '16 a list with our client id alone': { changes: { claims: { aud: ['client-1'] } } },
  '16 several audiences with us as azp': {
    changes: { claims: { aud: ['client-1', 'client-2'], azp: 'client-1' } },
  },
  '23 clocks 45 seconds apart, theirs behind': {
    changes: { claims: { iat: seconds() - 90, exp: seconds() - 30 } },
  },
  '23 clocks 45 seconds apart, theirs ahead': {
    changes: { claims: { iat: seconds() + 40, exp: seconds() + 100 } },
  },
  '30 an instructor': {
    changes: { claims: { [claim.roles]: [`${membership}#Instructor`] } },
    roles: ['instructor'],
  },
  '31 a learner': { changes: { claims: learner }, roles: ['learner'] },
  'many roles': {
    changes: {
      claims: {
        [claim.roles]: [
          `${institution}#Faculty`,
          `${membership}#Instructor`,
          `${membership}#Learner`,
          `${membership}#Mentor`,
        ],
      },
    },
    roles: ['learner', 'instructor', 'mentor'],
  },
  'a short role name': {
    changes: { claims: { [claim.roles]: ['Instructor'] } },
    roles: ['instructor'],
  },
  'an unknown role': { changes: { claims: { [claim.roles]: ['urn:wizard'] } }, roles: [] },
  'empty roles': { changes: { claims: { [claim.roles]: [] } }, roles: [] },
  'e-mail only': { changes: { claims: noName } },
  'names only': { changes: { claims: { email: undefined } } },
  'no personal data': { changes: { claims: { ...noName, email: undefined, locale: undefined } } },
  'no context': { changes: { claims: { [claim.context]: undefined } } },
  'a new resource link': {
    changes: { claims: { [claim.resourceLink]: { id: `link-${Date.now()}` } } },
  },
  '32 an institution’s administrator': {
    changes: { claims: { [claim.roles]: [`${institution}#Administrator`, `${system}#SysAdmin`] } },
    roles: [],
  },
  '32 a teaching assistant is no teacher': {
    changes: { claims: { [claim.roles]: [`${membership}/Instructor#TeachingAssistant`] } },
    roles: ['teaching-assistant'],
  },
  '32 a system administrator is none of the course': {
    changes: { claims: { [claim.roles]: [`${system}#Administrator`, `${membership}#Learner`] } },
    roles: ['learner'],
  },
  '33 custom null': { changes: { claims: { [claim.custom]: null } } },
  '33 custom empty': { changes: { claims: { [claim.custom]: {} } } },
  '33 unresolved custom variables': {
    changes: { claims: { [claim.custom]: { user: '$Canvas.user.id', grade: '$User.{link_id}' } } },
  },
  '34 unknown claims': {
    changes: { claims: { 'https://www.instructure.com/placement': { a: [1] }, ltiLinkId: 7 } },
  },
  '34 unicode and long values': {
    changes: {
      claims: {
        sub: `ж-${'x'.repeat(250)}`,
        [claim.context]: { id: 'c', title: `Mathématiques 数学 🎓 ${'y'.repeat(5000)}` },
      },
    },
  },
  '34 odd shapes of optional claims': {
    changes: {
      claims: {
        [claim.context]: null,
        [claim.toolPlatform]: { name: 'no guid' },
        [claim.presentation]: 'window',
        [claim.endpoint]: null,
      },
    },
  },
  '35 a submission review': {
    changes: {
      claims: {
        [claim.messageType]: 'LtiSubmissionReviewRequest',
        [claim.forUser]: { user_id: 'user-9' },
        [claim.roles]: [`${membership}#Instructor`],
      },
    },
    roles: ['instructor'],
  },
  'the deployment that the login named': { changes: { login: { lti_deployment_id: 'dep-1' } } },
  'the deployment as Canvas names it': { changes: { login: { deployment_id: 'dep-1' } } },
  'a target below the front door': {
    changes: { login: { target_link_uri: 'TOOL/lti/items/item_1' } },
  },
}

describe('a launch is accepted', () => {
  it.each(Object.entries(accepted))('%s', async (_, { changes, roles }) => {
    const answer = await launch(tool, platform, atTool(changes))

    expect([answer.status, answer.problem?.code]).toEqual([303, undefined])
    expect(answer.location).toMatch(/^\/lti\/app#code=[\w-]{43}$/)
    const session = await openSession(tool, answer.code)
    expect(session.status).toBe(200)
    expect(session.body.token).toMatch(/^edp_launch_[\w-]{43}$/)
    if (roles) expect(session.body.launch.user.roles).toEqual(roles)
  })

  it('and tells the frame what it may know of it', async () => {
    const target = `${tool.publicUrl}/lti/items/item_1`
    const answer = await launch(tool, platform, {
      login: { target_link_uri: target },
      claims: {
        [claim.presentation]: { return_url: `${platform.origin}/course?id=1`, locale: 'cy-GB' },
        [claim.endpoint]: {
          scope: ['https://purl.imsglobal.org/spec/lti-ags/scope/score'],
          lineitem: `${platform.origin}/items/1?type_id=2`,
        },
      },
    })

    const { body, headers } = await openSession(tool, answer.code)

    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('access-control-allow-origin')).toBeNull()
    expect(body.launch).toEqual({
      messageType: 'LtiResourceLinkRequest',
      user: { id: 'user-1', roles: ['learner'] },
      target: { kind: 'item', id: 'item_1' },
      context: { id: 'course-1', title: 'Year 5', label: 'Y5' },
      resourceLink: { id: 'link-1', title: 'Fractions' },
      lineItem: { present: true },
      deepLinking: null,
      platformOrigin: platform.origin,
      locale: 'cy-GB',
      returnUrl: `${platform.origin}/course?id=1`,
    })
    const hoursLeft = (Date.parse(body.expiresAt) - Date.now()) / 3_600_000
    expect(hoursLeft).toBeGreaterThan(1.9)
    expect(hoursLeft).toBeLessThanOrEqual(2)
  })

  it('without a user only where the registration allows it, and then as nobody twice', async () => {
    const api = tool.as(newTenant())
    const body = platform.registration({ clientId: 'client-anon', allowAnonymous: true })
    await api('POST /api/v1/lti/platforms', { body })
    const changes = {
      login: { client_id: 'client-anon' },
      claims: { aud: 'client-anon', sub: undefined },
    }

    const one = await openSession(tool, (await launch(tool, platform, changes)).code)
    const two = await openSession(tool, (await launch(tool, platform, changes)).code)

    expect(one.body.launch.user.id).toMatch(/^anon_/)
    expect(two.body.launch.user.id).not.toBe(one.body.launch.user.id)
  })

  it('and drops a way back that is no web address', async () => {
    const answer = await launch(tool, platform, {
      claims: { [claim.presentation]: { return_url: 'javascript:alert(1)' } },
    })

    const { body } = await openSession(tool, answer.code)

    expect(body.launch.returnUrl).toBeNull()
    expect(body.launch.platformOrigin).toBe(platform.origin)
  })
})

describe('a refusal in words', () => {
  it('tells a teacher what happened, what to do and a reference, as a page of its own', async () => {
    const answer = await launch(tool, platform, {
      header: { kid: 'nowhere' },
      headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' },
    })

    expect(answer.status).toBe(401)
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/)
    expect(answer.body).toContain('The activity could not be opened')
    expect(answer.body).toContain('The signature of your LMS is not known.')
    expect(answer.body).toContain('lti_kid_unknown')
    expect(answer.body).toContain(answer.headers.get('x-request-id') ?? 'none')
    expect(answer.body).not.toContain('<script')
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`frame-ancestors 'self' ${platform.origin}`)
    expect(answer.headers.get('x-frame-options')).toBeNull()
  })

  it('repeats nothing of a forged message as markup', async () => {
    const answer = await launch(tool, platform, {
      claims: { [claim.deploymentId]: '<img src=x onerror=alert(1)>' },
      headers: { accept: 'text/html' },
    })

    expect(answer.body).toContain('&lt;img src=x')
    expect(answer.body).not.toContain('<img')
  })

  it.each([
    ['login_required', /nobody is signed in/],
    ['access_denied', /does not allow/],
    ['made<up>', /reports: unknown error/],
  ])('turns the platform’s %s into a sentence', async (error, sentence) => {
    const answer = await postLaunch(tool, { error, state: 'any' })

    expect(answer.status).toBe(400)
    expect(answer.problem?.detail).toMatch(sentence)
  })

  it('shows the platform’s own words only in the browser that began the login', async () => {
    const begun = await login(tool, platform)
    const form = {
      error: 'invalid_request',
      error_description: 'Unregistered redirect_uri',
      state: begun.state,
    }

    const own = await postLaunch(tool, form, { accept: 'text/html', cookie: begun.cookie })
    const foreign = await postLaunch(tool, form, { accept: 'text/html' })

    expect(own.body).toContain('Unregistered redirect_uri')
    expect(foreign.body).not.toContain('Unregistered redirect_uri')
  })

  it.each([
    ['a form that is too large', { body: `id_token=${'x'.repeat(300_000)}&state=s` }, 400],
    [
      'JSON instead of a form',
      { body: '{}', headers: { 'content-type': 'application/json' } },
      400,
    ],
    ['a parameter given twice', { body: 'state=a&state=b&id_token=x' }, 400],
    [
      'a hundred parameters',
      { body: Array.from({ length: 100 }, (_, i) => `p${i}=1`).join('&') },
      400,
    ],
    ['an encoding it is not in', { body: 'a=b', headers: { 'content-encoding': 'gzip' } }, 400],
    ['another encoding', { body: 'a=b', headers: { 'content-encoding': 'rot13' } }, 400],
  ])('answers %s with a code of its own', async (_, { body, headers }: RequestInit, status) => {
    const answer = await fetch(`${tool.publicUrl}/lti/launch`, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      },
      ...(body ? { body } : {}),
    })

    expect(answer.status).toBe(status)
    expect(((await answer.json()) as { code: string }).code).toBe('lti_request_malformed')
  })

  it.each([
    ['GET', '/lti/launch', 405, 'lti_method_not_allowed'],
    ['GET', '/lti/session', 405, 'lti_method_not_allowed'],
    ['PUT', '/lti/login', 405, 'lti_method_not_allowed'],
    ['POST', '/lti/jwks', 405, 'lti_method_not_allowed'],
    ['GET', '/lti/nothing/here', 404, 'lti_not_found'],
    ['GET', '/lti/register', 404, 'lti_registration_link_unknown'],
  ])('answers %s %s', async (method, path, status, code) => {
    const answer = await fetch(`${tool.publicUrl}${path}`, {
      method,
      headers: { accept: 'application/json' },
    })

    expect(answer.status).toBe(status)
    expect(((await answer.json()) as { code: string }).code).toBe(code)
  })

  it.each(['{"code":', '{"code":1}', '[]', '{}', '"x"'])(
    'refuses to open a session with %s',
    async (body) => {
      const answer = await fetch(`${tool.publicUrl}/lti/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })

      expect(answer.status).toBe(400)
      expect(((await answer.json()) as { code: string }).code).toBe('lti_request_malformed')
    },
  )

  it('explains the address of the tool to whoever opens it without an LMS', async () => {
    const answer = await fetch(`${tool.publicUrl}/lti`)

    expect(answer.status).toBe(200)
    const body = await answer.text()
    expect(body).toContain('Open this from your LMS')
    expect(body).toContain(`${tool.publicUrl}/lti/launch`)
  })
})

it('keeps the registration that these launches went to', async () => {
  const { id } = await tool.as(tenant)('GET /api/v1/lti/platforms/:id', {
    params: { id: platformId },
  })

  expect(id).toBe(platformId)
})

function atTool(changes: LaunchChanges): LaunchChanges {
  const target = changes.login?.['target_link_uri']?.replace('TOOL', tool.publicUrl)
  return target ? { ...changes, login: { ...changes.login, target_link_uri: target } } : changes
}

function withClaimsOfOther(): LaunchChanges {
  return { key: other.key, claims: { iss: other.origin } }
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function unsigned(header: object, signature = ''): string {
  return [base64url(header), base64url({ iss: platform.origin }), signature].join('.')
}

async function signText(text: string): Promise<string> {
  const { CompactSign } = await import('jose')
  return new CompactSign(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: 'RS256', kid: platform.key.kid })
    .sign(platform.key.privateKey)
}
