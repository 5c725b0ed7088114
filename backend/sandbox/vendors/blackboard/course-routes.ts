import type { Request, Response, Router } from 'express'
import { assignmentsOf, type CourseGroup, type GroupSet, groupSetsOf } from '../course-structure.ts'
import {
  type SchoolCourse,
  type SchoolUser,
  schoolAt,
  sisIdOf,
  someMissing,
  startedAt,
} from '../school-data.ts'
import type { Vendor } from '../vendor.ts'
import { answerResults, refuse } from './results.ts'

/** Identifiers as Blackboard writes them. */
const key = (id: number): string => `_${id}_1`
const iso = (at: number): string => new Date(at).toISOString()

/** Courses, their people, groups and gradebook columns. */
export function courseRoutes(vendor: Vendor, router: Router): void {
  router.get('/v3/courses', (req, res) => {
    const { missingRowsPercent } = vendor.state.dials
    const rows = someMissing(schoolAt(vendor.state.dials).courses, missingRowsPercent)
    const organizations = req.query['organization'] === 'false' ? [] : [staffRoom]
    answerResults(req, res, [...rows.map((row) => describeCourse(vendor, row)), ...organizations])
  })

  const course = (
    path: string,
    answer: (course: SchoolCourse, req: Request, res: Response) => void,
  ) =>
    router.get(path, (req, res) => {
      const found = schoolAt(vendor.state.dials).courses.find(
        ({ id }) => key(id) === req.params['courseId'],
      )
      if (found) answer(found, req, res)
      else refuse(res, 404, 'bb-rest-course-not-found', 'The specified course was not found.')
    })

  course('/v1/courses/:courseId/users', (found, req, res) => {
    const present = found.members.filter(({ user }) => !user.removed)
    const rows = someMissing(present, vendor.state.dials.missingRowsPercent)
    const isExpanded = req.query['expand'] === 'user'
    answerResults(
      req,
      res,
      rows.map(({ user, role }) => ({
        id: key(found.id * 1_000_000 + user.id),
        userId: key(user.id),
        courseId: key(found.id),
        dataSourceId: '_2_1',
        created: iso(startedAt),
        modified: iso(user.modifiedAt),
        availability: { available: 'Yes' },
        courseRoleId: roles[role],
        ...(isExpanded && { user: describeUser(vendor, user) }),
      })),
    )
  })
  course('/v2/courses/:courseId/groups', (_found, req, res) => answerResults(req, res, []))
  course('/v2/courses/:courseId/groups/sets', (found, req, res) => {
    const sets = groupSetsOf(found)
    answerResults(
      req,
      res,
      sets.map(({ id, name }) => ({ id: key(id), name, availability: { available: 'Yes' } })),
    )
  })
  course('/v2/courses/:courseId/groups/sets/:setId/groups', (found, req, res) => {
    const set = groupSetsOf(found).find(({ id }) => key(id) === req.params['setId'])
    answerResults(req, res, set ? set.groups.map((group) => describeGroup(set, group)) : [])
  })
  course('/v2/courses/:courseId/groups/:groupId/users', (found, req, res) => {
    const groups = groupSetsOf(found).flatMap((set) => set.groups)
    const group = groups.find(({ id }) => key(id) === req.params['groupId'])
    answerResults(
      req,
      res,
      (group?.members ?? []).map(({ id }) => ({ userId: key(id) })),
    )
  })
  course('/v2/courses/:courseId/gradebook/columns', (found, req, res) => {
    const set = assignmentsOf(found).filter(({ isDraft }) => !isDraft)
    answerResults(req, res, [
      { id: key(found.id), name: 'Total', externalGrade: true, grading: { type: 'Calculated' } },
      ...set.map(({ id, name, dueAt }) => ({
        id: key(id),
        name,
        displayName: name,
        externalGrade: false,
        created: iso(startedAt),
        contentId: key(id + 50_000),
        score: { possible: 10 },
        availability: { available: 'Yes' },
        grading: {
          type: 'Attempts',
          ...(dueAt !== null && { due: iso(dueAt) }),
          attemptsAllowed: 1,
          scoringModel: 'Last',
        },
      })),
    ])
  })
}

const roles = {
  instructor: 'Instructor',
  assistant: 'TeachingAssistant',
  learner: 'Student',
  mentor: 'Guest',
} as const

/** Organisations come with the courses unless they are asked to stay away. */
const staffRoom = {
  id: key(88),
  courseId: 'STAFF',
  name: 'Staff room',
  organization: true,
  availability: { available: 'Yes' },
}

function describeCourse(vendor: Vendor, { id, label, title, summary }: SchoolCourse): object {
  return {
    id: key(id),
    uuid: `c0ffee00${String(id).padStart(24, '0')}`,
    externalId: sisIdOf.class({ id }),
    dataSourceId: '_2_1',
    courseId: label,
    ...(vendor.state.dials.changedSchema ? { name: { text: title } } : { name: title }),
    description: summary,
    created: iso(startedAt),
    modified: iso(startedAt),
    organization: false,
    ultraStatus: 'Ultra',
    allowGuests: false,
    closedComplete: false,
    availability: { available: 'Yes', duration: { type: 'Continuous' } },
    enrollment: { type: 'InstructorLed' },
    locale: { id: 'en_GB', force: false },
  }
}

function describeUser(vendor: Vendor, { id, givenName, familyName, email }: SchoolUser): object {
  const { changedSchema } = vendor.state.dials
  return {
    id: key(id),
    uuid: `beef0000${String(id).padStart(24, '0')}`,
    externalId: sisIdOf.user({ id }),
    userName: email,
    name: changedSchema
      ? { text: `${givenName} ${familyName}` }
      : { given: givenName, family: familyName },
    contact: { email },
    availability: { available: 'Yes' },
  }
}

const describeGroup = (set: GroupSet, { id, name }: CourseGroup): object => ({
  id: key(id),
  groupSetId: key(set.id),
  name,
  availability: { available: 'Yes' },
  enrollment: { type: 'InstructorOnly' },
})
