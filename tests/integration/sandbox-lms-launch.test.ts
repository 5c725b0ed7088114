import { decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createHttpBrowser, formOf } from '../support/http-browser.ts'
import {
  course,
  launch,
  persona,
  prepareLaunch,
  startLms,
  type TestLms,
} from '../support/lms-client.ts'
import { authenticationRequest, startTestTool, type TestTool } from '../support/lti-test-tool.ts'

const lti = 'https://purl.imsglobal.org/spec/lti/claim'
const membership = 'http://purl.imsglobal.org/vocab/lis/v2/membership'

let lms: TestLms
let tool: TestTool
let linkId: string

beforeAll(async () => {
  lms = await startLms()
  tool = await startTestTool(lms)
})
afterAll(async () => {
  await tool.close()
  await lms.close()
})
beforeEach(async () => {
  const added = await lms.addLink(tool.id, {
    title: 'Fractions',
    custom: { item: 'a1', who: '$User.id', what: '$Nothing.known' },
    lineItem: { scoreMaximum: 20, label: 'Fractions', resourceId: 'r1', tag: 'grade' },
  })
  linkId = added.link.id
})

describe('login initiation', () => {
  it('posts the parameters Moodle posts, with a JSON message hint and no storage target', async () => {
    const { login } = await prepareLaunch(lms, { as: persona.student, linkId })

    expect(login.fields).toEqual({
      iss: lms.platform.issuer,
      target_link_uri: expect.stringContaining('/tool'),
      login_hint: persona.student,
      lti_message_hint: expect.stringMatching(/^\{"cmid":\d+,"launchid":".+"\}$/),
      client_id: tool.clientId,
      lti_deployment_id: tool.deploymentId,
    })
  })

  it('announces platform storage once it is switched on, in the launch as well', async () => {
    await lms.setSettings({ platformStorage: true })

    const { login, reply } = await prepareLaunch(lms, { as: persona.student, linkId })
    await lms.setSettings({ platformStorage: false })

    expect(login.fields['lti_storage_target']).toBe('_parent')
    expect(reply.fields['lti_storage_target']).toBe('_parent')
  })

  it('redirects instead of posting when logins start with GET', async () => {
    await lms.setSettings({ loginByGet: true })

    const { answer } = await launch(lms, { as: persona.student, linkId })
    await lms.setSettings({ loginByGet: false })

    expect(answer.body).toBe('launched')
  })

  it('refuses somebody who is not in the course', async () => {
    const answer = await createHttpBrowser().open(
      `${lms.baseUrl}/courses/${course.maths}/activities/${linkId}/launch?as=21`,
    )

    expect(answer.status).toBe(403)
    expect(answer.body).toContain('Gia Imaginary is not in Year 8 Mathematics.')
  })
})

describe('the launch message', () => {
  it('is signed with the published key and lives a minute', async () => {
    const { reply, idToken, authUrl } = await prepareLaunch(lms, { as: persona.student, linkId })

    const claims = await tool.verify(idToken)

    expect(decodeProtectedHeader(idToken)).toEqual({
      alg: 'RS256',
      kid: expect.any(String),
      typ: 'JWT',
    })
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(60)
    expect(claims['nonce']).toBe(authUrl.searchParams.get('nonce'))
    expect(reply.fields['state']).toBe(authUrl.searchParams.get('state'))
    expect(reply.action).toBe(tool.redirectUri)
  })

  it('carries every claim a resource link launch needs', async () => {
    const { idToken, login } = await prepareLaunch(lms, { as: persona.student, linkId })

    const claims = await tool.verify(idToken)

    expect(claims).toMatchObject({
      iss: lms.platform.issuer,
      aud: tool.clientId,
      sub: persona.student,
      name: 'Ava Example',
      given_name: 'Ava',
      family_name: 'Example',
      email: 'ava.example@learners.larkfield.example',
      [`${lti}/message_type`]: 'LtiResourceLinkRequest',
      [`${lti}/version`]: '1.3.0',
      [`${lti}/deployment_id`]: tool.deploymentId,
      [`${lti}/target_link_uri`]: login.fields['target_link_uri'],
      [`${lti}/roles`]: [`${membership}#Learner`],
      [`${lti}/context`]: { id: '2', label: 'Y8-MATHS', title: 'Year 8 Mathematics' },
      [`${lti}/resource_link`]: { id: linkId, title: 'Fractions' },
      [`${lti}/custom`]: { item: 'a1', who: persona.student, what: '$Nothing.known' },
      [`${lti}/lis`]: { person_sourcedid: 'person-11' },
      [`${lti}/tool_platform`]: { product_family_code: 'moodle' },
      [`${lti}/launch_presentation`]: { document_target: 'iframe', locale: 'en-GB' },
      'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice': {
        service_versions: ['2.0'],
      },
      'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint': {
        lineitems: expect.stringMatching(/\/lineitems\?type_id=\d+$/),
        lineitem: expect.stringMatching(/\/lineitem\?type_id=\d+$/),
      },
    })
  })

  it('has no grade service for an activity without points', async () => {
    const { link } = await lms.addLink(tool.id, { title: 'Reading' })

    const { idToken } = await prepareLaunch(lms, { as: persona.student, linkId: link.id })

    const claims = await tool.verify(idToken)
    expect(claims).not.toHaveProperty(['https://purl.imsglobal.org/spec/lti-ags/claim/endpoint'])
  })

  it.each([
    ['teacher', persona.teacher, [`${membership}#Instructor`]],
    [
      'assistant',
      persona.assistant,
      [`${membership}#Instructor`, `${membership}/Instructor#TeachingAssistant`],
    ],
    ['parent', persona.parent, [`${membership}#Mentor`]],
    [
      'administrator',
      persona.administrator,
      [
        'http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator',
        'http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator',
      ],
    ],
  ])('names the roles of a %s in full', async (_word, as, roles) => {
    const { idToken } = await prepareLaunch(lms, { as, linkId })

    const claims = await tool.verify(idToken)

    expect(claims[`${lti}/roles`]).toEqual(roles)
  })

  it('leaves out the memberships service when it is switched off', async () => {
    await lms.setSettings({ membershipsClaim: false })

    const { idToken } = await prepareLaunch(lms, { as: persona.student, linkId })
    await lms.setSettings({ membershipsClaim: true })

    const claims = await tool.verify(idToken)
    expect(claims).not.toHaveProperty([
      'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice',
    ])
  })
})

describe('the authentication request', () => {
  /** A request for a fresh launch, with some parameters changed or (undefined) left out. */
  async function request(changes: Record<string, string | undefined>) {
    const browser = createHttpBrowser()
    const start = await browser.send(
      `${lms.baseUrl}/courses/2/activities/${linkId}/launch?as=${persona.student}`,
    )
    const right = authenticationRequest(formOf(start).fields, tool.redirectUri)
    const params = Object.entries({ ...right, ...changes }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    )
    const url = `${lms.platform.authorizationEndpoint}?${new URLSearchParams(Object.fromEntries(params))}`
    return { browser, url, answer: await browser.send(url), right }
  }

  it.each([
    ['client_id', 'somebody-else', 'No tool is registered'],
    ['client_id', undefined, 'No tool is registered'],
    ['redirect_uri', 'https://evil.example/launch', 'not among the redirect URIs'],
    ['redirect_uri', undefined, 'not among the redirect URIs'],
  ])('is refused on the spot when %s is %s', async (name, value, sentence) => {
    const { answer } = await request({ [name]: value })

    expect(answer.status).toBe(400)
    expect(answer.body).toContain(sentence)
    expect(answer.body).not.toContain('data-auto-submit')
  })

  it('is refused when the redirect URI only begins like a registered one', async () => {
    const { answer } = await request({ redirect_uri: `${tool.redirectUri}/more` })

    expect(answer.status).toBe(400)
  })

  it.each([
    ['response_type', 'code', 'unsupported_response_type'],
    ['response_mode', 'query', 'invalid_request'],
    ['scope', 'openid profile', 'invalid_scope'],
    ['prompt', 'login', 'invalid_request'],
    ['nonce', undefined, 'invalid_request'],
    ['login_hint', undefined, 'invalid_request'],
    ['login_hint', persona.secondStudent, 'login_required'],
    ['lti_message_hint', undefined, 'invalid_request'],
    ['lti_message_hint', '{"cmid":1,"launchid":"guessed"}', 'invalid_request'],
    ['lti_message_hint', 'not json', 'invalid_request'],
  ])('is answered with an error at the tool when %s is %s', async (name, value, error) => {
    const { answer, right } = await request({ [name]: value })

    const { action, fields } = formOf(answer)

    expect(action).toBe(tool.redirectUri)
    expect(fields).toEqual({
      error,
      error_description: expect.any(String),
      state: right.state,
    })
  })

  it('must echo the message hint byte for byte', async () => {
    const { browser, right } = await request({ prompt: 'login' })
    const spaced = right.lti_message_hint.replace(':', ': ')

    const answer = await browser.send(lms.platform.authorizationEndpoint, {
      form: { ...right, nonce: 'another', prompt: 'none', lti_message_hint: spaced },
    })

    expect(formOf(answer).fields['error']).toBe('invalid_request')
  })

  it('is answered only once for a click', async () => {
    const { browser, answer, right } = await request({})
    const again = new URLSearchParams({ ...right, nonce: 'a-second-nonce' })

    const second = await browser.send(`${lms.platform.authorizationEndpoint}?${again}`)

    expect(formOf(answer).fields['id_token']).toBeDefined()
    expect(formOf(second).fields['error_description']).toBe('this launch was already answered')
  })

  it('may not bring a nonce that was used before', async () => {
    const { right } = await request({})

    const { answer } = await request({ nonce: right['nonce'] })

    expect(formOf(answer).fields['error_description']).toBe('this nonce was used before')
  })

  it('may be posted as well', async () => {
    const browser = createHttpBrowser()
    const start = await browser.send(
      `${lms.baseUrl}/courses/2/activities/${linkId}/launch?as=${persona.student}`,
    )
    const form = authenticationRequest(formOf(start).fields, tool.redirectUri)

    const answer = await browser.send(lms.platform.authorizationEndpoint, { form })

    expect(formOf(answer).fields['id_token']).toBeDefined()
  })

  it('cannot be made with the launch of another tool', async () => {
    const other = await startTestTool(lms)
    const { answer } = await request({
      client_id: other.clientId,
      redirect_uri: other.redirectUri,
    })
    await other.close()

    expect(formOf(answer).fields['error_description']).toBe('this launch belongs to another tool')
  })
})
