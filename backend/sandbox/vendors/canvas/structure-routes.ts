import type { Request, RequestHandler, Response, Router } from 'express'
import {
  assignmentsOf,
  type CourseAssignment,
  type DateException,
  exceptionsOf,
  groupSetsOf,
  sectionsOf,
} from '../course-structure.ts'
import { type SchoolCourse, schoolAt, startedAt } from '../school-data.ts'
import type { Vendor } from '../vendor.ts'
import { answerPage } from './answer-page.ts'
import { idFor } from './ids.ts'

type Needs = (scope: string) => RequestHandler

/** Sections, groups and assignments of courses. */
export function structureRoutes(vendor: Vendor, router: Router, needs: Needs): void {
  const course = (
    path: string,
    answer: (course: SchoolCourse, req: Request, res: Response) => void,
  ) =>
    router.get(`/courses/:courseId/${path}`, needs(`/courses/:course_id/${path}`), (req, res) => {
      const found = courseOf(vendor, req.params['courseId'])
      if (found) answer(found, req, res)
      else missing(res)
    })

  course('sections', (found, req, res) => {
    const id = idFor(req)
    answerPage(vendor, req, res, sectionsOf(found), (section) => ({
      id: id(section.id),
      course_id: id(found.id),
      name: section.name,
      start_at: null,
      end_at: null,
      created_at: iso(startedAt),
      restrict_enrollments_to_section_dates: null,
      nonxlist_course_id: null,
      // Sections are made by hand here; the class is the course.
      sis_section_id: null,
    }))
  })
  course('group_categories', (found, req, res) => {
    const id = idFor(req)
    answerPage(vendor, req, res, groupSetsOf(found), (set) => ({
      id: id(set.id),
      name: set.name,
      role: null,
      self_signup: null,
      group_limit: null,
      auto_leader: null,
      context_type: 'Course',
      course_id: id(found.id),
      non_collaborative: false,
    }))
  })
  course('groups', (found, req, res) => {
    const id = idFor(req)
    const groups = groupSetsOf(found).flatMap((set) => set.groups.map((group) => ({ set, group })))
    answerPage(vendor, req, res, groups, ({ set, group }) => ({
      id: id(group.id),
      name: group.name,
      description: null,
      is_public: false,
      join_level: 'invitation_only',
      max_membership: null,
      members_count: group.members.length,
      storage_quota_mb: 50,
      context_type: 'Course',
      course_id: id(found.id),
      group_category_id: id(set.id),
      role: null,
      concluded: false,
    }))
  })
  router.get('/groups/:groupId/memberships', needs('/groups/:group_id/memberships'), (req, res) => {
    const id = idFor(req)
    const groups = schoolAt(vendor.state.dials).courses.flatMap((one) =>
      groupSetsOf(one).flatMap((set) => set.groups),
    )
    const found = groups.find((group) => String(group.id) === req.params['groupId'])
    if (!found) return missing(res)
    answerPage(vendor, req, res, found.members, (user) => ({
      id: id(found.id * 1_000_000 + user.id),
      group_id: id(found.id),
      user_id: id(user.id),
      workflow_state: 'accepted',
      moderator: false,
      just_created: false,
      created_at: iso(startedAt),
    }))
  })
  course('assignments', (found, req, res) => {
    const wanted = new URLSearchParams(req.originalUrl.split('?')[1]).getAll('include[]')
    answerPage(vendor, req, res, assignmentsOf(found), (assignment) =>
      describe(req, found, assignment, wanted),
    )
  })
}

export function courseOf(vendor: Vendor, id: unknown): SchoolCourse | undefined {
  return schoolAt(vendor.state.dials).courses.find((course) => String(course.id) === id)
}

export function missing(res: Response): void {
  res.status(404).json({ errors: [{ message: 'The specified resource does not exist.' }] })
}

const iso = (at: number | null) =>
  at === null ? null : new Date(at).toISOString().replace('.000Z', 'Z')

function describe(
  req: Request,
  course: SchoolCourse,
  { id: number, name, kind, opensAt, dueAt, closesAt, isDraft }: CourseAssignment,
  wanted: readonly string[],
): object {
  const id = idFor(req)
  const exceptions = exceptionsOf(course).filter(({ assignment }) => assignment.id === number)
  const dates = { due_at: iso(dueAt), unlock_at: iso(opensAt), lock_at: iso(closesAt) }
  return {
    id: id(number),
    name,
    description: '<p>As discussed.</p>',
    // As it applies to whoever asks: with exceptions, not always what the course has.
    ...dates,
    ...(exceptions.length > 0 && { due_at: iso(Math.max(...exceptions.map((one) => one.dueAt))) }),
    course_id: id(course.id),
    points_possible: 10,
    grading_type: 'points',
    submission_types: kind === 'quiz' ? ['online_quiz'] : ['online_upload'],
    published: !isDraft,
    workflow_state: isDraft ? 'unpublished' : 'published',
    has_overrides: exceptions.length > 0,
    ...(wanted.includes('all_dates') && {
      all_dates: [{ ...dates, base: true }, ...exceptions.map((one) => override(req, one))],
    }),
    ...(wanted.includes('overrides') && {
      overrides: exceptions.map((one) => override(req, one)),
    }),
  }
}

function override(req: Request, { id: number, assignment, dueAt, to }: DateException): object {
  const id = idFor(req)
  return {
    id: id(number),
    assignment_id: id(assignment.id),
    title: 'user' in to ? '1 student' : 'Later',
    due_at: iso(dueAt),
    unlock_at: iso(assignment.opensAt),
    lock_at: iso(assignment.closesAt),
    ...('section' in to && { course_section_id: id(to.section) }),
    ...('group' in to && { group_id: id(to.group) }),
    ...('user' in to && { student_ids: [id(to.user)] }),
  }
}
