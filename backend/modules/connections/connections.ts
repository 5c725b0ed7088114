import type { z } from 'zod'
import type { Connection, ConnectionBody, connectionsApi } from '../../../shared/api/connections.ts'
import type { Page } from '../../../shared/api/contract.ts'
import { connectionHealthStates, connectionStates } from '../../../shared/connection-states.ts'
import { AppError } from '../../../shared/errors.ts'
import { changesOf } from '../../core/audit/index.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { newEvent, pushEvent } from '../../core/events/index.ts'
import { newId } from '../../core/ids.ts'
import { given, showPage, timeFilter } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import {
  announce,
  assertMaySetSecrets,
  audit,
  changedMeanwhile,
  doerOf,
  moveState,
  mustFind,
  newStateChange,
  settle,
  within,
} from './change.ts'
import { checkConfig, differingFields, mergeConfig } from './check-values.ts'
import { sealCredentials } from './credentials.ts'
import type { ConnectionsDeps } from './deps.ts'
import { mustHaveConnector, mustOffer } from './find-connector.ts'
import { showConnection } from './show.ts'
import { assertMay, type StateAct } from './states.ts'
import {
  type ConnectionFilter,
  type ConnectionRow,
  changeConnection,
  countConnections,
  findConnection,
  findConnectionPage,
  insertConnection,
  nameKeyOf,
} from './store.ts'

type Query<K extends keyof typeof connectionsApi> = (typeof connectionsApi)[K] extends {
  query: infer Q extends z.ZodType
}
  ? z.output<Q>
  : never
type Summary = z.output<(typeof connectionsApi)['GET /api/v1/connections/summary']['response']>
type Change = z.output<(typeof connectionsApi)['PATCH /api/v1/connections/:id']['body']>

const keptMs = 30 * 24 * 3_600_000

export function nameTaken(name: string): AppError {
  return new AppError(
    'conflict',
    `Your organisation has a connection "${name}" already; choose another name`,
  )
}

/** The tenants a list is of: the caller's own, all below it, or one of these. */
async function reach(
  { tenantId }: TenantContext,
  query: { readonly below?: boolean | undefined; readonly tenantId?: string | undefined },
  deps: ConnectionsDeps,
): Promise<readonly string[]> {
  if (query.tenantId === undefined) return query.below ? deps.treeOf(tenantId) : [tenantId]
  const tree = await deps.treeOf(tenantId)
  if (tree.includes(query.tenantId)) return [query.tenantId]
  throw new AppError('not_found', `The organisation ${query.tenantId} does not exist`)
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

export async function listConnections(
  ctx: TenantContext,
  query: Query<'GET /api/v1/connections'>,
  deps: ConnectionsDeps,
): Promise<Page<Connection>> {
  const { state, kind, connectorId, health, deleted, q } = query
  const filter: ConnectionFilter = {
    ...given({ state, kind, connectorId, 'health.state': health }),
    ...timeFilter(query),
    deletedAt: deleted ? { $ne: null } : null,
    ...(q && { name: { $regex: escaped(q), $options: 'i' } }),
  }
  const page = await findConnectionPage(await reach(ctx, query, deps), filter, query)
  return showPage(page, (row) => showConnection(row, deps))
}

export async function summarise(
  ctx: TenantContext,
  query: Query<'GET /api/v1/connections/summary'>,
  deps: ConnectionsDeps,
): Promise<Summary> {
  const rows = await countConnections(await reach(ctx, query, deps))
  const sum = (counted: typeof rows) => counted.reduce((total, { count }) => total + count, 0)
  // Each state is named, so that the records are whole.
  return {
    total: sum(rows),
    byState: Object.fromEntries(
      connectionStates.map((state) => [state, sum(rows.filter((row) => row.state === state))]),
    ) as Summary['byState'],
    byHealth: Object.fromEntries(
      connectionHealthStates.map((health) => [
        health,
        sum(rows.filter((row) => row.health === health)),
      ]),
    ) as Summary['byHealth'],
    openProblems: rows.reduce((total, { openProblems }) => total + openProblems, 0),
  }
}

/** A draft with its first version and its beginning on record. */
export async function createConnection(
  ctx: TenantContext,
  body: ConnectionBody,
  deps: ConnectionsDeps,
  why = '',
): Promise<Connection> {
  const connector = await mustOffer(ctx, body.connectorId, deps)
  const config = checkConfig(connector, body.config)
  if (Object.keys(body.credentials).length > 0) assertMaySetSecrets(ctx)
  const at = deps.now()
  const by = doerOf(ctx)
  const which = { _id: newId('con', at.getTime()), tenantId: ctx.tenantId }
  const credentials = await sealCredentials(which, connector, body.credentials, deps)
  const row: Parameters<typeof insertConnection>[0] = {
    ...which,
    connectorId: connector.id,
    kind: connector.kind,
    name: body.name,
    nameKey: nameKeyOf(body.name),
    state: 'draft',
    stateReason: null,
    health: {
      state: 'unknown',
      since: null,
      checkedAt: null,
      latencyMs: null,
      code: null,
      message: null,
    },
    config,
    configVersion: 1,
    credentials,
    credentialsExpireAt:
      body.credentialsExpireAt === null ? null : new Date(body.credentialsExpireAt),
    warnedDays: null,
    authorisation: null,
    pendingConsent: null,
    refreshLease: null,
    sync: { everyMinutes: body.sync.everyMinutes, last: null, nextAt: null },
    openProblems: 0,
    revision: 1,
    deletedAt: null,
    pendingStates: [newStateChange(which, 'draft', 'draft', { code: 'created', why, by, at })],
    pendingVersions: [
      {
        _id: newId('cfv', at.getTime()),
        tenantId: ctx.tenantId,
        connectionId: which._id,
        version: 1,
        config,
        fields: Object.keys(config),
        rolledBackFrom: null,
        by,
        at,
      },
    ],
    pendingEvents: [
      newEvent(ctx, 'connection.created', {
        connectionId: which._id,
        connectorId: connector.id,
      }),
    ],
  }
  if (!(await insertConnection(row))) throw nameTaken(body.name)
  const created = await findConnection(ctx, which._id)
  if (!created) throw changedMeanwhile()
  await settle(created)
  await audit(ctx, 'connection.create', which._id, {
    changes: changesOf({}, { name: body.name, connector: connector.id, ...flat(config) }),
    fields: ['name', 'connector', ...Object.keys(flat(config)), ...secretNames(credentials)],
  })
  await announce(created, deps)
  return showConnection(created, deps)
}

/** Settings by the names they have in the trail. */
function flat(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [`config.${name}`, value]),
  )
}

const secretNames = (credentials: object) =>
  Object.keys(credentials).map((name) => `credentials.${name}`)

export async function readConnection(
  ctx: TenantContext,
  id: string,
  deps: ConnectionsDeps,
): Promise<Connection> {
  return showConnection(await mustFind(ctx, id, deps, { deleted: true }), deps)
}

export async function updateConnection(
  ctx: TenantContext,
  id: string,
  { name, config, sync }: Change,
  deps: ConnectionsDeps,
): Promise<Connection> {
  const row = await mustFind(ctx, id, deps)
  const connector = mustHaveConnector(deps, row.connectorId)
  const next = config && checkConfig(connector, mergeConfig(row.config, config))
  return showConnection(
    await writeSettings(ctx, row, { name, config: next, everyMinutes: sync?.everyMinutes }, deps),
    deps,
  )
}

interface NewSettings {
  readonly name?: string | undefined
  /** Whole and checked. */
  readonly config?: Readonly<Record<string, unknown>> | undefined
  readonly everyMinutes?: number | null | undefined
  readonly rolledBackFrom?: number
}

/** Name, settings and schedule in one write; changed settings become a version. */
export async function writeSettings(
  ctx: TenantContext,
  row: ConnectionRow,
  { name = row.name, config = row.config, everyMinutes, rolledBackFrom }: NewSettings,
  deps: ConnectionsDeps,
): Promise<ConnectionRow> {
  const own = within(ctx, row)
  const sync = {
    ...row.sync,
    ...(everyMinutes !== undefined && everyMinutes !== row.sync.everyMinutes
      ? { everyMinutes, nextAt: null }
      : {}),
  }
  const differing = differingFields(row.config, config)
  const changes = changesOf(
    { name: row.name, 'sync.everyMinutes': row.sync.everyMinutes, ...flat(row.config) },
    { name, 'sync.everyMinutes': sync.everyMinutes, ...flat(config) },
  )
  if (changes.length === 0) return row
  const version = row.configVersion + (differing.length > 0 ? 1 : 0)
  const at = deps.now()
  const versionRow = {
    _id: newId('cfv', at.getTime()),
    tenantId: row.tenantId,
    connectionId: row._id,
    version,
    config,
    fields: differing,
    rolledBackFrom: rolledBackFrom ?? null,
    by: doerOf(ctx),
    at,
  }
  const changed = await changeConnection(
    row,
    { revision: row.revision, deletedAt: null },
    {
      $set: { name, nameKey: nameKeyOf(name), config, configVersion: version, sync },
      $inc: { revision: 1 },
      $push: {
        pendingEvents: newEvent(own, 'connection.updated', {
          connectionId: row._id,
          connectorId: row.connectorId,
          fields: changes.map(({ field }) => field),
          configVersion: version,
        }),
        ...(differing.length > 0 && { pendingVersions: versionRow }),
      },
    },
  ).catch((error: unknown) => {
    throw isDuplicateKey(error) ? nameTaken(name) : error
  })
  if (!changed) throw changedMeanwhile()
  await settle(changed)
  await audit(own, rolledBackFrom ? 'connection.rollback' : 'connection.update', row._id, {
    changes,
  })
  await announce(changed, deps)
  return changed
}

const doneWords: Readonly<Record<Exclude<StateAct, 'activate'>, string>> = {
  pause: 'Paused',
  resume: 'Resumed',
  disable: 'Taken out of use',
}
const doneCodes = { pause: 'paused', resume: 'resumed', disable: 'disabled' } as const
const doneStates = { pause: 'paused', resume: 'active', disable: 'disabled' } as const

export async function changeState(
  ctx: TenantContext,
  id: string,
  act: Exclude<StateAct, 'activate'>,
  reason: string,
  deps: ConnectionsDeps,
): Promise<Connection> {
  const row = await mustFind(ctx, id, deps)
  assertMay(act, row.state)
  const moved = await moveState(
    ctx,
    row,
    { to: doneStates[act], code: doneCodes[act], message: reason || doneWords[act] },
    deps,
  )
  if (!moved) throw changedMeanwhile()
  return showConnection(moved, deps)
}

/** Hidden and out of use at once; gone after 30 days. */
export async function deleteConnection(
  ctx: TenantContext,
  id: string,
  deps: ConnectionsDeps,
): Promise<undefined> {
  const row = await mustFind(ctx, id, deps)
  const own = within(ctx, row)
  const at = deps.now()
  const deleted = await changeConnection(
    row,
    { revision: row.revision, deletedAt: null },
    {
      $set: { deletedAt: at, expiresAt: new Date(at.getTime() + keptMs) },
      $unset: { nameKey: 1 },
      $inc: { revision: 1 },
      ...pushEvent(own, 'connection.deleted', {
        connectionId: id,
        connectorId: row.connectorId,
      }),
    },
  )
  if (!deleted) throw changedMeanwhile()
  await audit(own, 'connection.delete', id)
  await announce(deleted, deps)
  return undefined
}

export async function restoreConnection(
  ctx: TenantContext,
  id: string,
  reason: string,
  deps: ConnectionsDeps,
): Promise<Connection> {
  const row = await mustFind(ctx, id, deps, { deleted: true })
  if (row.deletedAt === null) {
    throw new AppError('connection_state_conflict', 'The connection is not deleted')
  }
  const own = within(ctx, row)
  const at = deps.now()
  const restored = await changeConnection(
    row,
    { revision: row.revision, deletedAt: row.deletedAt },
    {
      $set: {
        deletedAt: null,
        nameKey: nameKeyOf(row.name),
        state: 'paused',
        stateReason: { code: 'restored', message: reason || 'Restored', at, by: doerOf(ctx) },
      },
      $unset: { expiresAt: 1 },
      $inc: { revision: 1 },
      $push: {
        pendingStates: newStateChange(row, row.state, 'paused', {
          code: 'restored',
          why: reason,
          by: doerOf(ctx),
          at,
        }),
        pendingEvents: newEvent(own, 'connection.restored', {
          connectionId: id,
          connectorId: row.connectorId,
        }),
      },
    },
  ).catch((error: unknown) => {
    throw isDuplicateKey(error) ? nameTaken(row.name) : error
  })
  if (!restored) throw changedMeanwhile()
  await settle(restored)
  await audit(own, 'connection.restored', id)
  await announce(restored, deps)
  return showConnection(restored, deps)
}
