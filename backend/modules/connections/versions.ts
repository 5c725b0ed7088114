import type { z } from 'zod'
import type { Connection, connectionsApi } from '../../../shared/api/connections.ts'
import type { Page } from '../../../shared/api/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import { showPage, type TimedQuery } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { mustFind, settle } from './change.ts'
import { checkConfig, differingFields } from './check-values.ts'
import { writeSettings } from './connections.ts'
import type { ConnectionsDeps } from './deps.ts'
import { mustHaveConnector } from './find-connector.ts'
import { findStateChanges, findVersion, findVersions, type VersionRow } from './history-store.ts'
import { showConnection, showStateChange, showVersion } from './show.ts'
import type { ConnectionRow } from './store.ts'

type Detail = z.output<
  (typeof connectionsApi)['GET /api/v1/connections/:id/versions/:version']['response']
>

async function settled(ctx: TenantContext, id: string, deps: ConnectionsDeps) {
  const row = await mustFind(ctx, id, deps, { deleted: true })
  await settle(row)
  return { row, which: { tenantId: row.tenantId, connectionId: row._id } }
}

export async function listHistory(
  ctx: TenantContext,
  id: string,
  query: TimedQuery,
  deps: ConnectionsDeps,
): Promise<Page<ReturnType<typeof showStateChange>>> {
  const { which } = await settled(ctx, id, deps)
  return showPage(await findStateChanges(which, query), showStateChange)
}

export async function listVersions(
  ctx: TenantContext,
  id: string,
  query: TimedQuery,
  deps: ConnectionsDeps,
): Promise<Page<ReturnType<typeof showVersion>>> {
  const { which } = await settled(ctx, id, deps)
  return showPage(await findVersions(which, query), showVersion)
}

export async function readVersion(
  ctx: TenantContext,
  id: string,
  number: number,
  deps: ConnectionsDeps,
): Promise<Detail> {
  const { row, which } = await settled(ctx, id, deps)
  const [version, before] = await Promise.all([
    mustFindVersion(row, number),
    number > 1 ? findVersion(which, number - 1) : null,
  ])
  const { at, by, fields, rolledBackFrom, config } = version
  return {
    version: number,
    at: at.toISOString(),
    by,
    fields: [...fields],
    rolledBackFrom,
    config: { ...config },
    againstBefore: differences(before?.config ?? {}, config),
    againstCurrent: differences(config, row.config),
  }
}

async function mustFindVersion(row: ConnectionRow, number: number): Promise<VersionRow> {
  const version = await findVersion({ tenantId: row.tenantId, connectionId: row._id }, number)
  if (version) return version
  throw new AppError('not_found', `The connection has no version ${number} of its settings`)
}

function differences(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
) {
  return differingFields(before, after).map((field) => ({
    field,
    before: before[field] ?? null,
    after: after[field] ?? null,
  }))
}

/** The settings of then become a new version; what the connector no longer accepts is refused. */
export async function rollBack(
  ctx: TenantContext,
  id: string,
  number: number,
  deps: ConnectionsDeps,
): Promise<Connection> {
  const row = await mustFind(ctx, id, deps)
  await settle(row)
  const { config } = await mustFindVersion(row, number)
  const connector = mustHaveConnector(deps, row.connectorId)
  const checked = checkConfig(connector, config)
  return showConnection(
    await writeSettings(ctx, row, { config: checked, rolledBackFrom: number }, deps),
    deps,
  )
}
