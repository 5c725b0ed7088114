import type { Connector } from '../../backend/connector-kit/index.ts'
import type {
  ConnectionsAccess,
  Exchange,
  HealthReport,
} from '../../backend/modules/connections/index.ts'
import type { Connection } from '../../shared/api/connections.ts'
import { type ConnectionState, workingStates } from '../../shared/connection-states.ts'
import { AppError } from '../../shared/errors.ts'

export type CheckOutcome = Pick<HealthReport, 'state' | 'code' | 'message' | 'latencyMs'>

export const works: CheckOutcome = { state: 'ok', code: null, message: null, latencyMs: 120 }
export const isDown: CheckOutcome = {
  state: 'failing',
  code: 'unavailable',
  message: 'The other system answers with an error.',
  latencyMs: null,
}

interface Held {
  connection: Connection
  readonly applied: HealthReport[]
}

/**
 * Connections in memory that answer checks as they are told: for tests of what is made of the answers.
 * A connection is found under its organisation alone.
 */
export function createWatchedConnections({
  now,
  check,
}: {
  now(): Date
  check(connectionId: string, signal: AbortSignal): Promise<CheckOutcome> | CheckOutcome
}) {
  const held = new Map<string, Held>()
  const observers: ((exchange: Exchange) => void)[] = []
  let ids: string[] = []
  const working: readonly string[] = workingStates
  const connector = {
    name: 'Watched',
    synthetic: {},
  } as unknown as Connector & { synthetic: NonNullable<Connector['synthetic']> }

  function find(tenantId: string, id: string): Held {
    const found = held.get(id)
    if (found?.connection.tenantId !== tenantId) {
      throw new AppError('not_found', `the connection ${id} does not exist`)
    }
    return found
  }

  const access = {
    async open(ctx, id, { signal }) {
      const { connection } = find(ctx.tenantId, id)
      const context = { tenantId: ctx.tenantId, connectionId: id, signal, now }
      return { connector, connection, context: context as never }
    },
    async check(ctx, id, signal) {
      const { connection } = find(ctx.tenantId, id)
      if (!working.includes(connection.state)) {
        throw new AppError('connection_not_in_use', 'it is not in use')
      }
      return { ...(await check(id, signal)), checkedAt: now() }
    },
    async applyHealth(ctx, id, report) {
      const one = find(ctx.tenantId, id)
      if (!working.includes(one.connection.state)) return null
      one.applied.push(report)
      return one.connection
    },
    async listWorking(after, limit) {
      return ids
        .filter((id) => after === null || id > after)
        .flatMap((id) => {
          const { connection } = held.get(id) ?? {}
          return connection && working.includes(connection.state) ? [connection] : []
        })
        .slice(0, limit)
    },
    async read(ctx, id) {
      return find(ctx.tenantId, id).connection
    },
    onExchange(observer) {
      observers.push(observer)
    },
  } satisfies Partial<ConnectionsAccess>

  return {
    access,
    connector,
    add(tenantId: string, id: string, facts: Partial<Connection> = {}): void {
      const at = now().toISOString()
      const connection: Connection = {
        id,
        tenantId,
        connectorId: 'moodle',
        kind: 'lms',
        name: id,
        state: 'active',
        stateReason: null,
        health: {
          state: 'unknown',
          since: null,
          checkedAt: null,
          latencyMs: null,
          code: null,
          message: null,
        },
        config: {},
        configVersion: 1,
        credentials: {},
        credentialsExpireAt: null,
        authorisation: null,
        capabilities: ['courses.pull'],
        addresses: [],
        sync: { everyMinutes: null, last: null, nextAt: null },
        openProblems: 0,
        deletedAt: null,
        createdAt: at,
        updatedAt: at,
        ...facts,
      }
      held.set(id, { connection, applied: [] })
      ids = [...held.keys()].sort((a, b) => (a < b ? -1 : 1))
    },
    setState(id: string, state: ConnectionState): void {
      const one = held.get(id)
      if (one) one.connection = { ...one.connection, state }
    },
    setOpenProblems(id: string, openProblems: number): void {
      const one = held.get(id)
      if (one) one.connection = { ...one.connection, openProblems }
    },
    applied: (id: string) => held.get(id)?.applied ?? [],
    exchange(exchange: Exchange): void {
      for (const observer of observers) observer(exchange)
    },
  }
}

export type WatchedConnections = ReturnType<typeof createWatchedConnections>
