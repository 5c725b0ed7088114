import type { SchoolUser } from '../school-data.ts'
import type { Vendor } from '../vendor.ts'
import { type Api, maskOf, param } from './api.ts'
import { workOf } from './course-work-routes.ts'
import { denied, GoogleError, invalid, notFound, projectDenied } from './google-error.ts'
import { googleUserId, partsOfSubmissionId, submissionIdOf } from './ids.ts'
import { pageOf } from './paging.ts'
import { publishChange } from './push.ts'
import { type Caller, courseOf, itemsOf, membersOf, resolveUser } from './school.ts'
import { mustHave } from './scopes.ts'
import { type Item, type Submission, storeOf } from './store.ts'

const allStates = ['NEW', 'CREATED', 'TURNED_IN', 'RETURNED', 'RECLAIMED_BY_STUDENT']

/** What learners hand in for course work, and its grades. */
export function submissionRoutes(vendor: Vendor, api: Api): void {
  const path = '/courses/:courseId/courseWork/:workId/studentSubmissions'
  api('get', path, (caller, req) => {
    mustHave(caller, 'submissions.read')
    const [courseId, workId] = [param(req, 'courseId'), param(req, 'workId')]
    const { course, side } = courseOf(vendor, caller, courseId)
    const works =
      workId === '-'
        ? itemsOf(vendor, course).filter(({ kind }) => kind === 'courseWork')
        : [workOf(vendor, caller, courseId, workId).item]
    const asked = req.query['userId']
    const only = asked === undefined ? undefined : resolveUser(vendor, caller, String(asked))
    if (side === 'student' && only && only.id !== caller.user.id) throw denied()
    const wanted = [req.query['states'] ?? allStates].flat().map(String)
    const learners = membersOf(course, 'student').filter(
      ({ id }) => (side !== 'student' || id === caller.user.id) && (!only || id === only.id),
    )
    const all = works.flatMap((work) =>
      learners.map((learner) => describe(vendor, caller, work, learner)),
    )
    const { rows, ...next } = pageOf(
      vendor,
      req,
      all.filter(({ state }) => wanted.includes(state)),
    )
    return { ...(rows.length > 0 && { studentSubmissions: rows }), ...next }
  })
  api('get', `${path}/:id`, (caller, req) => {
    mustHave(caller, 'submissions.read')
    const { work, learner } = submissionOf(vendor, caller, req.params)
    return describe(vendor, caller, work, learner)
  })
  api('patch', `${path}/:id`, async (caller, req) => {
    mustHave(caller, 'coursework.write')
    const { work, learner, course, side } = submissionOf(vendor, caller, req.params)
    if (side !== 'teacher') throw denied()
    if (work.project !== caller.project) throw projectDenied()
    const fields = maskOf(req, ['draftGrade', 'assignedGrade'])
    if (!work.maxPoints) {
      throw new GoogleError('FAILED_PRECONDITION', 'Course work is not graded.')
    }
    const kept = keptOf(vendor, work, learner)
    for (const field of ['draftGrade', 'assignedGrade'] as const) {
      if (fields.includes(field)) setGrade(kept, field, req.body?.[field])
    }
    kept.updatedAt = vendor.now()
    await told(vendor, course, work, learner)
    return describe(vendor, caller, work, learner)
  })
  // `:turnIn` and its like are a part of the last segment.
  api('post', `${path}/:idAndVerb`, async (caller, req) => {
    const [id = '', verb = ''] = param(req, 'idAndVerb').split(':')
    const { work, learner, course, side } = submissionOf(vendor, caller, { ...req.params, id })
    const kept = keptOf(vendor, work, learner)
    const isReturn = verb === 'return'
    if (!isReturn && verb !== 'turnIn' && verb !== 'reclaim') throw notFound()
    mustHave(caller, isReturn ? 'coursework.write' : 'coursework.own')
    if (isReturn ? side !== 'teacher' : learner.id !== caller.user.id) throw denied()
    if (work.project !== caller.project) throw projectDenied()
    kept.state = stateAfter(kept.state, verb)
    kept.updatedAt = vendor.now()
    await told(vendor, course, work, learner)
    return {}
  })
}

function setGrade(kept: Submission, field: 'draftGrade' | 'assignedGrade', grade: unknown): void {
  if (grade === undefined || grade === null) {
    delete kept[field]
    return
  }
  if (typeof grade !== 'number' || grade < 0) {
    throw invalid(`Invalid value at 'student_submission.${field}' (TYPE_DOUBLE)`)
  }
  kept[field] = Math.round(grade * 100) / 100
}

function stateAfter(
  before: Submission['state'],
  verb: 'return' | 'turnIn' | 'reclaim',
): Submission['state'] {
  if (verb === 'return') return 'RETURNED'
  if ((before === 'TURNED_IN') === (verb === 'turnIn')) {
    throw new GoogleError('FAILED_PRECONDITION', 'Precondition check failed.')
  }
  return verb === 'turnIn' ? 'TURNED_IN' : 'RECLAIMED_BY_STUDENT'
}

type Params = Readonly<Record<string, string | string[] | undefined>>

function submissionOf(vendor: Vendor, caller: Caller, params: Params) {
  const [courseId, workId, id] = [params['courseId'], params['workId'], params['id']].map(String)
  const parts = partsOfSubmissionId(id ?? '')
  if (!parts || parts.workId !== workId) throw notFound()
  const { course, side, item: work } = workOf(vendor, caller, courseId ?? '', parts.workId)
  const learner = membersOf(course, 'student').find((one) => googleUserId(one.id) === parts.userId)
  if (!learner) throw notFound()
  if (side === 'student' && learner.id !== caller.user.id) throw denied()
  return { course, side, work, learner }
}

/** The record of a submission, made at its first change. */
export function keptOf(vendor: Vendor, work: Item, learner: SchoolUser): Submission {
  const { submissions } = storeOf(vendor)
  const id = submissionIdOf(work.id, googleUserId(learner.id))
  submissions[id] ??= { state: 'CREATED', updatedAt: vendor.now() }
  return submissions[id]
}

const told = (
  vendor: Vendor,
  course: Parameters<typeof publishChange>[1]['course'],
  item: Item,
  learner: SchoolUser,
) =>
  publishChange(vendor, { feed: 'COURSE_WORK_CHANGES', course, event: 'MODIFIED', item, learner })

function describe(vendor: Vendor, caller: Caller, work: Item, learner: SchoolUser) {
  const userId = googleUserId(learner.id)
  const id = submissionIdOf(work.id, userId)
  const kept = storeOf(vendor).submissions[id]
  const seesDraft = learner.id !== caller.user.id
  return {
    courseId: work.courseId,
    courseWorkId: work.id,
    id,
    userId,
    creationTime: new Date(work.createdAt).toISOString(),
    updateTime: new Date(kept?.updatedAt ?? work.createdAt).toISOString(),
    state: kept?.state ?? 'CREATED',
    alternateLink: `${vendor.baseUrl}/c/${work.courseId}/a/${work.id}/submissions/${id}`,
    courseWorkType: work.workType ?? 'ASSIGNMENT',
    assignmentSubmission: {},
    ...(seesDraft && kept?.draftGrade !== undefined && { draftGrade: kept.draftGrade }),
    ...(kept?.assignedGrade !== undefined && { assignedGrade: kept.assignedGrade }),
    ...(work.project === caller.project && { associatedWithDeveloper: true }),
  }
}
