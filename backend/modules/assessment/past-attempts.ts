import type { TenantContext } from '../../core/tenancy.ts'
import { AttemptModel, ItemModel } from './store.ts'

/** An attempt that was made elsewhere or is made up; nothing is scored, no event tells of it. */
export interface PastAttempt {
  readonly id: string
  readonly itemId: string
  /** Share of the item's greatest score that was reached; null where it was never submitted. */
  readonly reached: number | null
  readonly startedAt: Date
  readonly submittedAt: Date | null
}

/** Writes attempts of the past for items of the tenant; repeating it changes nothing. Answers how many are new. */
export async function recordPastAttempts(
  ctx: TenantContext,
  attempts: readonly PastAttempt[],
): Promise<number> {
  const { tenantId } = ctx
  const itemIds = [...new Set(attempts.map(({ itemId }) => itemId))]
  const items = await ItemModel.find({ tenantId, _id: { $in: itemIds } }).lean()
  const byId = new Map(items.map((item) => [item._id, item]))
  const rows = attempts.flatMap((attempt) => {
    const item = byId.get(attempt.itemId)
    if (!item) return []
    const { id: _id, reached, startedAt, submittedAt } = attempt
    return {
      _id,
      tenantId,
      itemId: item._id,
      revisionId: item.revisionId,
      salt: _id,
      owner: { kind: ctx.principal.kind, id: ctx.principal.id },
      launchSessionId: null,
      status: submittedAt ? 'submitted' : 'open',
      responses: submittedAt ? {} : null,
      score: reached === null ? null : Math.round(reached * item.maxScore),
      maxScore: item.maxScore,
      submittedAt,
      createdAt: startedAt,
      updatedAt: submittedAt ?? startedAt,
    }
  })
  const known = await AttemptModel.find({ tenantId, _id: { $in: rows.map(({ _id }) => _id) } })
    .select('_id')
    .lean()
  const knownIds = new Set(known.map(({ _id }) => _id))
  const fresh = rows.filter(({ _id }) => !knownIds.has(_id))
  // The rows bring their own times.
  if (fresh.length > 0) await AttemptModel.insertMany(fresh, { timestamps: false })
  return fresh.length
}
