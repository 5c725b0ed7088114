import type { z } from 'zod'
import type {
  Connection,
  connectionsApi,
  Connector as Shown,
} from '../../../shared/api/connections.ts'
import { type Connector, describeForm } from '../../connector-kit/index.ts'
import { addressesOf } from './addresses.ts'
import type { ConnectionsDeps } from './deps.ts'
import type { ExchangeRow } from './exchange-store.ts'
import type { StateChangeRow, VersionRow } from './history-store.ts'
import type { ConnectionRow } from './store.ts'

type Listed<K extends keyof typeof connectionsApi> = (typeof connectionsApi)[K] extends {
  response: infer R extends z.ZodType
}
  ? z.output<R> extends { data: (infer Row)[] }
    ? Row
    : never
  : never

/** `roster.pull`, `content.search`. */
export function capabilityNames({ capabilities }: Pick<Connector, 'capabilities'>): string[] {
  return Object.entries(capabilities).flatMap(([name, functions]) =>
    Object.keys(functions ?? {}).map((act) => `${name}.${act}`),
  )
}

export function showConnector(connector: Connector): Shown {
  const { id, name, kind, summary, setup = '' } = connector
  return {
    id,
    name,
    kind,
    summary,
    capabilities: capabilityNames(connector),
    signIn: connector.oauth ? 'oauth' : connector.token ? 'client-credentials' : 'credentials',
    config: describeForm(connector.config),
    credentials: describeForm(connector.credentials),
    syntheticTests: Object.entries(connector.synthetic ?? {}).map(([test, { title }]) => ({
      name: test,
      title,
    })),
    guide: setup.replace(/^docs\/connectors\/([\w-]+)\.md$/, '/developers/connectors/$1') || null,
  }
}

const iso = (at: Date | null | undefined): string | null => at?.toISOString() ?? null

export function showConnection(
  row: ConnectionRow,
  { connectors, publicUrl }: Pick<ConnectionsDeps, 'connectors' | 'publicUrl'>,
): Connection {
  const connector = connectors.get(row.connectorId)
  const { health, stateReason, sync } = row
  return {
    id: row._id,
    tenantId: row.tenantId,
    connectorId: row.connectorId,
    kind: row.kind,
    name: row.name,
    state: row.state,
    stateReason: stateReason && { ...stateReason, at: stateReason.at.toISOString() },
    health: { ...health, since: iso(health.since), checkedAt: iso(health.checkedAt) },
    config: { ...row.config },
    configVersion: row.configVersion,
    credentials: showCredentials(row, connector),
    credentialsExpireAt: iso(row.credentialsExpireAt),
    authorisation: connector?.oauth ? showAuthorisation(row) : null,
    capabilities: connector ? capabilityNames(connector) : [],
    addresses: connector ? addressesOf(connector, row._id, publicUrl) : [],
    sync: {
      everyMinutes: sync.everyMinutes,
      last: sync.last && {
        ...sync.last,
        endedAt: sync.last.endedAt.toISOString(),
        counts: { ...sync.last.counts },
      },
      nextAt: iso(sync.nextAt),
    },
    openProblems: row.openProblems,
    deletedAt: iso(row.deletedAt),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

function showCredentials({ credentials }: ConnectionRow, connector: Connector | undefined) {
  const names = connector ? Object.keys(connector.credentials.shape) : Object.keys(credentials)
  return Object.fromEntries(
    names.map((name) => {
      const stored = credentials[name]
      return [name, { set: stored !== undefined, changedAt: iso(stored?.changedAt) }]
    }),
  )
}

function showAuthorisation({ authorisation }: ConnectionRow): Connection['authorisation'] {
  if (!authorisation) return { state: 'needed', expiresAt: null, account: null }
  const { state, expiresAt, account } = authorisation
  return { state, expiresAt: iso(expiresAt), account }
}

export function showStateChange(
  row: StateChangeRow,
): Listed<'GET /api/v1/connections/:id/history'> {
  const at = row.at.toISOString()
  const { from, to, code, why, by } = row
  return { id: row._id, from, to, code, why, by, at, createdAt: at, updatedAt: at }
}

export function showVersion(row: VersionRow): Listed<'GET /api/v1/connections/:id/versions'> {
  const at = row.at.toISOString()
  const { version, by, fields, rolledBackFrom } = row
  const shown = { version, at, by, fields: [...fields], rolledBackFrom }
  return { id: row._id, ...shown, createdAt: at, updatedAt: at }
}

export function showExchange(row: ExchangeRow): Listed<'GET /api/v1/connections/:id/exchanges'> {
  const { _id: id, tenantId: _, connectionId: __, expiresAt: ___, createdAt, ...facts } = row
  const at = createdAt.toISOString()
  return { id, ...facts, at, createdAt: at, updatedAt: at }
}
