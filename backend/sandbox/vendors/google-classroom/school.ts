import { assignmentsOf } from '../course-structure.ts'
import { type SchoolCourse, type SchoolUser, schoolAt, startedAt } from '../school-data.ts'
import type { Vendor } from '../vendor.ts'
import { denied, notFound } from './google-error.ts'
import { googleCourseId, googleUserId, googleWorkId, schoolUserId } from './ids.ts'
import { type Item, storeOf } from './store.ts'

/** Who signed in, and through which project. */
export interface Caller {
  readonly user: SchoolUser
  readonly userId: string
  readonly project: string
  readonly scopes: ReadonlySet<string>
}

export type CourseSide = 'teacher' | 'student' | 'administrator'

const sides = { instructor: 'teacher', assistant: 'teacher', learner: 'student' } as const

export function findUser(vendor: Vendor, key: string): SchoolUser | undefined {
  const { users } = schoolAt(vendor.state.dials)
  const id = schoolUserId(key)
  const wanted = key.toLowerCase()
  return users.find(
    (user) => !user.removed && (user.id === id || user.email.toLowerCase() === wanted),
  )
}

/** Google names people by number, by e-mail address or as `me`. */
export function resolveUser(vendor: Vendor, caller: Caller, key: string): SchoolUser {
  const user = key === 'me' ? caller.user : findUser(vendor, key)
  if (!user) throw notFound()
  return user
}

export const coursesOf = (vendor: Vendor): readonly SchoolCourse[] =>
  schoolAt(vendor.state.dials).courses

/** In which part somebody is in a course; undefined: in none. */
export function sideOf(course: SchoolCourse, user: SchoolUser): CourseSide | undefined {
  const member = course.members.find((one) => one.user.id === user.id && !one.user.removed)
  if (member && member.role !== 'mentor') return sides[member.role]
  return user.role === 'administrator' ? 'administrator' : undefined
}

export function courseOf(
  vendor: Vendor,
  caller: Caller,
  id: string,
): { readonly course: SchoolCourse; readonly side: CourseSide } {
  const course = coursesOf(vendor).find((one) => googleCourseId(one.id) === id)
  if (!course) throw notFound()
  const side = sideOf(course, caller.user)
  if (!side) throw denied()
  return { course, side }
}

export function membersOf(course: SchoolCourse, side: 'teacher' | 'student'): SchoolUser[] {
  return course.members
    .filter(({ user, role }) => !user.removed && role !== 'mentor' && sides[role] === side)
    .map(({ user }) => user)
}

/** Course work of a course: what teachers made in Classroom before, and what was added since. */
export function itemsOf(vendor: Vendor, course: SchoolCourse): Item[] {
  const courseId = googleCourseId(course.id)
  const store = storeOf(vendor)
  const [teacher] = membersOf(course, 'teacher')
  const own = assignmentsOf(course).map((one): Item => {
    const due = one.dueAt === null ? undefined : new Date(one.dueAt)
    return {
      id: googleWorkId(one.id),
      courseId,
      kind: 'courseWork',
      title: one.name,
      state: one.isDraft ? 'DRAFT' : 'PUBLISHED',
      workType: 'ASSIGNMENT',
      maxPoints: 10,
      ...(due && {
        dueDate: {
          year: due.getUTCFullYear(),
          month: due.getUTCMonth() + 1,
          day: due.getUTCDate(),
        },
        dueTime: { hours: due.getUTCHours(), minutes: due.getUTCMinutes() },
      }),
      topicId: googleWorkId(course.id),
      creatorUserId: googleUserId(teacher?.id ?? 0),
      project: null,
      createdAt: startedAt,
      updatedAt: startedAt,
    }
  })
  const added = Object.values(store.items).filter((item) => item.courseId === courseId)
  for (const item of added) publishWhenDue(vendor, item)
  return [...own, ...added]
}

/** A draft with a time is published by Classroom itself when that has come. */
function publishWhenDue(vendor: Vendor, item: Item): void {
  const { scheduledTime, state } = item
  if (state !== 'DRAFT' || scheduledTime === undefined) return
  if (Date.parse(scheduledTime) > vendor.now()) return
  item.state = 'PUBLISHED'
  delete item.scheduledTime
}

export const fullName = ({ givenName, familyName }: SchoolUser): string =>
  `${givenName} ${familyName}`
