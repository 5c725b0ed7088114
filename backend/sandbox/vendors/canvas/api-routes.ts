import express, { type NextFunction, type Request, type Response, type Router } from 'express'
import { sectionsOf } from '../course-structure.ts'
import {
  type SchoolCourse,
  type SchoolUser,
  schoolAt,
  sisIdOf,
  someMissing,
  startedAt,
} from '../school-data.ts'
import type { Vendor } from '../vendor.ts'
import { answerPage } from './answer-page.ts'
import { administrator } from './developer-key.ts'
import { idFor } from './ids.ts'
import { sendEvent, webhookRoutes } from './live-events.ts'
import { bearerHash } from './oauth-routes.ts'
import { courseOf, missing, structureRoutes } from './structure-routes.ts'

/** The part of Canvas's REST API that a course sync needs. */
export function apiRoutes(vendor: Vendor): Router {
  const router = express.Router()
  router.use(cost)
  router.use('/live_events', webhookRoutes(vendor))
  router.use((req, res, next) => authenticate(vendor, req, res, next))
  const needs = (scope: string) => scoped(vendor, scope)
  router.get('/users/self', needs('/users/self'), (_req, res) => {
    const { changedSchema } = vendor.state.dials
    res.json({
      ...(changedSchema ? { uuid: 'a1' } : { id: administrator.id }),
      name: changedSchema ? { text: administrator.name } : administrator.name,
      sortable_name: 'Sysadmin, Sam',
      short_name: 'Sam',
      effective_locale: 'en-GB',
      permissions: { can_update_name: true },
    })
  })
  router.get('/accounts/:accountId/courses', needs('/accounts/:account_id/courses'), (req, res) =>
    answerCourses(vendor, req, res),
  )
  router.get('/courses/:courseId', needs('/courses/:id'), (req, res) => {
    const course = courseOf(vendor, req.params['courseId'])
    if (course) res.json(describeCourse(vendor, req, course))
    else missing(res)
  })
  router.get(
    '/courses/:courseId/enrollments',
    needs('/courses/:course_id/enrollments'),
    (req, res) => listEnrollments(vendor, req, res),
  )
  structureRoutes(vendor, router, needs)
  router.post('/courses/:courseId/publish', async (req, res) => {
    await sendEvent(vendor, 'course_updated', Number(req.params['courseId']))
    res.json({ progress: 'completed' })
  })
  return router
}

/** Every answer says what it cost. */
function cost(_req: Request, res: Response, next: NextFunction): void {
  res.set('X-Request-Cost', '0.0213')
  if (res.get('X-Rate-Limit-Remaining') === undefined) res.set('X-Rate-Limit-Remaining', '699.97')
  next()
}

function authenticate(vendor: Vendor, req: Request, res: Response, next: NextFunction): void {
  const hash = bearerHash(req)
  if (hash === undefined) {
    res.status(401).set('WWW-Authenticate', 'Bearer realm="canvas-lms"')
    res.json({
      status: 'unauthenticated',
      errors: [{ message: 'user authorization required' }],
    })
    return
  }
  const issued = vendor.state.issued[hash]
  const isGood = issued?.kind === 'access' && issued.expiresAt > vendor.now()
  if (isGood && !vendor.state.dials.expiredCredentials) next()
  else {
    res.status(401).set('WWW-Authenticate', 'Bearer realm="canvas-lms"')
    res.json({ errors: [{ message: 'Invalid access token.' }] })
  }
}

/** "Enforce scopes": a token that was consented to for some requests is good for those alone. */
function scoped(vendor: Vendor, path: string) {
  return (req: Request, res: Response, next: NextFunction): void => {
    const scope = vendor.state.issued[bearerHash(req) ?? '']?.scope ?? ''
    const isAllowed = scope === '' || scope.split(' ').includes(`url:GET|/api/v1${path}`)
    if (isAllowed) next()
    else {
      res.status(401).set('WWW-Authenticate', 'Bearer realm="canvas-lms"')
      res.json({ errors: [{ message: 'Insufficient scopes on access token.' }] })
    }
  }
}

const courseName = (vendor: Vendor, title: string): object =>
  vendor.state.dials.changedSchema ? { name: { text: title } } : { name: title }

function answerCourses(vendor: Vendor, req: Request, res: Response): void {
  const { missingRowsPercent } = vendor.state.dials
  const rows = someMissing(schoolAt(vendor.state.dials).courses, missingRowsPercent)
  answerPage(vendor, req, res, rows, (course) => describeCourse(vendor, req, course))
}

function describeCourse(
  vendor: Vendor,
  req: Request,
  { id: courseId, label, title }: SchoolCourse,
): object {
  const id = idFor(req)
  return {
    id: id(courseId),
    ...courseName(vendor, title),
    course_code: label,
    account_id: id(1),
    root_account_id: id(1),
    uuid: `course-${courseId}`,
    start_at: new Date(startedAt).toISOString(),
    end_at: null,
    created_at: new Date(startedAt).toISOString(),
    enrollment_term_id: id(1),
    sis_course_id: sisIdOf.class({ id: courseId }),
    workflow_state: 'available',
    default_view: 'modules',
    time_zone: 'Europe/London',
  }
}

const types = {
  instructor: 'TeacherEnrollment',
  assistant: 'TaEnrollment',
  learner: 'StudentEnrollment',
  mentor: 'ObserverEnrollment',
} as const

function listEnrollments(vendor: Vendor, req: Request, res: Response): void {
  const { dials } = vendor.state
  const course = courseOf(vendor, req.params['courseId'])
  if (!course) {
    missing(res)
    return
  }
  const present = course.members.filter(({ user }) => !user.removed)
  answerPage(vendor, req, res, someMissing(present, dials.missingRowsPercent), (member) =>
    enrollment(req, course, member),
  )
}

function enrollment(
  req: Request,
  course: SchoolCourse,
  { user, role }: SchoolCourse['members'][number],
): object {
  const id = idFor(req)
  const name = `${user.givenName} ${user.familyName}`
  return {
    id: id(course.id * 1_000_000 + user.id),
    course_id: id(course.id),
    course_section_id: id(sectionIdOf(course, user)),
    root_account_id: id(1),
    user_id: id(user.id),
    type: types[role],
    role: types[role],
    enrollment_state: 'active',
    limit_privileges_to_course_section: false,
    created_at: new Date(startedAt).toISOString(),
    updated_at: new Date(user.modifiedAt).toISOString(),
    sis_user_id: sisIdOf.user(user),
    html_url: '',
    user: {
      id: id(user.id),
      name,
      sortable_name: `${user.familyName}, ${user.givenName}`,
      short_name: user.givenName,
      login_id: user.email,
      created_at: new Date(startedAt).toISOString(),
    },
  }
}

function sectionIdOf(course: SchoolCourse, { id }: SchoolUser): number {
  const section = sectionsOf(course).find(({ members }) =>
    members.some(({ user }) => user.id === id),
  )
  return section?.id ?? course.id
}
