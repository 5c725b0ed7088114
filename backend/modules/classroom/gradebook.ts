import { AppError } from '../../../shared/errors.ts'
import { ConnectorError } from '../../connector-kit/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { Elsewhere, Verdict } from '../lti/index.ts'
import { noConsent, type People } from './people.ts'
import { classworkOf } from './sign-in.ts'
import { findSubmissionOf, findTeacher, findWork, placeOf, type WorkRow } from './work-store.ts'

/** Sends results as points of what we placed: of an attachment, or of a task that is ours. */
export function createGradebook({ people }: { readonly people: People }) {
  const deliver: Elsewhere['deliver'] = async (ctx, row, signal) => {
    const work = row.lineItem === null ? null : await findWork(ctx, row.lineItem)
    if (work === null || work.maxPoints === null) {
      return refused('What the result belongs to takes no points in Google Classroom.')
    }
    try {
      await send(ctx, work, { ...row, maxPoints: work.maxPoints }, signal)
      return { kind: 'done' }
    } catch (error) {
      if (signal.aborted) throw error
      return verdictOf(error)
    }
  }

  async function send(
    ctx: TenantContext,
    work: WorkRow,
    result: {
      readonly subject: string
      readonly score: number
      readonly maxScore: number
      readonly maxPoints: number
      readonly submittedAt: Date
    },
    signal: AbortSignal,
  ): Promise<void> {
    const { connectionId, teacherId } = work
    if (teacherId === null) throw noConsent()
    const options = { purpose: 'classroom.grade', signal }
    const opened = await people.open(ctx, connectionId, teacherId, options)
    const { subject, score, maxScore, maxPoints } = result
    if (work.attachmentId === null) {
      await opened.connector.capabilities.grades?.push(opened.context, {
        lineItemId: `${work.courseId}/${work.postId}`,
        userSourcedId: subject,
        score,
        maximum: maxScore,
        at: result.submittedAt,
      })
      return
    }
    const submissionId = await findSubmissionOf(ctx, work._id, subject)
    if (submissionId === null) {
      throw new ConnectorError('reject', 'Classroom did not say which work of the learner this is.')
    }
    const share = maxScore > 0 ? Math.max(0, score) / maxScore : 0
    const points = Math.round(share * maxPoints * 100) / 100
    await classworkOf(opened).grade(opened.context, placeOf(work), submissionId, points)
  }

  const learnersOf: Elsewhere['learnersOf'] = async (ctx, course) => {
    const teacherId = await findTeacher(ctx, course.platformId, course.contextId)
    if (teacherId === null) return null
    const options = { purpose: 'classroom.learners', signal: AbortSignal.timeout(8_000) }
    const opened = await people.open(ctx, course.platformId, teacherId, options)
    return classworkOf(opened).learners(opened.context, course.contextId)
  }

  return { deliver, learnersOf }
}

const refused = (reason: string): Verdict => ({ kind: 'refused', reason })

function verdictOf(error: unknown): Verdict {
  if (error instanceof AppError) {
    if (error.code === 'not_found') return refused('The connection has been removed.')
    if (error.code !== 'connection_not_in_use') throw error
    return later(error.message, null, false)
  }
  if (!(error instanceof ConnectorError)) throw error
  if (error.kind !== 'retry') return refused(error.message)
  return later(error.message, error.retryAfterMs ?? null, error.code === 'rate_limited')
}

function later(reason: string, afterMs: number | null, isTooFast: boolean): Verdict {
  return { kind: 'later', reason, afterMs, isTooFast, processed: !isTooFast }
}
