import { z } from 'zod'
import type { Page } from '../../../../shared/api/contract.ts'
import type { Grade, GradeList, GradeSelection } from '../../../../shared/api/grades.ts'
import { AppError } from '../../../../shared/errors.ts'
import { recordAudit } from '../../../core/audit/index.ts'
import { defineJob, type JobDefinition, type Queue } from '../../../core/jobs/index.ts'
import { showPage } from '../../../core/lists/index.ts'
import type { TenantContext } from '../../../core/tenancy.ts'
import {
  type DeliveryRow,
  findCurrent,
  findCurrentPage,
  findDelivery,
  reopenDelivery,
} from '../scores/delivery-store.ts'
import { enqueueDelivery, type ScoreDeps } from '../scores/scores.ts'

export interface GradeDeps {
  readonly scores: ScoreDeps
  readonly queue: Pick<Queue, 'enqueue'>
  readonly resendJob: ResendJob
  readonly clock: () => Date
}

const states = { none: 'no-column', pending: 'waiting', sent: 'sent', failed: 'refused' } as const
const statuses = {
  'no-column': 'none',
  waiting: 'pending',
  sent: 'sent',
  refused: 'failed',
} as const
const batch = 500

const ResendInput = z.object({
  platformId: z.string().optional(),
  courseId: z.string().optional(),
  itemId: z.string().optional(),
  status: z.enum(['sent', 'failed']).optional(),
})
export type ResendJob = JobDefinition<typeof ResendInput>

/** Puts many grades on their way again; repeating it after a crash sends none twice that is still waiting. */
export function defineResendJob(scores: ScoreDeps, clock: () => Date): ResendJob {
  return defineJob({
    name: 'lti.grades.resend',
    input: ResendInput,
    leaseMs: 60_000,
    async run(ctx, filter, { signal }) {
      let after = ''
      for (;;) {
        signal.throwIfAborted()
        const rows = await findCurrent(ctx, filter, { after, most: batch })
        for (const row of rows) await reopen({ scores, clock }, ctx, row._id)
        const last = rows.at(-1)
        if (!last || rows.length < batch) return
        after = last._id
      }
    },
  })
}

/** Sends a grade again if it was sent or refused; null where it is on its way or has no column. */
export async function reopen(
  { scores, clock }: Pick<GradeDeps, 'scores' | 'clock'>,
  ctx: TenantContext,
  id: string,
): Promise<DeliveryRow | null> {
  const row = await reopenDelivery(ctx, id, clock(), ['sent', 'failed'])
  if (row !== null) await enqueueDelivery(scores, ctx, row)
  return row
}

export async function listGrades(ctx: TenantContext, query: GradeList): Promise<Page<Grade>> {
  const { state, platformId, courseId, itemId, attemptId } = query
  const status = state && statuses[state]
  const filter = { status, platformId, courseId, itemId, attemptId }
  const page = await findCurrentPage(ctx, filter, query)
  await recordAudit(ctx, {
    action: 'grade.list',
    fields: ['score', 'learnerId'],
    purpose: 'assessment',
    result: 'success',
  })
  return showPage(page, showGrade)
}

export async function readGrade(ctx: TenantContext, id: string): Promise<Grade> {
  const row = await mustFind(ctx, id)
  await recordAudit(ctx, {
    action: 'grade.read',
    target: { type: 'grade', id },
    fields: ['score', 'learnerId'],
    purpose: 'assessment',
    result: 'success',
  })
  return showGrade(row)
}

export async function resendGrade(deps: GradeDeps, ctx: TenantContext, id: string): Promise<Grade> {
  const row = await mustFind(ctx, id)
  if (!row.isCurrent) {
    throw new AppError('conflict', 'A later result of the same learner counts; send that one again')
  }
  if (row.status === 'none') {
    throw new AppError(
      'conflict',
      'The LMS offers no gradebook column for this link; add the activity to the course with a grade',
    )
  }
  const reopened = await reopen(deps, ctx, id)
  // One that waits may have lost its job; the key of a living job makes this nothing.
  if (reopened === null) await enqueueDelivery(deps.scores, ctx, row)
  await recordAudit(ctx, {
    action: 'grade.resend',
    target: { type: 'grade', id },
    result: 'success',
  })
  return showGrade(reopened ?? row)
}

export async function resendGrades(
  { queue, resendJob }: GradeDeps,
  ctx: TenantContext,
  { state, platformId, courseId, itemId }: GradeSelection,
): Promise<{ jobId: string }> {
  if (!platformId && !courseId && !itemId) {
    throw new AppError('invalid_request', 'Say which grades: an LMS, a course or an item', {
      errors: [
        {
          pointer: '#/courseId',
          code: 'required',
          detail: 'One of platformId, courseId and itemId is needed',
        },
      ],
    })
  }
  const status = state && statuses[state]
  const jobId = await queue.enqueue(ctx, resendJob, {
    ...(platformId && { platformId }),
    ...(courseId && { courseId }),
    ...(itemId && { itemId }),
    ...(status && { status }),
  })
  await recordAudit(ctx, {
    action: 'grade.resend_many',
    target: { type: 'job', id: jobId },
    fields: Object.keys({ platformId, courseId, itemId, state }),
    result: 'success',
  })
  return { jobId }
}

async function mustFind(ctx: TenantContext, id: string): Promise<DeliveryRow> {
  const row = await findDelivery(ctx, id)
  if (row === null) throw new AppError('not_found', `The grade ${id} does not exist`)
  return row
}

export function gradeState(status: DeliveryRow['status']): Grade['state'] {
  return states[status]
}

function showGrade(row: DeliveryRow): Grade {
  return {
    id: row._id,
    attemptId: row.attemptId,
    itemId: row.itemId,
    learnerId: `${row.platformId}/${row.subject}`,
    platformId: row.platformId,
    courseId: row.courseId,
    score: row.score,
    maxScore: row.maxScore,
    comment: row.comment,
    revision: row.revision,
    scoreDate: row.submittedAt.toISOString(),
    state: gradeState(row.status),
    reason: row.detail,
    tries: row.tries,
    nextTryAt: row.nextTryAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
