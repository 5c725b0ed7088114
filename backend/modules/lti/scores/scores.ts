import { z } from 'zod'
import type { Page } from '../../../../shared/api/contract.ts'
import type { DeliveryList, ScoreDelivery } from '../../../../shared/api/lti.ts'
import { AppError } from '../../../../shared/errors.ts'
import type { DomainEvent } from '../../../../shared/events.ts'
import { recordAudit } from '../../../core/audit/index.ts'
import { defineJob, type JobDefinition, type Queue } from '../../../core/jobs/index.ts'
import { showPage } from '../../../core/lists/index.ts'
import type { TenantContext } from '../../../core/tenancy.ts'
import { findGradedSessions } from '../session-store.ts'
import { type DeliverDeps, deliverScore, mostTries } from './deliver-score.ts'
import {
  type DeliveryRow,
  ensureDelivery,
  findDelivery,
  findDeliveryPage,
  findStatuses,
  reopenDelivery,
} from './delivery-store.ts'

type ShownDelivery = z.output<typeof ScoreDelivery>

const DeliverInput = z.object({ deliveryId: z.string() })
export type DeliverJob = JobDefinition<typeof DeliverInput>

export interface ScoreDeps {
  readonly queue: Pick<Queue, 'enqueue'>
  readonly job: DeliverJob
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

/** Sends a learner's result to the column its launch carried. */
export async function recordScore(
  deps: ScoreDeps,
  ctx: TenantContext,
  { data }: DomainEvent<'attempt.submitted'>,
): Promise<void> {
  if (!data.launchSessionId) return
  const [session] = await findGradedSessions(ctx, [data.launchSessionId])
  if (!session) return
  const row = await ensureDelivery(ctx, {
    attemptId: data.attemptId,
    platformId: session.platformId,
    lineItem: session.scoreService.lineItem,
    subject: session.subject,
    score: data.score,
    maxScore: data.maxScore,
    submittedAt: new Date(data.submittedAt),
  })
  if (row.status === 'pending') await enqueueDelivery(deps, ctx, row)
}

/** Tries a failed delivery again. */
export async function retryDelivery(
  deps: ScoreDeps,
  ctx: TenantContext,
  id: string,
): Promise<ShownDelivery> {
  const row = await reopenDelivery(ctx, id)
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
  if (current === null) throw new AppError('not_found', `The grade delivery ${id} does not exist`)
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
  if (row === null) throw new AppError('not_found', `The grade delivery ${id} does not exist`)
  return showDelivery(row)
}

/** Where the grades of these submitted attempts are; attempts without a grade to send are absent. */
export async function gradePassbackOf(
  ctx: TenantContext,
  attempts: readonly { readonly id: string; readonly launchSessionId: string | null }[],
): Promise<ReadonlyMap<string, DeliveryRow['status']>> {
  const rows = await findStatuses(
    ctx,
    attempts.map(({ id }) => id),
  )
  const statuses = new Map(rows.map(({ attemptId, status }) => [attemptId, status]))
  // Between a submission and its delivery lies an event: the launch already tells that a grade will go.
  const waiting = attempts.flatMap(({ id, launchSessionId }) =>
    launchSessionId === null || statuses.has(id) ? [] : [{ id, launchSessionId }],
  )
  if (waiting.length === 0) return statuses
  const ids = waiting.map(({ launchSessionId }) => launchSessionId)
  const graded = new Set((await findGradedSessions(ctx, ids)).map(({ _id }) => _id))
  for (const { id, launchSessionId } of waiting) {
    if (graded.has(launchSessionId)) statuses.set(id, 'pending')
  }
  return statuses
}

async function enqueueDelivery(
  { queue, job }: ScoreDeps,
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
    status: row.status,
    tries: row.tries,
    detail: row.detail,
    nextTryAt: row.nextTryAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
