import { pathsApi } from '../../../shared/api/paths.ts'
import { AppError } from '../../../shared/errors.ts'
import { type EventConsumer, onEvent } from '../../core/events/definition.ts'
import { defineModule, type Module } from '../../core/module.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { PathsDeps } from './deps.ts'
import { findPath, PathModel, type StepRow } from './path-store.ts'
import { addPath, changePath, deletePath, listPaths, readPath } from './paths.ts'
import { listProgress, noteAttempt, noteResourceStep, readOwnProgress } from './progress.ts'
import { ProgressModel } from './progress-store.ts'

/** The models whose documents carry events to be relayed. */
export const outboxModels = [PathModel]

/** What another module may know of a learning path of the tenant; throws `not_found`. */
export async function describePath(
  ctx: TenantContext,
  id: string,
): Promise<{ title: string; text: string; steps: readonly StepRow[] }> {
  const row = await findPath(ctx, id)
  if (!row) throw new AppError('not_found', `The learning path ${id} does not exist`)
  return { title: row.name, text: row.description, steps: row.steps }
}

export interface PathsModule extends Module<typeof pathsApi> {
  readonly consumers: readonly EventConsumer[]
}

/** Learning paths: assessments and resources in order, and how far each learner is. */
export function createPathsModule(deps: PathsDeps): PathsModule {
  const module = defineModule({
    name: 'paths',
    contract: pathsApi,
    models: [PathModel, ProgressModel],
    handlers: {
      'GET /api/v1/learning-paths': (ctx, { query }) => listPaths(deps, ctx, query),
      'POST /api/v1/learning-paths': (ctx, { body }) => addPath(deps, ctx, body),
      'GET /api/v1/learning-paths/:id': (ctx, { params }) => readPath(deps, ctx, params.id),
      'PATCH /api/v1/learning-paths/:id': (ctx, { params, body }, { ifMatch }) =>
        changePath(deps, ctx, params.id, body, ifMatch),
      'DELETE /api/v1/learning-paths/:id': (ctx, { params }, { ifMatch }) =>
        deletePath(deps, ctx, params.id, ifMatch),
      'GET /api/v1/learning-paths/:id/progress': (ctx, { params, query }) =>
        listProgress(ctx, params.id, query),
      'GET /api/v1/learning-paths/:id/my-progress': (ctx, { params }) =>
        readOwnProgress(deps, ctx, params.id),
      'POST /api/v1/learning-paths/:id/my-progress': (ctx, { params, body }) =>
        noteResourceStep(deps, ctx, params.id, body.stepId),
    },
  })
  return {
    ...module,
    consumers: [
      onEvent('attempt.submitted', {
        consumer: 'path-progress',
        handle: (ctx, event) => noteAttempt(deps, ctx, event),
      }),
    ],
  }
}
