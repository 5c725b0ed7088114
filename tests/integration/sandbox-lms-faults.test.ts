import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createHttpBrowser, formOf } from '../support/http-browser.ts'
import {
  type PreparedLaunch,
  persona,
  prepareLaunch,
  startLms,
  type TestLms,
} from '../support/lms-client.ts'
import { grantForm, startTestTool, type TestTool } from '../support/lti-test-tool.ts'

const lti = 'https://purl.imsglobal.org/spec/lti/claim'
const scoreScope = 'https://purl.imsglobal.org/spec/lti-ags/scope/score'

let lms: TestLms
let tool: TestTool
let linkId: string
let scores: string

beforeAll(async () => {
  lms = await startLms()
  tool = await startTestTool(lms)
  const added = await lms.addLink(tool.id, {
    title: 'Angles',
    custom: { name: '$Person.name.full' },
    lineItem: { scoreMaximum: 10, label: 'Angles' },
  })
  linkId = added.link.id
  scores = `${lms.baseUrl}/lti/services/2/lineitems/${added.lineItem?.id}/lineitem/scores`
})
afterEach(async () => {
  await lms.call('DELETE', '/faults')
})
afterAll(async () => {
  await tool.close()
  await lms.close()
})

async function launchWith(fault: Record<string, unknown>): Promise<PreparedLaunch> {
  await lms.setFaults(fault)
  return prepareLaunch(lms, { as: persona.student, linkId })
}

async function sendScore(): Promise<Response> {
  const bearer = await tool.accessToken(scoreScope)
  return fetch(scores, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${bearer}`,
      'content-type': 'application/vnd.ims.lis.v1.score+json',
    },
    body: JSON.stringify({
      userId: persona.student,
      timestamp: new Date().toISOString(),
      scoreGiven: 1,
      scoreMaximum: 1,
      activityProgress: 'Completed',
      gradingProgress: 'FullyGraded',
    }),
  })
}

describe('a launch', () => {
  it('brings an expired token', async () => {
    const { idToken } = await launchWith({ expiredToken: true })

    await expect(tool.verify(idToken)).rejects.toMatchObject({ code: 'ERR_JWT_EXPIRED' })
  })

  it('is posted twice by the page when it is replayed', async () => {
    const { browser, login } = await launchWith({ replay: true })
    const start = await browser.send(
      `${lms.baseUrl}/courses/2/activities/${linkId}/launch?as=${persona.student}`,
    )

    const request = await browser.send(login.action, { form: formOf(start).fields })
    const page = await browser.send(request.headers.get('location') ?? '')

    expect(page.body).toContain('data-auto-submit="twice"')
  })

  it.each([
    ['wrongDeployment', `${lti}/deployment_id`, 'not-a-deployment-of-this-tool'],
    ['wrongAudience', 'aud', 'client-id-of-another-tool'],
    ['missingNonce', 'nonce', undefined],
    [
      'unknownRoles',
      `${lti}/roles`,
      ['http://purl.imsglobal.org/vocab/lis/v2/membership#Gardener'],
    ],
    ['noNames', 'name', undefined],
    ['noNames', 'family_name', undefined],
    ['noNames', `${lti}/custom`, { name: '$Person.name.full' }],
    ['noEmail', 'email', undefined],
    ['anonymous', 'sub', undefined],
    ['anonymous', 'name', undefined],
  ])('with %s has %s as %j', async (fault, claim, value) => {
    const { idToken } = await launchWith({ [fault]: true })

    expect(decodeJwt(idToken)[claim]).toEqual(value)
  })

  it('keeps the name when only the e-mail address is withheld', async () => {
    const { idToken } = await launchWith({ noEmail: true })

    expect(decodeJwt(idToken)['name']).toBe('Ava Example')
  })

  it('is signed with a key that is not published', async () => {
    const { idToken } = await launchWith({ unpublishedKey: true })

    await expect(tool.verify(idToken)).rejects.toMatchObject({
      code: 'ERR_JWKS_NO_MATCHING_KEY',
    })
  })

  it('is answered with an error of the platform', async () => {
    const { reply } = await launchWith({ platformError: true })

    expect(reply.fields).toEqual({
      error: 'login_required',
      error_description: expect.any(String),
      state: expect.any(String),
    })
  })

  it('is signed with the new key after a rotation, and the old one is withdrawn', async () => {
    const before = await prepareLaunch(lms, { as: persona.student, linkId })
    const after = await launchWith({ rotateKeys: true })

    expect(decodeProtectedHeader(after.idToken).kid).not.toBe(
      decodeProtectedHeader(before.idToken).kid,
    )
    await expect(tool.verify(after.idToken)).resolves.toBeDefined()
    await expect(tool.verify(before.idToken)).rejects.toMatchObject({
      code: 'ERR_JWKS_NO_MATCHING_KEY',
    })
  })
})

describe('a service', () => {
  it('answers its keys late', async () => {
    await lms.setFaults({ slowJwksMs: 300 })
    const started = performance.now()

    await fetch(lms.platform.jwksUri)

    expect(performance.now() - started).toBeGreaterThanOrEqual(290)
  })

  it('refuses scores until it is switched off', async () => {
    await lms.setFaults({ scores409: true })

    const answers = [await sendScore(), await sendScore()]
    await lms.setFaults({ scores409: false })
    const after = await sendScore()

    expect(answers.map(({ status }) => status)).toEqual([409, 409])
    expect(after.status).toBe(200)
  })

  it('is unavailable for the next two scores', async () => {
    await lms.setFaults({ scores503: 2 })

    const statuses: number[] = []
    for (let i = 0; i < 3; i++) statuses.push((await sendScore()).status)

    expect(statuses).toEqual([503, 503, 200])
  })

  it('limits scores and says how long to wait', async () => {
    await lms.setFaults({ scores429: 1, retryAfterSeconds: 7 })

    const answer = await sendScore()

    expect(answer.status).toBe(429)
    expect(answer.headers.get('retry-after')).toBe('7')
  })

  it('gives no tokens while its token endpoint is down', async () => {
    await lms.setFaults({ tokenDown: 1 })
    const assertion = await tool.assertion()

    const down = await tool.requestToken(grantForm(assertion, [scoreScope]))
    const up = await tool.requestToken(grantForm(assertion, [scoreScope]))

    expect([down.status, up.status]).toEqual([503, 200])
  })

  it('answers errors as web pages', async () => {
    await lms.setFaults({ htmlErrors: true })

    const score = await fetch(scores, { method: 'POST' })
    const token = await fetch(lms.platform.tokenEndpoint, { method: 'POST' })

    expect(score.headers.get('content-type')).toContain('text/html')
    expect(await token.text()).toContain('<h1>Error 400</h1>')
  })

  it('lists members without names and addresses', async () => {
    await lms.setFaults({ noNames: true, noEmail: true })
    const bearer = await tool.accessToken(
      'https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly',
    )

    const answer = await fetch(`${lms.baseUrl}/lti/services/2/memberships?limit=1`, {
      headers: { authorization: `Bearer ${bearer}` },
    })

    expect(await answer.json()).toMatchObject({
      members: [expect.not.objectContaining({ name: expect.anything(), email: expect.anything() })],
    })
  })
})

describe('the switches', () => {
  it('refuse faults that do not exist and values that make no sense', async () => {
    await expect(lms.setFaults({ gravity: true })).rejects.toThrow('There is no fault named')
    await expect(lms.setFaults({ slowJwksMs: 'long' })).rejects.toThrow('“slowJwksMs” cannot be')
    await expect(lms.setFaults({ scores503: -1 })).rejects.toThrow('cannot be -1')
    await expect(lms.setSettings({ pageSize: 0 })).rejects.toThrow('cannot be 0')
    await expect(lms.setSettings({ colour: 'red' })).rejects.toThrow('There is no setting')
  })

  it('are set by the form of the page, and shown on every other page', async () => {
    const browser = createHttpBrowser()

    await browser.open(`${lms.baseUrl}/faults?as=3`, {
      form: { expiredToken: 'on', scores503: 'on', scores503Times: '3', slowJwksMs: '40' },
    })
    const home = await browser.open(`${lms.baseUrl}/?as=3`)
    const faults = await lms.call('GET', '/faults')

    expect(faults).toMatchObject({
      expiredToken: true,
      scores503: 3,
      slowJwksMs: 40,
      replay: false,
    })
    expect(home.body).toContain('Expired token, Slow keyset, Scores unavailable (503)')
  })

  it('are all off again after one click', async () => {
    await lms.setFaults({ expiredToken: true })

    await createHttpBrowser().open(`${lms.baseUrl}/faults?as=3`, { form: { clear: '1' } })

    expect(await lms.call('GET', '/faults')).toMatchObject({ expiredToken: false })
  })
})
