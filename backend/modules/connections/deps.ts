import type { Connection } from '../../../shared/api/connections.ts'
import type { Connector } from '../../connector-kit/index.ts'
import type { Logger } from '../../core/logging.ts'
import type { Outgoing } from '../../core/outgoing/index.ts'
import type { Secrets } from '../../core/secrets/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { ConnectionReport } from './definition.ts'

export type ConnectionMessage =
  | { readonly kind: 'connection.changed'; readonly connection: Connection }
  | { readonly kind: 'connection.deleted'; readonly id: string }

export interface ConnectionsOptions {
  readonly connectors: ReadonlyMap<string, Connector>
  readonly secrets: Pick<Secrets, 'encrypt' | 'decrypt' | 'tokenSealer'>
  readonly outgoing: Pick<Outgoing, 'request'>
  readonly publicUrl: string
  readonly log: Pick<Logger, 'info' | 'warn'>
  /** Connectors that an organisation may use; null: all. */
  allowedOf(tenantId: string): Promise<readonly string[] | null>
  /** Ids from the root down to the organisation itself. */
  lineageOf(tenantId: string): Promise<readonly string[]>
  /** The organisation and everything below it. */
  treeOf(tenantId: string): Promise<readonly string[]>
  publish(tenantId: string, topic: 'connections', message: ConnectionMessage): void
  now(): Date
}

export interface ConnectionsDeps extends ConnectionsOptions {
  /** To whoever listens for what a person should hear of. */
  report(ctx: TenantContext, report: ConnectionReport): Promise<void>
}
