import type { z } from 'zod'
import type { Page } from '../../../shared/api/contract.ts'
import type { ResultList, Result as ResultSchema } from '../../../shared/api/items.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { findPage, given, showPage, timeFilter } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { AttemptModel, type AttemptRow, resultSort } from './store.ts'

type Result = z.output<typeof ResultSchema>

/** A submitted attempt has its score and time. */
export type ResultRow = AttemptRow & { readonly score: number; readonly submittedAt: Date }

export function showResult(row: AttemptRow): Result {
  // Only submitted attempts are found here.
  const { score, submittedAt } = row as ResultRow
  return {
    id: row._id,
    itemId: row.itemId,
    learnerId: row.learnerId ?? null,
    score,
    maxScore: row.maxScore,
    scoreDate: submittedAt.toISOString(),
    scoreStatus: 'fully graded',
    comment: row.comment ?? null,
    revision: row.revision ?? 1,
    scoredAs: row.scoredAs ?? score,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

const graded = { status: 'submitted', score: { $ne: null } } as const

/** Scores of learners; each page read is in the audit trail. */
export async function listResults(ctx: TenantContext, query: ResultList): Promise<Page<Result>> {
  const { itemId, learnerId } = query
  const page = await findPage<AttemptRow>(AttemptModel, {
    filter: {
      tenantId: ctx.tenantId,
      ...graded,
      ...given({ itemId, learnerId }),
      ...timeFilter(query, { made: 'submittedAt' }),
    },
    query,
    sortFields: resultSort,
    defaultSort: '-scoreDate',
  })
  await recordAudit(ctx, {
    action: 'result.list',
    fields: ['score', 'learnerId'],
    purpose: 'assessment',
    result: 'success',
  })
  return showPage(page, showResult)
}

export async function readResult(ctx: TenantContext, id: string): Promise<Result> {
  const row = await findResult(ctx, id)
  await recordAudit(ctx, {
    action: 'result.read',
    target: { type: 'attempt', id },
    fields: ['score', 'learnerId'],
    purpose: 'assessment',
    result: 'success',
  })
  return showResult(row)
}

export async function findResult(ctx: TenantContext, id: string): Promise<ResultRow> {
  const filter = { _id: id, tenantId: ctx.tenantId, ...graded }
  const row = await AttemptModel.findOne(filter).lean<ResultRow>()
  if (!row) throw new AppError('not_found', `The result ${id} does not exist`)
  return row
}
