import { type SchoolCourse, type SchoolUser, startedAt } from '../school-data.ts'
import type { Vendor } from '../vendor.ts'
import { type Api, param } from './api.ts'
import { denied, invalid, notFound } from './google-error.ts'
import { googleCourseId, googleUserId, googleWorkId } from './ids.ts'
import { pageOf } from './paging.ts'
import {
  type Caller,
  courseOf,
  coursesOf,
  fullName,
  membersOf,
  resolveUser,
  sideOf,
} from './school.ts'
import { has, mustHave } from './scopes.ts'

const time = (at: number): string => new Date(at).toISOString()
const states = ['ACTIVE', 'ARCHIVED', 'PROVISIONED', 'DECLINED', 'SUSPENDED']

/** Courses, who is in them, their topics, and profiles. */
export function courseRoutes(vendor: Vendor, api: Api): void {
  api('get', '/courses', (caller, req) => {
    mustHave(caller, 'courses')
    const wanted = [req.query['courseStates'] ?? []].flat().map(String)
    const wrong = wanted.find((state) => !states.includes(state))
    if (wrong) throw invalid(`Invalid value at 'course_states' (${wrong})`)
    const taught = memberFilter(vendor, caller, req.query['teacherId'], 'teacher')
    const attended = memberFilter(vendor, caller, req.query['studentId'], 'student')
    const isShown = wanted.length === 0 || wanted.includes('ACTIVE')
    const mine = coursesOf(vendor).filter(
      (course) => isShown && sideOf(course, caller.user) && taught(course) && attended(course),
    )
    const { rows, ...next } = pageOf(vendor, req, mine)
    // An empty list is left out.
    return {
      ...(rows.length > 0 && { courses: rows.map((course) => describeCourse(vendor, course)) }),
      ...next,
    }
  })
  api('get', '/courses/:courseId', (caller, req) => {
    mustHave(caller, 'courses')
    return describeCourse(vendor, courseOf(vendor, caller, param(req, 'courseId')).course)
  })
  for (const side of ['teacher', 'student'] as const) {
    const list = `${side}s`
    api('get', `/courses/:courseId/${list}`, (caller, req) => {
      mustHave(caller, 'rosters')
      const { course } = courseOf(vendor, caller, param(req, 'courseId'))
      const { rows, ...next } = pageOf(vendor, req, membersOf(course, side))
      return {
        ...(rows.length > 0 && { [list]: rows.map((user) => member(caller, course, user)) }),
        ...next,
      }
    })
    api('get', `/courses/:courseId/${list}/:userId`, (caller, req) => {
      mustHave(caller, 'rosters')
      const { course } = courseOf(vendor, caller, param(req, 'courseId'))
      const user = resolveUser(vendor, caller, param(req, 'userId'))
      if (!membersOf(course, side).includes(user)) throw notFound()
      return member(caller, course, user)
    })
  }
  api('get', '/courses/:courseId/topics', (caller, req) => {
    mustHave(caller, 'topics')
    const { course } = courseOf(vendor, caller, param(req, 'courseId'))
    const { rows, ...next } = pageOf(vendor, req, [
      {
        courseId: googleCourseId(course.id),
        topicId: googleWorkId(course.id),
        name: `${course.subject} this term`,
        updateTime: time(startedAt),
      },
    ])
    return { topic: rows, ...next }
  })
  api('get', '/userProfiles/:userId', (caller, req) => {
    mustHave(caller, 'profile')
    const user = resolveUser(vendor, caller, param(req, 'userId'))
    const isVisible =
      user.id === caller.user.id ||
      coursesOf(vendor).some((course) => sideOf(course, caller.user) && sideOf(course, user))
    if (!isVisible) throw denied()
    return profile(caller, user)
  })
}

function memberFilter(
  vendor: Vendor,
  caller: Caller,
  key: unknown,
  side: 'teacher' | 'student',
): (course: SchoolCourse) => boolean {
  if (key === undefined) return () => true
  const user = resolveUser(vendor, caller, String(key))
  return (course) => membersOf(course, side).includes(user)
}

function describeCourse({ baseUrl, state }: Vendor, course: SchoolCourse): object {
  const id = googleCourseId(course.id)
  const [owner] = membersOf(course, 'teacher')
  const { changedSchema } = state.dials
  return {
    id,
    name: changedSchema ? { text: course.title } : course.title,
    section: course.label,
    ...(course.summary !== '' && { descriptionHeading: course.title, description: course.summary }),
    ownerId: googleUserId(owner?.id ?? 0),
    creationTime: time(startedAt),
    updateTime: time(startedAt),
    enrollmentCode: `c${course.id}`,
    courseState: 'ACTIVE',
    alternateLink: `${baseUrl}/c/${id}`,
    teacherGroupEmail: `teachers_${course.id}@larkfield.example`,
    courseGroupEmail: `course_${course.id}@larkfield.example`,
    guardiansEnabled: true,
    calendarId: `classroom${id}@group.calendar.google.com`,
    gradebookSettings: { calculationType: 'TOTAL_POINTS', displaySetting: 'HIDE_OVERALL_GRADE' },
  }
}

function member(caller: Caller, course: SchoolCourse, user: SchoolUser): object {
  return {
    courseId: googleCourseId(course.id),
    userId: googleUserId(user.id),
    profile: profile(caller, user),
  }
}

/** Addresses and photographs are told to those alone who were allowed them. */
export function profile(caller: Caller, user: SchoolUser): object {
  const { givenName, familyName } = user
  return {
    id: googleUserId(user.id),
    name: { givenName, familyName, fullName: fullName(user) },
    ...(has(caller, 'classroom.profile.emails') && { emailAddress: user.email }),
    ...(has(caller, 'classroom.profile.photos') && {
      photoUrl: `//lh3.googleusercontent.com/a/${user.id}`,
    }),
    ...(user.role === 'instructor' && { verifiedTeacher: true }),
  }
}
