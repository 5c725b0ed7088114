import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, createClient } from '../../shared/api/client.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { type HostilePlatform, startHostilePlatform } from '../support/hostile-platform.ts'
import { itemFixture, itemFixtures } from '../support/item-xml.ts'
import { type Claims, claim, launch, membership } from '../support/lti-launches.ts'

const namesAndRoles = 'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice'
const instructor = { [claim.roles]: [`${membership}#Instructor`] }

let app: TestApp
let school: TestTenant
let platform: HostilePlatform
let itemId: string
let resourceId: string
let pathId: string

const tool = () => ({ publicUrl: app.url })

beforeAll(async () => {
  app = await startTestApp()
  platform = await startHostilePlatform()
  school = await app.addTenant('Path school')
  const { client } = school
  await client('POST /api/v1/lti/platforms', { body: platform.registration() })
  const report = await client('POST /api/v1/items/import', {
    query: { fileName: 'item.xml' },
    file: new Blob([itemFixture(itemFixtures[0])], { type: 'application/xml' }),
  })
  itemId = report.imported[0]?.id ?? ''
  const resource = await client('POST /api/v1/resources', {
    body: {
      name: 'Read first',
      learningResourceType: 'guidance',
      license: { name: 'CC BY 4.0', url: null },
      attribution: 'Us',
    },
  })
  resourceId = resource.id
  const path = await client('POST /api/v1/learning-paths', {
    body: {
      name: 'Fractions, step by step',
      steps: [
        { kind: 'resource', targetId: resourceId },
        { kind: 'item', targetId: itemId },
      ],
    },
  })
  pathId = path.id
})

afterAll(async () => {
  await platform.stop()
  await app.stop()
})

/** Opens a link of that course, and answers the API with the rights of the launch. */
async function open(
  path: string,
  claims: Claims = {},
): Promise<{ client: Client; launch: Claims }> {
  const { code } = await launch(tool(), platform, {
    login: { target_link_uri: `${app.url}${path}` },
    claims,
  })
  const answer = await fetch(`${app.url}/lti/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  })
  const grant = (await answer.json()) as { token: string; launch: Claims }
  const client = createClient({
    baseUrl: app.url,
    headers: () => ({ authorization: `Bearer ${grant.token}` }),
  })
  return { client, launch: grant.launch }
}

async function submit(client: Client): Promise<void> {
  const { id } = await client('POST /api/v1/attempts', { body: { itemId } })
  await client('POST /api/v1/attempts/:id/submit', { params: { id }, body: { responses: {} } })
}

const own = (client: Client) =>
  client('GET /api/v1/learning-paths/:id/my-progress', { params: { id: pathId } })
const inCourse = (id: string, sub = 'user-1'): Claims => ({
  sub,
  [claim.context]: { id, title: `Course ${id}` },
})

describe('a learning path', () => {
  it('names its steps, keeps their ids when they are moved, and knows what was deleted', async () => {
    const { client } = school
    const params = { id: pathId }
    const path = await client('GET /api/v1/learning-paths/:id', { params })
    expect(path.steps.map(({ id, kind, title }) => [id, kind, title])).toEqual([
      ['step_1', 'resource', 'Read first'],
      ['step_2', 'item', expect.any(String)],
    ])
    expect(path.launchUrl).toBe(`${app.url}/lti/paths/${pathId}`)

    const other = await client('POST /api/v1/learning-paths', {
      body: { name: 'Other', steps: path.steps.map(({ kind, targetId }) => ({ kind, targetId })) },
    })
    const [first, second] = other.steps
    if (!first || !second) throw new Error('two steps were made')
    const moved = await client('PATCH /api/v1/learning-paths/:id', {
      params: { id: other.id },
      body: { steps: [second, first] },
    })
    expect(moved.steps.map(({ id }) => id)).toEqual(['step_2', 'step_1'])

    const gone = await client('POST /api/v1/resources', {
      body: {
        name: 'Gone soon',
        learningResourceType: 'lesson',
        license: { name: 'x', url: null },
        attribution: 'Us',
      },
    })
    const short = await client('POST /api/v1/learning-paths', {
      body: { name: 'Short', steps: [{ kind: 'resource', targetId: gone.id }] },
    })
    await client('DELETE /api/v1/resources/:id', { params: { id: gone.id } })
    const left = await client('GET /api/v1/learning-paths/:id', { params: { id: short.id } })
    expect(left.steps).toMatchObject([{ targetId: gone.id, title: null }])
  })

  it('takes no steps that do not exist, and none twice under one id', async () => {
    const { client } = school
    await expect(
      client('POST /api/v1/learning-paths', {
        body: { name: 'No', steps: [{ kind: 'item', targetId: 'itm_none' }] },
      }),
    ).rejects.toMatchObject({ code: 'not_found' })
    const step = { id: 'same', kind: 'item' as const, targetId: itemId }
    await expect(
      client('POST /api/v1/learning-paths', { body: { name: 'No', steps: [step, step] } }),
    ).rejects.toMatchObject({ code: 'invalid_request' })
  })
})

describe('a launch of a path', () => {
  it('opens the path and its steps, and nothing else', async () => {
    const { client, launch: opened } = await open(`/lti/paths/${pathId}`)
    expect(opened).toMatchObject({
      target: { kind: 'path', id: pathId },
      lineItem: { present: false },
    })

    const path = await client('GET /api/v1/learning-paths/:id', { params: { id: pathId } })
    await client('GET /api/v1/resources/:id', { params: { id: resourceId } })
    await client('GET /api/v1/items/:id/preview', { params: { id: itemId } })
    const { data } = await client('GET /api/v1/learning-paths', { query: {} })

    expect(path.id).toBe(pathId)
    expect(data.map(({ id }) => id)).toEqual([pathId])
    const all = await school.client('GET /api/v1/learning-paths', { query: {} })
    const foreign = all.data.find(({ id }) => id !== pathId)?.id ?? ''
    await expect(
      client('GET /api/v1/learning-paths/:id', { params: { id: foreign } }),
    ).rejects.toMatchObject({ code: 'not_found' })
  })

  it('notes what was looked at and what was submitted, course by course', async () => {
    const { client } = await open(`/lti/paths/${pathId}`, inCourse('year-5'))

    await client('POST /api/v1/learning-paths/:id/my-progress', {
      params: { id: pathId },
      body: { stepId: 'step_1' },
    })
    await submit(client)

    await expect
      .poll(async () => (await own(client)).steps.map(({ stepId }) => stepId))
      .toEqual(['step_1', 'step_2'])
    expect((await own(client)).steps[1]).toMatchObject({ score: 0, maxScore: expect.any(Number) })
    const copy = await open(`/lti/paths/${pathId}`, inCourse('year-5-copy'))
    expect(await own(copy.client)).toEqual({ steps: [] })
    const { data } = await school.client('GET /api/v1/learning-paths/:id/progress', {
      params: { id: pathId },
      query: { contextId: 'year-5' },
    })
    expect(data).toMatchObject([{ pathId, contextId: 'year-5', stepsDone: 2 }])
  })

  it('counts nothing that a teacher does, and no step that is an assessment by hand', async () => {
    const teacher = await open(`/lti/paths/${pathId}`, { ...inCourse('year-6'), ...instructor })
    const mark = (client: Client, stepId: string) =>
      client('POST /api/v1/learning-paths/:id/my-progress', {
        params: { id: pathId },
        body: { stepId },
      })

    expect(await mark(teacher.client, 'step_1')).toEqual({ steps: [] })
    await expect(mark(teacher.client, 'step_2')).rejects.toMatchObject({ code: 'not_found' })
    await expect(mark(school.client, 'step_1')).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('course results', () => {
  const dashboard = '/lti/dashboards/course-results'

  it('are those of the course, with the names that the LMS gives', async () => {
    platform.services.set('/members', () => ({
      status: 200,
      body: JSON.stringify({
        members: [
          { user_id: 'user-1', name: 'Robin Sample', roles: ['Learner'] },
          { user_id: 'user-2', name: 'Ada Idle', roles: ['Learner'] },
          { user_id: 'user-9', name: 'A Teacher', roles: ['Instructor'] },
        ],
      }),
    }))
    const course: Claims = {
      ...inCourse('results-1'),
      [namesAndRoles]: { context_memberships_url: `${platform.origin}/members` },
    }
    const learner = await open(`/lti/items/${itemId}`, course)
    await submit(learner.client)
    const elsewhere = await open(`/lti/items/${itemId}`, inCourse('results-2', 'user-3'))
    await submit(elsewhere.client)
    const teacher = await open(dashboard, { ...course, sub: 'user-9', ...instructor })

    await expect
      .poll(
        async () =>
          (await teacher.client('GET /api/v1/lti/dashboards/course-results', {})).items.length,
      )
      .toBe(1)

    const results = await teacher.client('GET /api/v1/lti/dashboards/course-results', {})
    expect(results).toMatchObject({
      course: { contextId: 'results-1', title: 'Course results-1' },
      items: [{ id: itemId }],
      hasMembers: true,
      isWhole: true,
    })
    expect(results.learners.map(({ name, results: done }) => [name, done.length])).toEqual([
      ['Ada Idle', 0],
      ['Robin Sample', 1],
    ])
    const courses = await school.client('GET /api/v1/lti/courses', { query: {} })
    const id = courses.data.find(({ contextId }) => contextId === 'results-1')?.id ?? ''
    expect(await school.client('GET /api/v1/lti/courses/:id/results', { params: { id } })).toEqual(
      results,
    )
  })

  it('show without names where the LMS gives none', async () => {
    const teacher = await open(dashboard, { ...inCourse('results-2'), ...instructor })

    const results = await teacher.client('GET /api/v1/lti/dashboards/course-results', {})

    expect(results.hasMembers).toBe(false)
    expect(results.learners).toMatchObject([{ name: null, results: [{ itemId }] }])
  })

  it.each([
    ['a learner', ['Learner']],
    ['a mentor', ['Mentor']],
  ])('are not for %s', async (_name, roles) => {
    const claims = { [claim.roles]: roles.map((role) => `${membership}#${role}`) }
    const { client } = await open(dashboard, { ...inCourse('results-1'), ...claims })

    await expect(client('GET /api/v1/lti/dashboards/course-results', {})).rejects.toMatchObject({
      code: 'insufficient_scope',
    })
  })

  it('open no assessment to the teacher who looks at them', async () => {
    const { client } = await open(dashboard, { ...inCourse('results-1'), ...instructor })

    await expect(
      client('GET /api/v1/items/:id/preview', { params: { id: itemId } }),
    ).rejects.toMatchObject({ code: 'insufficient_scope' })
  })
})
