import { describe, expect, it } from 'vitest'
import {
  collect,
  fakeVendor,
  openConnector,
  type SeenRequest,
} from '../../../tests/support/connector-context.ts'
import { connector } from './index.ts'

const root = '/learn/api/public'
const applicationSecret = 'an-application-secret'

const member = (id: number, courseRoleId = 'Student', more: object = {}) => ({
  userId: `_${id}_1`,
  courseRoleId,
  availability: { available: 'Yes' },
  user: { userName: `p${id}`, name: { given: 'Ada', family: 'Byron' } },
  ...more,
})

type Answer = ReturnType<Parameters<typeof fakeVendor>[0]>
type Answers = Readonly<Record<string, (request: SeenRequest) => Answer>>

const results =
  (...rows: readonly object[]) =>
  () => ({ json: { results: rows } })

const usual: Answers = {
  '/v1/oauth2/token': () => ({ json: { access_token: 'at-1', expires_in: 3600 } }),
  '/v1/system/version': () => ({ json: { learn: { major: 3900, minor: 95, patch: 0 } } }),
  '/v3/courses': results({ id: '_2_1', name: 'Physics' }),
  '/v1/courses/_2_1/users': results(member(11)),
  '/v2/courses/_2_1/groups': results(),
  '/v2/courses/_2_1/groups/sets': results(),
  '/v2/courses/_2_1/gradebook/columns': results(),
}

function open(given: Answers = {}, structure = true) {
  const answers = { ...usual, ...given }
  const vendor = fakeVendor((request) => {
    const path = request.url.pathname.replace(root, '')
    const missing = { status: 404, json: { status: 404, code: 'none', message: 'Not found.' } }
    return answers[path]?.(request) ?? missing
  })
  const opened = openConnector(connector, {
    config: { url: 'https://blackboard.example', structure },
    credentials: { applicationKey: 'an-application-key', applicationSecret },
    send: vendor.send,
    retries: 0,
  })
  const paths = () => vendor.seen.map(({ url }) => url.pathname.replace(root, ''))
  return { ...opened, seen: vendor.seen, paths }
}

function pull({ ctx }: ReturnType<typeof open>, since?: string) {
  const { courses } = connector.capabilities
  if (!courses) throw new TypeError('the connector pulls no courses')
  return collect(courses.pull(ctx, since))
}

describe('health', () => {
  it('signs in with key and secret, and says which release it is', async () => {
    const { ctx, seen } = open()

    expect(await connector.health(ctx)).toEqual({ version: '3900.95.0' })

    const [token, , courses] = seen
    expect(token?.headers['authorization']).toBe(
      `Basic ${Buffer.from(`an-application-key:${applicationSecret}`).toString('base64')}`,
    )
    expect(token?.form.get('grant_type')).toBe('client_credentials')
    expect(courses?.headers['authorization']).toBe('Bearer at-1')
  })

  it.each([
    ['an unknown application', 400, { error: 'invalid_client' }, {}, 'unauthorised'],
    ['a token that is over', 401, { status: 401, message: 'Bearer' }, {}, 'unauthorised'],
    ['a missing entitlement', 403, { status: 403, message: 'No' }, {}, 'forbidden'],
    ['a used-up day', 429, { status: 429 }, { 'x-rate-limit-reset': '90' }, 'rate_limited'],
    [
      'a used-up day of an older release',
      403,
      { status: 403 },
      { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': '90' },
      'rate_limited',
    ],
  ])('takes %s for what it is', async (_name, status, json, headers, code) => {
    const { ctx } = open({ '/v3/courses': () => ({ status, json, headers }) })

    const failure = connector.health(ctx)

    await expect(failure).rejects.toMatchObject({
      code,
      ...(code === 'rate_limited' && { retryAfterMs: 90_000 }),
    })
    await expect(failure).rejects.not.toThrow(applicationSecret)
  })
})

describe('courses.pull', () => {
  it('follows the next pages of courses and of their people', async () => {
    const paged = ({ url }: SeenRequest): Answer => {
      if (url.searchParams.get('offset') === '1') {
        return { json: { results: [{ id: '_3_1', name: 'Maths' }] } }
      }
      const nextPage = `${root}/v3/courses?offset=1`
      return { json: { results: [{ id: '_2_1', name: 'Physics' }], paging: { nextPage } } }
    }
    const people = ({ url }: SeenRequest): Answer => {
      if (url.searchParams.get('offset') === '1') return { json: { results: [member(12)] } }
      const nextPage = `${root}/v1/courses/_2_1/users?offset=1`
      return { json: { results: [member(11)], paging: { nextPage } } }
    }
    const given = {
      '/v3/courses': paged,
      '/v1/courses/_2_1/users': people,
      '/v1/courses/_3_1/users': results(member(3, 'Instructor')),
    }

    const pages = await pull(open(given, false))

    const met = pages.map(({ classes = [], users = [] }) => [
      classes[0]?.title,
      users.map(({ sourcedId, role }) => `${sourcedId} ${role}`),
    ])
    expect(met).toEqual([
      ['Physics', ['_11_1 student']],
      ['Physics', ['_12_1 student']],
      ['Maths', ['_3_1 teacher']],
    ])
    for (const [index, { cursor }] of pages.slice(0, -1).entries()) {
      expect(await pull(open(given, false), cursor)).toEqual(pages.slice(index + 1))
    }
  })

  it('says what the record system calls people and courses', async () => {
    const external = { ...member(11), user: { ...member(11).user, externalId: 'sis-11' } }
    const [page] = await pull(
      open({
        '/v3/courses': results({ id: '_2_1', name: 'Physics', externalId: '8x-Ph1' }),
        '/v1/courses/_2_1/users': results(external, member(12)),
      }),
    )

    expect(page?.classes?.[0]?.sisIdentifiers).toEqual(['8x-Ph1'])
    expect(page?.users?.map(({ identifier }) => identifier)).toEqual(['sis-11', undefined])
  })

  it('asks for no more of people than is taken over', async () => {
    const { seen, ...opened } = open()

    await pull({ seen, ...opened })

    const people = seen.find(({ url }) => url.pathname.endsWith('/users'))
    expect(people?.url.searchParams.get('fields')).toBe(
      'userId,courseRoleId,availability.available,user.userName,user.externalId,user.name',
    )
  })

  it.each([
    ['another site', 'https://evil.example/learn/api/public/v3/courses'],
    ['another part of the site', '/webapps/secret'],
    [
      'itself',
      `${root}/v3/courses?organization=false&fields=id,name,organization,availability.available&limit=100`,
    ],
  ])('stops at a next page that leads to %s', async (_name, nextPage) => {
    const given = { '/v3/courses': () => ({ json: { results: [], paging: { nextPage } } }) }

    await expect(pull(open(given))).rejects.toMatchObject({ kind: 'reject', code: 'refused' })
  })

  it('leaves out organisations, disabled courses and whoever does not learn or teach', async () => {
    const pages = await pull(
      open({
        '/v3/courses': results(
          { id: '_2_1', name: 'Physics' },
          { id: '_8_1', name: 'Staff', organization: true },
          { id: '_9_1', name: 'Old', availability: { available: 'Disabled' } },
        ),
        '/v1/courses/_2_1/users': results(
          member(11),
          member(12, 'Guest'),
          member(13, 'Student', { availability: { available: 'No' } }),
          member(14, 'Student', {
            user: { userName: 't_previewuser', name: { given: 'T', family: 'P' } },
          }),
        ),
      }),
    )

    expect(pages).toHaveLength(1)
    expect(pages[0]?.users).toHaveLength(1)
    expect(pages[0]?.refused?.map(({ sourcedId, outOfScope }) => [sourcedId, outOfScope])).toEqual([
      ['_2_1:_12_1', true],
      ['_2_1:_13_1', true],
      ['_2_1:_14_1', true],
    ])
  })

  it('tells groups that stand alone and those of sets', async () => {
    const pages = await pull(
      open({
        '/v2/courses/_2_1/groups': results({ id: '_7_1', name: 'Choir' }),
        '/v2/courses/_2_1/groups/sets': results({ id: '_70_1', name: 'Projects' }),
        '/v2/courses/_2_1/groups/sets/_70_1/groups': results({ id: '_71_1', name: 'Red' }),
        '/v2/courses/_2_1/groups/_7_1/users': results(),
        '/v2/courses/_2_1/groups/_71_1/users': results({ userId: '_11_1' }),
      }),
    )

    expect(pages[0]?.classes?.[0]?.groups).toEqual([
      { sourcedId: 'group:_7_1', title: 'Choir', set: null, memberSourcedIds: [] },
      { sourcedId: 'group:_71_1', title: 'Red', set: 'Projects', memberSourcedIds: ['_11_1'] },
    ])
  })

  it('takes columns for assignments, but not what is worked out of them', async () => {
    const pages = await pull(
      open({
        '/v2/courses/_2_1/gradebook/columns': results(
          { id: '_1_1', name: 'Total', grading: { type: 'Calculated' } },
          {
            id: '_31_1',
            name: 'Lab.1',
            displayName: 'Lab report',
            grading: { type: 'Attempts', due: '2026-12-01T23:59:00.000Z' },
          },
          { id: '_32_1', name: 'Effort', grading: { type: 'Manual' } },
        ),
      }),
    )

    expect(pages[0]?.assignments).toMatchObject([
      { sourcedId: 'column:_31_1', title: 'Lab report', dueAt: '2026-12-01T23:59:00.000Z' },
      { sourcedId: 'column:_32_1', title: 'Effort', dueAt: null },
    ])
  })

  it('goes on without what the user may not read, and says so', async () => {
    const forbidden = () => ({ status: 403, json: { status: 403, message: 'No' } })
    const opened = open({
      '/v2/courses/_2_1/groups': forbidden,
      '/v2/courses/_2_1/gradebook/columns': forbidden,
    })

    const pages = await pull(opened)

    expect(pages[0]?.enrollments).toHaveLength(1)
    expect(pages[0]?.refused?.map(({ kind, reason }) => `${kind}: ${reason}`)).toEqual([
      expect.stringMatching(/^assignments: Groups may not be read\. .*entitlements/),
      expect.stringMatching(/^assignments: Due dates may not be read\. /),
    ])
  })

  it('goes on after a course that was deleted meanwhile', async () => {
    const pages = await pull(
      open({
        '/v3/courses': results({ id: '_9_1', name: 'Gone' }, { id: '_2_1', name: 'Physics' }),
      }),
    )

    expect(pages[0]?.refused).toMatchObject([{ kind: 'classes', sourcedId: '_9_1' }])
    expect(pages[1]?.users).toHaveLength(1)
  })

  it('asks for courses and people alone where the rest is not wanted', async () => {
    const opened = open({}, false)

    await pull(opened)

    expect(opened.paths()).toEqual(['/v1/oauth2/token', '/v3/courses', '/v1/courses/_2_1/users'])
  })
})
