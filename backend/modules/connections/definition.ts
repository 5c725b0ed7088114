import type { Connection } from '../../../shared/api/connections.ts'
import type { ConnectionHealthState, ConnectionState } from '../../../shared/connection-states.ts'
import type { Connector, ConnectorContext, TokenSource } from '../../connector-kit/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'

export interface OpenOptions {
  readonly signal: AbortSignal
  /** What for, in the log of requests: `health`, `roster.pull`. */
  readonly purpose: string
  /** For the whole of one call; default 15 s. */
  readonly timeoutMs?: number
  /** Further tries of one call; default 2. */
  readonly retries?: number
}

export interface OpenConnection {
  readonly connector: Connector
  readonly context: ConnectorContext<Record<string, unknown>, Record<string, unknown>>
  /** As the API shows it. */
  readonly connection: Connection
}

/** What a check found out. */
export interface HealthReport {
  readonly state: ConnectionHealthState
  /** A code of `ConnectorError`; null where all is well. */
  readonly code: string | null
  readonly message: string | null
  readonly latencyMs: number | null
  readonly checkedAt: Date
}

/** One outgoing request of a connection, as it ended. */
export interface Exchange {
  readonly tenantId: string
  readonly connectionId: string
  readonly connectorId: string
  readonly purpose: string
  readonly method: string
  readonly host: string
  /** Without the query; credentials that a vendor wants in the path are masked. */
  readonly path: string
  /** Null: no answer came. */
  readonly status: number | null
  readonly durationMs: number
  readonly bytes: number
  readonly attempt: number
  readonly errorCode: string | null
  readonly at: Date
  /** By how much the other system's clock is ahead of ours; null or absent where its answer does not tell. */
  readonly clockOffsetMs?: number | null
}

/** An automatic act of the gate through which all requests of a connection pass. */
export interface GateEvent {
  readonly tenantId: string
  readonly connectionId: string
  readonly connectorId: string
  readonly act: 'breaker-open' | 'breaker-half-open' | 'breaker-close' | 'back-off'
  readonly cause: string
  /** For how long nothing is sent; null where it is over. */
  readonly forMs: number | null
  readonly at: Date
}

/** An automatic refresh of a consent. */
export interface RefreshEvent {
  readonly tenantId: string
  readonly connectionId: string
  readonly result: 'worked' | 'failed'
  readonly code: string | null
  readonly at: Date
}

/** Something a person should hear of; the problems module makes one problem per cause of it. */
export interface ConnectionReport {
  readonly connectionId: string
  readonly cause: string
  readonly evidence: { readonly kind: string; readonly detail: string }
}

export interface WorkingConnection {
  readonly id: string
  readonly tenantId: string
  readonly connectorId: string
  readonly kind: string
  readonly state: ConnectionState
  readonly capabilities: readonly string[]
}

/** What other modules may ask of connections. */
export interface ConnectionsAccess {
  /** Decrypts, signs in and hands out what a capability's function needs; refuses what is not in use. */
  open(ctx: TenantContext, connectionId: string, options: OpenOptions): Promise<OpenConnection>
  /** As `open`, with the token of a person who signed in there; null: for calls that fetch one. */
  openAs(
    ctx: TenantContext,
    connectionId: string,
    options: OpenOptions,
    token: TokenSource | null,
  ): Promise<OpenConnection>
  /** As `open`, for one capability such as `roster.pull`; throws `unsupported` where the connector has none. */
  withCapability<T>(
    ctx: TenantContext,
    connectionId: string,
    capability: string,
    use: (opened: OpenConnection) => Promise<T>,
    options?: Partial<OpenOptions>,
  ): Promise<T>
  /** One health check by the connector itself; writes nothing. */
  check(ctx: TenantContext, connectionId: string, signal: AbortSignal): Promise<HealthReport>
  /** Records what a check found and moves the state by itself; answers the connection as it is then, null where it is not in use. */
  applyHealth(
    ctx: TenantContext,
    connectionId: string,
    report: HealthReport,
  ): Promise<Connection | null>
  /** Every connection in use, of all tenants, by id, after `after`. */
  listWorking(after: string | null, limit: number): Promise<WorkingConnection[]>
  /** One in use, of whatever organisation: for messages that name it and prove themselves later. */
  findWorking(connectionId: string): Promise<WorkingConnection | null>
  /** One connection of the caller's organisation or one below it. */
  read(ctx: TenantContext, connectionId: string): Promise<Connection>
  setSync(
    ctx: TenantContext,
    connectionId: string,
    change: {
      readonly last?: Connection['sync']['last']
      readonly nextAt?: string | null
    },
  ): Promise<void>
  setOpenProblems(ctx: TenantContext, connectionId: string, count: number): Promise<void>
  /** Calls back after every outgoing request; it must be quick and never throw. */
  onExchange(observer: (exchange: Exchange) => void): void
  onGate(observer: (event: GateEvent) => void): void
  onRefresh(observer: (event: RefreshEvent) => void): void
  /** Where credential warnings go. */
  onReport(observer: (ctx: TenantContext, report: ConnectionReport) => Promise<void>): void
}
