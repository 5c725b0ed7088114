import type { CloneResult, ConnectionDocument, ImportRow } from '../../../shared/api/connections.ts'
import { AppError } from '../../../shared/errors.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { audit, mustFind, within } from './change.ts'
import { checkConfig, differingFields } from './check-values.ts'
import { createConnection, writeSettings } from './connections.ts'
import type { ConnectionsDeps } from './deps.ts'
import { mustOffer } from './find-connector.ts'
import { findConnections, nameKeyOf } from './store.ts'

const mostExported = 1000

/** Settings of the caller's own connections, without secrets. */
export async function exportConnections(
  ctx: TenantContext,
  ids: string | undefined,
  deps: ConnectionsDeps,
): Promise<ConnectionDocument> {
  const wanted = ids?.split(',').filter((id) => id !== '')
  const rows = await findConnections(
    [ctx.tenantId],
    { deletedAt: null, ...(wanted && { _id: { $in: wanted } }) },
    mostExported,
  )
  const missing = wanted?.find((id) => !rows.some(({ _id }) => _id === id))
  if (missing !== undefined) {
    throw new AppError('not_found', `The connection ${missing} does not exist`)
  }
  await Promise.all(rows.map(({ _id }) => audit(ctx, 'connection.export', _id)))
  return {
    format: 'edpsych-connections',
    version: 1,
    exportedAt: deps.now().toISOString(),
    connections: rows.map(({ connectorId, name, config, sync: { everyMinutes } }) => ({
      connectorId,
      name,
      config: { ...config },
      sync: { everyMinutes },
    })),
  }
}

type Entry = ConnectionDocument['connections'][number]
type Outcome = Pick<ImportRow, 'status' | 'connectionId' | 'detail'>

/** One after the other, each with its own outcome; what is refused does not stop the rest. */
export async function importConnections(
  ctx: TenantContext,
  document: ConnectionDocument,
  dryRun: boolean,
  deps: ConnectionsDeps,
): Promise<ImportRow[]> {
  const results: ImportRow[] = []
  const seen = new Set<string>()
  for (const [index, entry] of document.connections.entries()) {
    const { name, connectorId } = entry
    const key = nameKeyOf(name)
    const outcome = seen.has(key)
      ? refused('The document has a connection of this name further up')
      : await importOne(ctx, entry, dryRun, deps).catch(asRefusal)
    seen.add(key)
    results.push({ index, name, connectorId, ...outcome })
  }
  return results
}

const refused = (detail: string): Outcome => ({ status: 'refused', connectionId: null, detail })

function asRefusal(error: unknown): Outcome {
  if (error instanceof AppError) return refused(error.message)
  throw error
}

async function importOne(
  ctx: TenantContext,
  entry: Entry,
  dryRun: boolean,
  deps: ConnectionsDeps,
): Promise<Outcome> {
  const { name, connectorId } = entry
  const connector = await mustOffer(ctx, connectorId, deps)
  const config = checkConfig(connector, entry.config)
  const [there] = await findConnections(
    [ctx.tenantId],
    { nameKey: nameKeyOf(name), deletedAt: null },
    1,
  )
  if (!there) {
    if (dryRun) return { status: 'created', connectionId: null, detail: 'Would become a draft' }
    const created = await createConnection(
      ctx,
      { ...entry, config, credentials: {}, credentialsExpireAt: null },
      deps,
      'Imported',
    )
    return { status: 'created', connectionId: created.id, detail: 'A draft; it needs credentials' }
  }
  if (there.connectorId !== connectorId) {
    return refused(`There is a connection of this name to another system (${there.connectorId})`)
  }
  const { everyMinutes } = entry.sync
  const fields = [
    ...differingFields(there.config, config),
    ...(there.sync.everyMinutes === everyMinutes ? [] : ['sync.everyMinutes']),
  ]
  const connectionId = there._id
  if (fields.length === 0) return { status: 'unchanged', connectionId, detail: '' }
  if (!dryRun) await writeSettings(ctx, there, { config, everyMinutes }, deps)
  return { status: 'updated', connectionId, detail: `Changes ${fields.join(', ')}` }
}

/** The same settings for organisations below; each gets a draft that wants its own credentials. */
export async function cloneConnection(
  ctx: TenantContext,
  id: string,
  {
    tenantIds,
    name,
  }: { readonly tenantIds: readonly string[]; readonly name?: string | undefined },
  deps: ConnectionsDeps,
): Promise<CloneResult[]> {
  const row = await mustFind(ctx, id, deps)
  const tree = new Set(await deps.treeOf(ctx.tenantId))
  const results: CloneResult[] = []
  for (const tenantId of new Set(tenantIds)) {
    const outcome = tree.has(tenantId)
      ? await cloneTo(within(ctx, { tenantId }), row, name ?? row.name, deps)
      : { status: 'refused' as const, connectionId: null, detail: 'No organisation of yours' }
    results.push({ tenantId, ...outcome })
  }
  await audit(within(ctx, row), 'connection.clone', id)
  return results
}

async function cloneTo(
  ctx: TenantContext,
  row: Parameters<typeof writeSettings>[1],
  name: string,
  deps: ConnectionsDeps,
): Promise<Omit<CloneResult, 'tenantId'>> {
  const [there] = await findConnections(
    [ctx.tenantId],
    { nameKey: nameKeyOf(name), deletedAt: null },
    1,
  )
  if (there) {
    return {
      status: 'exists',
      connectionId: there._id,
      detail: 'It has a connection of this name already; nothing was changed',
    }
  }
  try {
    const created = await createConnection(
      ctx,
      {
        connectorId: row.connectorId,
        name,
        config: { ...row.config },
        credentials: {},
        credentialsExpireAt: null,
        sync: { everyMinutes: row.sync.everyMinutes },
      },
      deps,
      'Made like another connection',
    )
    return {
      status: 'created',
      connectionId: created.id,
      detail: 'A draft; it needs credentials of this organisation',
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { status: 'refused', connectionId: null, detail: error.message }
  }
}
