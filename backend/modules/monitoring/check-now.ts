import type { Connection } from '../../../shared/api/connections.ts'
import type { ConnectionCheck } from '../../../shared/api/monitoring.ts'
import { workingStates } from '../../../shared/connection-states.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { showCheck } from './check-store.ts'
import type { MonitoringDeps } from './deps.ts'
import { look } from './look.ts'
import { settle } from './settle.ts'
import { readWatch } from './watch-store.ts'
import { followState } from './watches.ts'

const working: readonly string[] = workingStates

/** Refuses what is not in use: nothing is sent for it. */
export function assertInUse(connection: Pick<Connection, 'state' | 'deletedAt'>): void {
  if (working.includes(connection.state) && connection.deletedAt === null) return
  throw new AppError(
    'connection_not_in_use',
    `The connection is ${connection.deletedAt ? 'deleted' : connection.state}: activate or resume it first`,
  )
}

/** Checks on demand; whoever asks while a check of the same connection is under way gets its result. */
export function createCheckNow(deps: MonitoringDeps) {
  const underWay = new Map<string, Promise<ConnectionCheck>>()

  async function check({ id, tenantId }: Connection, ctx: TenantContext): Promise<ConnectionCheck> {
    let row = await readWatch(tenantId, id)
    if (!row) {
      await followState({ ...ctx, tenantId }, id, deps)
      row = await readWatch(tenantId, id)
    }
    const outcome = row ? await look(row, new AbortController().signal, deps) : 'gone'
    if (!row || outcome === 'gone') {
      throw new AppError('connection_not_in_use', 'The connection is not in use any more')
    }
    if (outcome === 'none') {
      throw new AppError('service_unavailable', 'The check could not be made here: try again soon')
    }
    const [settled] = await settle([{ row, trigger: 'demand', look: outcome }], deps)
    if (!settled) throw new AppError('conflict', 'Too much happened at once: check again')
    return showCheck(settled.check)
  }

  return async function checkNow(ctx: TenantContext, id: string): Promise<ConnectionCheck> {
    const connection = await deps.connections.read(ctx, id)
    assertInUse(connection)
    let result = underWay.get(id)
    if (!result) {
      result = check(connection, ctx).finally(() => underWay.delete(id))
      underWay.set(id, result)
    }
    const found = await result
    await recordAudit(ctx, {
      action: 'connection.check',
      target: { type: 'connection', id },
      result: 'success',
    })
    return found
  }
}
