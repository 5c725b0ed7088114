import { randomUUID } from 'node:crypto'
import { createRemoteJWKSet, decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createJobs, JobModel, type Jobs } from '../../backend/core/jobs/index.ts'
import { createLogger } from '../../backend/core/logging.ts'
import { systemContext } from '../../backend/core/tenancy.ts'
import { gradePassbackOf } from '../../backend/modules/lti/index.ts'
import { findSessionByToken } from '../../backend/modules/lti/session-store.ts'
import { useTestDatabase } from '../support/database.ts'
import {
  type HostilePlatform,
  makeKey,
  type SigningKey,
  startHostilePlatform,
} from '../support/hostile-platform.ts'
import {
  type Claims,
  claim,
  launch,
  membership,
  newTenant,
  openSession,
  scoreScope,
} from '../support/lti-launches.ts'
import { type LtiToolServer, startLtiTool } from '../support/lti-tool-server.ts'

useTestDatabase()

let tool: LtiToolServer
let platform: HostilePlatform
let jobs: Jobs
let tenant: string
let platformId: string

let key: SigningKey

beforeAll(async () => {
  key = await makeKey('key-1')
})

beforeEach(async () => {
  await JobModel.deleteMany({}, { acrossTenants: 'a clean start' })
  tenant = newTenant()
  tool = await startLtiTool()
  platform = await startHostilePlatform(key)
  jobs = startJobs()
  const body = platform.registration()
  platformId = (await tool.as(tenant)('POST /api/v1/lti/platforms', { body })).id
})

afterEach(async () => {
  await jobs.stop({ timeoutMs: 1000 })
  await tool.stop()
  await platform.stop().catch(() => {
    // A test may have stopped it already.
  })
})

function startJobs(): Jobs {
  return createJobs({
    definitions: tool.lti.jobs,
    log: createLogger({ level: 'silent' }),
    clock: () => tool.clock.now().getTime(),
  })
}

const lineItem = () => `${platform.origin}/mod/lti/services.php/2/lineitems/14/lineitem?type_id=3`

/** The id of a session whose launch carried a line item. */
async function learnerSession(sub = 'user-1', claims: Claims = {}): Promise<string> {
  const { code } = await launch(tool, platform, {
    login: { target_link_uri: `${tool.publicUrl}/lti/items/item_1` },
    claims: {
      sub,
      [claim.endpoint]: { scope: [scoreScope], lineitem: lineItem() },
      ...claims,
    },
  })
  const { body } = await openSession(tool, code)
  const session = await findSessionByToken(body.token, tool.clock.now())
  if (session === null) throw new Error('no session')
  return session._id
}

interface Submitted {
  readonly score?: number
  readonly maxScore?: number
  readonly at?: Date
  readonly attemptId?: string
}

/** What the event relay does with a submitted attempt. */
async function submit(
  launchSessionId: string | null,
  { score = 3, maxScore = 4, at = tool.clock.now(), attemptId = randomUUID() }: Submitted = {},
): Promise<string> {
  for (const { handle } of tool.lti.consumers) {
    const run = { signal: AbortSignal.timeout(60_000), progress() {}, attempt: 1, jobId: 'job' }
    const event = {
      id: randomUUID(),
      type: 'attempt.submitted' as const,
      tenantId: tenant,
      requestId: 'req',
      occurredAt: at,
      data: {
        attemptId,
        itemId: 'item_1',
        score,
        maxScore,
        submittedAt: at.toISOString(),
        launchSessionId,
      },
    }
    await handle(systemContext(tenant, 'events'), event, run)
  }
  return attemptId
}

async function passTime(ms: number): Promise<void> {
  tool.clock.aheadMs += ms
  await jobs.runDue()
}

const deliveries = async () =>
  (await tool.as(tenant)('GET /api/v1/lti/score-deliveries', { query: {} })).data

const taken = () => platform.gradebook.map(({ body }) => body['scoreGiven'])

describe('a score', () => {
  it('goes to the line item of its launch, as the service wants it', async () => {
    const at = new Date(Date.now() - 5_000)
    const launchSessionId = await learnerSession()
    const attemptId = await submit(launchSessionId, { score: 2.5, at })

    await jobs.runDue()

    const stamp = at.toISOString().replace('Z', '+00:00')
    expect(platform.scores.requests).toEqual([
      {
        path: '/mod/lti/services.php/2/lineitems/14/lineitem/scores?type_id=3',
        authorization: 'Bearer token-1',
        contentType: 'application/vnd.ims.lis.v1.score+json',
        body: {
          userId: 'user-1',
          scoreGiven: 2.5,
          scoreMaximum: 4,
          activityProgress: 'Completed',
          gradingProgress: 'FullyGraded',
          timestamp: stamp,
          submission: { submittedAt: stamp },
        },
      },
    ])
    expect(await deliveries()).toMatchObject([
      { attemptId, platformId, status: 'sent', tries: 1, detail: null, nextTryAt: null },
    ])
    const passback = await gradePassbackOf(systemContext(tenant, 'test'), [
      { id: attemptId, launchSessionId: null },
      { id: 'other', launchSessionId: null },
    ])
    expect([...passback]).toEqual([[attemptId, 'sent']])
  })

  it('is on its way from the submission on, where the launch carried a line item', async () => {
    const passback = await gradePassbackOf(systemContext(tenant, 'test'), [
      { id: 'att_1', launchSessionId: await learnerSession() },
      { id: 'att_2', launchSessionId: 'unknown' },
    ])

    expect([...passback]).toEqual([['att_1', 'pending']])
  })

  it('of nought is a score', async () => {
    await submit(await learnerSession(), { score: 0 })
    await jobs.runDue()

    expect(taken()).toEqual([0])
  })

  it('is sent once, however often its event comes', async () => {
    const session = await learnerSession()
    const attemptId = await submit(session)
    await submit(session, { attemptId })
    await jobs.runDue()
    await submit(session, { attemptId })
    await jobs.runDue()

    expect(platform.scores.requests).toHaveLength(1)
  })

  it.each([
    ['no launch', async () => null],
    ['a launch without a line item', () => learnerSession('u', { [claim.endpoint]: undefined })],
    [
      'a launch without the scope',
      () => learnerSession('u', { [claim.endpoint]: { scope: [], lineitem: lineItem() } }),
    ],
    ['a teacher’s try', () => learnerSession('u', { [claim.roles]: [`${membership}#Instructor`] })],
  ])('is not sent for %s', async (_, session) => {
    await submit(await session())
    await jobs.runDue()

    expect(await deliveries()).toEqual([])
    expect(platform.token.requests).toHaveLength(0)
  })

  it('that cannot be counted says only that the work is done', async () => {
    await submit(await learnerSession(), { score: 0, maxScore: 0 })
    await jobs.runDue()

    expect(platform.scores.requests[0]?.body).not.toHaveProperty('scoreGiven')
    expect(platform.scores.requests[0]?.body).not.toHaveProperty('scoreMaximum')
  })
})

describe('an access token', () => {
  it('is asked for with a fresh signed assertion and for that scope alone', async () => {
    await submit(await learnerSession())
    await jobs.runDue()

    const [form = new URLSearchParams()] = platform.token.requests
    const { client_assertion: assertion = '', ...rest } = Object.fromEntries(form)
    const keys = createRemoteJWKSet(new URL(`${tool.publicUrl}/lti/jwks`))
    const { payload } = await jwtVerify(assertion, keys, {
      algorithms: ['RS256'],
      audience: `${platform.origin}/token`,
    })
    expect(rest).toEqual({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      scope: scoreScope,
    })
    expect(payload).toMatchObject({ iss: 'client-1', sub: 'client-1', jti: expect.any(String) })
    expect(lifeOf(payload)).toBeLessThanOrEqual(300)
    expect(decodeProtectedHeader(assertion)).toMatchObject({
      alg: 'RS256',
      kid: expect.any(String),
    })
  })

  it('is kept for the next score and renewed before it expires', async () => {
    const session = await learnerSession()
    await submit(session)
    await jobs.runDue()
    await submit(session)
    await passTime(60_000)
    expect(platform.token.requests).toHaveLength(1)

    tool.clock.aheadMs += 3500_000
    await submit(session)
    await jobs.runDue()

    expect(platform.token.requests).toHaveLength(2)
    const [one, two] = platform.token.requests.map((form) => form.get('client_assertion'))
    expect(one).not.toBe(two)
  })

  it('that the service does not take is replaced once', async () => {
    platform.scores.replies.push({ status: 401 })
    await submit(await learnerSession())
    await jobs.runDue()

    expect(platform.scores.requests.map(({ authorization }) => authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ])
    expect(taken()).toEqual([3])
  })

  it('that is still not taken ends the delivery with a sentence', async () => {
    platform.scores.replies.push({ status: 401 }, { status: 401 })
    await submit(await learnerSession())
    await jobs.runDue()

    expect(await deliveries()).toMatchObject([
      {
        status: 'failed',
        detail: expect.stringMatching(/does not allow this tool to send grades/),
      },
    ])
  })

  it('for fewer scopes than asked for is no use, and says which service to switch on', async () => {
    platform.token.scope = 'https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly'
    await submit(await learnerSession())
    await jobs.runDue()

    expect(platform.scores.requests).toHaveLength(0)
    expect(await deliveries()).toMatchObject([
      {
        status: 'failed',
        detail: expect.stringMatching(/does not allow this tool .*scope\/score/),
      },
    ])
  })

  it('that is refused names the reason', async () => {
    platform.token.replies.push({ status: 400, body: '{"error":"invalid_client"}' })
    await submit(await learnerSession())
    await jobs.runDue()

    expect(await deliveries()).toMatchObject([
      { status: 'failed', detail: expect.stringMatching(/invalid_client/) },
    ])
  })
})

describe('a platform that is down', () => {
  it('for an hour gets every score afterwards, in order and once', async () => {
    const session = await learnerSession()
    const other = await learnerSession('user-2')
    await platform.stop()
    for (const score of [1, 2, 3]) {
      await submit(session, { score })
      await passTime(1000)
    }
    await submit(other, { score: 4 })
    for (let minute = 0; minute < 60; minute += 5) await passTime(5 * 60_000)
    expect(await deliveries()).toMatchObject([
      { status: 'pending' },
      { status: 'pending' },
      { status: 'pending' },
      {
        status: 'pending',
        detail: expect.stringMatching(/cannot be reached|failed several times/),
        nextTryAt: expect.any(String),
      },
    ])

    await platform.start()
    for (let minute = 0; minute < 30; minute += 5) await passTime(5 * 60_000)

    const ofFirst = platform.gradebook.filter(({ body }) => body['userId'] === 'user-1')
    expect(ofFirst.map(({ body }) => body['scoreGiven'])).toEqual([1, 2, 3])
    expect(taken()).toHaveLength(4)
    expect(platform.scores.requests).toHaveLength(4)
    expect((await deliveries()).map(({ status }) => status)).toEqual([
      'sent',
      'sent',
      'sent',
      'sent',
    ])
  })

  it('is asked again when it says', async () => {
    platform.scores.replies.push({ status: 503, headers: { 'retry-after': '120' } })
    await submit(await learnerSession())
    await jobs.runDue()
    const [waiting] = await deliveries()
    const inSeconds = (Date.parse(waiting?.nextTryAt ?? '') - Date.now()) / 1000

    await passTime(90_000)
    expect(platform.scores.requests).toHaveLength(1)
    await passTime(32_000)

    expect(inSeconds).toBeGreaterThan(90)
    expect(inSeconds).toBeLessThanOrEqual(121)
    expect(waiting?.detail).toBe('The LMS cannot take grades at the moment (503)')
    expect(taken()).toEqual([3])
  })

  it.each([429, 500, 502, 504])('with %s is asked again', async (status) => {
    platform.scores.replies.push({ status })
    await submit(await learnerSession())
    await jobs.runDue()
    await passTime(60_000)

    expect(taken()).toEqual([3])
    expect(await deliveries()).toMatchObject([{ status: 'sent', tries: 2, detail: null }])
  })

  it('only for its token endpoint loses nothing either', async () => {
    platform.token.replies.push({ status: 503 })
    await submit(await learnerSession())
    await jobs.runDue()
    await passTime(60_000)

    expect(taken()).toEqual([3])
  })

  it('is served by the process that takes over from one that stopped', async () => {
    platform.scores.replies.push({ status: 503 })
    await submit(await learnerSession())
    await jobs.runDue()
    await jobs.stop({ timeoutMs: 1000 })

    jobs = startJobs()
    await passTime(60_000)

    expect(taken()).toEqual([3])
  })
})

describe('a gradebook that has something newer', () => {
  it('gets the score again with a newer timestamp', async () => {
    platform.scores.replies.push({ status: 409, body: '[]' })
    const at = new Date(Date.now() - 60_000)
    await submit(await learnerSession(), { at })
    await jobs.runDue()

    const stamps = platform.scores.requests.map(({ body }) => Date.parse(String(body['timestamp'])))
    expect(stamps[0]).toBe(at.getTime())
    expect(stamps[1]).toBeGreaterThan(at.getTime() + 50_000)
    expect(taken()).toEqual([3])
  })

  it('because it took the score before its answer was lost, is done', async () => {
    platform.scores.replies.push({ status: 504, takes: true })
    await submit(await learnerSession())
    await jobs.runDue()
    await passTime(60_000)

    expect(platform.scores.requests).toHaveLength(2)
    expect(taken()).toEqual([3])
    expect(await deliveries()).toMatchObject([{ status: 'sent' }])
  })

  it('still, keeps what it has', async () => {
    platform.scores.replies.push({ status: 409 }, { status: 400, body: 'older timestamp given' })
    await submit(await learnerSession())
    await jobs.runDue()

    expect(await deliveries()).toMatchObject([
      { status: 'sent', detail: 'The gradebook holds a newer result' },
    ])
    expect(platform.scores.requests).toHaveLength(2)
  })

  it('never gets an older result after a newer one', async () => {
    const session = await learnerSession()
    const now = Date.now()
    await submit(session, { score: 4, at: new Date(now) })
    await jobs.runDue()
    await submit(session, { score: 1, at: new Date(now - 60_000) })
    await jobs.runDue()

    expect(taken()).toEqual([4])
    const [late] = await deliveries()
    expect(late).toMatchObject({ status: 'sent', detail: expect.stringMatching(/later result/) })
  })

  it('gets results of the same millisecond with timestamps that differ', async () => {
    const session = await learnerSession()
    const at = new Date()
    for (const score of [1, 2, 3]) await submit(session, { score, at })
    await jobs.runDue()

    expect(taken()).toEqual([1, 2, 3])
  })
})

describe('a score that is refused', () => {
  it.each([
    [400, /did not accept the grade \(400\)/],
    [403, /switch grade passback on/],
    [404, /no longer exists/],
    [422, /no grade for this person/],
    [302, /has moved/],
  ])('with %s fails with a sentence and is not repeated', async (status, sentence) => {
    platform.scores.replies.push({ status, body: '<h1>Error</h1>' })
    await submit(await learnerSession())
    await jobs.runDue()
    await passTime(24 * 60 * 60_000)

    expect(platform.scores.requests).toHaveLength(1)
    expect(await deliveries()).toMatchObject([
      { status: 'failed', detail: expect.stringMatching(sentence), nextTryAt: null },
    ])
  })

  it('does not hold back the next one', async () => {
    platform.scores.replies.push({ status: 404 })
    const session = await learnerSession()
    await submit(session, { score: 1 })
    await submit(session, { score: 2 })
    await jobs.runDue()

    expect(taken()).toEqual([2])
  })

  it('can be sent again by hand, as often as it fails', async () => {
    platform.scores.replies.push({ status: 404 }, { status: 404 })
    await submit(await learnerSession())
    await jobs.runDue()
    const [failed] = await deliveries()
    const params = { id: failed?.id ?? '' }
    const api = tool.as(tenant)

    const first = await api('POST /api/v1/lti/score-deliveries/:id/retry', { params })
    await jobs.runDue()
    await api('POST /api/v1/lti/score-deliveries/:id/retry', { params })
    await jobs.runDue()

    expect(first.status).toBe('pending')
    expect(taken()).toEqual([3])
    await expect(
      api('POST /api/v1/lti/score-deliveries/:id/retry', { params }),
    ).rejects.toMatchObject({ status: 409 })
  })

  it('of another tenant cannot be seen or repeated', async () => {
    platform.scores.replies.push({ status: 404 })
    await submit(await learnerSession())
    await jobs.runDue()
    const [failed] = await deliveries()
    const stranger = tool.as(newTenant())

    expect(
      (await stranger('GET /api/v1/lti/score-deliveries', { query: { status: 'failed' } })).data,
    ).toEqual([])
    await expect(
      stranger('POST /api/v1/lti/score-deliveries/:id/retry', { params: { id: failed?.id ?? '' } }),
    ).rejects.toMatchObject({ status: 404 })
  })

  it('because the registration is gone, says so', async () => {
    await submit(await learnerSession())
    await tool.as(tenant)('DELETE /api/v1/lti/platforms/:id', { params: { id: platformId } })
    await jobs.runDue()

    expect(await deliveries()).toMatchObject([
      { status: 'failed', detail: 'The registration of the LMS has been removed' },
    ])
  })
})

function lifeOf({ iat = 0, exp = 0 }: JWTPayload): number {
  return exp - iat
}
