import { randomUUID } from 'node:crypto'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createJobs, JobModel, type Jobs } from '../../backend/core/jobs/index.ts'
import { createLogger } from '../../backend/core/logging.ts'
import { systemContext } from '../../backend/core/tenancy.ts'
import { findSessionByToken } from '../../backend/modules/lti/session-store.ts'
import { useTestDatabase } from '../support/database.ts'
import { type Gradebook, resultsOf, serveGradebook } from '../support/gradebook.ts'
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
} from '../support/lti-launches.ts'
import { type LtiToolServer, startLtiTool } from '../support/lti-tool-server.ts'

useTestDatabase()

const ags = 'https://purl.imsglobal.org/spec/lti-ags/scope'
const namesAndRoles = 'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice'

let key: SigningKey
let tool: LtiToolServer
let platform: HostilePlatform
let gradebook: Gradebook
let jobs: Jobs
let tenant: string

beforeAll(async () => {
  key = await makeKey('key-1')
})

beforeEach(async () => {
  await JobModel.deleteMany({}, { acrossTenants: 'a clean start' })
  tenant = newTenant()
  tool = await startLtiTool()
  platform = await startHostilePlatform(key)
  gradebook = serveGradebook(platform)
  jobs = createJobs({
    definitions: tool.lti.jobs,
    log: createLogger({ level: 'silent' }),
    clock: () => tool.clock.now().getTime(),
  })
  await tool.as(tenant)('POST /api/v1/lti/platforms', { body: platform.registration() })
})

afterEach(async () => {
  await jobs.stop({ timeoutMs: 1000 })
  await tool.stop()
  await platform.stop()
})

const instructor = { [claim.roles]: [`${membership}#Instructor`] }

/** The token of a launch into the course; a path other than the item's where it is given. */
async function open(sub: string, claims: Claims = {}, path = '/lti/items/item_1'): Promise<string> {
  const { code, problem } = await launch(tool, platform, {
    login: { target_link_uri: `${tool.publicUrl}${path}` },
    claims: {
      sub,
      [claim.endpoint]: {
        scope: [`${ags}/score`, `${ags}/lineitem`],
        lineitems: gradebook.lineItemsUrl,
      },
      ...claims,
    },
  })
  expect(problem).toBeUndefined()
  return (await openSession(tool, code)).body.token
}

async function handIn(sub: string, score: number, claims: Claims = {}): Promise<string> {
  const session = await findSessionByToken(await open(sub, claims), tool.clock.now())
  const attemptId = `att_${randomUUID().replaceAll('-', '').slice(0, 20)}`
  tool.results.set(attemptId, { score, maxScore: 4, comment: null, revision: 1 })
  const run = { signal: AbortSignal.timeout(60_000), progress() {}, attempt: 1, jobId: 'job' }
  const [consumer] = tool.lti.consumers.filter(({ type }) => type === 'attempt.submitted')
  await consumer?.handle(
    systemContext(tenant, 'events'),
    {
      id: randomUUID(),
      type: 'attempt.submitted',
      tenantId: tenant,
      requestId: 'req',
      occurredAt: new Date(),
      data: {
        attemptId,
        itemId: 'item_1',
        score,
        maxScore: 4,
        submittedAt: tool.clock.now().toISOString(),
        launchSessionId: session?._id ?? '',
      },
    },
    run,
  )
  return attemptId
}

function serveMembers(): void {
  platform.services.set('/members', () => ({
    status: 200,
    body: JSON.stringify({
      members: [
        { user_id: 'ann', name: 'Ann Abel', roles: ['Learner'] },
        { user_id: 'bob', given_name: 'Bob', family_name: 'Bell', roles: ['Learner'] },
        { user_id: 'zoe', name: 'Zoe Gone', roles: ['Learner'], status: 'Inactive' },
        { user_id: 'teacher', name: 'Tess Teacher', roles: ['Instructor'] },
      ],
    }),
  }))
}

const withMembers = () => ({
  [namesAndRoles]: { context_memberships_url: `${platform.origin}/members` },
})

describe('the results of a class', () => {
  it('name everybody who learns there, with where each grade is', async () => {
    serveMembers()
    gradebook.replies.push({ status: 503 }, { status: 503 }, { status: 503 })
    await handIn('bob', 3)
    await jobs.runDue()
    const token = await open('teacher', { ...instructor, ...withMembers() })

    const answer = await tool.with(token)('GET /api/v1/lti/class-results', {})

    expect(answer).toMatchObject({
      title: 'Item item_1',
      hasColumn: true,
      hasMembers: true,
      isWhole: true,
      results: [
        { userId: 'ann', name: 'Ann Abel', attempt: null },
        {
          userId: 'bob',
          name: 'Bob Bell',
          attempt: { score: 3, maxScore: 4, state: 'waiting', counts: true },
        },
      ],
    })
    expect(answer.results).toHaveLength(2)
  })

  it('are there without names where the LMS does not tell, or is down', async () => {
    await handIn('bob', 3)
    platform.services.set('/members', () => ({ status: 500 }))
    const token = await open('teacher', { ...instructor, ...withMembers() })

    expect(await tool.with(token)('GET /api/v1/lti/class-results', {})).toMatchObject({
      hasMembers: false,
      results: [{ userId: 'bob', name: null, attempt: { score: 3 } }],
    })
  })

  it('of another course, or another link, are not shown', async () => {
    await handIn('bob', 3)
    await handIn('cat', 2, { [claim.context]: { id: 'course-2' } })
    await handIn('dan', 1, { [claim.resourceLink]: { id: 'link-2' } })
    const token = await open('teacher', instructor)

    const { results } = await tool.with(token)('GET /api/v1/lti/class-results', {})

    expect(results.map(({ userId }) => userId)).toEqual(['bob'])
  })

  it('are not for learners, nor for somebody who is both', async () => {
    const learner = await open('bob')
    const both = await open('eve', {
      [claim.roles]: [`${membership}#Learner`, `${membership}#Instructor`],
    })

    for (const token of [learner, both]) {
      await expect(tool.with(token)('GET /api/v1/lti/class-results', {})).rejects.toMatchObject({
        code: 'insufficient_scope',
      })
    }
  })

  it('that were refused are sent again by the teacher', async () => {
    gradebook.replies.push({ status: 200, body: '[]' }, { status: 403 })
    await handIn('bob', 3)
    await jobs.runDue()
    const teacher = tool.with(await open('teacher', instructor))
    const before = await teacher('GET /api/v1/lti/class-results', {})

    const { count } = await teacher('POST /api/v1/lti/class-results/resend', {})
    await jobs.runDue()

    expect(before.results[0]?.attempt).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('tool settings'),
    })
    expect(count).toBe(1)
    expect(gradebook.columns.map((column) => resultsOf(column)[0]?.resultScore)).toEqual([3])
  })

  it('are corrected there', async () => {
    const attemptId = await handIn('bob', 3)
    const other = await handIn('cat', 2, { [claim.resourceLink]: { id: 'link-2' } })
    const teacher = tool.with(await open('teacher', instructor))
    const correct = (id: string) =>
      teacher('PATCH /api/v1/lti/review/attempts/:id', {
        params: { id },
        body: { score: 4, comment: 'Now right' },
      })

    expect(await correct(attemptId)).toMatchObject({ score: 4, comment: 'Now right' })
    expect(tool.results.get(attemptId)).toMatchObject({ score: 4, revision: 2 })
    await expect(correct(other)).rejects.toMatchObject({ code: 'not_found' })
    const learner = tool.with(await open('bob'))
    await expect(
      learner('PATCH /api/v1/lti/review/attempts/:id', {
        params: { id: attemptId },
        body: { score: 4 },
      }),
    ).rejects.toMatchObject({ code: 'insufficient_scope' })
  })
})

describe('a submission review (checklist 35)', () => {
  const about = (userId: string, claims: Claims = instructor) => ({
    ...claims,
    [claim.messageType]: 'LtiSubmissionReviewRequest',
    [claim.forUser]: { user_id: userId, name: 'Bob Bell' },
  })

  it('shows the teacher every attempt of the learner, newest first', async () => {
    await handIn('bob', 1)
    tool.clock.aheadMs += 1000
    await handIn('bob', 3)
    await handIn('cat', 2)
    const token = await open('teacher', about('bob'))

    const answer = await tool.with(token)('GET /api/v1/lti/review', {})

    expect(answer).toMatchObject({
      title: 'Item item_1',
      learner: { userId: 'bob' },
      mayCorrect: true,
      attempts: [
        { score: 3, counts: true },
        { score: 1, counts: false },
      ],
    })
  })

  it('lets the teacher correct that work and no other', async () => {
    const bobs = await handIn('bob', 1)
    const cats = await handIn('cat', 1)
    const teacher = tool.with(await open('teacher', about('bob')))
    const correct = (id: string) =>
      teacher('PATCH /api/v1/lti/review/attempts/:id', { params: { id }, body: { score: 2 } })

    expect(await correct(bobs)).toMatchObject({ score: 2 })
    await expect(correct(cats)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('shows learners their own work, without a way to change it', async () => {
    const attemptId = await handIn('bob', 1)
    const bob = tool.with(await open('bob', about('bob', {})))

    expect(await bob('GET /api/v1/lti/review', {})).toMatchObject({
      mayCorrect: false,
      attempts: [{ id: attemptId }],
    })
    await expect(
      bob('PATCH /api/v1/lti/review/attempts/:id', {
        params: { id: attemptId },
        body: { score: 4 },
      }),
    ).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('shows no learner the work of another', async () => {
    await handIn('bob', 1)
    const token = await open('cat', about('bob', {}))

    await expect(tool.with(token)('GET /api/v1/lti/review', {})).rejects.toMatchObject({
      code: 'forbidden',
    })
  })

  it('opens from the address that Canvas was given with the score', async () => {
    const attemptId = await handIn('bob', 2)
    const token = await open('teacher', instructor, `/lti/submissions/${attemptId}`)

    expect(await tool.with(token)('GET /api/v1/lti/review', {})).toMatchObject({
      learner: { userId: 'bob' },
      attempts: [{ id: attemptId, score: 2 }],
    })
  })

  it('of another course cannot be opened by that address', async () => {
    const attemptId = await handIn('bob', 2)
    const elsewhere = { ...instructor, [claim.context]: { id: 'course-2' } }
    const token = await open('teacher', elsewhere, `/lti/submissions/${attemptId}`)

    await expect(tool.with(token)('GET /api/v1/lti/review', {})).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('is no way into anything else', async () => {
    const token = await open('teacher', about('bob'))

    await expect(tool.with(token)('GET /api/v1/lti/class-results', {})).rejects.toMatchObject({
      code: 'forbidden',
    })
  })
})
