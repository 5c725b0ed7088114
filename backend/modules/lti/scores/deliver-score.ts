import { AppError } from '../../../../shared/errors.ts'
import { JobGiveUp, JobRetry, type JobRun } from '../../../core/jobs/index.ts'
import type { Outgoing } from '../../../core/outgoing/index.ts'
import type { TenantContext } from '../../../core/tenancy.ts'
import type { AccessTokens } from '../access-tokens.ts'
import { scoreScope } from '../claim-names.ts'
import { findPlatform, type PlatformRow } from '../platforms/platform-store.ts'
import { changeDelivery, type DeliveryRow, findDelivery, findNewest } from './delivery-store.ts'
import { judgeScoreAnswer, type Verdict } from './score-answer.ts'
import { scoreBody, scoresUrl } from './score-body.ts'

export interface DeliverDeps {
  readonly outgoing: Pick<Outgoing, 'request'>
  readonly tokens: AccessTokens
  readonly clock: () => Date
}

/** About a week of tries, at the longest delay between them. */
export const mostTries = 1000
const firstDelayMs = 2_000
const longestDelayMs = 10 * 60_000
/** However long `Retry-After` asks for. */
const longestWaitMs = 24 * 60 * 60_000

const refusals: ReadonlySet<string> = new Set(['service_token_refused', 'url_not_allowed'])

type Stamped = DeliveryRow & { readonly stampedAt: Date }
type Run = Pick<JobRun, 'signal' | 'attempt'>

/** Sends one grade (LTI-AGS 2.0 §3.4). Safe to run twice: its timestamp is fixed before it is first sent. */
export async function deliverScore(
  deps: DeliverDeps,
  ctx: TenantContext,
  deliveryId: string,
  run: Run,
): Promise<void> {
  const row = await findDelivery(ctx, deliveryId)
  if (row === null || row.status !== 'pending') return
  const platform = await findPlatform(ctx, row.platformId)
  if (platform === null) return fail(ctx, row, 'The registration of the LMS has been removed')
  const newest = await findNewest(ctx, row)
  if (newest !== null && newest.status === 'sent' && newest.submittedAt > row.submittedAt) {
    return finish(ctx, row, 'A later result of the same person had been delivered already')
  }
  const stampedAt = row.stampedAt ?? stampAfter(row.submittedAt, newest?.stampedAt)
  await send(deps, ctx, { ...row, stampedAt }, platform, run)
}

async function send(
  deps: DeliverDeps,
  ctx: TenantContext,
  row: Stamped,
  platform: PlatformRow,
  run: Run,
  restamped = false,
): Promise<void> {
  const { stampedAt, uncertain } = row
  const tries = row.tries + 1
  // Whoever finds this row after a crash must assume that the score arrived.
  await changeDelivery(ctx, row, { stampedAt, uncertain: true, tries, nextTryAt: null })
  const verdict = await attempt(deps, ctx, platform, row, run.signal)
  switch (verdict.kind) {
    case 'done':
      return finish(ctx, row, null)
    case 'refused':
      return fail(ctx, row, verdict.reason)
    case 'later':
      return postpone(deps, ctx, { ...row, tries }, verdict, run)
    case 'outdated': {
      // Either it is our own score that arrived unnoticed, or the gradebook was changed since.
      if (uncertain) return finish(ctx, row, null)
      if (restamped) return finish(ctx, row, 'The gradebook holds a newer result')
      const later = stampAfter(deps.clock(), stampedAt)
      return send(deps, ctx, { ...row, stampedAt: later, tries }, platform, run, true)
    }
  }
}

async function attempt(
  { outgoing, tokens }: DeliverDeps,
  ctx: TenantContext,
  platform: PlatformRow,
  row: Stamped,
  signal: AbortSignal,
): Promise<Verdict> {
  let reached = false
  try {
    const answer = await tokens.call(platform, [scoreScope], (accessToken) => {
      reached = true
      return outgoing.request({
        url: scoresUrl(row.lineItem),
        purpose: 'lti.score',
        requestId: ctx.requestId,
        method: 'POST',
        headers: {
          authorization: `Bearer ${accessToken}`,
          'content-type': 'application/vnd.ims.lis.v1.score+json',
        },
        body: JSON.stringify(bodyOf(row)),
        signal,
      })
    })
    return judgeScoreAnswer(answer)
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError)) throw error
    return judgeFailure(error, reached)
  }
}

function bodyOf(row: Stamped): Record<string, unknown> {
  return scoreBody({
    userId: row.subject,
    given: row.score,
    maximum: row.maxScore,
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
    timestamp: row.stampedAt,
    submittedAt: row.submittedAt,
  })
}

function judgeFailure(error: AppError, reached: boolean): Verdict {
  if (refusals.has(error.code)) return { kind: 'refused', reason: error.message }
  // What is wrong on our side is repeated by the job and told to operators, not to schools.
  if (!error.code.startsWith('upstream_')) throw error
  return { kind: 'later', afterMs: null, processed: reached, reason: error.message }
}

async function postpone(
  { clock }: DeliverDeps,
  ctx: TenantContext,
  row: Stamped,
  verdict: Extract<Verdict, { kind: 'later' }>,
  { attempt }: Run,
): Promise<void> {
  if (attempt >= mostTries) return fail(ctx, row, `${verdict.reason}; given up after a week`)
  const backoffMs = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(attempt - 1, 20))
  const delayMs =
    verdict.afterMs === null
      ? backoffMs * (0.8 + 0.4 * Math.random())
      : Math.min(verdict.afterMs, longestWaitMs)
  await changeDelivery(ctx, row, {
    uncertain: row.uncertain || verdict.processed,
    detail: verdict.reason,
    nextTryAt: new Date(clock().getTime() + delayMs),
  })
  throw new JobRetry(delayMs, verdict.reason)
}

async function finish(ctx: TenantContext, row: DeliveryRow, detail: string | null): Promise<void> {
  await changeDelivery(ctx, row, { status: 'sent', detail, nextTryAt: null })
}

async function fail(ctx: TenantContext, row: DeliveryRow, detail: string): Promise<void> {
  await changeDelivery(ctx, row, {
    status: 'failed',
    uncertain: row.uncertain,
    detail,
    nextTryAt: null,
  })
  throw new JobGiveUp(detail)
}

/** LTI-AGS 2.0 §3.4.4: each score of a person in a column is younger than the one before. */
function stampAfter(wanted: Date, previous: Date | null | undefined): Date {
  if (!previous || wanted > previous) return wanted
  return new Date(previous.getTime() + 1)
}
