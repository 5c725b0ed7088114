import { describe, expect, it } from 'vitest'
import {
  collect,
  fakeVendor,
  openConnector,
  type SeenRequest,
} from '../../../tests/support/connector-context.ts'
import { cursorOfCourses } from '../../connector-kit/index.ts'
import { connector } from './index.ts'

const dates = { due_at: '2026-12-01T23:59:59+01:00', unlock_at: null, lock_at: null }
const asUtc = { opensAt: null, dueAt: '2026-12-01T22:59:59.000Z', closesAt: null }
const none = { opensAt: null, dueAt: null, closesAt: null }
const later = { ...dates, due_at: '2026-12-08T12:00:00Z' }
const laterAsUtc = { ...asUtc, dueAt: '2026-12-08T12:00:00.000Z' }

const usual: Readonly<Record<string, unknown>> = {
  '/accounts/self/courses': [{ id: '2', name: 'Physics' }],
  '/courses/2': { id: '2', name: 'Physics' },
  '/courses/2/sections': [
    { id: '2', name: 'A' },
    { id: '9', name: 'B' },
  ],
  '/courses/2/enrollments': [
    {
      id: '51',
      course_id: '2',
      user_id: '11',
      course_section_id: '9',
      type: 'StudentEnrollment',
      user: { name: 'Ada Byron' },
    },
  ],
  '/courses/2/groups': [
    { id: '701', name: 'Red', group_category_id: '70', members_count: 2 },
    { id: '702', name: 'Empty', group_category_id: null, members_count: 0 },
  ],
  '/courses/2/group_categories': [{ id: '70', name: 'Projects' }],
  '/groups/701/memberships': [
    { user_id: '11', workflow_state: 'accepted' },
    { user_id: '12', workflow_state: 'invited' },
  ],
  '/courses/2/assignments': [],
}

type Given = Readonly<Record<string, unknown>>

function open(given: Given = {}, structure = true) {
  const answers: Given = { ...usual, ...given }
  const vendor = fakeVendor(({ url }: SeenRequest) => {
    const json = answers[url.pathname.replace('/api/v1', '')]
    if (json === 'scopes') {
      const message = 'Insufficient scopes on access token.'
      return { status: 401, json: { errors: [{ message }] } }
    }
    return json === undefined ? { status: 404, json: { errors: [] } } : { json }
  })
  const opened = openConnector(connector, {
    config: { url: 'https://larkfield.example', account: 'self', structure },
    credentials: { clientId: '1', clientSecret: 'a-developer-key-secret' },
    send: vendor.send,
    accessToken: 'at-1',
  })
  return { ...opened, seen: vendor.seen }
}

type Opened = ReturnType<typeof open>
const { courses } = connector.capabilities

async function onePage({ ctx }: Opened) {
  if (!courses) throw new TypeError('the connector pulls no courses')
  const [page] = await collect(courses.pull(ctx, undefined))
  return page
}

describe('sections', () => {
  it('are classes beside the course, with their own enrolments', async () => {
    const page = await onePage(open())

    expect(page?.classes?.map(({ sourcedId, title }) => [sourcedId, title])).toEqual([
      ['2', 'Physics'],
      ['section:2', 'Physics – A'],
      ['section:9', 'Physics – B'],
    ])
    expect(page?.enrollments).toEqual([
      { sourcedId: '51', classSourcedId: '2', userSourcedId: '11', role: 'student' },
      {
        sourcedId: '51:section',
        classSourcedId: 'section:9',
        userSourcedId: '11',
        role: 'student',
      },
    ])
  })

  it('say which classes of the record system they are, and the course holds them all', async () => {
    const page = await onePage(
      open({
        '/accounts/self/courses': [{ id: '2', name: 'Physics', sis_course_id: 'sis-ph' }],
        '/courses/2/sections': [
          { id: '2', name: 'A', sis_section_id: null },
          { id: '9', name: 'B', sis_section_id: 'sis-ph-b' },
        ],
      }),
    )

    expect(page?.classes?.map(({ sisIdentifiers }) => sisIdentifiers)).toEqual([
      ['sis-ph', 'sis-ph-b'],
      undefined,
      ['sis-ph-b'],
    ])
  })

  it('add nothing where there is one', async () => {
    const page = await onePage(open({ '/courses/2/sections': [{ id: '9', name: 'Physics' }] }))

    expect(page?.classes).toHaveLength(1)
    expect(page?.enrollments).toHaveLength(1)
  })
})

it('tells groups by their set, with those who have accepted', async () => {
  const opened = open()

  const page = await onePage(opened)

  expect(page?.classes?.[0]?.groups).toEqual([
    { sourcedId: 'group:701', title: 'Red', set: 'Projects', memberSourcedIds: ['11'] },
    { sourcedId: 'group:702', title: 'Empty', set: null, memberSourcedIds: [] },
  ])
  expect(opened.seen.map(({ url }) => url.pathname)).not.toContain('/api/v1/groups/702/memberships')
})

describe('assignments', () => {
  const assignment = { id: '31', name: 'Lab report', published: true, ...dates }
  const read = async (row: object) => {
    const page = await onePage(open({ '/courses/2/assignments': [{ ...assignment, ...row }] }))
    return page?.assignments
  }

  it('have the dates of the course, not those of whoever asks', async () => {
    const all_dates = [
      { base: true, ...dates },
      { id: '801', ...later },
    ]

    expect(await read({ ...later, all_dates })).toEqual([
      {
        sourcedId: 'assignment:31',
        classSourcedId: '2',
        title: 'Lab report',
        ...asUtc,
        exceptions: [],
      },
    ])
  })

  it('have dates of their own where Canvas lists none, and none where they are set to some alone', async () => {
    expect(await read({})).toMatchObject([asUtc])
    expect(await read({ all_dates: [{ id: '801', ...later }] })).toMatchObject([none])
  })

  it('have exceptions for sections and groups; single students are not named', async () => {
    const overrides = [
      { id: '1', title: 'B', course_section_id: '9', ...later },
      { id: '2', title: 'Red', group_id: '701', ...later },
      { id: '3', title: 'Ada Byron', student_ids: ['11'], ...later },
    ]

    const found = await read({ overrides })

    expect(found?.[0]?.exceptions).toEqual([
      { appliesTo: 'section', sourcedId: 'section:9', ...laterAsUtc },
      { appliesTo: 'group', sourcedId: 'group:701', ...laterAsUtc },
      { appliesTo: 'students', sourcedId: null, ...laterAsUtc },
    ])
    expect(JSON.stringify(found)).not.toMatch(/Ada|"11"/)
  })

  it('that are not published are left out', async () => {
    expect(await read({ published: false })).toBeUndefined()
  })
})

describe('a consent of before', () => {
  const lacking = {
    '/courses/2/sections': 'scopes',
    '/courses/2/groups': 'scopes',
    '/courses/2/assignments': 'scopes',
  }

  it('still gives courses and people, and says what to do about the rest', async () => {
    const page = await onePage(open(lacking))

    expect(page?.enrollments).toHaveLength(1)
    expect(page?.refused).toEqual([
      expect.objectContaining({
        kind: 'assignments',
        sourcedId: null,
        reason: expect.stringMatching(/^Sections may not be read\. .*authorise again\.$/),
      }),
      expect.objectContaining({ reason: expect.stringContaining('Groups may not be read') }),
      expect.objectContaining({ reason: expect.stringContaining('dates may not be read') }),
    ])
  })

  it('is enough where the structure is not wanted', async () => {
    const opened = open(lacking, false)

    const page = await onePage(opened)

    expect(page?.refused).toEqual([])
    expect(opened.seen).toHaveLength(2)
  })
})

describe('a cursor that names courses', () => {
  const some = ({ ctx }: Opened, ids: readonly string[]) => {
    if (!courses) throw new TypeError('the connector pulls no courses')
    return collect(courses.pull(ctx, cursorOfCourses(ids)))
  }

  it('reads those alone, and says which are gone', async () => {
    const opened = open()

    const pages = await some(opened, ['2', '77'])

    expect(pages[0]?.classes?.[0]?.title).toBe('Physics')
    expect(pages[0]?.enrollments).toHaveLength(2)
    expect(pages[1]).toEqual({
      refused: [
        { kind: 'classes', sourcedId: '77', path: '$', reason: 'was deleted a moment ago' },
      ],
    })
    expect(opened.seen.map(({ url }) => url.pathname)).not.toContain(
      '/api/v1/accounts/self/courses',
    )
  })
})
