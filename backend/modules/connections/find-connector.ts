import type { Connector as Shown } from '../../../shared/api/connections.ts'
import type { Page } from '../../../shared/api/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Connector, ConnectorKind } from '../../connector-kit/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { ConnectionsDeps } from './deps.ts'
import { showConnector } from './show.ts'

export function mustHaveConnector(
  { connectors }: Pick<ConnectionsDeps, 'connectors'>,
  id: string,
): Connector {
  const connector = connectors.get(id)
  if (connector) return connector
  throw new AppError('connector_unknown', `There is no connector "${id}" in this installation`)
}

/** One that the organisation may use. */
export async function mustOffer(
  { tenantId }: TenantContext,
  id: string,
  deps: Pick<ConnectionsDeps, 'connectors' | 'allowedOf'>,
): Promise<Connector> {
  const allowed = await deps.allowedOf(tenantId)
  if (allowed?.length && !allowed.includes(id)) {
    throw new AppError(
      'connector_unknown',
      `Your organisation has not allowed the connector "${id}"; its settings say which are`,
    )
  }
  return mustHaveConnector(deps, id)
}

interface ConnectorsQuery {
  readonly limit: number
  readonly cursor?: string | undefined
  readonly sort?: string | undefined
  readonly include?: 'count' | undefined
  readonly kind?: ConnectorKind | undefined
  readonly q?: string | undefined
}

/** All that the organisation may use; there are few, so that pages are cut from the whole. */
export async function listConnectors(
  { tenantId }: TenantContext,
  { limit, cursor, sort = 'name', include, kind, q = '' }: ConnectorsQuery,
  deps: Pick<ConnectionsDeps, 'connectors' | 'allowedOf'>,
): Promise<Page<Shown>> {
  const allowed = await deps.allowedOf(tenantId)
  const wanted = q.trim().toLowerCase()
  const field = sort.replace(/^-/, '') === 'id' ? 'id' : 'name'
  const direction = sort.startsWith('-') ? -1 : 1
  const found = [...deps.connectors.values()]
    .filter(({ id }) => !allowed?.length || allowed.includes(id))
    .filter((connector) => kind === undefined || connector.kind === kind)
    .filter(({ name, summary }) => `${name} ${summary}`.toLowerCase().includes(wanted))
    .sort((a, b) => direction * (a[field].localeCompare(b[field]) || a.id.localeCompare(b.id)))
  const start = cursor === undefined ? 0 : found.findIndex(({ id }) => id === cursor) + 1
  const rows = found.slice(start, start + limit)
  const last = start + limit < found.length ? rows.at(-1) : undefined
  return {
    data: rows.map(showConnector),
    nextCursor: last?.id ?? null,
    ...(include === 'count' && { count: { value: found.length, capped: false } }),
  }
}
