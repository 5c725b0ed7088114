import { offboardingApi } from '../../../shared/api/offboarding.ts'
import { defineModule } from '../../core/module.ts'
import type { OffboardingDeps } from './deps.ts'
import { defineOffboardingJobs } from './jobs.ts'
import {
  cancelOffboarding,
  listOffboardings,
  makeArchiveLink,
  readCertificate,
  readOffboarding,
  requestOffboarding,
} from './offboarding.ts'
import { archiveRouter } from './router.ts'
import { ArchivePartModel, OffboardingModel } from './store.ts'

/** The models whose documents carry events to be relayed. */
export const outboxModels = [OffboardingModel]

/** Organisations that leave: everything exported, then deleted, with a certificate. */
export function createOffboardingModule(deps: OffboardingDeps) {
  const { jobs, prepare } = defineOffboardingJobs(deps)
  const module = defineModule({
    name: 'offboarding',
    contract: offboardingApi,
    models: [OffboardingModel, ArchivePartModel],
    router: archiveRouter(deps),
    handlers: {
      'GET /api/v1/offboardings': (ctx, { query }) => listOffboardings(ctx, query),
      'POST /api/v1/offboardings': (ctx, { body }) => requestOffboarding(ctx, body, prepare, deps),
      'GET /api/v1/offboardings/:id': (ctx, { params }) => readOffboarding(ctx, params.id),
      'POST /api/v1/offboardings/:id/cancel': (ctx, { params }) =>
        cancelOffboarding(ctx, params.id),
      'POST /api/v1/offboardings/:id/archive': (ctx, { params }) =>
        makeArchiveLink(ctx, params.id, deps),
      'GET /api/v1/offboardings/:id/certificate': (ctx, { params }) =>
        readCertificate(ctx, params.id),
    },
  })
  return { ...module, jobs }
}
