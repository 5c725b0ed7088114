import type { ConnectionState } from '../../../shared/connection-states.ts'
import { AppError } from '../../../shared/errors.ts'
import { type changesOf, recordAudit } from '../../core/audit/index.ts'
import { newEvent } from '../../core/events/index.ts'
import { newId } from '../../core/ids.ts'
import { hasScope, type TenantContext } from '../../core/tenancy.ts'
import type { ConnectionsDeps } from './deps.ts'
import {
  ConfigVersionModel,
  insertHistory,
  StateChangeModel,
  type StateChangeRow,
} from './history-store.ts'
import { showConnection } from './show.ts'
import {
  type ConnectionFilter,
  type ConnectionRow,
  changeConnection,
  findConnection,
  findConnectionAnywhere,
} from './store.ts'

/** Who is named as the doer; null: the server by itself. */
export function doerOf({ principal }: TenantContext): string | null {
  return principal.kind === 'system' ? null : principal.id
}

/** The same caller acting for the organisation that owns the connection, which is its own or lies below it. */
export function within(ctx: TenantContext, { tenantId }: Pick<ConnectionRow, 'tenantId'>) {
  return tenantId === ctx.tenantId ? ctx : { ...ctx, tenantId }
}

/** A connection of the caller's organisation or of one below it; others do not exist for the caller. */
export async function mustFind(
  ctx: TenantContext,
  id: string,
  { lineageOf }: Pick<ConnectionsDeps, 'lineageOf'>,
  { deleted = false } = {},
): Promise<ConnectionRow> {
  const row = (await findConnection(ctx, id)) ?? (await findBelow(ctx, id, lineageOf))
  if (row && (row.deletedAt === null || deleted)) return row
  throw new AppError('not_found', `The connection ${id} does not exist`)
}

async function findBelow(
  ctx: TenantContext,
  id: string,
  lineageOf: ConnectionsDeps['lineageOf'],
): Promise<ConnectionRow | null> {
  const row = await findConnectionAnywhere(id)
  if (!row || row.tenantId === ctx.tenantId) return row
  return (await lineageOf(row.tenantId)).includes(ctx.tenantId) ? row : null
}

export function changedMeanwhile(): AppError {
  return new AppError(
    'conflict',
    'The connection was changed at the same moment; read it again and repeat the change',
  )
}

export function newStateChange(
  row: Pick<ConnectionRow, '_id' | 'tenantId'>,
  from: ConnectionState,
  to: ConnectionState,
  reason: Pick<StateChangeRow, 'code' | 'why' | 'by' | 'at'>,
): StateChangeRow {
  return {
    _id: newId('csc', reason.at.getTime()),
    tenantId: row.tenantId,
    connectionId: row._id,
    from,
    to,
    ...reason,
  }
}

export interface StateMove {
  readonly to: ConnectionState
  readonly code: string
  /** In words for people. */
  readonly message: string
  /** Further fields of the same write. */
  readonly also?: Partial<ConnectionRow>
  /** Fields that must still be as they were read; default: the state. */
  readonly asRead?: ConnectionFilter
}

/**
 * Moves a connection to another state: state, history and event in one write, then audit and live news.
 * Null: somebody else moved it first.
 */
export async function moveState(
  ctx: TenantContext,
  row: ConnectionRow,
  move: StateMove,
  deps: ConnectionsDeps,
): Promise<ConnectionRow | null> {
  const { to, code, message, also = {}, asRead = {} } = move
  const at = deps.now()
  const by = doerOf(ctx)
  const own = within(ctx, row)
  const moved = await changeConnection(
    row,
    { deletedAt: row.deletedAt, ...asRead, state: row.state },
    {
      $set: { ...also, state: to, stateReason: { code, message, at, by } },
      $inc: { revision: 1 },
      $push: {
        pendingStates: newStateChange(row, row.state, to, { code, why: message, by, at }),
        pendingEvents: newEvent(own, 'connection.state_changed', {
          connectionId: row._id,
          connectorId: row.connectorId,
          from: row.state,
          to,
          code,
        }),
      },
    },
  )
  if (!moved) return null
  await settle(moved)
  const changes = [{ field: 'state', before: row.state, after: to }]
  await audit(own, `connection.${verbOf(code)}`, row._id, { changes, detail: code })
  await announce(moved, deps)
  return moved
}

const verbs = new Set(['activated', 'paused', 'resumed', 'disabled', 'restored', 'recovered'])

/** What people did has a name of its own in the trail; the rest are changes of state. */
function verbOf(code: string): string {
  return verbs.has(code) ? code : 'state'
}

/** Moves history that was written with a change to where it is listed; what a crash left is moved by the next. */
export async function settle(row: ConnectionRow): Promise<void> {
  const { pendingStates = [], pendingVersions = [] } = row
  if (pendingStates.length + pendingVersions.length === 0) return
  await insertHistory(StateChangeModel, pendingStates)
  await insertHistory(ConfigVersionModel, pendingVersions)
  await changeConnection(
    row,
    {},
    {
      $pull: {
        pendingStates: { _id: { $in: pendingStates.map(({ _id }) => _id) } },
        pendingVersions: { _id: { $in: pendingVersions.map(({ _id }) => _id) } },
      },
    },
    { isUse: true },
  )
}

/** Tells everyone who watches, in the organisation and those above it. */
export async function announce(row: ConnectionRow, deps: ConnectionsDeps): Promise<void> {
  const message =
    row.deletedAt === null
      ? ({ kind: 'connection.changed', connection: showConnection(row, deps) } as const)
      : ({ kind: 'connection.deleted', id: row._id } as const)
  for (const tenantId of await deps.lineageOf(row.tenantId)) {
    deps.publish(tenantId, 'connections', message)
  }
}

export async function audit(
  ctx: TenantContext,
  action: string,
  id: string,
  {
    changes = [],
    fields,
    detail,
  }: {
    readonly changes?: ReturnType<typeof changesOf>
    readonly fields?: readonly string[]
    readonly detail?: string
  } = {},
): Promise<void> {
  await recordAudit(ctx, {
    action,
    target: { type: 'connection', id },
    fields: fields ?? changes.map(({ field }) => field),
    changes,
    ...(detail !== undefined && { detail }),
    result: 'success',
  })
}

export function assertMaySetSecrets(ctx: TenantContext): void {
  if (hasScope(ctx, 'connections.secrets')) return
  throw new AppError(
    'insufficient_scope',
    'Setting credentials needs the right "connections.secrets"; leave them out, or ask for it',
  )
}
