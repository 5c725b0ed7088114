import { describe, expect, it } from 'vitest'
import {
  collect,
  fakeVendor,
  openConnector,
  type SeenRequest,
} from '../../../tests/support/connector-context.ts'
import { connector } from './index.ts'

const token = 'b1946ac92492d2347c6235b4d2611184'
const teacher = { shortname: 'editingteacher' }
const student = { shortname: 'student' }
const ada = {
  id: 11,
  firstname: 'Ada',
  lastname: 'Byron',
  email: 'ada@school.example',
  roles: [student],
}
const mary = { id: 3, firstname: 'Mary', lastname: 'Somerville', roles: [teacher, student] }
const frontPage = { id: 1, fullname: 'The school', format: 'site' }
const maths = { id: 4, fullname: 'Mathematics', format: 'topics' }
const physics = { id: 2, fullname: 'Physics', format: 'topics' }

type Functions = Readonly<Record<string, (request: SeenRequest) => unknown>>

function open(functions: Functions) {
  const vendor = fakeVendor((request) => ({
    json: functions[request.form.get('wsfunction') ?? '']?.(request),
  }))
  const opened = openConnector(connector, {
    config: { url: 'https://moodle.example/school', structure: false },
    credentials: { token },
    send: vendor.send,
  })
  return { ...opened, seen: vendor.seen }
}

const school = (members: Readonly<Record<string, unknown>>): Functions => ({
  core_course_get_courses: () => [frontPage, maths, physics],
  core_enrol_get_enrolled_users: ({ form }) => members[form.get('courseid') ?? ''] ?? [],
})

const pull = (functions: Functions, since?: string) =>
  collect(connector.capabilities.courses?.pull(open(functions).ctx, since) ?? fail())

function fail(): never {
  throw new TypeError('the connector pulls no courses')
}

const exception = (errorcode: string, more: object = {}) => ({
  exception: 'moodle_exception',
  errorcode,
  message: `it happened with ${token}`,
  ...more,
})

describe('health', () => {
  it('says which site and version it is, and sends the token in the body', async () => {
    const { ctx, seen } = open({
      core_webservice_get_site_info: () => ({ sitename: 'Larkfield', release: '4.5.6' }),
    })

    const detail = await connector.health(ctx)

    expect(detail).toEqual({ detail: 'Larkfield', version: '4.5.6' })
    expect(seen[0]?.url.href).toBe('https://moodle.example/school/webservice/rest/server.php')
    expect(seen[0]?.form.get('wstoken')).toBe(token)
  })

  it.each([
    ['invalidtoken', 'reauthorise', 'unauthorised'],
    ['accessexception', 'reauthorise', 'forbidden'],
    ['enablewsdescription', 'reject', 'invalid_settings'],
    ['sitemaintenance', 'retry', 'unavailable'],
    ['invalidrecord', 'reject', 'not_found'],
    ['somethingnew', 'reject', 'refused'],
  ])('takes %s, which comes with status 200, for %s/%s', async (errorcode, kind, code) => {
    const { ctx } = open({ core_webservice_get_site_info: () => exception(errorcode) })

    const failure = connector.health(ctx)

    await expect(failure).rejects.toMatchObject({ kind, code })
    await expect(failure).rejects.not.toThrow(token)
  })
})

describe('courses.pull', () => {
  it('gives each course with its people, in the order of their numbers', async () => {
    const pages = await pull(school({ 2: [mary], 4: [ada, mary] }))

    expect(pages.map(({ classes }) => classes?.[0]?.title)).toEqual([
      undefined,
      'Physics',
      'Mathematics',
    ])
    expect(pages[0]?.total).toEqual({ classes: 2 })
    expect(pages[2]?.users).toEqual([
      {
        sourcedId: '11',
        givenName: 'Ada',
        familyName: 'Byron',
        role: 'student',
        email: 'ada@school.example',
      },
      { sourcedId: '3', givenName: 'Mary', familyName: 'Somerville', role: 'teacher' },
    ])
    expect(pages[2]?.enrollments?.[0]).toEqual({
      sourcedId: '4:11',
      classSourcedId: '4',
      userSourcedId: '11',
      role: 'student',
    })
  })

  it('says what the record system calls people and courses, where Moodle tells it', async () => {
    const named = { ...physics, idnumber: ' 8x-Ph1 ' }
    const pages = await pull({
      ...school({
        2: [
          { ...ada, idnumber: 'sis-11' },
          { ...mary, idnumber: '' },
        ],
      }),
      core_course_get_courses: () => [named],
    })

    expect(pages[1]?.classes?.[0]?.sisIdentifiers).toEqual(['8x-Ph1'])
    expect(pages[1]?.users?.map(({ identifier }) => identifier)).toEqual(['sis-11', undefined])
  })

  it('goes on after the course that a cursor names', async () => {
    const functions = school({ 2: [mary], 4: [ada] })
    const [, first] = await pull(functions)

    const rest = await pull(functions, first?.cursor)

    expect(rest.map(({ classes }) => classes?.[0]?.title)).toEqual(['Mathematics'])
    expect(rest[0]?.cursor).toBeUndefined()
  })

  it('refuses whoever neither teaches nor learns, and rows with gaps, by name of the place', async () => {
    const parent = { ...ada, id: 31, roles: [{ shortname: 'parent' }] }
    const nameless = { ...ada, id: 32, lastname: '' }

    const pages = await pull(school({ 4: [ada, parent, nameless] }))

    expect(pages[2]?.users).toHaveLength(1)
    expect(pages[2]?.refused).toEqual([
      {
        kind: 'enrollments',
        sourcedId: '4:31',
        path: '$.roles',
        reason: 'neither teaches nor learns in the course',
        outOfScope: true,
      },
      expect.objectContaining({ sourcedId: '4:32', path: '$.lastname' }),
    ])
  })

  it('refuses a course that is closed to the account and goes on with the next', async () => {
    const pages = await pull(school({ 2: exception('errorcoursecontextnotvalid'), 4: [ada] }))

    expect(pages[1]?.refused).toEqual([
      expect.objectContaining({ kind: 'classes', sourcedId: '2', path: '$' }),
    ])
    expect(pages[2]?.users).toHaveLength(1)
  })

  it('stops where the token ends in the middle', async () => {
    const failure = pull(school({ 2: [mary], 4: exception('invalidtoken') }))

    await expect(failure).rejects.toMatchObject({ code: 'unauthorised' })
  })

  it('takes names that all are elsewhere for a changed form', async () => {
    const renamed = [11, 12].map((id) => ({ id, name: { first: 'Ada' }, roles: [student] }))

    const failure = pull(school({ 4: renamed }))

    await expect(failure).rejects.toMatchObject({ kind: 'reject', code: 'schema_changed' })
    await expect(failure).rejects.toThrow('$.firstname')
  })
})
