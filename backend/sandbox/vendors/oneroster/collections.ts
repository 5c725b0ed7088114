import {
  type SchoolCourse,
  type SchoolData,
  type SchoolUser,
  schoolAt,
  sisIdOf,
  startedAt,
} from '../school-data.ts'
import type { Vendor } from '../vendor.ts'

export type OneRosterRow = Readonly<Record<string, unknown>> & { readonly sourcedId: string }

interface Collection {
  /** What one of them is called in its envelope. */
  readonly one: string
  rows(data: SchoolData, vendor: Vendor): readonly OneRosterRow[]
}

const orgId = 'org-larkfield'
const yearId = 'session-2026'
const termId = 'session-2026-autumn'
const stamp = (ms: number): string => new Date(ms).toISOString()
const first = { status: 'active', dateLastModified: stamp(startedAt) }

/** The collections of the core service, by the name in the path. */
export const collections: Readonly<Record<string, Collection>> = {
  orgs: { one: 'org', rows: (_data, vendor) => orgs(vendor) },
  schools: { one: 'org', rows: (_data, vendor) => orgs(vendor) },
  academicSessions: { one: 'academicSession', rows: (_data, vendor) => sessions(vendor) },
  terms: {
    one: 'academicSession',
    rows: (_data, vendor) => sessions(vendor).filter((row) => row['type'] === 'term'),
  },
  courses: {
    one: 'course',
    rows: (data, vendor) => data.courses.map((one) => course(one, vendor)),
  },
  classes: { one: 'class', rows: (data, vendor) => data.courses.map((one) => clazz(one, vendor)) },
  users: { one: 'user', rows: (data, vendor) => data.users.map((one) => user(one, vendor)) },
  students: { one: 'user', rows: (data, vendor) => usersWho(data, vendor, 'learner') },
  teachers: { one: 'user', rows: (data, vendor) => usersWho(data, vendor, 'instructor') },
  enrollments: { one: 'enrollment', rows: enrollments },
}

let last: { data: SchoolData; rows: Map<string, readonly OneRosterRow[]> } | undefined

/** The rows of a collection as they are on the day of the dial; kept while nothing changes. */
export function rowsOf(vendor: Vendor, name: string): readonly OneRosterRow[] {
  const data = schoolAt(vendor.state.dials)
  if (last?.data !== data) last = { data, rows: new Map() }
  const key = `${vendor.baseUrl} ${name} ${vendor.state.dials.changedSchema}`
  const found = last.rows.get(key) ?? collections[name]?.rows(data, vendor) ?? []
  last.rows.set(key, found)
  return found
}

function link(vendor: Vendor, collection: string, sourcedId: string, type: string) {
  const href = `${vendor.baseUrl}/ims/oneroster/rostering/v1p2/${collection}/${sourcedId}`
  return { href, sourcedId, type }
}

function orgs(vendor: Vendor): OneRosterRow[] {
  const trust = { sourcedId: 'org-trust', name: 'Larkfield Trust', type: 'district' }
  return [
    { ...trust, ...first, identifier: 'T-1', children: [link(vendor, 'orgs', orgId, 'org')] },
    {
      sourcedId: orgId,
      ...first,
      name: 'Larkfield Academy',
      type: 'school',
      identifier: '999001',
      parent: link(vendor, 'orgs', trust.sourcedId, 'org'),
    },
  ]
}

function sessions(vendor: Vendor): OneRosterRow[] {
  return [
    {
      sourcedId: yearId,
      ...first,
      title: '2026/27',
      type: 'schoolYear',
      startDate: '2026-09-01',
      endDate: '2027-08-31',
      schoolYear: '2027',
      children: [link(vendor, 'academicSessions', termId, 'academicSession')],
    },
    {
      sourcedId: termId,
      ...first,
      title: 'Autumn',
      type: 'term',
      startDate: '2026-09-01',
      endDate: '2026-12-18',
      schoolYear: '2027',
      parent: link(vendor, 'academicSessions', yearId, 'academicSession'),
    },
  ]
}

function course({ id, label, title }: SchoolCourse, vendor: Vendor): OneRosterRow {
  return {
    sourcedId: `course-${id}`,
    ...first,
    title,
    courseCode: label,
    org: link(vendor, 'orgs', orgId, 'org'),
  }
}

function clazz({ id, label, title, subject, year }: SchoolCourse, vendor: Vendor): OneRosterRow {
  return {
    sourcedId: sisIdOf.class({ id }),
    ...first,
    title,
    classCode: label,
    classType: 'scheduled',
    grades: [year],
    subjects: [subject],
    course: link(vendor, 'courses', `course-${id}`, 'course'),
    school: link(vendor, 'orgs', orgId, 'org'),
    terms: [link(vendor, 'academicSessions', termId, 'academicSession')],
  }
}

const roleWords = {
  learner: 'student',
  instructor: 'teacher',
  assistant: 'aide',
  mentor: 'parent',
  administrator: 'siteAdministrator',
} as const

const usersWho = (data: SchoolData, vendor: Vendor, role: SchoolUser['role']) =>
  data.users.filter((one) => one.role === role).map((one) => user(one, vendor))

function user(one: SchoolUser, vendor: Vendor): OneRosterRow {
  const { changedSchema } = vendor.state.dials
  return {
    sourcedId: sisIdOf.user(one),
    status: one.removed ? 'tobedeleted' : 'active',
    dateLastModified: stamp(one.modifiedAt),
    enabledUser: 'true',
    username: one.email.split('@')[0],
    ...(changedSchema
      ? { name: { given: one.givenName, family: one.familyName } }
      : { givenName: one.givenName, familyName: one.familyName }),
    email: one.email,
    primaryOrg: link(vendor, 'orgs', orgId, 'org'),
    roles: [
      {
        roleType: 'primary',
        role: roleWords[one.role],
        org: link(vendor, 'orgs', orgId, 'org'),
      },
    ],
    ...(one.year === undefined ? {} : { grades: [one.year] }),
  }
}

function enrollments(data: SchoolData, vendor: Vendor): OneRosterRow[] {
  return data.courses.flatMap(({ id, members }) =>
    members.map(({ user: member, role }) => ({
      sourcedId: `enrollment-${id}-${member.id}`,
      status: member.removed ? 'tobedeleted' : 'active',
      // A change of the person's name does not touch the enrolment.
      dateLastModified: stamp(
        member.removed || member.id > 900_000 ? member.modifiedAt : startedAt,
      ),
      role: roleWords[role],
      primary: role === 'instructor' ? 'true' : 'false',
      class: link(vendor, 'classes', `class-${id}`, 'class'),
      user: link(vendor, 'users', `user-${member.id}`, 'user'),
      school: link(vendor, 'orgs', orgId, 'org'),
      beginDate: '2026-09-01',
      endDate: '2027-07-20',
    })),
  )
}
