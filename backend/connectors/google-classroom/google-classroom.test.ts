import { describe, expect, it } from 'vitest'
import {
  collect,
  fakeVendor,
  openConnector,
  type SeenRequest,
} from '../../../tests/support/connector-context.ts'
import { ConnectorError } from '../../connector-kit/index.ts'
import { connector } from './index.ts'

const profile = (fullName: string, more: object = {}) => ({
  name: { givenName: fullName.split(' ')[0], familyName: fullName.split(' ')[1], fullName },
  ...more,
})
const person = (userId: string, fullName: string, more: object = {}) => ({
  userId,
  profile: profile(fullName, more),
})

const lists: Readonly<Record<string, readonly object[]>> = {
  courses: [
    { id: '1', name: 'Mathematics' },
    { id: '2', name: 'Physics' },
    { id: '3', name: '' },
  ],
  teachers: [person('11', 'Ada Byron')],
  students: [person('21', 'Plato'), person('22', 'Alan Turing', { emailAddress: 'a@x.example' })],
  courseWork: [
    {
      id: '31',
      courseId: '1',
      title: 'Fractions',
      dueDate: { year: 2026, month: 12, day: 2 },
      dueTime: { hours: 9 },
    },
    { id: '32', courseId: '1', title: 'A day', dueDate: { year: 2026, month: 12, day: 3 } },
    { id: '33', courseId: '1', title: 'Without' },
  ],
}

/** Two rows a page, and a token that only the answer before tells. */
function answer({ url }: SeenRequest) {
  const list = url.pathname.split('/').at(-1) ?? ''
  const rows = lists[list] ?? []
  const start = Number(url.searchParams.get('pageToken')?.replace('token-', '') ?? 0)
  const next = start + 2 < rows.length ? { nextPageToken: `token-${start + 2}` } : {}
  const shown = rows.slice(start, start + 2)
  return { json: { ...(shown.length > 0 && { [list]: shown }), ...next } }
}

function open(given: Parameters<typeof fakeVendor>[0] = answer, config: object = {}) {
  const vendor = fakeVendor(given)
  const opened = openConnector(connector, {
    config: connector.config.parse(config),
    credentials: { clientId: 'client-1', clientSecret: 'a-client-secret' },
    send: vendor.send,
    accessToken: 'at-1',
    retries: 0,
  })
  return { ...opened, seen: vendor.seen }
}

function pullOf({ ctx }: ReturnType<typeof open>, since?: string) {
  const { courses } = connector.capabilities
  if (!courses) throw new TypeError('the connector pulls no courses')
  return collect(courses.pull(ctx, since))
}

const errorOf = (work: Promise<unknown> | undefined) =>
  (work ?? Promise.resolve()).then(
    () => undefined,
    (error: unknown) => (error instanceof ConnectorError ? error : undefined),
  )

const googleError = (status: number, message: string, reason = '') => ({
  status,
  json: {
    error: {
      code: status,
      message,
      status: 'PERMISSION_DENIED',
      errors: [],
      details: [{ reason }],
    },
  },
})

describe('consent', () => {
  const scopesOf = (config: object) => {
    const address = connector.oauth?.authorizationUrl({
      config: connector.config.parse(config),
      credentials: { clientId: 'client-1', clientSecret: 'a-client-secret' },
      state: 's-1',
      redirectUri: 'https://here.example/callback',
      codeChallenge: 'c-1',
      scopes: connector.oauth.scopes,
    })
    const url = new URL(address ?? '')
    return { url, scopes: url.searchParams.get('scope')?.split(' ') ?? [] }
  }

  it('asks for what is switched on, and adds to what was granted', () => {
    const usual = scopesOf({})
    const more = scopesOf({ grades: true, guardians: true, topic: 'projects/p/topics/t' })

    expect(Object.fromEntries(usual.url.searchParams)).toMatchObject({
      access_type: 'offline',
      include_granted_scopes: 'true',
      code_challenge_method: 'S256',
      state: 's-1',
    })
    const names = (scopes: string[]) => scopes.map((scope) => scope.split('/').at(-1))
    expect(names(usual.scopes)).not.toContain('classroom.coursework.students')
    expect(names(more.scopes)).toEqual(
      expect.arrayContaining([
        'classroom.coursework.students',
        'classroom.guardianlinks.students.readonly',
        'classroom.push-notifications',
      ]),
    )
  })

  it.each([
    [400, 'invalid_grant', 'invalid_grant'],
    [401, 'invalid_client', 'unauthorised'],
    [400, 'redirect_uri_mismatch', 'invalid_settings'],
  ])('says what to do about %s %s', async (status, error, code) => {
    const { ctx } = open(() => ({ status, json: { error, error_description: 'x' } }))

    const found = await errorOf(connector.oauth?.refresh(ctx, 'r-1'))

    expect(found?.code).toBe(code)
  })
})

describe('courses', () => {
  it('come with teachers, all students and what is set, in UTC', async () => {
    const pages = await pullOf(open())

    expect(pages.flatMap(({ classes = [] }) => classes).map(({ title }) => title)).toEqual([
      'Mathematics',
      'Physics',
    ])
    expect(pages.flatMap(({ refused = [] }) => refused)).toMatchObject([
      { kind: 'classes', sourcedId: '3', path: '$.name' },
    ])
    const [first] = pages
    expect(
      first?.enrollments?.map(({ role, userSourcedId }) => `${role} ${userSourcedId}`),
    ).toEqual(['teacher 11', 'student 21', 'student 22'])
    expect(first?.users?.[1]).toMatchObject({ givenName: 'Plato', familyName: 'Plato' })
    expect(first?.assignments?.map(({ dueAt }) => dueAt)).toEqual([
      '2026-12-02T09:00:00.000Z',
      '2026-12-03T23:59:00.000Z',
      null,
    ])
  })

  it('of one person alone are asked for as such', async () => {
    const opened = open(answer, { courses: 'mine', courseWork: false })

    await pullOf(opened)

    expect(opened.seen[0]?.url.searchParams.get('teacherId')).toBe('me')
    expect(opened.seen.some(({ url }) => url.pathname.endsWith('/courseWork'))).toBe(false)
  })

  it('of a list that goes round in a circle end with an error', async () => {
    const opened = open(({ url }) =>
      url.pathname.endsWith('/courses')
        ? { json: { courses: lists['courses'], nextPageToken: 'again' } }
        : { json: {} },
    )

    expect((await errorOf(pullOf(opened)))?.message).toContain('does not end')
  })

  it('without the right to course work are read all the same, which is told', async () => {
    const opened = open((request) =>
      request.url.pathname.endsWith('/courseWork')
        ? googleError(403, 'Insufficient', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT')
        : answer(request),
    )

    const pages = await pullOf(opened)

    const reasons = pages.flatMap(({ refused = [] }) => refused).map(({ reason }) => reason)
    expect(reasons.filter((reason) => reason.includes('Assignment dates'))).toHaveLength(1)
    expect(pages.flatMap(({ enrollments = [] }) => enrollments)).not.toHaveLength(0)
  })
})

describe('a grade', () => {
  const result = {
    lineItemId: '1/31',
    userSourcedId: '21',
    score: 3,
    maximum: 4,
    at: new Date(),
  }
  const work = (more: object) => (request: SeenRequest) => {
    if (request.method === 'PATCH') return { json: {} }
    if (request.url.pathname.endsWith('/studentSubmissions')) {
      return { json: { studentSubmissions: [{ id: 's-1' }] } }
    }
    return { json: { id: '31', ...more } }
  }

  it('is given as a draft and for good, in the points of the task', async () => {
    const { ctx, seen } = open(work({ associatedWithDeveloper: true, maxPoints: 10 }))

    await connector.capabilities.grades?.push(ctx, result)

    const sent = seen.at(-1)
    expect(sent?.url.searchParams.get('updateMask')).toBe('draftGrade,assignedGrade')
    expect(JSON.parse(sent?.body ?? '')).toEqual({ draftGrade: 7.5, assignedGrade: 7.5 })
  })

  it.each([
    ['of a task that we did not make', { maxPoints: 10 }, 'made by somebody else'],
    ['of a task without points', { associatedWithDeveloper: true }, 'no points'],
  ])('%s is refused, and says so', async (_, more, words) => {
    const { ctx, seen } = open(work(more))

    const error = await errorOf(connector.capabilities.grades?.push(ctx, result))

    expect(error).toMatchObject({ kind: 'reject' })
    expect(error?.message).toContain(words)
    expect(seen.every(({ method }) => method === 'GET')).toBe(true)
  })

  it('that Google refuses for the project is no fault to try again', async () => {
    const { ctx } = open((request) =>
      request.method === 'PATCH'
        ? googleError(403, '@ProjectPermissionDenied Not permitted.')
        : work({ associatedWithDeveloper: true, maxPoints: 10 })(request),
    )

    const error = await errorOf(connector.capabilities.grades?.push(ctx, result))

    expect(error).toMatchObject({ kind: 'reject', code: 'forbidden' })
  })
})

describe('limits', () => {
  it('that Google states with 403 are waited for', async () => {
    const { ctx } = open(() => googleError(403, 'Quota exceeded.', 'RATE_LIMIT_EXCEEDED'))

    const error = await errorOf(connector.health(ctx).then(() => undefined))

    expect(error).toMatchObject({ kind: 'retry', code: 'rate_limited', retryAfterMs: 60_000 })
  })
})
