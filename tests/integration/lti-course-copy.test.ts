import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, createClient } from '../../shared/api/client.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { type Gradebook, serveGradebook } from '../support/gradebook.ts'
import { type HostilePlatform, startHostilePlatform } from '../support/hostile-platform.ts'
import { itemFixture, itemFixtures } from '../support/item-xml.ts'
import { type Claims, claim, launch, membership } from '../support/lti-launches.ts'

const instructor = { [claim.roles]: [`${membership}#Instructor`] }
const ags = 'https://purl.imsglobal.org/spec/lti-ags/scope'

let app: TestApp
let school: TestTenant
let platform: HostilePlatform
let gradebook: Gradebook
let itemId: string

beforeAll(async () => {
  app = await startTestApp()
  platform = await startHostilePlatform()
  gradebook = serveGradebook(platform)
  school = await app.addTenant('Copying school')
  await school.client('POST /api/v1/lti/platforms', { body: platform.registration() })
  const report = await school.client('POST /api/v1/items/import', {
    query: { fileName: 'item.xml' },
    file: new Blob([itemFixture(itemFixtures[0])], { type: 'application/xml' }),
  })
  itemId = report.imported[0]?.id ?? ''
})

afterAll(async () => {
  await platform.stop()
  await app.stop()
})

interface Place {
  readonly course: string
  readonly link: string
  readonly title?: string
  readonly history?: { readonly course?: string; readonly link?: string }
}

interface Opened {
  readonly client: Client
  readonly launch: { target: { kind: string; id: string | null }; copy?: unknown }
}

/** Opens a link where it stands; `path` is its target. */
async function open(
  { course, link, title, history }: Place,
  path = '',
  claims: Claims = {},
): Promise<Opened> {
  const { code } = await launch({ publicUrl: app.url }, platform, {
    login: { target_link_uri: `${app.url}/lti${path}` },
    claims: {
      [claim.context]: { id: course, title: `Course ${course}` },
      [claim.resourceLink]: { id: link, ...(title && { title }) },
      [claim.custom]: {
        context_id_history: history?.course ?? '$Context.id.history',
        resource_link_id_history: history?.link ?? '$ResourceLink.id.history',
      },
      [claim.endpoint]: {
        scope: ['lineitem', 'score', 'result.readonly'].map((name) => `${ags}/${name}`),
        lineitems: gradebook.lineItemsUrl,
      },
      ...claims,
    },
  })
  const answer = await fetch(`${app.url}/lti/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  })
  const grant = (await answer.json()) as { token: string; launch: Opened['launch'] }
  const headers = () => ({ authorization: `Bearer ${grant.token}` })
  return { client: createClient({ baseUrl: app.url, headers }), launch: grant.launch }
}

async function submit(client: Client): Promise<void> {
  const { id } = await client('POST /api/v1/attempts', { body: { itemId } })
  await client('POST /api/v1/attempts/:id/submit', { params: { id }, body: { responses: {} } })
}

async function choose(place: Place): Promise<void> {
  const { client } = await open(place, '', instructor)
  await client('POST /api/v1/lti/resource-link', { body: { kind: 'item', id: itemId } })
}

describe('a copied course', () => {
  it('opens the same things, with columns and results of its own', async () => {
    const path = `/items/${itemId}`
    const before = await open({ course: 'y5', link: 'l1' }, path)
    await submit(before.client)
    await expect.poll(() => gradebook.columns.map(({ scores }) => scores.length)).toEqual([1])

    const history = { course: 'y5', link: 'l1' }
    const copy = await open({ course: 'y5-copy', link: 'l9', history }, path)
    await submit(copy.client)

    expect(copy.launch.target).toEqual({ kind: 'item', id: itemId })
    await expect.poll(() => gradebook.columns.map(({ scores }) => scores.length)).toEqual([1, 1])
    expect(gradebook.columns.map(({ body }) => body['resourceLinkId'])).toEqual(['l1', 'l9'])
    const courses = await school.client('GET /api/v1/lti/courses', { query: {} })
    for (const contextId of ['y5', 'y5-copy']) {
      const id = courses.data.find((course) => course.contextId === contextId)?.id ?? ''
      const results = await school.client('GET /api/v1/lti/courses/:id/results', { params: { id } })
      expect(results.learners.map(({ results: done }) => done.length)).toEqual([1])
    }
  })

  it('is told to its teacher once, with the course it came from', async () => {
    const path = `/items/${itemId}`
    await open({ course: 'told', link: 'l1' }, path, instructor)
    const place = { course: 'told-copy', link: 'l2', history: { course: 'told,older' } }

    const learner = await open(place, path)
    const teacher = await open(place, path, instructor)
    const again = await open(place, path, instructor)
    const other = await open({ ...place, link: 'l3' }, path, instructor)

    expect(learner.launch.copy).toBeUndefined()
    expect(teacher.launch.copy).toEqual({ of: 'course', from: 'Course told' })
    expect(again.launch.copy).toBeUndefined()
    expect(other.launch.copy).toBeUndefined()
  })

  it('is told without a name where the course before was never opened', async () => {
    const place = { course: 'c-of-x', link: 'l1', history: { course: 'never-seen' } }

    const { launch: opened } = await open(place, `/items/${itemId}`, instructor)

    expect(opened.copy).toEqual({ of: 'course', from: null })
  })

  it('has links copied within it told one by one', async () => {
    const path = `/items/${itemId}`
    const place = { course: 'dup', link: 'l2', history: { link: 'l1' } }

    const first = await open(place, path, instructor)
    const second = await open({ ...place, link: 'l3' }, path, instructor)

    expect([first.launch.copy, second.launch.copy]).toEqual([
      { of: 'link', from: null },
      { of: 'link', from: null },
    ])
  })

  it('that the LMS does not speak of is an ordinary course', async () => {
    const { launch: opened } = await open({ course: 'plain', link: 'l1' }, '', instructor)

    expect(opened.copy).toBeUndefined()
  })
})

describe('a choice at the front door', () => {
  const targetOf = async (place: Place) => (await open(place)).launch.target
  const chosen = () => ({ kind: 'item', id: itemId })
  const none = { kind: 'none', id: null }

  it('comes along with its link', async () => {
    await choose({ course: 'a', link: 'a1', title: 'Week 1' })

    const history = { course: 'a', link: 'a1' }
    expect(await targetOf({ course: 'a-copy', link: 'c1', history })).toEqual(chosen())
    // From then on it is the copy's own.
    expect(await targetOf({ course: 'a-copy', link: 'c1' })).toEqual(chosen())
  })

  it('comes along by the title of the link where the LMS names only the course', async () => {
    await choose({ course: 'b', link: 'b1', title: 'Week 1' })
    const history = { course: 'b' }

    expect(await targetOf({ course: 'b-copy', link: 'c1', title: 'Week 1', history })).toEqual(
      chosen(),
    )
    expect(await targetOf({ course: 'b-copy', link: 'c2', title: 'Week 2', history })).toEqual(none)
    expect(await targetOf({ course: 'b-copy', link: 'c3', history })).toEqual(none)
  })

  it('does not come along where two links could be meant', async () => {
    await choose({ course: 'd', link: 'd1', title: 'Quiz' })
    await choose({ course: 'd', link: 'd2', title: 'Quiz' })

    const history = { course: 'd' }
    expect(await targetOf({ course: 'd-copy', link: 'c1', title: 'Quiz', history })).toEqual(none)
  })

  it('does not come from a course that this one was not copied from', async () => {
    await choose({ course: 'e', link: 'same', title: 'Quiz' })

    const history = { course: 'f', link: 'same' }
    expect(await targetOf({ course: 'f-copy', link: 'c1', title: 'Quiz', history })).toEqual(none)
  })

  it('of another school is never taken over', async () => {
    await choose({ course: 'g', link: 'g1', title: 'Quiz' })
    const other = await startHostilePlatform()
    const theirs = await app.addTenant('Another copying school')
    await theirs.client('POST /api/v1/lti/platforms', { body: other.registration() })
    const mine = platform
    platform = other

    const opened = await targetOf({
      course: 'g-copy',
      link: 'c1',
      title: 'Quiz',
      history: { course: 'g', link: 'g1' },
    })

    platform = mine
    await other.stop()
    expect(opened).toEqual(none)
  })
})
