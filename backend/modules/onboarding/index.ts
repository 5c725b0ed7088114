import { onboardingApi } from '../../../shared/api/onboarding.ts'
import { defineModule } from '../../core/module.ts'
import {
  beginOnboarding,
  changeOnboarding,
  completeOnboarding,
  listOnboardings,
  type OnboardingDeps,
  readOnboarding,
} from './onboarding.ts'
import { OnboardingModel } from './store.ts'

/** The models whose documents carry events to be relayed. */
export const outboxModels = [OnboardingModel]

/** Setting up an organisation step by step, by several people, with progress that is what really is. */
export function createOnboardingModule(deps: OnboardingDeps) {
  return defineModule({
    name: 'onboarding',
    contract: onboardingApi,
    models: [OnboardingModel],
    handlers: {
      'GET /api/v1/onboardings': (ctx, { query }) => listOnboardings(ctx, query, deps),
      'GET /api/v1/tenants/:id/onboarding': (ctx, { params }) =>
        readOnboarding(ctx, params.id, deps),
      'POST /api/v1/tenants/:id/onboarding': (ctx, { params }) =>
        beginOnboarding(ctx, params.id, deps),
      'PATCH /api/v1/tenants/:id/onboarding': (ctx, { params, body }) =>
        changeOnboarding(ctx, params.id, body, deps),
      'POST /api/v1/tenants/:id/onboarding/complete': (ctx, { params }) =>
        completeOnboarding(ctx, params.id, deps),
    },
  })
}
