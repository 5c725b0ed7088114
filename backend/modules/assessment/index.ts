import { itemsApi, type ResultCorrection } from '../../../shared/api/items.ts'
import { defineModule, type Module } from '../../core/module.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { mediaRouter } from './assets.ts'
import { listAttempts, previewItem, readAttempt, startAttempt, submitAttempt } from './attempts.ts'
import { correctResult } from './correct-result.ts'
import type { AssessmentDeps } from './deps.ts'
import { type ItemFile, importItems } from './import-items.ts'
import { ImportModel } from './import-store.ts'
import { listImports, readImport } from './imports.ts'
import { deleteItem, findItem, listItems, readItemById } from './items.ts'
import { listResults, readResult } from './results.ts'
import { listRevisions, readSource } from './revisions.ts'
import {
  AssetModel,
  AttemptModel,
  type AttemptRow,
  findItemsById,
  ItemModel,
  RevisionModel,
} from './store.ts'

export type { AssessmentDeps } from './deps.ts'
export { type ItemFile, importItems } from './import-items.ts'
export { recordPastAttempts } from './past-attempts.ts'

/** The models whose documents carry events to be relayed. */
export const outboxModels = [ItemModel, AttemptModel]

/** A submitted attempt as it counts now; null where it is gone or still open. */
export async function currentResult(
  ctx: TenantContext,
  attemptId: string,
): Promise<{ score: number; maxScore: number; comment: string | null; revision: number } | null> {
  const filter = { _id: attemptId, tenantId: ctx.tenantId, status: 'submitted' } as const
  const row = await AttemptModel.findOne(filter).lean<AttemptRow>()
  if (row === null || row.score === null) return null
  const { score, maxScore, comment, revision } = row
  return { score, maxScore, comment: comment ?? null, revision: revision ?? 1 }
}

/** Corrects a result for another module, which has checked who may. */
export async function correctCurrent(
  ctx: TenantContext,
  attemptId: string,
  body: ResultCorrection,
): Promise<{ score: number; maxScore: number; comment: string | null; revision: number }> {
  const { score, maxScore, comment, revision } = await correctResult(
    ctx,
    attemptId,
    body,
    undefined,
  )
  return { score, maxScore, comment, revision }
}

/** What another module may know of an item: enough to place it. */
export async function describeItem(
  ctx: TenantContext,
  id: string,
): Promise<{ title: string; maxScore: number }> {
  const { title, maxScore } = await findItem(ctx, id)
  return { title, maxScore }
}

/** Items of the tenant that exist, by id, for whoever shows many of them. */
export async function describeItems(
  ctx: Pick<TenantContext, 'tenantId'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { title: string; maxScore: number }>> {
  const rows = await findItemsById(ctx.tenantId, ids)
  return new Map(rows.map(({ _id, title, maxScore }) => [_id, { title, maxScore }]))
}

export interface AssessmentModule extends Module<typeof itemsApi> {
  importItems(
    ctx: TenantContext,
    file: ItemFile,
    options?: { readonly itemIdOf?: (identifier: string) => string },
  ): ReturnType<typeof importItems>
}

/** QTI items, attempts and their scores. */
export function createAssessmentModule(deps: AssessmentDeps): AssessmentModule {
  const module = defineModule({
    name: 'assessment',
    contract: itemsApi,
    models: [ItemModel, RevisionModel, AssetModel, AttemptModel, ImportModel],
    router: mediaRouter(),
    handlers: {
      'GET /api/v1/items': (ctx, { query }) => listItems(ctx, query, deps),
      'GET /api/v1/items/:id': (ctx, { params }) => readItemById(ctx, params.id, deps),
      'GET /api/v1/items/:id/preview': (ctx, { params }) => previewItem(ctx, params.id),
      'DELETE /api/v1/items/:id': (ctx, { params }) => deleteItem(ctx, params.id, deps),
      'GET /api/v1/items/:id/revisions': (ctx, { params, query }) =>
        listRevisions(ctx, params.id, query),
      'GET /api/v1/items/:id/source': (ctx, { params, query }) =>
        readSource(ctx, params.id, query.revisionId, deps),
      'GET /api/v1/imports': (ctx, { query }) => listImports(ctx, query),
      'GET /api/v1/imports/:id': (ctx, { params }) => readImport(ctx, params.id),
      'GET /api/v1/results': (ctx, { query }) => listResults(ctx, query),
      'GET /api/v1/results/:id': (ctx, { params }) => readResult(ctx, params.id),
      'PATCH /api/v1/results/:id': (ctx, { params, body }, { ifMatch }) =>
        correctResult(ctx, params.id, body, ifMatch),
      'POST /api/v1/items/import': (ctx, { query }, { upload }) =>
        importItems(ctx, { fileName: query.fileName, bytes: upload }, deps),
      'POST /api/v1/attempts': (ctx, { body }) => startAttempt(ctx, body.itemId),
      'GET /api/v1/attempts': (ctx, { query }) => listAttempts(ctx, query, deps),
      'GET /api/v1/attempts/:id': (ctx, { params }) => readAttempt(ctx, params.id, deps),
      'POST /api/v1/attempts/:id/submit': (ctx, { params, body }) =>
        submitAttempt(ctx, params.id, body.responses, deps),
    },
  })
  return {
    ...module,
    importItems: (ctx, file, options) => importItems(ctx, file, { ...deps, ...options }),
  }
}
