import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '../../../../shared/errors.ts'
import { submissionUrl } from '../../../../shared/lti.ts'
import { JobGiveUp, JobRetry, type JobRun, JobWait } from '../../../core/jobs/index.ts'
import type { TenantContext } from '../../../core/tenancy.ts'
import { scope } from '../claim-names.ts'
import { findCourse } from '../courses/course-store.ts'
import type { TargetCatalogue } from '../deep-linking/answer-deep-link.ts'
import type { Elsewhere } from '../elsewhere.ts'
import { ensureLineItem, mayMakeColumns, replaceLineItem } from '../line-items/ensure-line-item.ts'
import { findReplacement } from '../line-items/line-item-store.ts'
import { findPlatform, type PlatformRow } from '../platforms/platform-store.ts'
import { callService, type ServiceDeps } from '../services/service-call.ts'
import { below } from '../services/service-url.ts'
import { canvasSubmission } from './canvas-submission.ts'
import {
  changeDelivery,
  type DeliveryRow,
  findDelivery,
  findNewest,
  wasOvertaken,
} from './delivery-store.ts'
import type { Pace } from './pace.ts'
import { judgeScoreAnswer, type Verdict } from './score-answer.ts'
import { scoreBody } from './score-body.ts'

export interface DeliverDeps extends ServiceDeps {
  readonly publicUrl: string
  readonly clock: () => Date
  readonly pace: Pace
  /** How the column of an item is called. */
  readonly targets: TargetCatalogue
  readonly elsewhere: Pick<Elsewhere, 'deliver'>
}

/** Turns at a slow platform count as tries too, so a grade ends by its age. */
export const mostTries = 100_000
const mostAgeMs = 7 * 24 * 60 * 60_000
const firstDelayMs = 2_000
const longestDelayMs = 10 * 60_000
/** However long `Retry-After` asks for. */
const longestWaitMs = 24 * 60 * 60_000
/** A turn that comes so soon is waited for. */
const shortWaitMs = 250

const refusals: ReadonlySet<string> = new Set([
  'service_token_refused',
  'url_not_allowed',
  'lti_service_refused',
  'lti_service_not_offered',
  'lti_service_gone',
])

type Stamped = DeliveryRow & { readonly stampedAt: Date; readonly lineItem: string }
type Failure = Extract<Verdict, { kind: 'refused' | 'later' }>
type Run = Pick<JobRun, 'signal'>

/** Sends one grade (LTI-AGS 2.0 §3.4). Safe to run twice: its timestamp is fixed before it is first sent. */
export async function deliverScore(
  deps: DeliverDeps,
  ctx: TenantContext,
  deliveryId: string,
  run: Run,
): Promise<void> {
  const row = await findDelivery(ctx, deliveryId)
  if (row === null || row.status !== 'pending') return
  if (row.gradebook === 'classwork') return deliverElsewhere(deps, ctx, row, run)
  const platform = await findPlatform(ctx, row.platformId)
  if (platform === null) return fail(ctx, row, 'The registration of the LMS has been removed')
  if (await wasOvertaken(ctx, row)) {
    return finish(ctx, row, 'A later result of the same person had been delivered already')
  }
  await takeTurn(deps.pace, row)
  const lineItem = await columnOf(deps, ctx, platform, row, run.signal)
  const newest = await findNewest(ctx, row)
  const stampedAt = row.stampedAt ?? stampAfter(stampOf(row, deps.clock()), newest?.stampedAt)
  await send(deps, ctx, { ...row, lineItem, stampedAt }, platform, run)
}

/** Points of what we placed without LTI: the last ones count, whatever was sent before. */
async function deliverElsewhere(
  deps: DeliverDeps,
  ctx: TenantContext,
  row: DeliveryRow,
  { signal }: Run,
): Promise<void> {
  if (await wasOvertaken(ctx, row)) {
    return finish(ctx, row, 'A later result of the same person had been delivered already')
  }
  await takeTurn(deps.pace, row)
  const tries = row.tries + 1
  const stampedAt = row.stampedAt ?? stampOf(row, deps.clock())
  await changeDelivery(ctx, row, { stampedAt, uncertain: true, tries, nextTryAt: null })
  deps.pace.sends(row.platformId, row._id)
  const verdict = await deps.elsewhere.deliver(ctx, row, signal)
  tellPace(deps.pace, row.platformId, verdict)
  if (verdict.kind === 'refused' || verdict.kind === 'later') {
    return stopFor(deps, ctx, { ...row, tries }, verdict)
  }
  return finish(ctx, row, null)
}

/** A platform that asked for fewer requests gets them one after the other. */
async function takeTurn(pace: Pace, { platformId, _id }: DeliveryRow): Promise<void> {
  for (;;) {
    const waitMs = pace.take(platformId, _id)
    if (waitMs === 0) return
    if (waitMs > shortWaitMs) {
      throw new JobWait(waitMs, 'Waits for its turn: the LMS asked for fewer requests')
    }
    await wait(waitMs)
  }
}

/** What was sent once, or corrected, is a new score of now; a result bears the time it was handed in. */
function stampOf(row: DeliveryRow, now: Date): Date {
  return row.runs > 0 || row.revision > 1 ? now : row.submittedAt
}

/** The address that the grade goes to: its link's column, the one that stands for it, or one of ours. */
async function columnOf(
  deps: DeliverDeps,
  ctx: TenantContext,
  platform: PlatformRow,
  row: DeliveryRow,
  signal: AbortSignal,
): Promise<string> {
  const { courseId } = row
  if (row.lineItem !== null) {
    const other = courseId && (await findReplacement(ctx, courseId, row.lineItem))
    return other ? other.url : row.lineItem
  }
  const course = courseId === null ? null : await findCourse(ctx, courseId)
  if (course === null || !mayMakeColumns(course)) {
    return fail(ctx, row, 'The LMS no longer lets this tool make a gradebook column')
  }
  try {
    const column = await describeColumn(deps, ctx, row)
    const { url } = await ensureLineItem(deps, ctx, platform, course, column, signal)
    await changeDelivery(ctx, row, { lineItem: url })
    return url
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError)) throw error
    return stopFor(deps, ctx, row, judgeFailure(error, false))
  }
}

async function describeColumn({ targets }: DeliverDeps, ctx: TenantContext, row: DeliveryRow) {
  const target = await targets.describe(ctx, 'item', row.itemId)
  return {
    itemId: row.itemId,
    resourceLinkId: row.resourceLinkId,
    label: target?.title ?? 'EdPsych Connect',
    scoreMaximum: target?.maxScore || row.maxScore || 1,
  }
}

async function send(
  deps: DeliverDeps,
  ctx: TenantContext,
  row: Stamped,
  platform: PlatformRow,
  run: Run,
  again: { readonly restamped?: true; readonly remade?: true } = {},
): Promise<void> {
  const { stampedAt, uncertain } = row
  const tries = row.tries + 1
  // Whoever finds this row after a crash must assume that the score arrived.
  await changeDelivery(ctx, row, { stampedAt, uncertain: true, tries, nextTryAt: null })
  deps.pace.sends(platform._id, row._id)
  const verdict = await attempt(deps, ctx, platform, row, run.signal)
  tellPace(deps.pace, platform._id, verdict)
  switch (verdict.kind) {
    case 'outdated': {
      // Either it is our own score that arrived unnoticed, or the gradebook was changed since.
      if (uncertain) return finish(ctx, row, null)
      if (again.restamped) return finish(ctx, row, 'The gradebook holds a newer result')
      const later = stampAfter(deps.clock(), stampedAt)
      return send(deps, ctx, { ...row, stampedAt: later, tries }, platform, run, {
        ...again,
        restamped: true,
      })
    }
    case 'gone': {
      const lineItem = again.remade ? null : await remake(deps, ctx, platform, row, run.signal)
      if (lineItem === null) return fail(ctx, row, verdict.reason)
      return send(deps, ctx, { ...row, lineItem, tries }, platform, run, { ...again, remade: true })
    }
    case 'done':
      return finish(ctx, row, null)
    default:
      return stopFor(deps, ctx, { ...row, tries }, verdict)
  }
}

/** What an LMS could not answer counts towards its limit all the same. */
function tellPace(pace: Pace, platformId: string, verdict: Verdict): void {
  if (verdict.kind !== 'later') pace.accepted(platformId)
  else if (verdict.isTooFast) pace.refused(platformId, verdict.afterMs)
  else pace.passed(platformId)
}

/** A deleted column is made again for its link, where the LMS lets us; null: it does not. */
async function remake(
  deps: DeliverDeps,
  ctx: TenantContext,
  platform: PlatformRow,
  row: Stamped,
  signal: AbortSignal,
): Promise<string | null> {
  const course = row.courseId === null ? null : await findCourse(ctx, row.courseId)
  if (course === null || !mayMakeColumns(course)) return null
  try {
    const column = await describeColumn(deps, ctx, row)
    return (await replaceLineItem(deps, ctx, platform, course, row.lineItem, column, signal)).url
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError)) throw error
    // The activity itself may be gone: then nobody misses its column.
    if (refusals.has(error.code)) return null
    return stopFor(deps, ctx, row, judgeFailure(error, false))
  }
}

/** Ends this run: for good, or until its next. */
function stopFor(
  deps: DeliverDeps,
  ctx: TenantContext,
  row: DeliveryRow,
  verdict: Failure,
): Promise<never> {
  return verdict.kind === 'refused'
    ? fail(ctx, row, verdict.reason)
    : postpone(deps, ctx, row, verdict)
}

async function attempt(
  deps: DeliverDeps,
  ctx: TenantContext,
  platform: PlatformRow,
  row: Stamped,
  signal: AbortSignal,
): Promise<Verdict> {
  let reached = false
  const outgoing: DeliverDeps['outgoing'] = {
    request(request) {
      reached = true
      return deps.outgoing.request(request)
    },
  }
  try {
    const answer = await callService({ outgoing, tokens: deps.tokens }, platform, {
      url: below(row.lineItem, 'scores'),
      what: 'the grade',
      purpose: 'lti.score',
      scopes: [scope.score],
      method: 'POST',
      contentType: 'application/vnd.ims.lis.v1.score+json',
      body: bodyOf(row, platform, deps.publicUrl),
      requestId: ctx.requestId,
      signal,
    })
    return judgeScoreAnswer(answer)
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError)) throw error
    return judgeFailure(error, reached)
  }
}

function bodyOf(row: Stamped, { product }: PlatformRow, publicUrl: string): object {
  return scoreBody({
    userId: row.subject,
    given: row.score,
    maximum: row.maxScore,
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
    timestamp: row.stampedAt,
    submittedAt: row.submittedAt,
    // Blackboard takes a comment away that is not sent again.
    ...(row.comment !== null && { comment: row.comment }),
    ...(product === 'canvas' && {
      extensions: canvasSubmission({
        reviewUrl: submissionUrl(publicUrl, row.attemptId),
        isNew: row.revision === 1 && row.runs === 0,
        submittedAt: row.submittedAt,
      }),
    }),
  })
}

function judgeFailure(error: AppError, reached: boolean): Failure {
  if (refusals.has(error.code)) return { kind: 'refused', reason: error.message }
  // What is wrong on our side is repeated by the job and told to operators, not to schools.
  if (!error.code.startsWith('upstream_')) throw error
  const reason = error.message
  return { kind: 'later', isTooFast: false, afterMs: null, processed: reached, reason }
}

async function postpone(
  { clock }: DeliverDeps,
  ctx: TenantContext,
  row: DeliveryRow,
  verdict: Extract<Verdict, { kind: 'later' }>,
): Promise<never> {
  const now = clock().getTime()
  if (now - (row.openedAt ?? row.createdAt).getTime() > mostAgeMs)
    return fail(ctx, row, `${verdict.reason}; given up after a week`)
  const backoffMs = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(row.tries - 1, 20))
  const delayMs =
    verdict.afterMs === null
      ? Math.max(firstDelayMs, backoffMs) * (0.8 + 0.4 * Math.random())
      : Math.min(verdict.afterMs, longestWaitMs)
  await changeDelivery(ctx, row, {
    uncertain: row.uncertain || verdict.processed,
    detail: verdict.reason,
    nextTryAt: new Date(now + delayMs),
  })
  throw new JobRetry(delayMs, verdict.reason)
}

async function finish(ctx: TenantContext, row: DeliveryRow, detail: string | null): Promise<void> {
  await changeDelivery(ctx, row, { status: 'sent', detail, nextTryAt: null })
}

async function fail(ctx: TenantContext, row: DeliveryRow, detail: string): Promise<never> {
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
