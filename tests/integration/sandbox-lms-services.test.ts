import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { course, persona, prepareLaunch, startLms, type TestLms } from '../support/lms-client.ts'
import { grantForm, startTestTool, type TestTool } from '../support/lti-test-tool.ts'

const ags = 'https://purl.imsglobal.org/spec/lti-ags/scope'
const scopes = {
  lineItem: `${ags}/lineitem`,
  readOnly: `${ags}/lineitem.readonly`,
  score: `${ags}/score`,
  result: `${ags}/result.readonly`,
  members: 'https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly',
} as const
const lineItemType = 'application/vnd.ims.lis.v2.lineitem+json'
const scoreType = 'application/vnd.ims.lis.v1.score+json'

let lms: TestLms
let tool: TestTool
let token: string
/** As the launch names them, with Moodle's query. */
let lineItem: string
let lineItems: string
let linkId: string

beforeAll(async () => {
  lms = await startLms()
  tool = await startTestTool(lms)
  token = await tool.accessToken(scopes.lineItem, scopes.score, scopes.result, scopes.members)
})
afterAll(async () => {
  await tool.close()
  await lms.close()
})
beforeEach(async () => {
  const added = await lms.addLink(tool.id, {
    title: 'Ratio',
    lineItem: { scoreMaximum: 20, label: 'Ratio', resourceId: 'ratio', tag: 't' },
  })
  linkId = added.link.id
  const id = added.lineItem?.id ?? ''
  lineItems = `${lms.baseUrl}/lti/services/2/lineitems?type_id=${tool.id}`
  lineItem = `${lms.baseUrl}/lti/services/2/lineitems/${id}/lineitem?type_id=${tool.id}`
})

const below = (url: string, path: string): string => url.replace(/(?=\?|$)/, path)

function call(
  url: string,
  init: { method?: string; body?: unknown; type?: string; bearer?: string; accept?: string } = {},
): Promise<Response> {
  const { method = 'GET', body, type = 'application/json', bearer = token, accept } = init
  return fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${bearer}`,
      ...(accept ? { accept } : {}),
      ...(body === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

const score = (changes: Record<string, unknown> = {}) => ({
  userId: persona.student,
  timestamp: new Date().toISOString(),
  scoreGiven: 8,
  scoreMaximum: 10,
  activityProgress: 'Completed',
  gradingProgress: 'FullyGraded',
  comment: 'Well done',
  ...changes,
})

const sendScore = (body: unknown, type = scoreType) =>
  call(below(lineItem, '/scores'), { method: 'POST', body, type })

describe('the token endpoint', () => {
  it('grants the permitted part of what was asked for', async () => {
    const answer = await tool.requestToken(
      grantForm(await tool.assertion(), [scopes.score, 'https://example.test/scope/else']),
    )

    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 300,
      scope: scopes.score,
    })
  })

  it.each([
    ['no known scope', [], {}, {}, 400, 'invalid_scope'],
    ['another issuer', [scopes.score], { iss: 'x' }, {}, 401, 'invalid_client'],
    ['another subject', [scopes.score], { sub: 'x' }, {}, 401, 'invalid_client'],
    ['another audience', [scopes.score], { aud: 'https://x.example' }, {}, 401, 'invalid_client'],
    ['no jti', [scopes.score], { jti: undefined }, {}, 401, 'invalid_client'],
    ['a past exp', [scopes.score], { exp: 1_700_000_000 }, {}, 401, 'invalid_client'],
    ['no exp', [scopes.score], { exp: undefined }, {}, 401, 'invalid_client'],
    [
      'an exp an hour away',
      [scopes.score],
      { exp: Math.floor(Date.now() / 1000) + 3600 },
      {},
      401,
      'invalid_client',
    ],
    ['no kid', [scopes.score], {}, { kid: undefined }, 401, 'invalid_client'],
    ['an unknown kid', [scopes.score], {}, { kid: 'x' }, 401, 'invalid_client'],
  ])('refuses an assertion with %s', async (_name, wanted, changes, header, status, error) => {
    const assertion = await tool.assertion(changes, header)

    const answer = await tool.requestToken(grantForm(assertion, wanted))

    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ error, error_description: expect.any(String) })
  })

  it('refuses an assertion it has seen, even when both arrive at once', async () => {
    const form = grantForm(await tool.assertion(), [scopes.score])

    const answers = await Promise.all([tool.requestToken(form), tool.requestToken(form)])

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401])
  })

  it.each([
    ['grant_type', 'authorization_code', 'unsupported_grant_type'],
    ['client_assertion_type', 'x', 'invalid_request'],
  ])('refuses another %s', async (name, value, error) => {
    const form = { ...grantForm(await tool.assertion(), [scopes.score]), [name]: value }

    const answer = await tool.requestToken(form)

    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error })
  })

  it('accepts an audience among others and half a minute of skew', async () => {
    const now = Math.floor(Date.now() / 1000)
    const assertion = await tool.assertion({
      aud: [lms.platform.tokenEndpoint],
      iat: now + 30,
      exp: now + 330,
    })

    const answer = await tool.requestToken(grantForm(assertion, [scopes.score]))

    expect(answer.status).toBe(200)
  })
})

describe('an access token', () => {
  it('is required, with the scope for the call', async () => {
    const reader = await tool.accessToken(scopes.readOnly)

    const without = await fetch(lineItems)
    const reading = await call(lineItems, { bearer: reader })
    const writing = await call(lineItems, {
      method: 'POST',
      bearer: reader,
      body: { label: 'x', scoreMaximum: 1 },
      type: lineItemType,
    })

    expect(without.status).toBe(401)
    expect(without.headers.get('www-authenticate')).toContain('invalid_token')
    expect(reading.status).toBe(200)
    expect(writing.status).toBe(403)
  })

  it('expires', async () => {
    await lms.setSettings({ accessTokenSeconds: 5 })
    const short = await tool.accessToken(scopes.lineItem)
    await lms.setSettings({ accessTokenSeconds: 300 })

    const first = await call(lineItems, { bearer: short })

    expect(first.status).toBe(200)
    await expect
      .poll(async () => (await call(lineItems, { bearer: short })).status, { interval: 500 })
      .toBe(401)
  })

  it('does not show the columns of another tool', async () => {
    const other = await startTestTool(lms)
    const bearer = await other.accessToken(scopes.lineItem)

    const withType = await call(lineItem, { bearer })
    const withoutType = await call(lineItem.replace(/\?.*/, ''), { bearer })
    const list = await call(lineItems.replace(/\?.*/, ''), { bearer })
    await other.close()

    expect([withType.status, withoutType.status]).toEqual([404, 404])
    expect(await list.json()).toEqual([])
  })
})

describe('line items', () => {
  it('are listed with filters and pages', async () => {
    await lms.addLink(tool.id, {
      title: 'More',
      lineItem: { scoreMaximum: 1, label: 'More', tag: 'other' },
    })

    const own = await call(`${lineItems}&resource_link_id=${linkId}`)
    const tagged = await call(`${lineItems}&tag=other`)
    const first = await call(`${lineItems}&limit=1`)
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
    const second = await call(next)

    expect(own.headers.get('content-type')).toContain(
      'application/vnd.ims.lis.v2.lineitemcontainer+json',
    )
    expect(await own.json()).toEqual([
      {
        id: lineItem,
        label: 'Ratio',
        scoreMaximum: 20,
        resourceId: 'ratio',
        tag: 't',
        resourceLinkId: linkId,
        ltiLinkId: linkId,
      },
    ])
    expect(await tagged.json()).toMatchObject([{ label: 'More', resourceId: '' }])
    expect(new URL(next).searchParams.get('type_id')).toBe(tool.id)
    expect(await second.json()).toHaveLength(1)
  })

  it('are created, read, changed and deleted', async () => {
    const body = { label: 'Homework', scoreMaximum: 5, resourceId: 'h', endDateTime: '2026-12-01' }

    const created = await call(lineItems, { method: 'POST', body, type: lineItemType })
    const { id } = (await created.json()) as { id: string } // read back as the test's own input
    const changed = await call(id, {
      method: 'PUT',
      body: { id, label: 'Homework 2', scoreMaximum: 6 },
      type: lineItemType,
    })
    const read = await call(id)
    const deleted = await call(id, { method: 'DELETE' })
    const gone = await call(id)

    expect(created.status).toBe(201)
    expect(changed.status).toBe(200)
    // What the tool leaves out of a PUT is gone.
    expect(await read.json()).toEqual({
      id,
      label: 'Homework 2',
      scoreMaximum: 6,
      resourceId: '',
      tag: '',
    })
    expect([deleted.status, gone.status]).toEqual([204, 404])
  })

  it.each([
    ['without points', { label: 'x' }, 400],
    ['without label', { scoreMaximum: 1 }, 400],
    [
      'for an activity that is not there',
      { label: 'x', scoreMaximum: 1, resourceLinkId: '999' },
      404,
    ],
  ])('are refused %s', async (_name, body, status) => {
    const answer = await call(lineItems, { method: 'POST', body, type: lineItemType })

    expect(answer.status).toBe(status)
  })

  it('are refused as plain JSON, and not answered as XML', async () => {
    const body = { label: 'x', scoreMaximum: 1 }

    const plain = await call(lineItems, { method: 'POST', body })
    const xml = await call(lineItems, { accept: 'application/xml' })

    expect([plain.status, xml.status]).toEqual([415, 406])
  })

  it('cannot be moved to another activity', async () => {
    const body = { label: 'x', scoreMaximum: 1, resourceLinkId: '999' }

    const answer = await call(lineItem, { method: 'PUT', body, type: lineItemType })

    expect(answer.status).toBe(400)
  })
})

describe('a score', () => {
  it('lands in the gradebook in the column’s scale', async () => {
    const answer = await sendScore(score())

    const { columns, rows } = await lms.gradebook()
    const grade = rows
      .find(({ userId }) => userId === persona.student)
      ?.grades.find(({ lineItemId }) => lineItemId === columns.at(-1)?.id)

    expect(answer.status).toBe(200)
    expect(await answer.text()).toBe('')
    expect(grade).toMatchObject({ resultScore: 16, comment: 'Well done', received: 1 })
  })

  it('is found with and without type_id, the path before the query', async () => {
    const bare = lineItem.replace(/\?.*/, '')

    const answer = await call(`${bare}/scores`, { method: 'POST', body: score(), type: scoreType })

    expect(answer.status).toBe(200)
  })

  it.each([0, 12.5, 11])('may be %d of 10', async (scoreGiven) => {
    const answer = await sendScore(score({ scoreGiven }))

    expect(answer.status).toBe(200)
  })

  it('must be newer than the last one of that learner', async () => {
    const timestamp = '2026-11-23T10:00:00.000Z'
    await sendScore(score({ timestamp }))

    const equal = await sendScore(score({ timestamp: '2026-11-23T11:00:00.000+01:00' }))
    const older = await sendScore(score({ timestamp: '2026-11-23T09:59:59.999Z' }))
    const newer = await sendScore(score({ timestamp: '2026-11-23T10:00:00.001Z' }))
    const classmate = await sendScore(score({ timestamp, userId: persona.secondStudent }))

    expect([equal.status, older.status, newer.status, classmate.status]).toEqual([
      409, 409, 200, 200,
    ])
  })

  it.each([
    ['of an unknown user', { userId: '999' }],
    ['of somebody in another course', { userId: '21' }],
    ['without user', { userId: undefined }],
    ['without timestamp', { timestamp: undefined }],
    ['with a timestamp without zone', { timestamp: '2026-11-23T10:00:00' }],
    ['with points but no maximum', { scoreMaximum: undefined }],
    ['with a maximum but no points', { scoreGiven: undefined }],
    ['below zero', { scoreGiven: -1 }],
    ['with points as text', { scoreGiven: '8' }],
    ['with an unknown progress', { activityProgress: 'Done' }],
    ['without grading progress', { gradingProgress: undefined }],
  ])('is refused %s', async (_name, changes) => {
    const answer = await sendScore(score(changes))

    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: 'invalid_score' })
  })

  it('must have the media type of a score', async () => {
    const answer = await sendScore(score(), 'application/json')

    expect(answer.status).toBe(415)
  })

  it('is answered 400 when it is not JSON at all', async () => {
    const answer = await fetch(below(lineItem, '/scores'), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': scoreType },
      body: '{"userId":',
    })

    expect(answer.status).toBe(400)
  })

  it('is refused for a column that was deleted', async () => {
    await call(lineItem, { method: 'DELETE' })

    const answer = await sendScore(score())

    expect(answer.status).toBe(404)
  })

  it('clears the grade when it has no points', async () => {
    await sendScore(score({ timestamp: '2026-11-23T10:00:00.000Z' }))
    await sendScore(
      score({
        timestamp: '2026-11-23T10:00:01.000Z',
        scoreGiven: undefined,
        scoreMaximum: undefined,
      }),
    )

    const results = await call(below(lineItem, '/results'))

    expect(await results.json()).toMatchObject([{ userId: persona.student }])
  })
})

describe('results', () => {
  it('name the mark only when it is fully graded', async () => {
    await sendScore(score())
    await sendScore(score({ userId: persona.secondStudent, gradingProgress: 'PendingManual' }))

    const answer = await call(below(lineItem, '/results'))
    const one = await call(`${below(lineItem, '/results')}&user_id=${persona.student}`)

    const results: unknown = await answer.json()
    expect(results).toEqual([
      expect.objectContaining({
        userId: persona.student,
        resultScore: 16,
        resultMaximum: 20,
        comment: 'Well done',
        scoreOf: lineItem,
      }),
      expect.not.objectContaining({ resultScore: expect.anything() }),
    ])
    expect(await one.json()).toHaveLength(1)
  })
})

describe('memberships', () => {
  const url = () => `${lms.baseUrl}/lti/services/${course.maths}/memberships`

  it('list everybody with short role names, by page', async () => {
    const answer = await call(`${url()}?limit=5`)
    const next = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1] ?? ''
    const rest = await call(next)

    expect(answer.headers.get('content-type')).toContain(
      'application/vnd.ims.lti-nrps.v2.membershipcontainer+json',
    )
    expect(await answer.json()).toMatchObject({
      id: url(),
      context: { id: '2', label: 'Y8-MATHS', title: 'Year 8 Mathematics' },
      members: [
        { user_id: '3', roles: ['Instructor'], status: 'Active', name: 'Tess Template' },
        { user_id: '5', roles: ['Instructor', 'TeachingAssistant'] },
        { user_id: '11', roles: ['Learner'] },
        {},
        {},
      ],
    })
    expect(await rest.json()).toMatchObject({ members: expect.any(Array) })
    expect(rest.headers.get('link')).toBeNull()
  })

  it.each(['Mentor', 'http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor'])(
    'can be asked for the role %s',
    async (role) => {
      const answer = await call(`${url()}?role=${encodeURIComponent(role)}`)

      expect(await answer.json()).toMatchObject({ members: [{ user_id: '31' }] })
    },
  )

  it('show an activity’s custom parameters for each member', async () => {
    const { link } = await lms.addLink(tool.id, { title: 'Custom', custom: { who: '$User.id' } })

    const answer = await call(`${url()}?rlid=${link.id}&limit=1`)
    const foreign = await call(`${url()}?rlid=999`)

    expect(await answer.json()).toMatchObject({
      members: [
        { message: [{ 'https://purl.imsglobal.org/spec/lti/claim/custom': { who: '3' } }] },
      ],
    })
    expect(foreign.status).toBe(404)
  })
})

it('names the service addresses of a launch exactly as they are', async () => {
  const { idToken } = await prepareLaunch(lms, { as: persona.student, linkId })

  const claims = await tool.verify(idToken)

  expect(claims['https://purl.imsglobal.org/spec/lti-ags/claim/endpoint']).toMatchObject({
    lineitem: lineItem,
    lineitems: lineItems,
  })
})
