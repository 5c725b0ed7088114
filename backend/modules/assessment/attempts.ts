import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import type { Page } from '../../../shared/api/contract.ts'
import type { AttemptList, Attempt as AttemptSchema, Score } from '../../../shared/api/items.ts'
import { AppError } from '../../../shared/errors.ts'
import { deliver } from '../../../shared/qti/deliver.ts'
import type { DeliveryItem } from '../../../shared/qti/delivery.ts'
import { resolveResponses } from '../../../shared/qti/resolve-responses.ts'
import { score as scoreItem } from '../../../shared/qti/score.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { newEvent, pushEvent } from '../../core/events/index.ts'
import { newId } from '../../core/ids.ts'
import { findPage, given, showPage, timeFilter } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { assetUrl } from './assets.ts'
import { choiceIds, orderFor } from './choice-ids.ts'
import type { AssessmentDeps, Passback } from './deps.ts'
import { itemOf } from './item-source.ts'
import { findItem, findRevision } from './items.ts'
import { AttemptModel, type AttemptRow, attemptSort, type RevisionRow } from './store.ts'

type Attempt = z.output<typeof AttemptSchema>
type Responses = NonNullable<AttemptRow['responses']>

function deliverTo(revision: RevisionRow, salt: string): DeliveryItem {
  return deliver(itemOf(revision), {
    order: orderFor(salt),
    choiceId: choiceIds(salt),
    assetUrl: (path) => assetUrl(revision, path),
  })
}

/** The item as a learner would see it; nothing is kept. */
export async function previewItem(ctx: TenantContext, itemId: string): Promise<DeliveryItem> {
  const item = await findItem(ctx, itemId)
  const revision = await findRevision(ctx, item.revisionId)
  return deliverTo(revision, randomBytes(16).toString('base64url'))
}

export async function startAttempt(
  ctx: TenantContext,
  itemId: string,
): Promise<{ id: string; item: DeliveryItem }> {
  const item = await findItem(ctx, itemId)
  const revision = await findRevision(ctx, item.revisionId)
  const salt = randomBytes(16).toString('base64url')
  const delivered = deliverTo(revision, salt)
  const id = newId('att')
  const launchSessionId = ctx.principal.kind === 'launch' ? ctx.principal.id : null
  await AttemptModel.create({
    _id: id,
    tenantId: ctx.tenantId,
    itemId,
    revisionId: revision._id,
    salt,
    owner: { kind: ctx.principal.kind, id: ctx.principal.id },
    launchSessionId,
    learnerId: ctx.principal.kind === 'launch' ? (ctx.principal.userId ?? null) : null,
    status: 'open',
    maxScore: item.maxScore,
    pendingEvents: [newEvent(ctx, 'attempt.started', { attemptId: id, itemId, launchSessionId })],
  })
  return { id, item: delivered }
}

/** A launch or an embed sees only what it started; to others of the tenant every attempt is open. */
async function findAttempt(ctx: TenantContext, id: string): Promise<AttemptRow> {
  const { kind, id: principalId } = ctx.principal
  const isGuest = kind === 'launch' || kind === 'embed'
  const row = await AttemptModel.findOne({
    _id: id,
    tenantId: ctx.tenantId,
    ...(isGuest ? { 'owner.kind': kind, 'owner.id': principalId } : {}),
  }).lean()
  if (!row) throw new AppError('not_found', `Attempt ${id} does not exist`)
  return row
}

/** Scores on the server and keeps the result with its event in one write; the same responses again get the same answer. */
export async function submitAttempt(
  ctx: TenantContext,
  id: string,
  responses: Responses,
  deps: AssessmentDeps,
): Promise<z.output<typeof Score>> {
  const attempt = await findAttempt(ctx, id)
  if (attempt.status === 'submitted') return repeatedSubmission(attempt, responses)
  const revision = await findRevision(ctx, attempt.revisionId)
  const item = itemOf(revision)
  const resolved = resolveResponses(item, responses, choiceIds(attempt.salt))
  if (!resolved.ok) {
    throw new AppError(
      'invalid_request',
      resolved.problems[0]?.detail ?? 'The responses are not valid',
      {
        errors: [...resolved.problems],
      },
    )
  }
  const { score, maxScore } = scoreItem(item, resolved.responses)
  const submittedAt = deps.now()
  const event = pushEvent(ctx, 'attempt.submitted', {
    attemptId: id,
    itemId: attempt.itemId,
    score,
    maxScore,
    submittedAt: submittedAt.toISOString(),
    launchSessionId: attempt.launchSessionId,
  })
  const stored = await AttemptModel.findOneAndUpdate(
    { _id: id, tenantId: ctx.tenantId, status: 'open' },
    { $set: { status: 'submitted', responses, score, maxScore, submittedAt }, ...event },
  ).lean()
  if (!stored) return repeatedSubmission(await findAttempt(ctx, id), responses)
  return { score, maxScore }
}

function repeatedSubmission(attempt: AttemptRow, responses: Responses): z.output<typeof Score> {
  if (attempt.score !== null && isDeepStrictEqual(attempt.responses, responses)) {
    return { score: attempt.score, maxScore: attempt.maxScore }
  }
  throw new AppError('conflict', 'This attempt was already submitted; start a new one')
}

function showAttempt(row: AttemptRow, passback: ReadonlyMap<string, Passback>): Attempt {
  return {
    id: row._id,
    itemId: row.itemId,
    status: row.status,
    score: row.score,
    maxScore: row.maxScore,
    submittedAt: row.submittedAt?.toISOString() ?? null,
    gradePassback: passback.get(row._id) ?? 'none',
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

export async function readAttempt(
  ctx: TenantContext,
  id: string,
  deps: AssessmentDeps,
): Promise<Attempt> {
  const row = await findAttempt(ctx, id)
  return showAttempt(row, await passbackOf(ctx, [row], deps))
}

function passbackOf(
  ctx: TenantContext,
  rows: readonly AttemptRow[],
  deps: AssessmentDeps,
): Promise<ReadonlyMap<string, Passback>> {
  const submitted = rows.filter(({ status }) => status === 'submitted')
  return deps.passbackOf(
    ctx,
    submitted.map(({ _id, launchSessionId }) => ({ id: _id, launchSessionId })),
  )
}

export async function listAttempts(
  ctx: TenantContext,
  query: AttemptList,
  deps: AssessmentDeps,
): Promise<Page<Attempt>> {
  const { itemId, status } = query
  const page = await findPage<AttemptRow>(AttemptModel, {
    filter: { tenantId: ctx.tenantId, ...given({ itemId, status }), ...timeFilter(query) },
    query,
    sortFields: attemptSort,
  })
  const passback = await passbackOf(ctx, page.rows, deps)
  await recordAudit(ctx, {
    action: 'attempt.list',
    fields: ['score'],
    purpose: 'assessment',
    result: 'success',
  })
  return showPage(page, (row) => showAttempt(row, passback))
}
