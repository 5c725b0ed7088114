import type { z } from 'zod'
import type { ResultCorrection, Result as ResultSchema } from '../../../shared/api/items.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { assertIfMatch } from '../../core/etag.ts'
import { pushEvent } from '../../core/events/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { findResult, showResult } from './results.ts'
import { AttemptModel, type AttemptRow } from './store.ts'

type Result = z.output<typeof ResultSchema>

/**
 * Changes the score of a submitted attempt, or the comment on it; what the server had scored is kept beside it.
 * `ifMatch` is the tag of the result that the caller looked at.
 */
export async function correctResult(
  ctx: TenantContext,
  id: string,
  { score, comment }: ResultCorrection,
  ifMatch: string | undefined,
): Promise<Result> {
  const row = await findResult(ctx, id)
  assertIfMatch(ifMatch, showResult(row))
  if (score !== undefined && score > row.maxScore) {
    throw new AppError('invalid_request', `The greatest score of this item is ${row.maxScore}`, {
      errors: [{ pointer: '#/score', code: 'too_big', detail: `At most ${row.maxScore}` }],
    })
  }
  const before = { score: row.score, comment: row.comment ?? null }
  const after = {
    score: score ?? before.score,
    comment: comment === undefined ? before.comment : comment || null,
  }
  if (before.score === after.score && before.comment === after.comment) return showResult(row)
  const revision = (row.revision ?? 1) + 1
  const event = pushEvent(ctx, 'attempt.corrected', {
    attemptId: id,
    itemId: row.itemId,
    score: after.score,
    maxScore: row.maxScore,
    revision,
  })
  const stored = await AttemptModel.findOneAndUpdate(
    // Rows of before have no revision.
    { _id: id, tenantId: ctx.tenantId, revision: row.revision ?? null },
    { $set: { ...after, revision, scoredAs: row.scoredAs ?? row.score }, ...event },
    { returnDocument: 'after' },
  ).lean<AttemptRow>()
  if (!stored) {
    throw new AppError(
      'conflict',
      'Somebody else corrected this result meanwhile; look at it again',
    )
  }
  await recordAudit(ctx, {
    action: 'result.correct',
    target: { type: 'attempt', id },
    fields: changedFields(before, after),
    purpose: 'assessment',
    result: 'success',
  })
  return showResult(stored)
}

function changedFields(
  before: { readonly score: number; readonly comment: string | null },
  after: { readonly score: number; readonly comment: string | null },
): string[] {
  return [
    ...(before.score === after.score ? [] : ['score']),
    ...(before.comment === after.comment ? [] : ['comment']),
  ]
}
