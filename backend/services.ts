import type { Config } from './config.ts'
import { createAudit } from './core/audit/index.ts'
import { createEvents } from './core/events/index.ts'
import { createJobs, createQueue } from './core/jobs/index.ts'
import { createLimiter, createPolicies, createTokenStore } from './core/limits/index.ts'
import type { Logger } from './core/logging.ts'
import { createOutgoing } from './core/outgoing/index.ts'
import { createSecrets } from './core/secrets/index.ts'
import { createAssessmentModule, describeItem, outboxModels } from './modules/assessment/index.ts'
import { createAuditModule } from './modules/audit/index.ts'
import { createAuthModule, outboxModels as keyModels } from './modules/auth/index.ts'
import { createContentModule, describeResource } from './modules/content/index.ts'
import { createJobsModule } from './modules/jobs/index.ts'
import { createLtiModule, gradePassbackOf } from './modules/lti/index.ts'
import { rosterModule } from './modules/roster/index.ts'
import { tenantsModule } from './modules/tenants/index.ts'

export type Services = ReturnType<typeof createServices>

/** Everything between the database and the routes, put together once per process. */
export function createServices({
  config,
  log,
  masterKey,
}: {
  config: Config
  log: Logger
  masterKey: Buffer
}) {
  const { settings } = config
  const secrets = createSecrets({ masterKey })
  const outgoing = createOutgoing({
    allowPrivateNetworks: settings.allowPrivateNetworks,
    allowedPrivateUrlPrefixes: settings.trustedUrlPrefixes,
    log,
  })
  const audit = createAudit({ secrets })
  const queue = createQueue()
  const policies = createPolicies({ defaultPlan: config.defaultPlan, log })
  const limiter = createLimiter({
    store: createTokenStore(),
    policies,
    log,
    // These slow guesses by rules of their own.
    exempt: new Set(['POST /api/v1/session', 'POST /api/v1/extension/pairings']),
  })
  const lti = createLtiModule({
    settings,
    secrets,
    outgoing,
    queue,
    log,
    events: () => events,
    targets: {
      async describe(ctx, kind, id) {
        if (kind === 'item') return describeItem(ctx, id)
        return describeResource(ctx, id)
      },
    },
  })
  const events = createEvents({ consumers: lti.consumers, models: [...outboxModels, ...keyModels], log })
  const assessment = createAssessmentModule({
    settings,
    now: () => new Date(),
    passbackOf: gradePassbackOf,
  })
  const auth = createAuthModule({ settings, log, events })
  const content = createContentModule({
    settings,
    describeItem,
  })
  const jobs = createJobs({ definitions: [...lti.jobs, ...audit.jobs, ...events.jobs], log })
  // Express matches in this order, so what is asked for most comes first.
  const modules = [
    assessment,
    content,
    lti,
    rosterModule,
    auth,
    tenantsModule,
    createAuditModule({ audit }),
    createJobsModule({ jobs }),
  ]
  return {
    secrets,
    outgoing,
    audit,
    queue,
    policies,
    limiter,
    events,
    modules,
    auth,
    assessment,
    content,
    lti,
    jobs,
    bearer: [
      ...auth.bearerAuthenticators,
      ...lti.bearerAuthenticators,
      ...content.bearerAuthenticators,
    ],
  }
}
