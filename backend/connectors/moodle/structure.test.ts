import { describe, expect, it } from 'vitest'
import {
  collect,
  fakeVendor,
  openConnector,
  type SeenRequest,
} from '../../../tests/support/connector-context.ts'
import { cursorOfCourses } from '../../connector-kit/index.ts'
import { connector } from './index.ts'

const student = [{ shortname: 'student' }]
const red = { id: 701, name: 'Red' }
const ada = { id: 11, firstname: 'Ada', lastname: 'Byron', roles: student, groups: [red] }
const alan = { id: 12, firstname: 'Alan', lastname: 'Turing', roles: student, groups: [red] }
const physics = { id: 2, fullname: 'Physics', format: 'topics' }
const forbidden = { exception: 'webservice_access_exception', errorcode: 'accessexception' }

const usual: Readonly<Record<string, (request: SeenRequest) => unknown>> = {
  core_course_get_courses: () => [physics],
  core_enrol_get_enrolled_users: () => [ada, alan],
  core_group_get_course_groupings: () => [{ id: 70, name: 'Projects' }],
  core_group_get_groupings: () => [{ id: 70, name: 'Projects', groups: [{ id: 701 }] }],
  mod_assign_get_assignments: () => ({
    courses: [
      {
        id: 2,
        assignments: [
          {
            id: 31,
            course: 2,
            name: 'Lab report',
            allowsubmissionsfromdate: 0,
            duedate: 1_796_083_200,
            cutoffdate: 1_796_688_000,
          },
        ],
      },
    ],
    warnings: [],
  }),
  mod_quiz_get_quizzes_by_courses: () => ({
    quizzes: [{ id: 31, course: 2, name: 'Forces', timeopen: 1_796_083_200, timeclose: 0 }],
    warnings: [],
  }),
}

function open(given: typeof usual = {}) {
  const functions = { ...usual, ...given }
  const vendor = fakeVendor((request) => ({
    json: functions[request.form.get('wsfunction') ?? '']?.(request),
  }))
  const opened = openConnector(connector, {
    config: { url: 'https://moodle.example', structure: true },
    credentials: { token: 'b1946ac92492d2347c6235b4d2611184' },
    send: vendor.send,
  })
  const calls = () => vendor.seen.map(({ form }) => form.get('wsfunction'))
  return { ...opened, seen: vendor.seen, calls }
}

type Opened = ReturnType<typeof open>
const { courses } = connector.capabilities

async function pull({ ctx }: Opened) {
  if (!courses) throw new TypeError('the connector pulls no courses')
  return collect(courses.pull(ctx, undefined))
}

async function some({ ctx }: Opened, ids: readonly string[]) {
  if (!courses) throw new TypeError('the connector pulls no courses')
  return collect(courses.pull(ctx, cursorOfCourses(ids)))
}

it('tells groups under their grouping, with their people by number', async () => {
  const pages = await pull(open())

  expect(pages[1]?.classes?.[0]?.groups).toEqual([
    { sourcedId: 'group:701', title: 'Red', set: 'Projects', memberSourcedIds: ['11', '12'] },
  ])
})

it('does not ask for groupings where nobody is in a group', async () => {
  const opened = open({ core_enrol_get_enrolled_users: () => [{ ...ada, groups: [] }] })

  const pages = await pull(opened)

  expect(pages[1]?.classes).toEqual([{ sourcedId: '2', title: 'Physics' }])
  expect(opened.calls()).not.toContain('core_group_get_course_groupings')
})

describe('assignments and quizzes', () => {
  it('come with their dates; 0 is none', async () => {
    const pages = await pull(open())

    expect(pages[1]?.assignments).toEqual([
      {
        sourcedId: 'assign:31',
        classSourcedId: '2',
        title: 'Lab report',
        opensAt: null,
        dueAt: '2026-12-01T00:00:00.000Z',
        closesAt: '2026-12-08T00:00:00.000Z',
        exceptions: [],
      },
      expect.objectContaining({
        sourcedId: 'quiz:31',
        opensAt: '2026-12-01T00:00:00.000Z',
        dueAt: null,
      }),
    ])
  })

  it('are asked for twenty courses at a time, enrolled or not', async () => {
    const many = Array.from({ length: 25 }, (_, at) => ({ ...physics, id: at + 2 }))
    const opened = open({
      core_course_get_courses: () => many,
      core_enrol_get_enrolled_users: () => [],
    })

    await pull(opened)

    const asked = opened.seen.filter(
      ({ form }) => form.get('wsfunction') === 'mod_assign_get_assignments',
    )
    expect(asked).toHaveLength(2)
    expect(asked[0]?.form.get('courseids[19]')).toBe('21')
    expect(asked[0]?.form.get('includenotenrolledcourses')).toBe('1')
  })

  it('that the service does not offer are told once and cost nothing else', async () => {
    const pages = await pull(
      open({
        mod_assign_get_assignments: () => forbidden,
        mod_quiz_get_quizzes_by_courses: () => forbidden,
      }),
    )

    expect(pages[1]?.enrollments).toHaveLength(2)
    expect(pages[1]?.refused).toEqual([
      expect.objectContaining({
        kind: 'assignments',
        reason: expect.stringContaining('Dates of assignments may not be read'),
      }),
      expect.objectContaining({
        reason: expect.stringContaining('Dates of quizzes may not be read'),
      }),
    ])
  })
})

it('keeps the groups where the account may not see groupings', async () => {
  const lacking = { exception: 'required_capability_exception', errorcode: 'nopermissions' }

  const pages = await pull(open({ core_group_get_course_groupings: () => lacking }))

  expect(pages[1]?.classes?.[0]?.groups).toMatchObject([{ title: 'Red', set: null }])
  expect(pages[1]?.refused).toEqual([
    expect.objectContaining({
      reason: expect.stringMatching(
        /^Groupings may not be read\..*core_group_get_course_groupings/,
      ),
    }),
  ])
})

describe('a cursor that names courses', () => {
  it('asks for those alone, and says which are gone', async () => {
    const opened = open()

    const pages = await some(opened, ['2', '77'])

    expect(opened.seen[0]?.form.get('options[ids][1]')).toBe('77')
    expect(pages[0]?.refused).toEqual([
      { kind: 'classes', sourcedId: '77', path: '$', reason: 'was deleted a moment ago' },
    ])
    expect(pages[1]?.enrollments).toHaveLength(2)
    expect(pages[1]?.assignments).toHaveLength(2)
  })
})
