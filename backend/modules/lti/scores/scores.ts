import { z } from 'zod'
import type { Page } from '../../../../shared/api/contract.ts'
import type { DeliveryList, ScoreDelivery } from '../../../../shared/api/lti.ts'
import { AppError } from '../../../../shared/errors.ts'
import type { DomainEvent } from '../../../../shared/events.ts'
import { recordAudit } from '../../../core/audit/index.ts'
import { defineJob, type JobDefinition, type Queue } from '../../../core/jobs/index.ts'
import { showPage } from '../../../core/lists/index.ts'
import type { TenantContext } from '../../../core/tenancy.ts'
import { findCourseAt } from '../courses/course-store.ts'
import { takesGrades } from '../optional-claims.ts'
import { findLearnerSessions } from '../session-store.ts'
import { type DeliverDeps, deliverScore, mostTries } from './deliver-score.ts'
import {
  type DeliveryRow,
  ensureDelivery,
  findDeliveriesOf,
  findDelivery,
  findDeliveryPage,
  findStatuses,
  type NewDelivery,
  reopenDelivery,
} from './delivery-store.ts'

type ShownDelivery = z.output<typeof ScoreDelivery>

const DeliverInput = z.object({ deliveryId: z.string() })
export type DeliverJob = JobDefinition<typeof DeliverInput>

/** A result as it counts now. */
export interface CurrentResult {
  readonly score: number
  readonly maxScore: number
  readonly comment: string | null
  /** One more with each correction. */
  readonly revision: number
}

export interface ScoreDeps {
  readonly queue: Pick<Queue, 'enqueue'>
  readonly job: DeliverJob
  readonly clock: () => Date
  /** Null where the attempt is gone or was never handed in. */
  resultOf(ctx: TenantContext, attemptId: string): Promise<CurrentResult | null>
}

export function defineDeliverJob(deps: DeliverDeps): DeliverJob {
  return defineJob({
    name: 'lti.score.deliver',
    input: DeliverInput,
    attempts: mostTries,
    leaseMs: 60_000,
    backoff: { firstMs: 2_000, maxMs: 10 * 60_000 },
    run: (ctx, { deliveryId }, run) => deliverScore(deps, ctx, deliveryId, run),
  })
}

/** Sends a learner's result to its column: that of its link, or one of ours. */
export async function recordScore(
  deps: ScoreDeps,
  ctx: TenantContext,
  { data }: DomainEvent<'attempt.submitted'>,
): Promise<void> {
  if (!data.launchSessionId) return
  const [session] = await findLearnerSessions(ctx, [data.launchSessionId])
  if (!session) return
  const { platformId, deploymentId, scoreService, services, subject, launch, gradebook } = session
  const contextId = launch.context?.id
  const course =
    contextId === undefined
      ? null
      : await findCourseAt(ctx, { platformId, deploymentId, contextId })
  const hasColumn = takesGrades(scoreService, course === null ? undefined : services)
  const row = await ensureDelivery(ctx, {
    attemptId: data.attemptId,
    revision: 1,
    itemId: data.itemId,
    platformId,
    ...(gradebook && { gradebook }),
    courseId: course?._id ?? null,
    resourceLinkId: launch.resourceLink?.id ?? null,
    lineItem: scoreService?.lineItem ?? null,
    subject,
    score: data.score,
    maxScore: data.maxScore,
    comment: null,
    submittedAt: new Date(data.submittedAt),
    status: hasColumn ? 'pending' : 'none',
  })
  if (row.status === 'pending') await enqueueDelivery(deps, ctx, row)
}

/** Sends a corrected result where the one before it went; it stays one grade. */
export async function recordCorrection(
  deps: ScoreDeps,
  ctx: TenantContext,
  { data }: DomainEvent<'attempt.corrected'>,
): Promise<void> {
  const earlier = (await findDeliveriesOf(ctx, data.attemptId)).at(-1)
  if (!earlier) return
  const { itemId, platformId, courseId, resourceLinkId, lineItem, subject, submittedAt } = earlier
  const { gradebook } = earlier
  const result = await deps.resultOf(ctx, data.attemptId)
  // Corrected once more meanwhile: that correction brings its own event.
  if (result === null || result.revision !== data.revision) return
  const correction: NewDelivery = {
    attemptId: data.attemptId,
    revision: data.revision,
    itemId,
    platformId,
    ...(gradebook && { gradebook }),
    courseId,
    resourceLinkId,
    lineItem,
    subject,
    score: result.score,
    maxScore: result.maxScore,
    comment: result.comment,
    submittedAt,
    status: earlier.status === 'none' ? 'none' : 'pending',
  }
  const row = await ensureDelivery(ctx, correction, earlier.lane)
  if (row.status === 'pending') await enqueueDelivery(deps, ctx, row)
}

/** Tries a failed delivery again. */
export async function retryDelivery(
  deps: ScoreDeps,
  ctx: TenantContext,
  id: string,
): Promise<ShownDelivery> {
  const row = await reopenDelivery(ctx, id, deps.clock())
  if (row !== null) {
    await enqueueDelivery(deps, ctx, row)
    await recordAudit(ctx, {
      action: 'lti.score_delivery.retry',
      target: { type: 'lti.score_delivery', id },
      result: 'success',
    })
    return showDelivery(row)
  }
  const current = await findDelivery(ctx, id)
  if (current === null || current.status === 'none')
    throw new AppError('not_found', `The grade delivery ${id} does not exist`)
  if (current.status === 'sent') {
    throw new AppError('conflict', 'This grade has been delivered already')
  }
  // A pending one whose job was lost gets another; the key of a living job makes this nothing.
  await enqueueDelivery(deps, ctx, current)
  return showDelivery(current)
}

export async function listDeliveries(
  ctx: TenantContext,
  query: DeliveryList,
): Promise<Page<ShownDelivery>> {
  return showPage(await findDeliveryPage(ctx, query), showDelivery)
}

export async function readDelivery(ctx: TenantContext, id: string): Promise<ShownDelivery> {
  const row = await findDelivery(ctx, id)
  if (row === null || row.status === 'none') {
    throw new AppError('not_found', `The grade delivery ${id} does not exist`)
  }
  return showDelivery(row)
}

/** Where the grades of these submitted attempts are; attempts without a grade to send are absent. */
export async function gradePassbackOf(
  ctx: TenantContext,
  attempts: readonly { readonly id: string; readonly launchSessionId: string | null }[],
): Promise<ReadonlyMap<string, ShownDelivery['status']>> {
  const rows = await findStatuses(
    ctx,
    attempts.map(({ id }) => id),
  )
  const statuses = new Map(
    rows.flatMap(({ attemptId, status }) =>
      status === 'none' ? [] : [[attemptId, status] as const],
    ),
  )
  // Between a submission and its delivery lies an event: the launch already tells that a grade will go.
  const waiting = attempts.flatMap(({ id, launchSessionId }) =>
    launchSessionId === null || statuses.has(id) ? [] : [{ id, launchSessionId }],
  )
  if (waiting.length === 0) return statuses
  const ids = waiting.map(({ launchSessionId }) => launchSessionId)
  const sessions = await findLearnerSessions(ctx, ids)
  const graded = new Set(
    sessions
      .filter(({ scoreService, services }) => takesGrades(scoreService, services))
      .map(({ _id }) => _id),
  )
  for (const { id, launchSessionId } of waiting) {
    if (graded.has(launchSessionId)) statuses.set(id, 'pending')
  }
  return statuses
}

/** The key of a job that lives, or ended lately, makes a second one nothing. */
export async function enqueueDelivery(
  { queue, job }: Pick<ScoreDeps, 'queue' | 'job'>,
  ctx: TenantContext,
  row: DeliveryRow,
): Promise<void> {
  await queue.enqueue(
    ctx,
    job,
    { deliveryId: row._id },
    { key: `${row._id}.${row.runs}`, exclusiveKey: `lti.score.${row.lane}` },
  )
}

function showDelivery(row: DeliveryRow): ShownDelivery {
  return {
    id: row._id,
    attemptId: row.attemptId,
    platformId: row.platformId,
    // Rows without a column are shown as grades only.
    status: row.status === 'none' ? 'failed' : row.status,
    tries: row.tries,
    detail: row.detail,
    nextTryAt: row.nextTryAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
