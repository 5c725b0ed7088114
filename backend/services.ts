import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Config } from './config.ts'
import type { ConnectorRegistry } from './connectors/registry.ts'
import { createAudit } from './core/audit/index.ts'
import { createEvents, EventModel } from './core/events/index.ts'
import { createIdempotency } from './core/idempotency/index.ts'
import { createJobs, createQueue } from './core/jobs/index.ts'
import { createLimiter, createPolicies, createTokenStore } from './core/limits/index.ts'
import { createLive } from './core/live/index.ts'
import type { Logger } from './core/logging.ts'
import type { AnyModule } from './core/module.ts'
import { createOutgoing } from './core/outgoing/index.ts'
import { createSecrets } from './core/secrets/index.ts'
import { createTxtResolver } from './core/txt-resolver.ts'
import { demoLibrary } from './demo/library/index.ts'
import { packFolder } from './demo/sample-package.ts'
import {
  outboxModels as alertModels,
  createAlertsModule,
  createMail,
  findEnabledRoutes,
} from './modules/alerts/index.ts'
import {
  correctCurrent,
  createAssessmentModule,
  currentResult,
  describeItem,
  describeItems,
  outboxModels,
} from './modules/assessment/index.ts'
import { createAuditModule } from './modules/audit/index.ts'
import {
  countAdministrators,
  createAuthModule,
  currentScopes,
  endSession,
  outboxModels as keyModels,
  rightsOfPerson,
} from './modules/auth/index.ts'
import { createClassroomModule } from './modules/classroom/index.ts'
import {
  outboxModels as connectionModels,
  countConnections,
  createConnectionsModule,
} from './modules/connections/index.ts'
import {
  outboxModels as contentModels,
  createContentModule,
  readResource,
  sharePageOfItem,
  titlesOfResources,
} from './modules/content/index.ts'
import { createExportsModule } from './modules/exports/index.ts'
import { createHooksModule, outboxModels as hookModels } from './modules/hooks/index.ts'
import { createJobsModule } from './modules/jobs/index.ts'
import {
  countPlacements,
  createLtiModule,
  gradePassbackOf,
  launchFacts,
  outboxModels as ltiModels,
} from './modules/lti/index.ts'
import { createMonitoringModule, createPublicStatus } from './modules/monitoring/index.ts'
import { createOAuthModule, scopesOfApplication } from './modules/oauth/index.ts'
import {
  createOffboardingModule,
  outboxModels as offboardingModels,
} from './modules/offboarding/index.ts'
import {
  createOnboardingModule,
  outboxModels as onboardingModels,
} from './modules/onboarding/index.ts'
import {
  createPathsModule,
  describePath,
  outboxModels as pathModels,
} from './modules/paths/index.ts'
import {
  createProblemsModule,
  findStanding,
  findUnresolvedOf,
  outboxModels as problemModels,
} from './modules/problems/index.ts'
import { countRoster, createRosterModule, rosterOutboxModels } from './modules/roster/index.ts'
import { createSandboxModule, type SandboxLmsPark } from './modules/sandbox/index.ts'
import { createSettingsModule, outboxModels as settingsModels } from './modules/settings/index.ts'
import { assertMayUsePassword, createSsoModule } from './modules/sso/index.ts'
import { createSyncModule, outboxModels as syncModels } from './modules/sync/index.ts'
import {
  findTenantWithAncestors,
  readLineage,
  tenantAndDescendants,
  outboxModels as tenantModels,
  tenantsModule,
} from './modules/tenants/index.ts'
import { createUsageModule } from './modules/usage/index.ts'
import { createVersionsModule } from './modules/versions/index.ts'
import { createWebhooksModule, outboxModels as webhookModels } from './modules/webhooks/index.ts'
import { createObjectReader } from './read-object.ts'
import { createTargetCatalogue } from './target-catalogue.ts'

export type Services = ReturnType<typeof createServices>

const here = fileURLToPath(new URL('.', import.meta.url))

/** Everything between the database and the routes, put together once per process. */
export function createServices({
  config,
  log,
  masterKey,
  connectors,
  lmsPark = () => undefined,
  now = () => new Date(),
}: {
  config: Config
  log: Logger
  masterKey: Buffer
  connectors: ConnectorRegistry
  /** The simulated LMSs of sandboxes, where this process serves them. */
  lmsPark?: () => SandboxLmsPark | undefined
  /** The time by which connections are watched, problems close and alerts go out. */
  now?: (() => Date) | undefined
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
  const settingsOfTenants = createSettingsModule({ now: () => new Date() })
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
    resultOf: currentResult,
    correct: correctCurrent,
    elsewhere: () => classroom.elsewhere,
    stylesheetOf: async (tenantId) => (await settingsOfTenants.branding(tenantId)).stylesheetUrl,
    organisationName: async (tenantId) =>
      (await findTenantWithAncestors(tenantId))?.tenant.name ?? null,
    targets: createTargetCatalogue(),
  })
  const paths = createPathsModule({
    settings,
    now: () => new Date(),
    async targetsOf(ctx, kind, ids) {
      if (kind === 'item') return describeItems(ctx, ids)
      const titles = await titlesOfResources(ctx, ids)
      return new Map([...titles].map(([id, title]) => [id, { title, maxScore: null }]))
    },
    launchOf: launchFacts,
  })
  const usage = createUsageModule({
    policies,
    limiter,
    log,
    publish: (tenantId, topic, message) => live.publish(tenantId, topic, message),
  })
  const scopesNow = (tenantId: string, principal: Parameters<typeof currentScopes>[1]) =>
    principal.kind === 'oauth'
      ? scopesOfApplication(tenantId, principal, sandbox.now(tenantId))
      : currentScopes(tenantId, principal, sandbox.now(tenantId))
  const live = createLive({
    log,
    publicUrl: settings.publicUrl,
    bearer: () => bearer,
    session: (facts) => auth.authenticateSession(facts),
    currentScopes: scopesNow,
  })
  const webhooks = createWebhooksModule({
    settings,
    secrets,
    log,
    lineageOf: (tenantId) => lineageOf(tenantId),
    treeOf: tenantAndDescendants,
    currentScopes: scopesNow,
    readObject: createObjectReader(() => modules),
    publish: live.publish,
    now: (tenantId) => sandbox.now(tenantId).getTime(),
    faults: (tenantId) => sandbox.deliveryFaults(tenantId),
  })
  const publicStatus = createPublicStatus({ webhookPromptness: webhooks.promptness, log })
  const lineageOf = async (tenantId: string) =>
    (await findTenantWithAncestors(tenantId))?.lineage ?? []
  const connections = createConnectionsModule({
    connectors,
    secrets,
    outgoing,
    publicUrl: settings.publicUrl,
    log,
    allowedOf: (tenantId) => settingsOfTenants.get(tenantId, 'connections.allowed'),
    lineageOf,
    treeOf: tenantAndDescendants,
    publish: (tenantId, topic, message) => live.publish(tenantId, topic, message),
    session: (facts) => auth.authenticateSession(facts),
    now,
  })
  const classroom = createClassroomModule({
    connections,
    secrets,
    openVisit: lti.openVisit,
    publicUrl: settings.publicUrl,
    now,
  })
  const problems = createProblemsModule({
    connections: () => connections,
    recoveryMinutesOf: (tenantId) => settingsOfTenants.get(tenantId, 'problems.recoveryMinutes'),
    lineageOf: readLineage,
    treeOf: tenantAndDescendants,
    publish: (tenantId, topic, message) => live.publish(tenantId, topic, message),
    log,
    now,
  })
  problems.listenTo(connections)
  const alerts = createAlertsModule({
    publicUrl: settings.publicUrl,
    secrets,
    outgoing,
    mail: config.mail && createMail({ ...config.mail, publicUrl: settings.publicUrl }),
    problems: { findStanding, findUnresolvedOf },
    lineageOf: readLineage,
    treeOf: tenantAndDescendants,
    rolesOf: async ({ principal, tenantId }) =>
      principal.kind === 'staff'
        ? (await rightsOfPerson(principal.id, tenantId, new Date())).roles
        : null,
    connectorName: (id) => connectors.get(id)?.name ?? id,
    publish: (tenantId, topic, message) => live.publish(tenantId, topic, message),
    log,
    now,
  })
  const monitoring = createMonitoringModule({
    connections,
    problems,
    everyMinutesOf: (tenantId) => settingsOfTenants.get(tenantId, 'monitoring.checkEveryMinutes'),
    log,
    now,
  })
  const ownershipOf = async (tenantId: string) => ({
    name: await settingsOfTenants.get(tenantId, 'roster.nameOwner'),
    email: await settingsOfTenants.get(tenantId, 'roster.emailOwner'),
    title: await settingsOfTenants.get(tenantId, 'roster.titleOwner'),
  })
  const rosterModule = createRosterModule({ ownershipOf })
  const sync = createSyncModule({
    connections,
    platforms: lti.courseSource,
    ownershipOf,
    problems,
    queue,
    everyMinutesOf: (tenantId) => settingsOfTenants.get(tenantId, 'sync.everyMinutes'),
    mostRemovedPercentOf: (tenantId) => settingsOfTenants.get(tenantId, 'sync.mostRemovedPercent'),
    countRows: monitoring.countRows,
    publish: (tenantId, topic, message) => live.publish(tenantId, topic, message),
    log,
    now,
  })
  const hooks = createHooksModule({
    connections,
    problems,
    clocks: monitoring.clocks,
    publicUrl: settings.publicUrl,
    log,
    now,
  })
  hooks.onSourceChange(sync.changedAtSource)
  const events = createEvents({
    consumers: [
      ...hooks.consumers,
      ...sync.consumers,
      ...lti.consumers,
      ...paths.consumers,
      ...webhooks.consumers,
      ...monitoring.consumers,
      ...problems.consumers,
      ...alerts.consumers,
    ],
    models: [
      ...outboxModels,
      ...contentModels,
      ...pathModels,
      ...ltiModels,
      ...keyModels,
      ...rosterOutboxModels,
      ...tenantModels,
      ...settingsModels,
      ...problemModels,
      ...alertModels,
      ...offboardingModels,
      ...onboardingModels,
      ...webhookModels,
      ...connectionModels,
      ...hookModels,
      ...syncModels,
    ],
    log,
  })
  const assessment = createAssessmentModule({
    settings,
    now: () => new Date(),
    passbackOf: gradePassbackOf,
  })
  const auth = createAuthModule({
    settings,
    freshMinutesOf: (tenantId) => settingsOfTenants.get(tenantId, 'security.freshSignInMinutes'),
    log,
    events,
    nowIn: (tenantId) => sandbox.now(tenantId),
    assertMayUsePassword,
  })
  const sso = createSsoModule({
    settings,
    secrets,
    outgoing,
    log,
    now: () => new Date(),
    resolveTxt: createTxtResolver(config.dnsServers ?? []),
    signInAs: (ctx, accountId, request) => auth.signInAs(ctx, accountId, request),
    whoIs: (browser) =>
      auth.authenticateSession({ ...browser, method: 'GET', path: '/', header: () => undefined }),
    endSession,
  })
  const oauth = createOAuthModule({
    settings,
    secrets,
    log,
    staff: auth,
    nowIn: (tenantId) => sandbox.now(tenantId),
  })
  const content = createContentModule({
    settings,
    describeItem,
    brandingOf: settingsOfTenants.branding,
  })
  const exports = createExportsModule({
    settings,
    links: secrets.tokenSealer('exports.common-cartridge'),
    now: () => new Date(),
    describeItem,
    readResource: (ctx, id) => readResource(ctx, id, settings.publicUrl),
    describePath,
    sharePage: (ctx, itemId) => sharePageOfItem(ctx, itemId, settings.publicUrl),
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
      ...(paths.models ?? []),
      ...(rosterModule.models ?? []),
      ...lti.workModels,
      EventModel,
      ...(webhooks.models ?? []).filter(({ modelName }) => modelName === 'WebhookDelivery'),
    ],
    findWebhooks: (ctx, by) => webhooks.findFacts(ctx, by),
    clockMoved: (tenantId, byMs) => webhooks.clockMoved(tenantId, byMs),
    now: () => new Date(),
  })
  const offboarding = createOffboardingModule({
    publicUrl: settings.publicUrl,
    queue,
    audit,
    links: secrets.tokenSealer('offboarding.archive'),
    async noticesOf(tenantId) {
      const [dataRegion, dataProtectionContact] = await Promise.all([
        settingsOfTenants.get(tenantId, 'organisation.dataRegion'),
        settingsOfTenants.get(tenantId, 'organisation.dataProtectionContact'),
      ])
      return { dataRegion, dataProtectionContact }
    },
    removeSandbox: (id) => sandbox.remove(id),
    now: () => new Date(),
  })
  const onboarding = createOnboardingModule({
    sources: {
      settingsOf: settingsOfTenants.describe,
      countAdministrators: (tenantId) => countAdministrators(tenantId, now()),
      countConnections: (tenantId) => countConnections([tenantId]),
      countPlacements,
      countPeople: countRoster,
      routesOf: findEnabledRoutes,
    },
    now,
  })
  const jobs = createJobs({
    definitions: [
      ...lti.jobs,
      ...audit.jobs,
      ...events.jobs,
      ...usage.jobs,
      ...sandbox.jobs,
      ...oauth.jobs,
      ...offboarding.jobs,
      ...connections.jobs,
      ...hooks.jobs,
      ...monitoring.jobs,
      ...sync.jobs,
      ...problems.jobs,
      ...alerts.jobs,
      ...sso.jobs,
    ],
    log,
  })
  // Express matches in this order, so what is asked for most comes first.
  const modules: readonly AnyModule[] = [
    assessment,
    content,
    paths,
    exports,
    lti,
    rosterModule,
    auth,
    sso,
    oauth,
    tenantsModule,
    settingsOfTenants,
    offboarding,
    onboarding,
    connections,
    classroom,
    hooks,
    monitoring,
    sync,
    problems,
    alerts,
    sandbox,
    usage,
    createVersionsModule({
      contract: () => Object.assign({}, ...modules.map(({ contract }) => contract)),
      callersOf: usage.callersOf,
      describeCaller: usage.describeCaller,
    }),
    webhooks,
    createAuditModule({ audit }),
    createJobsModule({ jobs }),
  ]
  const bearer = [
    ...auth.bearerAuthenticators,
    ...oauth.bearerAuthenticators,
    ...lti.bearerAuthenticators,
    ...content.bearerAuthenticators,
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
    oauth,
    assessment,
    content,
    lti,
    settingsOfTenants,
    sandbox,
    webhooks,
    connections,
    hooks,
    monitoring,
    sync,
    problems,
    publicStatus,
    live,
    jobs,
    bearer,
  }
}
