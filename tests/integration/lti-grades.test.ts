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
import { type Claims, claim, launch, newTenant, openSession } from '../support/lti-launches.ts'
import { type LtiToolServer, startLtiTool } from '../support/lti-tool-server.ts'

useTestDatabase()

const ags = 'https://purl.imsglobal.org/spec/lti-ags/scope'
const allScopes = [`${ags}/score`, `${ags}/lineitem`, `${ags}/result.readonly`]

let key: SigningKey
let tool: LtiToolServer
let platform: HostilePlatform
let gradebook: Gradebook
let jobs: Jobs
let tenant: string
let platformId: string

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
  platformId = (
    await tool.as(tenant)('POST /api/v1/lti/platforms', { body: platform.registration() })
  ).id
})

afterEach(async () => {
  await jobs.stop({ timeoutMs: 1000 })
  await tool.stop()
  await platform.stop()
})

/** A launch into a course whose gradebook may be read and written; `lineitem` only where it is given. */
async function session(sub = 'user-1', endpoint: Claims = {}, claims: Claims = {}) {
  const { code } = await launch(tool, platform, {
    login: { target_link_uri: `${tool.publicUrl}/lti/items/item_1` },
    claims: {
      sub,
      [claim.endpoint]: { scope: allScopes, lineitems: gradebook.lineItemsUrl, ...endpoint },
      ...claims,
    },
  })
  const { body } = await openSession(tool, code)
  const found = await findSessionByToken(body.token, tool.clock.now())
  if (found === null) throw new Error('no session')
  return found._id
}

async function consume(type: 'attempt.submitted' | 'attempt.corrected', data: object) {
  const run = { signal: AbortSignal.timeout(60_000), progress() {}, attempt: 1, jobId: 'job' }
  for (const consumer of tool.lti.consumers.filter((one) => one.type === type)) {
    const event = {
      id: randomUUID(),
      type,
      tenantId: tenant,
      requestId: 'req',
      occurredAt: new Date(),
      data,
    }
    // The data is as each caller below says.
    await consumer.handle(systemContext(tenant, 'events'), event as never, run)
  }
}

async function submit(launchSessionId: string, score = 3, at = tool.clock.now()): Promise<string> {
  const attemptId = randomUUID()
  tool.results.set(attemptId, { score, maxScore: 4, comment: null, revision: 1 })
  await consume('attempt.submitted', {
    attemptId,
    itemId: 'item_1',
    score,
    maxScore: 4,
    submittedAt: at.toISOString(),
    launchSessionId,
  })
  return attemptId
}

async function correct(attemptId: string, score: number, comment: string | null, revision = 2) {
  tool.results.set(attemptId, { score, maxScore: 4, comment, revision })
  await consume('attempt.corrected', { attemptId, itemId: 'item_1', score, maxScore: 4, revision })
}

async function passTime(ms: number): Promise<void> {
  tool.clock.aheadMs += ms
  await jobs.runDue()
}

const api = () => tool.as(tenant)
const grades = async () => (await api()('GET /api/v1/grades', { query: {} })).data
const courseId = async () =>
  (await api()('GET /api/v1/lti/courses', { query: {} })).data[0]?.id ?? ''
const shown = () =>
  gradebook.columns.map((column) => resultsOf(column).map((row) => row.resultScore))

describe('a column that a link brings (coupled)', () => {
  it('gets the grade, and nothing else is asked of the gradebook', async () => {
    const column = gradebook.add({ label: 'Fractions', scoreMaximum: 100 })
    await submit(await session('user-1', { lineitem: column.url }))

    await jobs.runDue()

    expect(gradebook.requests).toEqual(['POST /lineitems/1/lineitem/scores'])
    expect(shown()).toEqual([[75]])
    expect(await grades()).toMatchObject([
      {
        state: 'sent',
        score: 3,
        maxScore: 4,
        revision: 1,
        learnerId: `${platformId}/user-1`,
        platformId,
        courseId: await courseId(),
        reason: null,
      },
    ])
  })

  it('that was deleted is made again for its link, once for all grades', async () => {
    const column = gradebook.add({
      label: 'Fractions',
      scoreMaximum: 100,
      resourceLinkId: 'link-1',
    })
    const [first, second] = [
      await session('user-1', { lineitem: column.url }),
      await session('user-2', { lineitem: column.url }),
    ]
    gradebook.remove(column)
    await submit(first)
    await submit(second, 2)

    await jobs.runDue()

    expect(gradebook.columns.map(({ body }) => body)).toMatchObject([
      { resourceLinkId: 'link-1', resourceId: 'item_1', tag: 'edpsych-score' },
    ])
    expect(shown()).toEqual([[3, 2]])
    expect((await grades()).map(({ state }) => state)).toEqual(['sent', 'sent'])
  })

  it('that was deleted is only reported where columns may not be made', async () => {
    const column = gradebook.add({ label: 'Fractions', scoreMaximum: 100 })
    const id = await session('user-1', { scope: [`${ags}/score`], lineitem: column.url })
    gradebook.remove(column)
    await submit(id)

    await jobs.runDue()

    expect(gradebook.columns).toEqual([])
    expect(await grades()).toMatchObject([
      { state: 'refused', reason: expect.stringContaining('no longer exists') },
    ])
  })
})

describe('a column of ours (decoupled)', () => {
  it('is made once for an item and its link, for everybody', async () => {
    await submit(await session('user-1'))
    await submit(await session('user-2'), 1)

    await jobs.runDue()

    expect(gradebook.columns.map(({ body }) => body)).toMatchObject([
      {
        label: 'Item item_1',
        resourceId: 'item_1',
        resourceLinkId: 'link-1',
        tag: 'edpsych-score',
        scoreMaximum: 4,
      },
    ])
    expect(gradebook.requests.filter((one) => one === 'POST /lineitems')).toHaveLength(1)
    expect(shown()).toEqual([[3, 1]])
  })

  it('that somebody made and did not live to write down is found again', async () => {
    gradebook.add({
      label: 'Fractions',
      scoreMaximum: 4,
      resourceId: 'item_1',
      resourceLinkId: 'link-1',
      tag: 'edpsych-score',
    })
    await submit(await session())

    await jobs.runDue()

    expect(gradebook.requests).not.toContain('POST /lineitems')
    expect(shown()).toEqual([[3]])
  })

  it('waits while the gradebook cannot be reached, and says so', async () => {
    gradebook.replies.push({ status: 503 }, { status: 503 }, { status: 503 })
    await submit(await session())
    await jobs.runDue()

    expect(await grades()).toMatchObject([
      { state: 'waiting', reason: expect.stringContaining('cannot give') },
    ])
    await passTime(60_000)
    expect(await grades()).toMatchObject([{ state: 'sent', reason: null }])
  })

  it('is refused with a reason where the LMS does not let us make one', async () => {
    gradebook.replies.push({ status: 200, body: '[]' }, { status: 403, body: '{}' })
    await submit(await session())

    await jobs.runDue()

    expect(await grades()).toMatchObject([
      { state: 'refused', reason: expect.stringContaining('tool settings') },
    ])
  })

  it('does not exist where the launch offers neither', async () => {
    await submit(await session('user-1', { scope: [`${ags}/score`] }))

    await jobs.runDue()

    expect(gradebook.requests).toEqual([])
    expect(await grades()).toMatchObject([{ state: 'no-column' }])
    const { data } = await api()('GET /api/v1/lti/score-deliveries', { query: {} })
    expect(data).toEqual([])
    const id = (await grades())[0]?.id ?? ''
    await expect(api()('POST /api/v1/grades/:id/resend', { params: { id } })).rejects.toMatchObject(
      { code: 'conflict' },
    )
  })
})

describe('a corrected result', () => {
  it('takes the place of the grade in the gradebook, with its comment', async () => {
    const attemptId = await submit(await session())
    await jobs.runDue()
    tool.clock.aheadMs += 60_000

    await correct(attemptId, 4, 'Well argued')
    await jobs.runDue()

    const [column] = gradebook.columns
    expect(column?.scores.map(({ scoreGiven, comment }) => [scoreGiven, comment])).toEqual([
      [3, undefined],
      [4, 'Well argued'],
    ])
    expect(shown()).toEqual([[4]])
    expect(await grades()).toMatchObject([
      { state: 'sent', score: 4, revision: 2, comment: 'Well argued', attemptId },
    ])
  })

  it('before the grade was sent leaves one grade there', async () => {
    const attemptId = await submit(await session())
    await correct(attemptId, 1, null)

    await jobs.runDue()

    expect(shown()).toEqual([[1]])
    expect(await grades()).toHaveLength(1)
  })

  it('of an earlier attempt does not push the later one aside', async () => {
    const id = await session()
    const earlier = await submit(id, 1, new Date(Date.now() - 60_000))
    await submit(id, 3)
    await jobs.runDue()

    await correct(earlier, 2, null)
    await jobs.runDue()

    expect(shown()).toEqual([[3]])
    expect(await grades()).toMatchObject([{ score: 3, state: 'sent' }])
  })

  it('whose event comes twice is sent once', async () => {
    const attemptId = await submit(await session())
    await jobs.runDue()
    await correct(attemptId, 4, null)
    await correct(attemptId, 4, null)

    await jobs.runDue()

    expect(gradebook.columns[0]?.scores).toHaveLength(2)
  })
})

describe('sending again', () => {
  it('puts a grade back that somebody changed in the gradebook', async () => {
    await submit(await session())
    await jobs.runDue()
    const [column] = gradebook.columns
    column?.scores.push({
      userId: 'user-1',
      scoreGiven: 0,
      scoreMaximum: 4,
      timestamp: new Date(tool.clock.now().getTime() + 1000).toISOString(),
    })
    tool.clock.aheadMs += 60_000

    const id = (await grades())[0]?.id ?? ''
    const answer = await api()('POST /api/v1/grades/:id/resend', { params: { id } })
    await jobs.runDue()

    expect(answer.state).toBe('waiting')
    expect(shown()).toEqual([[3]])
    expect(await grades()).toMatchObject([{ state: 'sent' }])
  })

  it('of a whole course goes through a job; what waits already is left alone', async () => {
    for (let no = 0; no < 5; no += 1) await submit(await session(`user-${no}`), no % 4)
    await jobs.runDue()
    for (const column of gradebook.columns) column.scores.length = 0
    tool.clock.aheadMs += 60_000

    await api()('POST /api/v1/grades/resync', { body: { courseId: await courseId() } })
    await jobs.runDue()

    expect(gradebook.columns[0]?.scores).toHaveLength(5)
    expect((await grades()).every(({ state }) => state === 'sent')).toBe(true)
  })

  it('of refused grades only leaves the sent ones', async () => {
    await submit(await session('user-1'))
    await jobs.runDue()
    gradebook.replies.push({ status: 422 })
    await submit(await session('user-2'))
    await jobs.runDue()
    const before = gradebook.columns[0]?.scores.length

    await api()('POST /api/v1/grades/resync', { body: { platformId, state: 'refused' } })
    await jobs.runDue()

    expect(before).toBe(1)
    expect(gradebook.columns[0]?.scores.map(({ userId }) => userId)).toEqual(['user-1', 'user-2'])
  })

  it('needs to be told which', async () => {
    await expect(api()('POST /api/v1/grades/resync', { body: {} })).rejects.toMatchObject({
      code: 'invalid_request',
    })
  })
})

describe('a comparison with the gradebook', () => {
  async function compare(repair = false) {
    const { id } = await api()('POST /api/v1/grade-comparisons', {
      body: { courseId: await courseId(), repair },
    })
    await jobs.runDue()
    return api()('GET /api/v1/grade-comparisons/:id', { params: { id } })
  }

  async function spoil(): Promise<void> {
    for (const user of ['same', 'changed', 'lost']) await submit(await session(user))
    await jobs.runDue()
    tool.clock.aheadMs += 60_000
    const [column] = gradebook.columns
    if (!column) throw new Error('no column')
    const kept = column.scores.filter(({ userId }) => userId !== 'lost')
    column.scores.length = 0
    const timestamp = new Date(Date.now() + 30_000).toISOString()
    const by = { scoreMaximum: 4, timestamp }
    column.scores.push(...kept, { ...by, userId: 'changed', scoreGiven: 1 })
    column.scores.push({ ...by, userId: 'stranger', scoreGiven: 2 }, { ...by, userId: 'ungraded' })
  }

  it('finds what is missing, different and unexpected', async () => {
    await spoil()

    const found = await compare()

    expect(found).toMatchObject({
      status: 'done',
      columns: 1,
      compared: 3,
      equal: 1,
      missing: 1,
      different: 1,
      unexpected: 1,
      waiting: 0,
      repaired: 0,
    })
    expect(
      found.differences.map(({ kind, learnerId, here, there }) => [kind, learnerId, here, there]),
    ).toEqual([
      ['different', `${platformId}/changed`, 0.75, 0.25],
      ['missing', `${platformId}/lost`, 0.75, null],
      ['unexpected', `${platformId}/stranger`, null, 0.5],
    ])
  })

  it('puts right what is ours, and leaves what others graded', async () => {
    await spoil()

    expect((await compare(true)).repaired).toBe(2)
    tool.clock.aheadMs += 1000
    await jobs.runDue()
    tool.clock.aheadMs += 60_000

    expect(await compare()).toMatchObject({ equal: 3, missing: 0, different: 0, unexpected: 1 })
  })

  it('says why it cannot be made', async () => {
    await submit(await session('user-1', { scope: [`${ags}/score`, `${ags}/lineitem`] }))
    await jobs.runDue()

    await expect(compare()).rejects.toMatchObject({ code: 'lti_service_not_offered' })
  })

  it('says why it failed', async () => {
    await submit(await session())
    await jobs.runDue()
    gradebook.replies.push({ status: 403 })

    expect(await compare()).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('refused'),
    })
  })
})

describe('gradebook columns over the API (checklist 51 to 54)', () => {
  const lineItems = async () =>
    (
      await api()('GET /api/v1/lti/courses/:id/line-items', {
        params: { id: await courseId() },
        query: { sort: 'label' },
      })
    ).data

  it('are made, read, changed without loss, and removed', async () => {
    await session()
    const id = await courseId()
    const made = await api()('POST /api/v1/lti/courses/:id/line-items', {
      params: { id },
      body: { label: 'Reading', scoreMaximum: 20, tag: 'reading', resourceId: 'r1' },
    })
    const [column] = gradebook.columns
    Object.assign(column?.body ?? {}, { gradesReleased: true, 'https://lms.example/colour': 'red' })
    const params = { id, lineItemId: made.id }

    const changed = await api()('PATCH /api/v1/lti/courses/:id/line-items/:lineItemId', {
      params,
      body: { label: 'Reading aloud' },
    })

    expect(changed).toMatchObject({ label: 'Reading aloud', scoreMaximum: 20, tag: 'reading' })
    expect(column?.body).toMatchObject({
      label: 'Reading aloud',
      scoreMaximum: 20,
      resourceId: 'r1',
      gradesReleased: true,
      'https://lms.example/colour': 'red',
    })
    expect(
      await api()('GET /api/v1/lti/courses/:id/line-items/:lineItemId', { params }),
    ).toMatchObject({ label: 'Reading aloud' })
    await api()('DELETE /api/v1/lti/courses/:id/line-items/:lineItemId', { params })
    expect(gradebook.columns).toEqual([])
    await expect(
      api()('GET /api/v1/lti/courses/:id/line-items/:lineItemId', { params }),
    ).rejects.toMatchObject({ code: 'not_found' })
  })

  it('are read from the LMS, with those it no longer has', async () => {
    await session()
    const id = await courseId()
    const gone = gradebook.add({ label: 'Old', scoreMaximum: 1, resourceId: '', tag: '' })
    gradebook.add({ label: 'Kept', scoreMaximum: 10 })
    const refresh = () =>
      api()('POST /api/v1/lti/courses/:id/line-items/refresh', { params: { id } })

    expect(await refresh()).toEqual({ found: 2, gone: 0, unreadable: 0 })
    expect(await lineItems()).toMatchObject([
      { label: 'Kept', scoreMaximum: 10, resourceId: null, tag: null },
      { label: 'Old' },
    ])
    gradebook.remove(gone)
    expect(await refresh()).toEqual({ found: 1, gone: 1, unreadable: 0 })
    expect((await lineItems()).map(({ label }) => label)).toEqual(['Kept'])
  })

  it('show their grades, those without a score too', async () => {
    await submit(await session())
    await jobs.runDue()
    gradebook.columns[0]?.scores.push({ userId: 'ungraded', timestamp: new Date().toISOString() })
    const [item] = await lineItems()

    const answer = await api()('GET /api/v1/lti/courses/:id/line-items/:lineItemId/results', {
      params: { id: await courseId(), lineItemId: item?.id ?? '' },
      query: {},
    })

    expect(answer).toEqual({
      results: [
        { userId: 'user-1', score: 3, maximum: 4, comment: null },
        { userId: 'ungraded', score: null, maximum: 1, comment: null },
      ],
      unreadable: 0,
    })
  })

  it('are not asked for without the right to them', async () => {
    await session('user-1', { scope: [`${ags}/lineitem.readonly`] })
    const id = await courseId()

    await expect(
      api()('POST /api/v1/lti/courses/:id/line-items', {
        params: { id },
        body: { label: 'Reading', scoreMaximum: 20 },
      }),
    ).rejects.toMatchObject({ code: 'lti_service_not_offered' })
    expect(platform.token.requests).toHaveLength(0)
  })
})

describe('the work itself, for Canvas', () => {
  it('goes along with the first score and is no new submission when corrected', async () => {
    await api()('PATCH /api/v1/lti/platforms/:id', {
      params: { id: platformId },
      body: { product: 'canvas' },
    })
    const attemptId = await submit(await session())
    await jobs.runDue()
    tool.clock.aheadMs += 60_000
    await correct(attemptId, 4, null)
    await jobs.runDue()

    const extension = 'https://canvas.instructure.com/lti/submission'
    expect(gradebook.columns[0]?.scores.map((score) => score[extension])).toMatchObject([
      {
        new_submission: true,
        submission_type: 'basic_lti_launch',
        submission_data: `${tool.publicUrl}/lti/submissions/${attemptId}`,
      },
      { new_submission: false },
    ])
  })
})

describe('a platform that takes few requests', () => {
  it('gets every grade once, at its pace', async () => {
    const column = gradebook.add({ label: 'Fractions', scoreMaximum: 4 })
    let taken: number[] = []
    const path = new URL(column.url).pathname
    const usual = platform.services.get(`${path}/scores`)
    let refusals = 0
    platform.services.set(`${path}/scores`, (request) => {
      const now = tool.clock.now().getTime()
      taken = taken.filter((at) => at > now - 1000)
      if (taken.length >= 5) {
        refusals += 1
        return { status: 429, headers: { 'retry-after': '1' } }
      }
      taken.push(now)
      return usual?.(request) ?? { status: 500 }
    })
    for (let no = 0; no < 30; no += 1) {
      await submit(await session(`user-${no}`, { lineitem: column.url }))
    }

    for (let round = 0; round < 200; round += 1) {
      await passTime(100)
      if (column.scores.length === 30) break
    }

    expect(column.scores).toHaveLength(30)
    expect(new Set(column.scores.map(({ userId }) => userId)).size).toBe(30)
    expect(refusals).toBeLessThan(12)
    expect((await grades()).every(({ state }) => state === 'sent')).toBe(true)
  })
})
