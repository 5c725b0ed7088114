import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Config } from './config.ts'
import { createAudit } from './core/audit/index.ts'
import { createEvents } from './core/events/index.ts'
import { createIdempotency } from './core/idempotency/index.ts'
import { createJobs, createQueue } from './core/jobs/index.ts'
import { createLimiter, createPolicies, createTokenStore } from './core/limits/index.ts'
import type { Logger } from './core/logging.ts'
import { createOutgoing } from './core/outgoing/index.ts'
import { createSecrets } from './core/secrets/index.ts'
import { demoLibrary } from './demo/library/index.ts'
import { packFolder } from './demo/sample-package.ts'
import { createAssessmentModule, describeItem, outboxModels } from './modules/assessment/index.ts'
import { createAuditModule } from './modules/audit/index.ts'
import { createAuthModule, outboxModels as keyModels } from './modules/auth/index.ts'
import { createContentModule, describeResource } from './modules/content/index.ts'
import { createJobsModule } from './modules/jobs/index.ts'
import { createLtiModule, gradePassbackOf } from './modules/lti/index.ts'
import { rosterModule } from './modules/roster/index.ts'
import { createSandboxModule, type SandboxLmsPark } from './modules/sandbox/index.ts'
import { tenantsModule } from './modules/tenants/index.ts'
import { createUsageModule } from './modules/usage/index.ts'

export type Services = ReturnType<typeof createServices>

const here = fileURLToPath(new URL('.', import.meta.url))

/** Everything between the database and the routes, put together once per process. */
export function createServices({
  config,
  log,
  masterKey,
  lmsPark = () => undefined,
}: {
  config: Config
  log: Logger
  masterKey: Buffer
  /** The simulated LMSs of sandboxes, where this process serves them. */
  lmsPark?: () => SandboxLmsPark | undefined
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
  const idempotency = createIdempotency({ secrets, log })
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
  const usage = createUsageModule({ policies, limiter, log })
  const events = createEvents({
    consumers: lti.consumers,
    models: [...outboxModels, ...keyModels],
    log,
  })
  const assessment = createAssessmentModule({
    settings,
    now: () => new Date(),
    passbackOf: gradePassbackOf,
  })
  const auth = createAuthModule({
    settings,
    log,
    events,
    nowIn: (tenantId) => sandbox.now(tenantId),
  })
  const content = createContentModule({
    settings,
    describeItem,
  })
  const sandbox = createSandboxModule({
    settings,
    signUp: config.sandboxSignUp,
    log,
    secrets,
    outgoing,
    queue,
    material: { library: demoLibrary, itemBank: () => packFolder(join(here, 'demo', 'item-bank')) },
    importItems: (ctx, file, options) => assessment.importItems(ctx, file, options),
    registerPlatform: (ctx, body) => lti.ensurePlatform(ctx, body),
    signInGuest: (tenantId, request) => auth.signInGuest(tenantId, request),
    lms: lmsPark,
    workModels: [
      ...(assessment.models ?? []),
      ...(content.models ?? []),
      ...(rosterModule.models ?? []),
      ...lti.workModels,
    ],
    findWebhooks: async () => [],
    now: () => new Date(),
  })
  const jobs = createJobs({
    definitions: [...lti.jobs, ...audit.jobs, ...events.jobs, ...usage.jobs, ...sandbox.jobs],
    log,
  })
  // Express matches in this order, so what is asked for most comes first.
  const modules = [
    assessment,
    content,
    lti,
    rosterModule,
    auth,
    tenantsModule,
    sandbox,
    usage,
    createAuditModule({ audit }),
    createJobsModule({ jobs }),
  ]
  return {
    secrets,
    outgoing,
    audit,
    queue,
    idempotency,
    policies,
    limiter,
    usage,
    events,
    modules,
    auth,
    assessment,
    content,
    lti,
    sandbox,
    jobs,
    bearer: [
      ...auth.bearerAuthenticators,
      ...lti.bearerAuthenticators,
      ...content.bearerAuthenticators,
    ],
  }
}
