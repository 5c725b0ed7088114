import { describe, expect, it } from 'vitest'
import type { Member } from '../services/memberships.ts'
import { namesOf, recordsOf, roleOf } from './course-records.ts'
import type { CourseRow } from './course-store.ts'

// The rules look at these members of a course alone.
const course = { _id: 'crs_1', contextId: '42', title: ' 7B ', label: null } as CourseRow
const member = (changes: Partial<Member> = {}): Member => ({
  userId: 'sub-1',
  status: 'Active',
  roles: ['learner'],
  name: null,
  givenName: 'Ada',
  familyName: 'Byron',
  email: null,
  sourcedId: null,
  custom: {},
  ...changes,
})
const read = (members: readonly Member[]) =>
  recordsOf({ course, is: 'read', members, unreadable: 0, hash: 'h', differencesUrl: null })

describe('a course that was read', () => {
  it('is a class that has come whole, with its people', () => {
    const records = read([member({ sourcedId: 'sis-1', email: 'a@b.example' })])

    expect(records).toMatchObject({
      classes: [{ sourcedId: 'crs_1', title: '7B' }],
      users: [{ sourcedId: 'sub-1', role: 'student', identifier: 'sis-1', email: 'a@b.example' }],
      enrollments: [{ sourcedId: 'crs_1/sub-1', classSourcedId: 'crs_1', userSourcedId: 'sub-1' }],
      wholeClasses: ['crs_1'],
    })
  })

  it('does not hold those who are inactive, deleted or neither teach nor learn', () => {
    const records = read([
      member({ status: 'Inactive' }),
      member({ userId: 'sub-2', status: 'Deleted' }),
      member({ userId: 'sub-3', roles: ['mentor'] }),
    ])

    expect([records.users, records.enrollments]).toEqual([[], []])
    expect(records.refused.map(({ reason, outOfScope }) => [reason, outOfScope])).toEqual([
      ['is Inactive', true],
      ['is Deleted', true],
      ['neither teaches nor learns', true],
    ])
  })

  it('keeps ids of enrolments short and apart, however long those of people are', () => {
    const [a, b] = ['a', 'b'].map((end) => member({ userId: `${'x'.repeat(254)}${end}` }))
    const records = read(a && b ? [a, b] : [])

    const ids = records.enrollments.map(({ sourcedId }) => sourcedId)
    expect(new Set(ids).size).toBe(2)
    for (const id of ids) expect(id.length).toBeLessThan(60)
  })
})

it('is gone with all its people where the LMS no longer has it', () => {
  expect(recordsOf({ course, is: 'gone' })).toMatchObject({
    classes: [{ sourcedId: 'crs_1', status: 'tobedeleted' }],
    wholeClasses: ['crs_1'],
  })
})

it('says nothing of a course from differences being whole', () => {
  const changed = {
    course,
    is: 'changed',
    unreadable: 1,
    hash: null,
    differencesUrl: null,
  } as const
  const records = recordsOf({ ...changed, members: [member()] })

  expect(records.wholeClasses).toEqual([])
  expect(records.refused).toMatchObject([{ kind: 'enrollments', sourcedId: null }])
})

it.each([
  [['learner'], 'student'],
  [['instructor', 'learner'], 'teacher'],
  [['teaching-assistant'], 'teacher'],
  [['mentor', 'observer'], null],
  [[], null],
] as const)('reads the roles %j as %s', (roles, role) => {
  expect(roleOf(roles)).toBe(role)
})

it.each([
  ['Ada', 'Byron', null, ['Ada', 'Byron']],
  [null, null, 'Ada King Byron', ['Ada King', 'Byron']],
  [null, null, 'Prince', ['Prince', '–']],
  ['Ada', null, null, ['Ada', '–']],
  [null, null, null, ['', '']],
] as const)('parts %s, %s, %s into %j', (givenName, familyName, name, parts) => {
  expect(Object.values(namesOf({ givenName, familyName, name }))).toEqual(parts)
})
