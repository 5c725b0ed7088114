import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { saveCourse } from '../../backend/modules/lti/courses/course-store.ts'
import type { SyncRun } from '../../shared/api/syncs.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { type HostilePlatform, startHostilePlatform } from '../support/hostile-platform.ts'
import { ended } from '../support/synced.ts'

interface Person {
  readonly user_id: string
  readonly status?: string
  readonly roles: readonly string[]
  readonly name?: string
  readonly given_name?: string
  readonly family_name?: string
  readonly email?: string
  readonly lis_person_sourcedid?: string
}

interface School extends TestTenant {
  readonly lms: HostilePlatform
  readonly platformId: string
  /** Members of each course as the LMS has them; null: it no longer has the course. */
  readonly courses: Map<string, readonly Person[] | null>
  /** What was asked of the LMS. */
  readonly asked: string[]
}

let app: TestApp
let made = 0
const platforms: HostilePlatform[] = []

beforeAll(async () => {
  app = await startTestApp()
}, 60_000)

afterAll(async () => {
  await app.stop()
  for (const lms of platforms) await lms.stop()
})

const pupil = (no: number, more: Partial<Person> = {}): Person => ({
  user_id: `sub-${no}`,
  roles: ['http://purl.imsglobal.org/vocab/lis/v2/membership#Learner'],
  given_name: `Given${no}`,
  family_name: `Family${no}`,
  ...more,
})
const teacher = (no: number): Person => pupil(no, { roles: ['Instructor'] })

async function newSchool(courses: Record<string, readonly Person[]>): Promise<School> {
  made += 1
  const tenant = await app.addTenant(`Course School ${made}`)
  const lms = await startHostilePlatform()
  platforms.push(lms)
  const { id: platformId } = await tenant.client('POST /api/v1/lti/platforms', {
    body: lms.registration(),
  })
  const school = { ...tenant, lms, platformId, courses: new Map(), asked: [] }
  for (const [id, members] of Object.entries(courses)) await addCourse(school, id, members)
  return school
}

async function addCourse(school: School, id: string, members: readonly Person[]): Promise<void> {
  const { lms, platformId, courses, asked } = school
  courses.set(id, members)
  const path = `/members/${id}`
  lms.services.set(path, ({ url }) => {
    asked.push(url.pathname)
    const now = courses.get(id)
    if (!now) return { status: 404 }
    return { status: 200, body: JSON.stringify({ id: url.href, members: now }) }
  })
  await saveCourse(
    { tenantId: school.id },
    { platformId, deploymentId: 'dep-1', contextId: id },
    {
      title: `Course ${id}`,
      label: id,
      membershipsUrl: `${lms.origin}${path}`,
      lineItemsUrl: null,
      groupsUrl: null,
      groupSetsUrl: null,
      gradeScopes: [],
      launchedAt: new Date(),
    },
  )
}

async function sync(school: School, body: { preview?: boolean; full?: boolean } = {}) {
  const { id } = await school.client('POST /api/v1/lti/platforms/:id/syncs', {
    params: { id: school.platformId },
    body,
  })
  return ended(school, id)
}

const peopleOf = async ({ client }: School) =>
  (await client('GET /api/v1/users', { query: { limit: 200, sort: 'sourcedId' } })).data
const enrollmentsOf = async ({ client }: School) =>
  (await client('GET /api/v1/enrollments', { query: { limit: 200, sort: 'sourcedId' } })).data
const matchesOf = async ({ client }: School) =>
  (await client('GET /api/v1/roster/matches', { query: { limit: 200 } })).data

const numbers = ({ counts }: SyncRun, kind: 'classes' | 'users' | 'enrollments') => {
  const { seen, created, updated, unchanged, removed, refused } = counts[kind]
  return { seen, created, updated, unchanged, removed, refused }
}
const none = { seen: 0, created: 0, updated: 0, unchanged: 0, removed: 0, refused: 0 }

describe('courses of an LMS', () => {
  it('become classes with those who teach and learn in them, and nobody else', async () => {
    const school = await newSchool({
      maths: [
        teacher(1),
        pupil(2),
        pupil(3, { status: 'Inactive' }),
        pupil(4, { roles: ['Mentor'] }),
        { user_id: 'anonymous-77', roles: ['Learner'] },
        { user_id: 'sub-5', roles: ['Learner'], name: 'Grace Brewster Hopper' },
      ],
    })

    const run = await sync(school)

    expect(run).toMatchObject({ status: 'succeeded', capability: 'members.pull', full: true })
    expect(run.loss?.whole).toBe(true)
    const { data: classes } = await school.client('GET /api/v1/classes', { query: {} })
    expect(classes.map(({ title }) => title)).toEqual(['Course maths'])
    const people = await peopleOf(school)
    expect(people.map(({ givenName, familyName, role }) => [givenName, familyName, role])).toEqual([
      ['Unnamed', 'ymous-77', 'student'],
      ['Given1', 'Family1', 'teacher'],
      ['Given2', 'Family2', 'student'],
      ['Grace Brewster', 'Hopper', 'student'],
    ])
    expect(await enrollmentsOf(school)).toHaveLength(4)
    expect(run.counts.enrollments.leftOut).toBe(2)
  }, 60_000)

  it('are only counted in a preview', async () => {
    const school = await newSchool({ maths: [teacher(1), pupil(2)] })

    const preview = await sync(school, { preview: true })
    const before = await peopleOf(school)
    const real = await sync(school)

    expect(before).toEqual([])
    for (const kind of ['classes', 'users', 'enrollments'] as const) {
      expect(numbers(preview, kind)).toEqual(numbers(real, kind))
    }
  }, 60_000)

  it('are not written again where nothing has changed, and in part where something has', async () => {
    const school = await newSchool({ a: [teacher(1), pupil(2), pupil(3)], b: [pupil(3), pupil(4)] })
    await sync(school)
    const same = await sync(school)

    school.courses.set('a', [teacher(1), pupil(3, { family_name: 'Married' }), pupil(5)])
    const preview = await sync(school, { preview: true })
    await school.client('PATCH /api/v1/settings', {
      body: { changes: [{ key: 'sync.mostRemovedPercent', value: 100 }] },
    })
    const changed = await sync(school)

    expect(same).toMatchObject({ status: 'succeeded', full: false })
    expect(numbers(same, 'classes')).toEqual({ ...none, seen: 2, unchanged: 2 })
    expect(numbers(same, 'users')).toEqual(none)
    expect(changed.full).toBe(false)
    expect(numbers(changed, 'classes')).toEqual({ ...none, seen: 2, unchanged: 2 })
    expect(numbers(changed, 'users')).toEqual({
      ...none,
      seen: 3,
      created: 1,
      updated: 1,
      unchanged: 1,
    })
    expect(numbers(changed, 'enrollments')).toEqual({
      ...none,
      seen: 3,
      created: 1,
      unchanged: 2,
      removed: 1,
    })
    expect(numbers(preview, 'enrollments').removed).toBe(1)
    expect(changed.status).toBe('succeeded')
    expect((await enrollmentsOf(school)).length).toBe(5)
  }, 60_000)

  it('are read through the differences where the LMS offers them', async () => {
    const school = await newSchool({ a: [pupil(1), pupil(2)] })
    const { lms } = school
    const members = (rows: readonly Person[], next: string) => ({
      status: 200,
      headers: { link: `<${lms.origin}/members/a?since=${next}>; rel="differences"` },
      body: JSON.stringify({ id: 'x', members: rows }),
    })
    const asked: (string | null)[] = []
    lms.services.set('/members/a', ({ url }) => {
      const since = url.searchParams.get('since')
      asked.push(since)
      if (since === null) return members([pupil(1), pupil(2)], '1')
      if (since === '1') return members([pupil(1, { status: 'Deleted' }), pupil(3)], '2')
      return members([], '3')
    })
    await school.client('PATCH /api/v1/settings', {
      body: { changes: [{ key: 'sync.mostRemovedPercent', value: 100 }] },
    })

    await sync(school)
    const second = await sync(school)
    const third = await sync(school)

    expect(asked).toEqual([null, '1', '2'])
    expect(numbers(second, 'enrollments')).toMatchObject({ created: 1, removed: 1 })
    expect(numbers(third, 'enrollments')).toEqual(none)
    const left = await enrollmentsOf(school)
    expect(left.map(({ userSourcedId }) => userSourcedId.split(':')[1])).toEqual(['sub-2', 'sub-3'])
  }, 60_000)

  it('are not emptied without asking, until somebody agrees', async () => {
    const school = await newSchool({ a: Array.from({ length: 20 }, (_, no) => pupil(no)) })
    await sync(school)
    school.courses.set('a', [pupil(0)])

    const held = await sync(school)
    const again = await sync(school)
    const kept = await enrollmentsOf(school)
    await school.client('POST /api/v1/syncs/:id/confirm', {
      params: { id: again.id },
      body: { removals: again.heldBecause?.removals ?? 0 },
    })
    const done = await ended(school, again.id)

    expect(held.status).toBe('held')
    expect(again).toMatchObject({ status: 'held', heldBecause: { removals: 19 } })
    expect(kept).toHaveLength(20)
    expect(done.status).toBe('succeeded')
    expect(await enrollmentsOf(school)).toHaveLength(1)
  }, 60_000)

  it('that cannot be read keep their people, and say why', async () => {
    const school = await newSchool({ a: [pupil(1)], b: [pupil(2)] })
    await sync(school)
    school.lms.services.set('/members/b', () => ({ status: 403 }))

    const run = await sync(school, { full: true })

    expect(run.status).toBe('partial')
    expect(run.counts.classes.refused).toBe(1)
    expect(await enrollmentsOf(school)).toHaveLength(2)
    expect(await peopleOf(school)).toHaveLength(2)
  }, 60_000)
})

describe('somebody whom the roster knows', () => {
  const ada = {
    sourcedId: 'sis-1',
    givenName: 'Ada',
    familyName: 'Byron',
    role: 'student',
  } as const

  it('is the same person by the identifier of the student record system, with both names kept', async () => {
    const school = await newSchool({
      a: [pupil(1, { given_name: 'Augusta', family_name: 'BYRON', lis_person_sourcedid: 'sis-1' })],
    })
    const { id } = await school.client('POST /api/v1/users', { body: ada })

    const run = await sync(school)

    expect(run.status).toBe('succeeded')
    const people = await peopleOf(school)
    expect(people).toHaveLength(1)
    expect(people[0]).toMatchObject(ada)
    expect((await enrollmentsOf(school))[0]).toMatchObject({ userSourcedId: 'sis-1' })
    const sources = await school.client('GET /api/v1/users/:id/sources', { params: { id } })
    expect(sources.fieldOwners).toEqual({ name: null, email: null })
    expect(sources.sources).toMatchObject([
      {
        sourceId: school.platformId,
        sourceKind: 'lms',
        theirId: 'sub-1',
        values: { givenName: 'Augusta', familyName: 'BYRON' },
      },
    ])
    expect(await matchesOf(school)).toMatchObject([{ status: 'certain', matchedWith: 'sis-1' }])
  }, 60_000)

  it('is called as the learning platform says where that owns names', async () => {
    const school = await newSchool({
      a: [pupil(1, { given_name: 'Augusta', family_name: 'Byron', lis_person_sourcedid: 'sis-1' })],
    })
    const { id } = await school.client('POST /api/v1/users', { body: ada })
    await school.client('PATCH /api/v1/settings', {
      body: { changes: [{ key: 'roster.nameOwner', value: 'lms' }] },
    })

    await sync(school)

    expect((await peopleOf(school))[0]).toMatchObject({ givenName: 'Augusta', sourcedId: 'sis-1' })
    const { fieldOwners } = await school.client('GET /api/v1/users/:id/sources', { params: { id } })
    expect(fieldOwners.name).toBe(school.platformId)
  }, 60_000)

  it('is asked about where only the e-mail address is the same, and never joined by name', async () => {
    const school = await newSchool({
      a: [
        pupil(1, { given_name: 'Ada', family_name: 'Byron', email: 'Ada@School.example' }),
        pupil(2, { given_name: 'Alan', family_name: 'Turing' }),
      ],
    })
    await school.client('POST /api/v1/users', { body: { ...ada, email: 'ada@school.example' } })
    await school.client('POST /api/v1/users', {
      body: { sourcedId: 'sis-2', givenName: 'Alan', familyName: 'Turing', role: 'student' },
    })

    await sync(school)
    const [match, ...more] = await matchesOf(school)
    const apart = await peopleOf(school)
    const params = { id: match?.id ?? '' }
    const decided = await school.client('POST /api/v1/roster/matches/:id/decide', {
      params,
      body: { decision: 'same' },
    })
    const joined = await enrollmentsOf(school)
    const whole = await sync(school, { full: true })
    const stillJoined = await enrollmentsOf(school)
    await school.client('POST /api/v1/roster/matches/:id/undo', { params })
    const parted = await enrollmentsOf(school)
    await school.client('POST /api/v1/roster/matches/:id/decide', {
      params,
      body: { decision: 'different' },
    })
    await sync(school, { full: true })

    expect(more).toEqual([])
    expect(match).toMatchObject({
      status: 'open',
      theirId: 'sub-1',
      candidates: [{ sourcedId: 'sis-1', because: ['email'] }],
    })
    expect(apart).toHaveLength(4)
    expect(decided).toMatchObject({ status: 'same', matchedWith: 'sis-1' })
    expect(joined.map(({ userSourcedId }) => userSourcedId).toSorted()[1]).toBe('sis-1')
    expect(whole).toMatchObject({ status: 'succeeded', loss: { whole: true } })
    expect(stillJoined).toEqual(joined)
    expect(parted.every(({ userSourcedId }) => !userSourcedId.startsWith('sis-'))).toBe(true)
    expect(await matchesOf(school)).toMatchObject([{ status: 'different', matchedWith: null }])
    expect(await peopleOf(school)).toHaveLength(4)
  }, 60_000)

  it('stays when the course no longer has them', async () => {
    const school = await newSchool({ a: [pupil(1, { lis_person_sourcedid: 'sis-1' }), pupil(2)] })
    await school.client('POST /api/v1/users', {
      body: { ...ada, givenName: 'Given1' },
    })
    await school.client('PATCH /api/v1/settings', {
      body: { changes: [{ key: 'sync.mostRemovedPercent', value: 100 }] },
    })
    await sync(school)
    school.courses.set('a', [pupil(2)])

    const run = await sync(school, { full: true })

    expect(run.counts.users.removed).toBe(1)
    const people = await peopleOf(school)
    expect(people.map(({ sourcedId }) => sourcedId)).toContain('sis-1')
    expect(await enrollmentsOf(school)).toHaveLength(1)
  }, 60_000)
})

it('goes on after an outage from the course it had come to', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 60 }, (_, no) => [`c${String(no).padStart(2, '0')}`, [pupil(no)]]),
  )
  const school = await newSchool(many)
  const path = '/members/c50'
  const working = school.lms.services.get(path)
  // More often than a single request is tried again.
  let failures = 5
  school.lms.services.set(path, (request) =>
    failures-- > 0 || !working ? { status: 503 } : working(request),
  )

  const run = await sync(school)

  expect(run.status).toBe('succeeded')
  expect(run.resumes).toBeGreaterThan(0)
  expect(run.counts.classes.created).toBe(60)
  // The first page was taken over, and is not asked for again.
  expect(school.asked.filter((one) => one === '/members/c00')).toHaveLength(1)
}, 60_000)

it('runs by itself once it is switched on', async () => {
  const school = await newSchool({ a: [pupil(1)] })
  const params = { id: school.platformId }
  const read = () => school.client('GET /api/v1/lti/platforms/:id/course-sync', { params })

  const off = await read()
  const on = await school.client('PATCH /api/v1/lti/platforms/:id/course-sync', {
    params,
    body: { scheduled: true, everyMinutes: 60 },
  })
  const run = await sync(school)

  expect(off).toMatchObject({ scheduled: false, courses: 1, readable: 1, last: null, nextAt: null })
  expect(on).toMatchObject({ scheduled: true, everyMinutes: 60 })
  expect(Date.parse(on.nextAt ?? '')).toBeGreaterThan(Date.now())
  await expect.poll(read).toMatchObject({ last: { runId: run.id, status: 'succeeded' } })
  const dueInMs = Date.parse((await read()).nextAt ?? '') - Date.now()
  expect(dueInMs).toBeGreaterThan(50 * 60_000)
  expect(dueInMs).toBeLessThan(70 * 60_000)
}, 60_000)
