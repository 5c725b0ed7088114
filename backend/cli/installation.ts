import type { Config } from '../config.ts'
import type { Logger } from '../core/logging.ts'
import type { TenantContext } from '../core/tenancy.ts'
import type { Services } from '../services.ts'

/** What a command works on: the database of the environment, a running server's or its own. */
export interface Installation {
  readonly config: Config
  readonly log: Logger
  now(): Date
  /** The parts of the server, loaded when a command needs them. */
  services(): Promise<Services>
  /** A context of the organisation with this short name; throws `not_found`. */
  tenant(slug: string): Promise<TenantContext & { readonly slug: string }>
  close(): Promise<void>
}

export interface InstallationOptions {
  readonly config: Config
  readonly log: Logger
  /** Make indexes only: what follows brings organisations and keys. */
  readonly structureOnly: boolean
}

/** Opens the database; where no server runs, also brings it up to date and makes the root organisation. */
export async function openInstallation({
  config,
  log,
  structureOnly,
}: InstallationOptions): Promise<Installation> {
  const { openDatabase } = await import('../core/database/open-database.ts')
  const database = await openDatabase({
    mongodbUri: config.mongodbUri,
    dataDir: config.dataDir,
    log,
    attach: true,
  })
  let services: Promise<Services> | undefined
  const installation: Installation = {
    config,
    log,
    now: () => new Date(),
    services() {
      services ??= loadServices(config, log)
      return services
    },
    tenant: findTenant,
    async close() {
      const loaded = await services?.catch(() => undefined)
      await loaded?.outgoing.close()
      await database.close()
    },
  }
  try {
    if (!database.describe().isAttached) await prepare(installation, structureOnly)
    return installation
  } catch (error) {
    await installation.close()
    throw error
  }
}

async function prepare(installation: Installation, structureOnly: boolean): Promise<void> {
  const { log } = installation
  const { prepareDatabase, prepareStructure } = await import('../prepare-database.ts')
  const services = await installation.services()
  if (structureOnly) {
    await prepareStructure(services, log)
    return
  }
  const { ensurePlatformTenant } = await import('../modules/tenants/index.ts')
  await prepareDatabase(services, log)
  await ensurePlatformTenant()
}

async function loadServices(config: Config, log: Logger): Promise<Services> {
  const [{ createServices }, { loadMasterKey }, { loadConnectors }] = await Promise.all([
    import('../services.ts'),
    import('../core/secrets/index.ts'),
    import('../connectors/registry.ts'),
  ])
  const masterKey = await loadMasterKey({
    value: config.masterKey,
    dataDir: config.dataDir,
    external: config.mongodbUri !== undefined,
  })
  return createServices({ config, log, masterKey, connectors: await loadConnectors() })
}

async function findTenant(slug: string): Promise<TenantContext & { readonly slug: string }> {
  const [{ findTenantBySlug }, { systemContext }, { AppError }] = await Promise.all([
    import('../modules/tenants/index.ts'),
    import('../core/tenancy.ts'),
    import('../../shared/errors.ts'),
  ])
  const tenant = await findTenantBySlug(slug)
  if (!tenant) {
    throw new AppError(
      'not_found',
      `There is no organisation ${slug}; \`tenants list\` shows those there are`,
    )
  }
  return { ...systemContext(tenant.id, 'cli'), slug }
}
