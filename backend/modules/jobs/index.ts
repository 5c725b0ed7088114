import { operationsApi } from '../../../shared/api/operations.ts'
import type { Jobs } from '../../core/jobs/index.ts'
import { defineModule, type Module } from '../../core/module.ts'
import { pickRoutes } from '../../core/pick-routes.ts'

const contract = pickRoutes(operationsApi, [
  'GET /api/v1/jobs',
  'GET /api/v1/jobs/:id',
  'POST /api/v1/jobs/:id/cancel',
  'POST /api/v1/jobs/:id/retry',
])

/** What administrators see of background work. */
export function createJobsModule({
  jobs,
}: {
  readonly jobs: Pick<Jobs, 'list' | 'get' | 'cancel' | 'retry'>
}): Module<typeof contract> {
  return defineModule({
    name: 'jobs',
    contract,
    handlers: {
      'GET /api/v1/jobs': (ctx, { query }) => jobs.list(ctx, query),
      'GET /api/v1/jobs/:id': (ctx, { params }) => jobs.get(ctx, params.id),
      'POST /api/v1/jobs/:id/cancel': (ctx, { params }) => jobs.cancel(ctx, params.id),
      'POST /api/v1/jobs/:id/retry': (ctx, { params }) => jobs.retry(ctx, params.id),
    },
  })
}
