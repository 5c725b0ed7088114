import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '../shared/errors.ts'
import { createApp } from './app.ts'
import type { Config } from './config.ts'
import { loadConnectors } from './connectors/registry.ts'
import { type Database, openDatabase } from './core/database/open-database.ts'
import { startTtlSweeper } from './core/database/ttl-sweeper.ts'
import type { Logger } from './core/logging.ts'
import { loadMasterKey } from './core/secrets/index.ts'
import { createDeprecationGate, versionGate } from './core/versions/index.ts'
import { packFolder } from './demo/sample-package.ts'
import { seedDemo } from './demo/seed-demo.ts'
import { type EnsuredAccount, ensureFirstAdministrator } from './modules/auth/index.ts'
import { modelsOf, prepareDatabase } from './prepare-database.ts'
import { createLms, type RunningLms } from './sandbox/lms/index.ts'
import { createVendors, type RunningVendors } from './sandbox/vendors/index.ts'
import { createSandboxSchools } from './sandbox-schools.ts'
import { createServices, type Services } from './services.ts'
import { startTracing, type Tracing } from './tracing.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
/** Built, this file is `dist/backend/start.js`; from its source, `backend/start.ts`. */
const isBuilt = import.meta.url.endsWith('.js')
const webFolder = join(here, '..', ...(isBuilt ? [] : ['dist']), 'web')

const stopWithinMs = 10_000

export interface LabelledAccount extends EnsuredAccount {
  /** What signing in with it opens. */
  readonly label: string
}

export interface RunningServer {
  readonly port: number
  readonly services: Services
  readonly database: Database
  /** Accounts whose passwords were generated just now: to be shown once. */
  readonly accounts: readonly LabelledAccount[]
  /** Finishes requests, hands back leases, closes the database; at most 10 s. */
  stop(): Promise<void>
}

/** Opens the database, brings it up to date, seeds what is missing and listens; `now` tells when operations end and watches connections. */
export async function startServer(
  config: Config,
  log: Logger,
  { now = () => new Date() }: { readonly now?: () => Date } = {},
): Promise<RunningServer> {
  const masterKey = await loadMasterKey({
    value: config.masterKey,
    dataDir: config.dataDir,
    external: config.mongodbUri !== undefined,
  })
  const database = await openDatabase({
    mongodbUri: config.mongodbUri,
    dataDir: config.dataDir,
    log,
  })
  try {
    return await serve(config, log, masterKey, database, now)
  } catch (error) {
    await database.close()
    throw error
  }
}

async function serve(
  config: Config,
  log: Logger,
  masterKey: Buffer,
  database: Database,
  now: () => Date,
): Promise<RunningServer> {
  const services = createServices({
    config,
    log,
    masterKey,
    connectors: await loadConnectors(),
    lmsPark: () => schools,
    now,
  })
  const schools = createSandboxSchools({
    config,
    log,
    fetch: guardedFetch(config, services),
    exists: (token) => services.sandbox.hasLms(token),
  })
  await prepareDatabase(services, log)
  const waiting = new Set(['seed', 'jobs'])
  await services.sandbox.start()
  const lms = config.demo ? simulatedLms(config, services, log) : undefined
  const vendors = config.demo ? simulatedVendors(config, services, log) : undefined
  const { otlpEndpoint } = config
  const tracing = otlpEndpoint
    ? await startTracing({ endpoint: otlpEndpoint, version: config.settings.version })
    : undefined
  if (tracing) services.connections.onExchange(tracing.exchange)
  const http = createServer(
    createApp({
      config,
      log,
      webFolder,
      modules: services.modules,
      http: {
        bearer: services.bearer,
        session: (request) => services.auth.authenticateSession(request),
        gates: [
          versionGate,
          createDeprecationGate({ publicUrl: config.settings.publicUrl, now }),
          services.auth.freshSignInGate,
          services.sandbox.faultGate,
        ],
        observers: [
          services.usage.observe,
          (call) => services.sandbox.observe(call),
          services.publicStatus.observe,
          ...(tracing ? [tracing.observe] : []),
        ],
        limit: services.limiter.limit,
        checkAnswers: config.checkAnswers,
        cursors: services.secrets.tokenSealer('list.cursor'),
        around: services.idempotency.around,
      },
      site: {
        frameAncestors: (req) => services.lti.frameAncestorsFor(req),
        samplePackage: () => packFolder(join(here, 'demo', 'sample-package')),
        status: services.publicStatus.read,
      },
      sandbox: [
        ...(lms ? [{ path: '/sandbox/lms', app: lms.app }] : []),
        ...(vendors ? [{ path: '/sandbox/vendors', app: vendors.app }] : []),
        { path: '/sandbox/schools', app: schools.app },
      ],
      figures: [
        ...Object.values(services.limiter.figures),
        ...services.monitoring.figures,
        ...services.hooks.figures,
      ],
      trace: tracing?.request,
      missing: () => [...waiting],
    }),
  )
  await services.policies.start()
  services.usage.start()
  services.live.attach(http)
  const port = await listen(http, config)
  const accounts = await seed(config, services)
  waiting.delete('seed')
  const sweeper = startTtlSweeper({ models: modelsOf(services), log })
  services.events.start()
  await services.jobs.start()
  services.webhooks.worker.start()
  services.connections.exchangeLog.start()
  services.monitoring.start()
  services.publicStatus.start()
  waiting.delete('jobs')

  let stopping: Promise<void> | undefined
  return {
    port,
    services,
    database,
    accounts,
    stop() {
      stopping ??= stopAll({
        http,
        services,
        database,
        lms,
        vendors,
        schools,
        sweeper,
        tracing,
        log,
      })
      return stopping
    },
  }
}

async function listen(http: Server, config: Config): Promise<number> {
  http.listen(config.port, config.host)
  try {
    await once(http, 'listening')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const reasons: Record<string, string> = {
      EADDRINUSE: `PORT=${config.port} is in use by another program: stop it, or choose another, for example PORT=3001`,
      EACCES: `PORT=${config.port} needs special rights: choose one above 1023, for example PORT=3000`,
      EADDRNOTAVAIL: `HOST=${config.host} is not an address of this machine, for example HOST=127.0.0.1`,
      ENOTFOUND: `HOST=${config.host} is not a name that this machine knows, for example HOST=127.0.0.1`,
      EAI_AGAIN: `HOST=${config.host} is not a name that this machine knows, for example HOST=127.0.0.1`,
    }
    throw new AppError('invalid_configuration', reasons[code ?? ''] ?? String(error), {
      cause: error,
    })
  }
  // A TCP server's address is an object once it listens.
  return (http.address() as AddressInfo).port
}

async function seed(config: Config, services: Services): Promise<LabelledAccount[]> {
  const administrator = await ensureFirstAdministrator({
    email: config.adminEmail,
    password: config.adminPassword,
    now: new Date(),
  })
  const whole = { ...administrator, label: 'the whole installation' }
  if (!config.demo) return [whole]
  const demo = await seedDemo({
    now: () => new Date(),
    importItems: (ctx, file) => services.assessment.importItems(ctx, file),
    itemBank: () => packFolder(join(here, 'demo', 'item-bank')),
    platform: sandboxRegistration(config),
    registerPlatform: (ctx, body) => services.lti.ensurePlatform(ctx, body),
  })
  const tried = demo.accounts.map((account) => ({ ...account, label: `demo: ${account.name}` }))
  return [...tried, whole]
}

const sandboxClient = { clientId: 'edpsych-connect', deploymentId: '1' }

function sandboxRegistration(config: Config) {
  const issuer = `${config.sandboxUrl}/sandbox/lms`
  return {
    name: 'Larkfield Academy (simulated LMS)',
    issuer,
    clientId: sandboxClient.clientId,
    authorizationEndpoint: `${issuer}/lti/auth`,
    tokenEndpoint: `${issuer}/lti/token`,
    jwksUri: `${issuer}/lti/jwks`,
    deploymentIds: [sandboxClient.deploymentId],
  }
}

/**
 * Anybody may register a tool in the sandbox, so what it fetches passes the address checks;
 * our own keyset lies on this machine and is excepted.
 */
function guardedFetch(config: Config, services: Services): typeof fetch {
  const ours = `${config.settings.publicUrl}/lti/jwks`
  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    if (url === ours) return fetch(url, init ?? {})
    const answer = await services.outgoing.request({ url, purpose: 'sandbox.jwks' })
    return new Response(answer.text, { status: answer.status, headers: answer.headers })
  }
}

function simulatedLms(config: Config, services: Services, log: Logger): RunningLms {
  const { publicUrl } = config.settings
  return createLms({
    baseUrl: `${config.sandboxUrl}/sandbox/lms`,
    stateFile: join(config.dataDir, 'sandbox', 'lms.json'),
    log: log.child({ part: 'sandbox' }),
    fetch: guardedFetch(config, services),
    tools: [
      {
        ...sandboxClient,
        name: 'EdPsych Connect',
        toolUrl: `${publicUrl}/lti`,
        loginUrl: `${publicUrl}/lti/login`,
        redirectUris: [`${publicUrl}/lti/launch`],
        jwksUri: `${publicUrl}/lti/jwks`,
        deepLinkUrl: `${publicUrl}/lti`,
      },
    ],
  })
}

/** Their events may come to this server; anywhere else the address checks apply. */
function simulatedVendors(config: Config, services: Services, log: Logger): RunningVendors {
  const ours = `${config.settings.publicUrl}/`
  return createVendors({
    baseUrl: `${config.sandboxUrl}/sandbox/vendors`,
    folder: join(config.dataDir, 'sandbox', 'vendors'),
    log: log.child({ part: 'sandbox' }),
    fetch: async (input, init = {}) => {
      const url = input instanceof Request ? input.url : String(input)
      if (url.startsWith(ours)) return fetch(url, init)
      const answer = await services.outgoing.request({
        url,
        purpose: 'sandbox.vendor-event',
        method: 'POST',
        headers: Object.fromEntries(new Headers(init.headers ?? {})),
        body: String(init.body ?? ''),
      })
      return new Response(answer.text, { status: answer.status })
    },
  })
}

interface Parts {
  readonly http: Server
  readonly services: Services
  readonly database: Database
  readonly lms: RunningLms | undefined
  readonly vendors: RunningVendors | undefined
  readonly schools: { close(): Promise<void> }
  readonly sweeper: { stop(): Promise<void> }
  readonly tracing: Tracing | undefined
  readonly log: Logger
}

async function stopAll(parts: Parts): Promise<void> {
  const { http, services, database, lms, vendors, schools, sweeper, tracing, log } = parts
  const deadline = setTimeout(() => {
    log.error('not everything ended within 10 s')
    process.exit(1)
  }, stopWithinMs)
  deadline.unref()
  const closed = new Promise<void>((resolve) => http.close(() => resolve()))
  http.closeIdleConnections()
  // Requests that hang must not keep what follows from its time.
  const cut = setTimeout(() => http.closeAllConnections(), stopWithinMs / 2)
  await services.live.stop()
  await Promise.all([
    services.jobs.stop({ timeoutMs: stopWithinMs / 2 }),
    services.webhooks.worker.stop({ timeoutMs: stopWithinMs / 2 }),
    services.monitoring.stop(),
    closed,
  ])
  clearTimeout(cut)
  await services.publicStatus.stop()
  await services.connections.exchangeLog.stop()
  await services.problems.stop()
  await services.usage.stop()
  await services.policies.stop()
  await services.events.stop()
  await sweeper.stop()
  await services.audit.checkpointWritten()
  await services.outgoing.close()
  await services.sandbox.stop()
  await lms?.close()
  await vendors?.close()
  await schools.close()
  await tracing?.stop()
  await database.close()
  clearTimeout(deadline)
}
