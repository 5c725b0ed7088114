import type { Connection } from '../../../shared/api/connections.ts'
import type { Connector } from '../../connector-kit/index.ts'
import { pushEvent } from '../../core/events/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { announce, audit, changedMeanwhile, mustFind, within } from './change.ts'
import { checkCredentials } from './check-values.ts'
import type { ConnectionsDeps } from './deps.ts'
import { mustHaveConnector } from './find-connector.ts'
import { showConnection } from './show.ts'
import { type ConnectionRow, changeConnection, type StoredCredential } from './store.ts'

type Values = Readonly<Record<string, unknown>>

export const sealedField = (connectionId: string, name: string) =>
  `connection.${connectionId}.${name}`

/** Checked and sealed, each under a name of its own. */
export async function sealCredentials(
  row: Pick<ConnectionRow, '_id' | 'tenantId'>,
  connector: Connector,
  values: Values,
  deps: ConnectionsDeps,
): Promise<Record<string, StoredCredential>> {
  const changedAt = deps.now()
  const sealed = Object.entries(checkCredentials(connector, values)).map(async ([name, value]) => {
    const text = JSON.stringify(value)
    const box = await deps.secrets.encrypt(row, sealedField(row._id, name), text)
    return [name, { sealed: box, changedAt }] as const
  })
  return Object.fromEntries(await Promise.all(sealed))
}

/** The values themselves: for the connector alone, never for an answer or a log. */
export async function readCredentials(
  row: Pick<ConnectionRow, '_id' | 'tenantId' | 'credentials'>,
  deps: Pick<ConnectionsDeps, 'secrets'>,
): Promise<Record<string, unknown>> {
  const opened = Object.entries(row.credentials).map(async ([name, { sealed }]) => {
    const text = await deps.secrets.decrypt(row, sealedField(row._id, name), sealed)
    return [name, JSON.parse(text) as unknown] as const
  })
  return Object.fromEntries(await Promise.all(opened))
}

/** Sets those that are given; an empty text leaves what is there, `null` takes it away. */
export async function setCredentials(
  ctx: TenantContext,
  id: string,
  {
    values,
    expiresAt,
  }: { readonly values: Values; readonly expiresAt?: string | null | undefined },
  deps: ConnectionsDeps,
): Promise<Connection> {
  const row = await mustFind(ctx, id, deps)
  const connector = mustHaveConnector(deps, row.connectorId)
  const own = within(ctx, row)
  const removed = Object.keys(values).filter((name) => values[name] === null)
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
  const sealed = await sealCredentials(row, connector, given, deps)
  const kept = Object.entries(row.credentials).filter(([name]) => !removed.includes(name))
  const fields = [...Object.keys(sealed), ...removed]
  const changed = await changeConnection(
    row,
    { revision: row.revision, deletedAt: null },
    {
      $set: {
        credentials: { ...Object.fromEntries(kept), ...sealed },
        ...(expiresAt !== undefined && {
          credentialsExpireAt: expiresAt === null ? null : new Date(expiresAt),
          warnedDays: null,
        }),
      },
      $inc: { revision: 1 },
      ...pushEvent(own, 'connection.credentials_changed', {
        connectionId: id,
        connectorId: row.connectorId,
        fields,
      }),
    },
  )
  if (!changed) throw changedMeanwhile()
  const changes = fields.map((field) => ({
    field: `credentials.${field}`,
    before: row.credentials[field] ? '(secret)' : null,
    after: sealed[field] ? '(secret)' : null,
  }))
  await audit(own, 'connection.credentials', id, { changes })
  await announce(changed, deps)
  return showConnection(changed, deps)
}
