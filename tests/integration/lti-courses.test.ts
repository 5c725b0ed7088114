import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { useTestDatabase } from '../support/database.ts'
import {
  type HostilePlatform,
  makeKey,
  type SigningKey,
  startHostilePlatform,
} from '../support/hostile-platform.ts'
import { type Claims, launch, newTenant, openSession } from '../support/lti-launches.ts'
import { type LtiToolServer, startLtiTool } from '../support/lti-tool-server.ts'

useTestDatabase()

const namesAndRoles = 'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice'
const groupsService = 'https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice'
const membersMedia = 'application/vnd.ims.lti-nrps.v2.membershipcontainer+json'

let key: SigningKey
let tool: LtiToolServer
let platform: HostilePlatform
let tenant: string

beforeAll(async () => {
  key = await makeKey('key-1')
})

beforeEach(async () => {
  tenant = newTenant()
  tool = await startLtiTool()
  platform = await startHostilePlatform(key)
  await tool.as(tenant)('POST /api/v1/lti/platforms', { body: platform.registration() })
})

afterEach(async () => {
  await tool.stop()
  await platform.stop()
})

const membersUrl = () => `${platform.origin}/members?type_id=3`

async function openFrom(claims: Claims = {}): Promise<void> {
  const { code } = await launch(tool, platform, {
    claims: {
      [namesAndRoles]: { context_memberships_url: membersUrl(), service_versions: ['2.0'] },
      ...claims,
    },
  })
  expect((await openSession(tool, code)).status).toBe(200)
}

const courses = async () =>
  (await tool.as(tenant)('GET /api/v1/lti/courses', { query: { sort: 'createdAt' } })).data

async function courseId(claims: Claims = {}): Promise<string> {
  await openFrom(claims)
  return (await courses())[0]?.id ?? ''
}

const members = (id: string, query: { role?: string; resourceLinkId?: string } = {}) =>
  tool.as(tenant)('GET /api/v1/lti/courses/:id/members', { params: { id }, query })

interface Asked {
  readonly search: string
  readonly accept: string
  readonly authorization: string
}

/** Serves members in pages of `size`, as the platform's own paging would. */
function serveMembers(rows: readonly object[], size = rows.length): Asked[] {
  const asked: Asked[] = []
  platform.services.set('/members', ({ url, headers }) => {
    asked.push({
      search: url.search,
      accept: String(headers['accept']),
      authorization: String(headers['authorization']),
    })
    const from = Number(url.searchParams.get('from') ?? '0')
    const next = `${platform.origin}/members?type_id=3&from=${from + size}`
    const isLast = from + size >= rows.length
    return {
      status: 200,
      headers: {
        'content-type': membersMedia,
        ...(isLast ? {} : { link: `<${next}>; rel="next", <${membersUrl()}>; rel="first"` }),
      },
      body: JSON.stringify({ id: membersUrl(), members: rows.slice(from, from + size) }),
    }
  })
  return asked
}

const learner = (no: number) => ({
  user_id: `user-${no}`,
  status: 'Active',
  name: `Person ${no}`,
  roles: ['Learner'],
})

describe('a course', () => {
  it('is kept once with the services its launches offered last', async () => {
    await openFrom()
    await openFrom({
      [namesAndRoles]: undefined,
      'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint': {
        scope: ['https://purl.imsglobal.org/spec/lti-ags/scope/lineitem'],
        lineitems: `${platform.origin}/lineitems`,
      },
    })

    const found = await courses()

    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({
      contextId: 'course-1',
      title: 'Year 5',
      label: 'Y5',
      deploymentId: 'dep-1',
      services: { members: false, lineItems: true, makesLineItems: true, scores: false },
    })
  })

  it('is nobody else’s', async () => {
    const id = await courseId()

    const other = tool.as(newTenant())

    expect((await other('GET /api/v1/lti/courses', { query: {} })).data).toEqual([])
    await expect(other('GET /api/v1/lti/courses/:id', { params: { id } })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('loses its services with the registration', async () => {
    const id = await courseId()
    const [registered] = (await tool.as(tenant)('GET /api/v1/lti/platforms', { query: {} })).data
    await tool.as(tenant)('DELETE /api/v1/lti/platforms/:id', {
      params: { id: registered?.id ?? '' },
    })

    await expect(members(id)).rejects.toMatchObject({ code: 'lti_service_not_offered' })
    expect((await courses())[0]?.services.members).toBe(false)
  })
})

describe('members of a course (checklist 46 to 49)', () => {
  it('are asked for with the media type, a token and one request where the LMS allows', async () => {
    const asked = serveMembers([learner(1), learner(2)])

    const { members: found, requests } = await members(await courseId())

    expect(asked).toHaveLength(1)
    expect(asked[0]?.accept).toContain(membersMedia)
    expect(asked[0]?.authorization).toBe('Bearer token-1')
    expect(asked[0]?.search).toBe('?type_id=3&limit=5000')
    expect(platform.token.requests[0]?.get('scope')).toBe(
      'https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly',
    )
    expect(found.map(({ userId }) => userId)).toEqual(['user-1', 'user-2'])
    expect(requests).toBe(1)
  })

  it('come from every page', async () => {
    serveMembers(
      Array.from({ length: 25 }, (_, no) => learner(no)),
      10,
    )

    const answer = await members(await courseId())

    expect(answer.members.map(({ userId }) => userId)).toEqual(
      Array.from({ length: 25 }, (_, no) => `user-${no}`),
    )
    expect(answer).toMatchObject({ requests: 3, unreadable: 0, isWhole: true })
  })

  it('keep role, link and what is in the address already', async () => {
    const asked = serveMembers([
      {
        ...learner(1),
        message: [
          {
            'https://purl.imsglobal.org/spec/lti/claim/message_type': 'LtiResourceLinkRequest',
            'https://purl.imsglobal.org/spec/lti/claim/custom': {
              group: 'blue',
              sis: '$Person.sourcedId',
            },
          },
        ],
      },
    ])

    const answer = await members(await courseId(), { role: 'Learner', resourceLinkId: 'link-1' })

    expect(asked[0]?.search).toBe('?type_id=3&role=Learner&rlid=link-1&limit=5000')
    expect(answer.members[0]?.custom).toEqual({ group: 'blue' })
  })

  it('may be nameless, inactive, numbered, or have roles by every name', async () => {
    serveMembers([
      { user_id: 7, roles: ['http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor'] },
      { user_id: 'a', status: 'Inactive', name: null, email: '', roles: ['Learner', 'Wizard'] },
      { user_id: 'b', status: 'Deleted', roles: null, lis_person_sourcedid: 'SIS-9' },
      { name: 'Nobody' },
    ])

    const answer = await members(await courseId())

    expect(
      answer.members.map(({ userId, status, roles, name, email, sourcedId }) => [
        userId,
        status,
        roles,
        name,
        email,
        sourcedId,
      ]),
    ).toEqual([
      ['7', 'Active', ['instructor'], null, null, null],
      ['a', 'Inactive', ['learner'], null, null, null],
      ['b', 'Deleted', [], null, null, 'SIS-9'],
    ])
    expect(answer.unreadable).toBe(1)
  })

  it('are read where the LMS does not take a limit', async () => {
    const asked: string[] = []
    platform.services.set('/members', ({ url }) => {
      asked.push(url.search)
      return url.searchParams.has('limit')
        ? { status: 400, body: 'limit out of range' }
        : { status: 200, body: JSON.stringify({ members: [learner(1)] }) }
    })

    expect((await members(await courseId())).members).toHaveLength(1)
    expect(asked).toEqual(['?type_id=3&limit=5000', '?type_id=3'])
  })

  it('are not read in a circle', async () => {
    platform.services.set('/members', () => ({
      status: 200,
      headers: { link: `<${platform.origin}/members?type_id=3&limit=5000>; rel="next"` },
      body: JSON.stringify({ members: [learner(1)] }),
    }))

    await expect(members(await courseId())).rejects.toMatchObject({
      code: 'upstream_invalid_response',
      message: expect.stringContaining('in a circle'),
    })
  })

  it('are not read from another site, which would get the token', async () => {
    const other = await startHostilePlatform(key)
    let asked = 0
    other.services.set('/members', () => {
      asked += 1
      return { status: 200, body: '{}' }
    })
    platform.services.set('/members', () => ({
      status: 200,
      headers: { link: `<${other.origin}/members>; rel="next"` },
      body: JSON.stringify({ members: [] }),
    }))
    const id = await courseId()

    await expect(members(id)).rejects.toMatchObject({ code: 'upstream_invalid_response' })
    expect(asked).toBe(0)
    await other.stop()
  })

  const failures: readonly [string, number, string, string][] = [
    ['a page of HTML', 200, '<html>Log in</html>', 'upstream_invalid_response'],
    ['no right', 403, '{}', 'lti_service_refused'],
    ['a course that is gone', 404, '<html></html>', 'lti_service_gone'],
    ['a redirect', 302, '', 'lti_service_refused'],
  ]
  it.each(failures)('say what is wrong: %s', async (_name, status, body, code) => {
    platform.services.set('/members', () => ({ status, body }))

    await expect(members(await courseId())).rejects.toMatchObject({ code })
  })

  it('take a new token once where the old one is not good any more', async () => {
    let refusals = 0
    platform.services.set('/members', ({ headers }) => {
      if (headers['authorization'] === 'Bearer token-1') {
        refusals += 1
        return { status: 401, body: '{}' }
      }
      return { status: 200, body: JSON.stringify({ members: [learner(1)] }) }
    })

    expect((await members(await courseId())).members).toHaveLength(1)
    expect(refusals).toBe(1)
    expect(platform.token.requests).toHaveLength(2)
  })

  it('are refused before any call where the launch offered no such service', async () => {
    const id = await courseId({ [namesAndRoles]: undefined })

    await expect(members(id)).rejects.toMatchObject({ code: 'lti_service_not_offered' })
    expect(platform.token.requests).toHaveLength(0)
  })
})

describe('groups of a course', () => {
  it('come with the sets they belong to', async () => {
    const id = await courseId({
      [groupsService]: {
        context_groups_url: `${platform.origin}/groups`,
        context_group_sets_url: `${platform.origin}/sets`,
        service_versions: ['1.0'],
      },
    })
    platform.services.set('/groups', ({ url }) =>
      url.searchParams.has('page')
        ? { status: 200, body: JSON.stringify({ groups: [{ id: 2, name: 'Red' }] }) }
        : {
            status: 200,
            headers: { link: `</groups?page=2>; rel="next"` },
            body: JSON.stringify({ groups: [{ id: 'g1', name: 'Blue', set_id: 's1' }] }),
          },
    )
    platform.services.set('/sets', () => ({
      status: 200,
      body: JSON.stringify({ sets: [{ id: 's1', name: 'Reading' }] }),
    }))

    const answer = await tool.as(tenant)('GET /api/v1/lti/courses/:id/groups', { params: { id } })

    expect(answer).toEqual({
      sets: [{ id: 's1', name: 'Reading' }],
      groups: [
        { id: 'g1', name: 'Blue', setId: 's1' },
        { id: '2', name: 'Red', setId: null },
      ],
    })
  })
})
