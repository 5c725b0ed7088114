import { describe, expect, it } from 'vitest'
import {
  collect,
  fakeVendor,
  openConnector,
  type SeenRequest,
} from '../../../tests/support/connector-context.ts'
import { connector } from './index.ts'

const url = 'https://sis.example/ims/oneroster/rostering/v1p2'
const tokenUrl = 'https://login.sis.example/oauth/token'
const clientSecret = 'a secret with spaces'
const ref = (sourcedId: string) => ({ href: `${url}/x/${sourcedId}`, sourcedId, type: 'x' })
const date = 'Mon, 23 Nov 2026 08:00:00 GMT'

const person = (id: string, role = 'student', more: object = {}) => ({
  sourcedId: id,
  status: 'active',
  dateLastModified: '2026-11-20T00:00:00.000Z',
  givenName: 'Ada',
  familyName: `Byron ${id}`,
  roles: [{ roleType: 'primary', role, org: ref('o1') }],
  ...more,
})

const roster: Readonly<Record<string, readonly object[]>> = {
  orgs: [{ sourcedId: 'o1', name: 'Larkfield', type: 'school', identifier: null }],
  academicSessions: [
    {
      sourcedId: 's1',
      title: '2026/27',
      type: 'schoolYear',
      startDate: '2026-09-01',
      endDate: '2027-08-31',
      schoolYear: 2027,
    },
  ],
  classes: [{ sourcedId: 'c1', title: '7A', grades: ['7'], subjects: null, school: ref('o1') }],
  users: Array.from({ length: 25 }, (_, index) => person(`u${index + 10}`)),
  enrollments: [
    {
      sourcedId: 'e1',
      class: ref('c1'),
      user: ref('u10'),
      role: 'student',
      beginDate: '2026-09-01',
    },
    { sourcedId: 'e2', status: 'tobedeleted', class: ref('c1'), user: ref('u11'), role: 'aide' },
    { sourcedId: 'e3', class: ref('c1'), user: ref('u12'), role: 'guardian' },
  ],
}

type Style = 'links' | 'total' | 'nothing'

/** The paging of a well-behaved service, with as much of its headers as the style gives. */
function answerList(rows: readonly object[], { url: asked }: SeenRequest, style: Style) {
  const [limit, offset] = ['limit', 'offset'].map((key) => Number(asked.searchParams.get(key)))
  const start = offset ?? 0
  const end = start + (limit ?? 100)
  const name = asked.pathname.split('/').at(-1) ?? ''
  const next = new URL(asked)
  next.searchParams.set('offset', String(end))
  const rel = end < rows.length ? `<${next.href}>; rel="next", ` : ''
  return {
    json: { [name]: rows.slice(start, end) },
    headers: {
      date,
      ...(style !== 'nothing' && { 'x-total-count': String(rows.length) }),
      ...(style === 'links' && { link: `${rel}<${asked.href}>; rel="first"` }),
    },
  }
}

function open(rows = roster, style: Style = 'links', answer?: Parameters<typeof fakeVendor>[0]) {
  const vendor = fakeVendor((request) => {
    if (request.url.href === tokenUrl) return { json: { access_token: 'at-1', expires_in: '600' } }
    if (answer) return answer(request)
    return answerList(rows[request.url.pathname.split('/').at(-1) ?? ''] ?? [], request, style)
  })
  const opened = openConnector(connector, {
    config: { url, tokenUrl, scope: 'roster-core.readonly', pageSize: 10 },
    credentials: { clientId: 'larkfield', clientSecret },
    send: vendor.send,
  })
  return { ...opened, seen: vendor.seen }
}

function pullOf({ ctx }: ReturnType<typeof open>, since?: string) {
  const { roster: capability } = connector.capabilities
  if (!capability) throw new TypeError('the connector pulls no roster')
  return collect(capability.pull(ctx, since))
}

describe('sign-in', () => {
  it('fetches one token with the client’s credentials and sends it along', async () => {
    const opened = open()

    await pullOf(opened)

    const [token, ...calls] = opened.seen
    const pair = Buffer.from(`larkfield:${encodeURIComponent(clientSecret)}`).toString('base64')
    expect(token?.headers['authorization']).toBe(`Basic ${pair}`)
    expect(token?.form.get('scope')).toBe(
      'https://purl.imsglobal.org/spec/or/v1p2/scope/roster-core.readonly',
    )
    expect(new Set(calls.map(({ headers }) => headers['authorization']))).toEqual(
      new Set(['Bearer at-1']),
    )
  })

  it.each([
    [401, 'invalid_client', 'unauthorised'],
    [400, 'invalid_scope', 'forbidden'],
  ])('says what to do about %i %s', async (status, error, code) => {
    const vendor = fakeVendor(() => ({ status, json: { error } }))
    const { ctx } = openConnector(connector, {
      config: { url, tokenUrl, scope: 'roster-core.readonly', pageSize: 10 },
      credentials: { clientId: 'larkfield', clientSecret },
      send: vendor.send,
    })

    await expect(connector.health(ctx)).rejects.toMatchObject({ kind: 'reauthorise', code })
  })
})

describe('roster.pull', () => {
  it.each(['links', 'total', 'nothing'] as const)('turns pages by %s', async (style) => {
    const pages = await pullOf(open(roster, style))

    const ids = pages.flatMap(({ users = [] }) => users.map(({ sourcedId }) => sourcedId))
    expect(ids).toHaveLength(25)
    expect(new Set(ids).size).toBe(25)
  })

  it('gives records in our words and counts what the vendor counts', async () => {
    const pages = await pullOf(open())

    expect(pages[0]?.orgs).toEqual([
      { sourcedId: 'o1', status: 'active', name: 'Larkfield', type: 'school' },
    ])
    expect(pages[2]?.classes?.[0]).toMatchObject({ subjects: [], orgSourcedId: 'o1' })
    expect(pages[3]?.total).toEqual({ users: 25 })
    expect(pages.at(-1)?.enrollments).toEqual([
      {
        sourcedId: 'e1',
        status: 'active',
        classSourcedId: 'c1',
        userSourcedId: 'u10',
        role: 'student',
        beginDate: '2026-09-01',
      },
      expect.objectContaining({ sourcedId: 'e2', status: 'tobedeleted', role: 'teacher' }),
    ])
    expect(pages.at(-1)?.refused).toEqual([
      {
        kind: 'enrollments',
        sourcedId: 'e3',
        path: '$.role',
        reason: 'neither teaches nor learns (guardian)',
        outOfScope: true,
      },
    ])
  })

  it('goes on from every cursor with the records that are left', async () => {
    const pages = await pullOf(open())

    for (const [index, { cursor }] of pages.slice(0, -1).entries()) {
      expect(await pullOf(open(), cursor)).toEqual(pages.slice(index + 1))
    }
  })

  it('asks later for what changed since a day before, by the vendor’s clock', async () => {
    const cursor = (await pullOf(open())).at(-1)?.cursor
    const opened = open()

    await pullOf(opened, cursor)

    const filters = opened.seen.slice(1).map(({ url: asked }) => asked.searchParams.get('filter'))
    expect(new Set(filters)).toEqual(new Set(["dateLastModified>='2026-11-22T08:00:00.000Z'"]))
  })

  it('pulls everything where the vendor cannot filter', async () => {
    const cursor = (await pullOf(open())).at(-1)?.cursor
    const opened = open(roster, 'links', (request) =>
      request.url.searchParams.has('filter')
        ? { status: 400, json: { imsx_codeMajor: 'failure' } }
        : answerList(roster[request.url.pathname.split('/').at(-1) ?? ''] ?? [], request, 'links'),
    )

    const pages = await pullOf(opened, cursor)

    expect(pages.flatMap(({ users = [] }) => users)).toHaveLength(25)
  })

  it('stops at the same page twice', async () => {
    const orgs = ['a', 'b'].map((sourcedId) => ({ sourcedId, name: 'Larkfield', type: 'school' }))
    const opened = open(roster, 'links', () => ({ json: { orgs } }))

    await expect(pullOf(opened)).rejects.toMatchObject({ code: 'not_what_it_says' })
  })

  it('takes an error with a good status for an error', async () => {
    const failure = {
      imsx_codeMajor: 'failure',
      imsx_CodeMinor: { imsx_codeMinorField: [{ imsx_codeMinorFieldValue: 'server_busy' }] },
    }
    const { ctx } = open(roster, 'links', () => ({ json: failure }))

    await expect(connector.health(ctx)).rejects.toMatchObject({
      kind: 'retry',
      code: 'rate_limited',
      retryAfterMs: 60_000,
    })
  })

  it('refuses single records with place and reason, and all with one fault as a changed form', async () => {
    const oneBad = {
      ...roster,
      users: [person('u1'), person('u2', 'student', { familyName: ' ' })],
    }
    const allBad = { ...roster, users: [1, 2].map((id) => ({ ...person(`u${id}`), givenName: 5 })) }

    const pages = await pullOf(open(oneBad))

    expect(pages[3]?.refused).toEqual([
      expect.objectContaining({ kind: 'users', sourcedId: 'u2', path: '$.familyName' }),
    ])
    await expect(pullOf(open(allBad))).rejects.toThrow('$.givenName')
  })
})
