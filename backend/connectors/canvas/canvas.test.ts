import { describe, expect, it } from 'vitest'
import {
  collect,
  fakeVendor,
  openConnector,
  type SeenRequest,
} from '../../../tests/support/connector-context.ts'
import { connector } from './index.ts'

const url = 'https://larkfield.example'
const clientSecret = 'a-developer-key-secret'

const enrollment = (courseId: string, userId: string, type = 'StudentEnrollment', user = {}) => ({
  id: `${courseId}0${userId}`,
  course_id: courseId,
  user_id: userId,
  type,
  user: { name: 'Ada Byron', sortable_name: 'Byron, Ada', login_id: 'ada', ...user },
})

const courses = [
  { id: '90071992547409931', name: 'Mathematics' },
  { id: '2', name: 'Physics' },
  { id: '3', name: null },
]

const members: Readonly<Record<string, readonly object[]>> = {
  '90071992547409931': ['11', '12', '13'].map((id) => enrollment('90071992547409931', id)),
  '2': [
    enrollment('2', '3', 'TaEnrollment', { name: 'Plato', sortable_name: 'Plato' }),
    enrollment('2', '31', 'ObserverEnrollment'),
  ],
}

/** Two rows a page, and an opaque bookmark that only the Link header tells. */
function answer({ url: asked }: SeenRequest) {
  const courseId = /courses\/(\d+)\/enrollments/.exec(asked.pathname)?.[1]
  const rows = courseId === undefined ? courses : (members[courseId] ?? [])
  const start = Number(asked.searchParams.get('page')?.replace('bookmark-', '') ?? 0)
  const next = new URL(asked)
  next.searchParams.set('page', `bookmark-${start + 2}`)
  const link = start + 2 < rows.length ? { link: `<${next.href}>; rel="next"` } : {}
  return { json: rows.slice(start, start + 2), headers: { ...link } }
}

function open(given: Parameters<typeof fakeVendor>[0] = answer) {
  const vendor = fakeVendor(given)
  const opened = openConnector(connector, {
    config: { url, account: 'self', structure: false },
    credentials: { clientId: '10000000000007', clientSecret },
    send: vendor.send,
    accessToken: 'at-1',
  })
  return { ...opened, seen: vendor.seen }
}

function pullOf({ ctx }: ReturnType<typeof open>, since?: string) {
  const { courses: capability } = connector.capabilities
  if (!capability) throw new TypeError('the connector pulls no courses')
  return collect(capability.pull(ctx, since))
}

describe('consent', () => {
  it('leads to Canvas with state, scopes and a challenge', () => {
    const address = connector.oauth?.authorizationUrl({
      config: { url: `${url}/`, account: 'self', structure: false },
      credentials: { clientId: '10000000000007', clientSecret },
      state: 's-1',
      redirectUri: 'https://here.example/callback',
      codeChallenge: 'c-1',
      scopes: connector.oauth.scopes,
    })

    const asked = new URL(address ?? '')
    expect(`${asked.origin}${asked.pathname}`).toBe(`${url}/login/oauth2/auth`)
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: '10000000000007',
      state: 's-1',
      code_challenge: 'c-1',
      code_challenge_method: 'S256',
    })
    expect(address).not.toContain(clientSecret)
  })

  it('exchanges the code with the verifier and says who consented', async () => {
    const { ctx, seen } = open(() => ({
      json: { access_token: 'a', refresh_token: 'r', expires_in: 3600, user: { name: 'Sam' } },
    }))

    const tokens = await connector.oauth?.exchange(ctx, {
      code: 'code-1',
      redirectUri: 'https://here.example/callback',
      codeVerifier: 'v-1',
    })

    expect(tokens).toEqual({
      accessToken: 'a',
      refreshToken: 'r',
      expiresInSeconds: 3600,
      account: 'Sam',
    })
    expect(seen[0]?.form.get('code_verifier')).toBe('v-1')
    expect(seen[0]?.url.search).toBe('')
  })

  it.each([
    [400, 'invalid_grant', 'invalid_grant'],
    [401, 'invalid_client', 'unauthorised'],
    [400, 'invalid_scope', 'forbidden'],
  ])('takes %i %s on refresh for %s', async (status, error, code) => {
    const { ctx } = open(() => ({ status, json: { error, error_description: clientSecret } }))

    const failure = connector.oauth?.refresh(ctx, 'r')

    await expect(failure).rejects.toMatchObject({ kind: 'reauthorise', code })
    await expect(failure).rejects.not.toThrow(clientSecret)
  })
})

describe('faults', () => {
  it('takes 403 with the words of the rate limit for a pause', async () => {
    const { ctx } = open(() => ({
      status: 403,
      text: '403 Forbidden (Rate Limit Exceeded)',
      headers: { 'retry-after': '20' },
    }))

    await expect(connector.health(ctx)).rejects.toMatchObject({
      kind: 'retry',
      code: 'rate_limited',
      retryAfterMs: 20_000,
    })
  })

  it('tells a token that may not from one that is over', async () => {
    const lacking = open(() => ({ status: 401, json: { status: 'unauthorized', errors: [] } }))
    const over = open(() => ({ status: 401, json: { errors: [{ message: 'Invalid' }] } }))

    await expect(connector.health(lacking.ctx)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(connector.health(over.ctx)).rejects.toMatchObject({ code: 'unauthorised' })
  })
})

describe('courses.pull', () => {
  it('follows the links of courses and of their enrolments', async () => {
    const opened = open()

    const pages = await pullOf(opened)

    const names = pages.map(({ classes = [], users = [] }) => [classes[0]?.title, users.length])
    expect(names).toEqual([
      ['Mathematics', 2],
      ['Mathematics', 1],
      ['Physics', 1],
      [undefined, 0],
    ])
    expect(pages[0]?.classes?.[0]?.sourcedId).toBe('90071992547409931')
    expect(opened.seen[0]?.headers['accept']).toBe('application/json+canvas-string-ids')
  })

  it('refuses with place and reason what it cannot take over', async () => {
    const pages = await pullOf(open())

    expect(pages.flatMap(({ refused = [] }) => refused)).toEqual([
      {
        kind: 'enrollments',
        sourcedId: '2031',
        path: '$.type',
        reason: 'neither teaches nor learns in the course (ObserverEnrollment)',
        outOfScope: true,
      },
      expect.objectContaining({ kind: 'classes', sourcedId: '3', path: '$.name' }),
    ])
  })

  it('says what the record system calls people, where Canvas tells it', async () => {
    const opened = open(({ url: { pathname } }) => ({
      json: pathname.endsWith('/enrollments')
        ? [
            { ...enrollment('2', '7'), sis_user_id: 'sis-7' },
            { ...enrollment('2', '8'), sis_user_id: null },
          ]
        : [{ id: '2', name: 'Physics', sis_course_id: 'sis-ph' }],
    }))

    const [page] = await pullOf(opened)

    expect(page?.classes?.[0]?.sisIdentifiers).toEqual(['sis-ph'])
    expect(page?.users?.map(({ identifier }) => identifier)).toEqual(['sis-7', undefined])
  })

  it('keeps people who have one name only', async () => {
    const pages = await pullOf(open())

    expect(pages[2]?.users?.[0]).toEqual({
      sourcedId: '3',
      givenName: 'Plato',
      familyName: 'Plato',
      role: 'teacher',
      username: 'ada',
    })
  })

  it('goes on from every cursor with the records that are left', async () => {
    const pages = await pullOf(open())

    for (const [index, { cursor }] of pages.slice(0, -1).entries()) {
      expect(await pullOf(open(), cursor)).toEqual(pages.slice(index + 1))
    }
    expect(pages.at(-1)?.cursor).toBeUndefined()
  })

  it('goes on after a course that was deleted meanwhile', async () => {
    const opened = open((request) =>
      request.url.pathname.includes('/2/enrollments')
        ? { status: 404, json: { errors: [] } }
        : answer(request),
    )

    const pages = await pullOf(opened)

    expect(pages[2]?.refused?.[0]).toMatchObject({ kind: 'classes', sourcedId: '2' })
    expect(pages).toHaveLength(4)
  })
})
