import type { ResultCorrection } from '../../../../shared/api/items.ts'
import type {
  ClassResult,
  ClassResults,
  ReviewedAttempt,
  SubmissionReview,
} from '../../../../shared/api/lti-review.ts'
import { AppError } from '../../../../shared/errors.ts'
import { recordAudit } from '../../../core/audit/index.ts'
import type { TenantContext } from '../../../core/tenancy.ts'
import { type CourseRow, findCourseAt } from '../courses/course-store.ts'
import type { TargetCatalogue } from '../deep-linking/answer-deep-link.ts'
import { type GradeDeps, gradeState, reopen } from '../grades/grades.ts'
import { takesGrades } from '../optional-claims.ts'
import { mayReview } from '../rights.ts'
import {
  type DeliveryRow,
  findCurrent,
  findDeliveriesOf,
  findDeliveriesTo,
} from '../scores/delivery-store.ts'
import type { CurrentResult } from '../scores/scores.ts'
import { currentLaunch } from '../session.ts'
import type { SessionRow } from '../session-store.ts'
import type { ClassNames } from './class-names.ts'

export interface ReviewDeps {
  readonly targets: TargetCatalogue
  readonly names: ClassNames
  readonly grades: Pick<GradeDeps, 'scores' | 'clock'>
  /** Changes a result in the module that keeps results. */
  correct(ctx: TenantContext, attemptId: string, body: ResultCorrection): Promise<CurrentResult>
}

const mostResults = 1_000

/** Everybody who learns in the course, with what counts for the activity of this launch. */
export async function readClassResults(
  deps: ReviewDeps,
  ctx: TenantContext,
): Promise<ClassResults> {
  const { session, itemId, course } = await teachingLaunch(ctx)
  const rows = await currentOf(ctx, session, course, itemId)
  const members = course === null ? null : await deps.names.of(ctx, course)
  const target = await deps.targets.describe(ctx, 'item', itemId)
  await recordAudit(ctx, {
    action: 'lti.class_results.read',
    target: { type: 'item', id: itemId },
    fields: ['score', 'name'],
    purpose: 'assessment',
    result: 'success',
  })
  const bySubject = new Map(rows.map((row) => [row.subject, row]))
  const everybody = new Set([...(members?.keys() ?? []), ...bySubject.keys()])
  const results = [...everybody].map((userId): ClassResult => {
    const row = bySubject.get(userId)
    return { userId, name: members?.get(userId) ?? null, attempt: row ? showAttempt(row) : null }
  })
  return {
    title: target?.title ?? '',
    results: results.sort(byName).slice(0, mostResults),
    hasColumn: takesGrades(session.scoreService, session.services),
    hasMembers: members !== null,
    isWhole: results.length <= mostResults && rows.length < mostResults,
  }
}

/** Sends what the LMS refused once more, for this activity in this course. */
export async function resendRefused(
  deps: ReviewDeps,
  ctx: TenantContext,
): Promise<{ count: number }> {
  const { session, itemId, course } = await teachingLaunch(ctx)
  const rows = await currentOf(ctx, session, course, itemId)
  let count = 0
  for (const row of rows.filter(({ status }) => status === 'failed')) {
    if ((await reopen(deps.grades, ctx, row._id)) !== null) count += 1
  }
  await recordAudit(ctx, {
    action: 'grade.resend_many',
    target: { type: 'item', id: itemId },
    result: 'success',
  })
  return { count }
}

/** What the learner that the LMS names handed in (LTI Submission Review 1.0 §2). */
export async function readReview(deps: ReviewDeps, ctx: TenantContext): Promise<SubmissionReview> {
  const session = await reviewLaunch(ctx)
  const { userId, itemId, rows } = await reviewedWork(ctx, session)
  const isTeacher = mayReview(session.launch.user.roles)
  if (!isTeacher && session.subject !== userId) {
    throw new AppError('forbidden', 'Only those who teach the course may see the work of others')
  }
  const course = await courseOf(ctx, session)
  const members = isTeacher && course !== null ? await deps.names.of(ctx, course) : null
  // Whose work it is decides what is seen here, not what the launch opens.
  const { limitedTo: _, ...whole } = ctx
  const target = await deps.targets.describe(whole, 'item', itemId)
  await recordAudit(ctx, {
    action: 'lti.review.read',
    target: { type: 'item', id: itemId },
    fields: ['score', 'comment'],
    purpose: 'assessment',
    result: 'success',
  })
  return {
    title: target?.title ?? '',
    learner: { userId, name: members?.get(userId) ?? null },
    mayCorrect: isTeacher,
    attempts: newestOfEach(rows).map(showAttempt),
  }
}

/** Changes a result of this activity in this course; the grade follows by itself. */
export async function correctReviewed(
  deps: ReviewDeps,
  ctx: TenantContext,
  attemptId: string,
  body: ResultCorrection,
): Promise<ReviewedAttempt> {
  const session = await currentLaunch(ctx)
  mustTeach(session)
  const row = (await findDeliveriesOf(ctx, attemptId)).at(-1)
  if (!row || !(await isOfLaunch(ctx, session, row))) {
    throw new AppError('not_found', `The attempt ${attemptId} does not belong to this activity`)
  }
  const { score, maxScore, comment } = await deps.correct(ctx, attemptId, body)
  const isChanged = score !== row.score || comment !== row.comment
  const status = isChanged && row.status !== 'none' ? 'pending' : row.status
  return showAttempt({
    ...row,
    score,
    maxScore,
    comment,
    status,
    detail: isChanged ? null : row.detail,
  })
}

/** The same link of the same course, or the work that this launch was to review. */
async function isOfLaunch(
  ctx: TenantContext,
  session: SessionRow,
  row: DeliveryRow,
): Promise<boolean> {
  if (row.platformId !== session.platformId) return false
  if (session.launch.target.kind === 'review') {
    const { userId, itemId } = await reviewedWork(ctx, session)
    return row.subject === userId && row.itemId === itemId
  }
  const course = await courseOf(ctx, session)
  const { target, resourceLink } = session.launch
  return (
    row.itemId === target.id &&
    row.courseId === (course?._id ?? null) &&
    row.resourceLinkId === (resourceLink?.id ?? null)
  )
}

async function teachingLaunch(ctx: TenantContext) {
  const session = await currentLaunch(ctx)
  mustTeach(session)
  const { kind, id } = session.launch.target
  if (kind !== 'item' || id === null) {
    throw new AppError('forbidden', 'This launch does not open an activity that has results')
  }
  return { session, itemId: id, course: await courseOf(ctx, session) }
}

function mustTeach(session: SessionRow): void {
  if (mayReview(session.launch.user.roles)) return
  throw new AppError('forbidden', 'Only those who teach the course may see the results of others')
}

async function reviewLaunch(ctx: TenantContext): Promise<SessionRow> {
  const session = await currentLaunch(ctx)
  if (session.launch.target.kind === 'review') return session
  throw new AppError('forbidden', 'This launch does not ask for a review')
}

/** Named by the attempt (Canvas), or by learner and activity. */
async function reviewedWork(ctx: TenantContext, session: SessionRow) {
  const { id } = session.launch.target
  const course = await courseOf(ctx, session)
  if (session.forUser && id !== null) {
    const rows = await findDeliveriesTo(ctx, {
      platformId: session.platformId,
      courseId: course?._id ?? null,
      itemId: id,
      subject: session.forUser,
      // There each place is work of its own.
      ...(session.gradebook === 'classwork' && {
        resourceLinkId: session.launch.resourceLink?.id ?? null,
      }),
    })
    return { userId: session.forUser, itemId: id, rows }
  }
  const rows = id === null ? [] : await findDeliveriesOf(ctx, id)
  const [row] = rows
  if (!row || row.platformId !== session.platformId || row.courseId !== (course?._id ?? null)) {
    throw new AppError('not_found', 'This work does not exist in this course')
  }
  return { userId: row.subject, itemId: row.itemId, rows }
}

function courseOf(
  ctx: TenantContext,
  { platformId, deploymentId, launch }: SessionRow,
): Promise<CourseRow | null> {
  const contextId = launch.context?.id
  if (contextId === undefined) return Promise.resolve(null)
  return findCourseAt(ctx, { platformId, deploymentId, contextId })
}

async function currentOf(
  ctx: TenantContext,
  { platformId, launch }: SessionRow,
  course: CourseRow | null,
  itemId: string,
): Promise<DeliveryRow[]> {
  const filter = {
    platformId,
    courseId: course?._id ?? null,
    itemId,
    resourceLinkId: launch.resourceLink?.id ?? null,
  }
  return findCurrent(ctx, filter, { most: mostResults })
}

/** Of each attempt what was decided last, newest attempt first. */
function newestOfEach(rows: readonly DeliveryRow[]): DeliveryRow[] {
  const last = new Map<string, DeliveryRow>()
  for (const row of rows) {
    const known = last.get(row.attemptId)
    if (!known || known.revision < row.revision) last.set(row.attemptId, row)
  }
  return [...last.values()].sort((a, b) => b.submittedAt.getTime() - a.submittedAt.getTime())
}

function showAttempt(row: DeliveryRow): ReviewedAttempt {
  return {
    id: row.attemptId,
    score: row.score,
    maxScore: row.maxScore,
    comment: row.comment,
    submittedAt: row.submittedAt.toISOString(),
    counts: row.isCurrent,
    state: gradeState(row.status),
    reason: row.detail,
  }
}

function byName(a: ClassResult, b: ClassResult): number {
  return (
    (a.name ?? '\uffff').localeCompare(b.name ?? '\uffff', 'en') || a.userId.localeCompare(b.userId)
  )
}
