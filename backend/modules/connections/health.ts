import { z } from 'zod'
import type { Connection } from '../../../shared/api/connections.ts'
import { workingStates } from '../../../shared/connection-states.ts'
import { defineJob } from '../../core/jobs/index.ts'
import { systemContext, type TenantContext } from '../../core/tenancy.ts'
import { announce, moveState, mustFind } from './change.ts'
import type { HealthReport, WorkingConnection } from './definition.ts'
import type { ConnectionsDeps } from './deps.ts'
import { capabilityNames, showConnection } from './show.ts'
import { isWorking, stateAfterHealth } from './states.ts'
import {
  type ConnectionRow,
  changeConnection,
  findConnection,
  findExpiring,
  findInUse,
  findInUseById,
  type StoredHealth,
} from './store.ts'

/** Records what a check found; the state follows by itself. Null where the connection is not in use. */
export async function applyHealth(
  ctx: TenantContext,
  connectionId: string,
  report: HealthReport,
  deps: ConnectionsDeps,
): Promise<Connection | null> {
  const row = await findConnection(ctx, connectionId)
  if (!row || row.deletedAt !== null || !isWorking(row.state)) return null
  const health = healthAfter(row.health, report)
  const to = stateAfterHealth(row.state, health)
  if (to !== null) {
    const code = to === 'active' ? 'recovered' : (health.code ?? 'failing')
    const message = to === 'active' ? 'It works again' : (health.message ?? 'Checks fail')
    const moved = await moveState(ctx, row, { to, code, message, also: { health } }, deps)
    return moved && showConnection(moved, deps)
  }
  const changed = await changeConnection(
    row,
    { state: row.state, deletedAt: null },
    { $set: { health } },
    { isUse: true },
  )
  if (!changed) return null
  if (isNews(row.health, health)) await announce(changed, deps)
  return showConnection(changed, deps)
}

function healthAfter(before: StoredHealth, report: HealthReport): StoredHealth {
  const { state, code, message, latencyMs, checkedAt } = report
  const since = before.state === state && before.since ? before.since : checkedAt
  return { state, code, message, latencyMs, checkedAt, since }
}

/** Another state or cause; the time of a check alone is none. */
function isNews(before: StoredHealth, after: StoredHealth): boolean {
  return before.state !== after.state || before.code !== after.code
}

export async function listWorking(
  after: string | null,
  limit: number,
  { connectors }: Pick<ConnectionsDeps, 'connectors'>,
): Promise<WorkingConnection[]> {
  const rows = await findInUse(workingStates, after, limit)
  return rows.map(({ _id: id, tenantId, connectorId, kind, state }) => {
    const connector = connectors.get(connectorId)
    const capabilities = connector ? capabilityNames(connector) : []
    return { id, tenantId, connectorId, kind, state, capabilities }
  })
}

export async function findWorking(
  id: string,
  { connectors }: Pick<ConnectionsDeps, 'connectors'>,
): Promise<WorkingConnection | null> {
  const row = await findInUseById(id, workingStates)
  const connector = row && connectors.get(row.connectorId)
  if (!connector) return null
  const { tenantId, connectorId, kind, state } = row
  return { id, tenantId, connectorId, kind, state, capabilities: capabilityNames(connector) }
}

export async function setSync(
  ctx: TenantContext,
  connectionId: string,
  change: { readonly last?: Connection['sync']['last']; readonly nextAt?: string | null },
  deps: ConnectionsDeps,
): Promise<void> {
  const row = await mustFind(ctx, connectionId, deps, { deleted: true })
  const { last, nextAt } = change
  const changed = await changeConnection(
    row,
    {},
    {
      $set: {
        ...(last !== undefined && {
          'sync.last': last && { ...last, endedAt: new Date(last.endedAt) },
        }),
        ...(nextAt !== undefined && { 'sync.nextAt': nextAt === null ? null : new Date(nextAt) }),
      },
    },
    { isUse: true },
  )
  if (changed) await announce(changed, deps)
}

export async function setOpenProblems(
  ctx: TenantContext,
  connectionId: string,
  count: number,
  deps: ConnectionsDeps,
): Promise<void> {
  const row = await findConnection(ctx, connectionId)
  if (!row || row.openProblems === count) return
  const changed = await changeConnection(
    row,
    {},
    { $set: { openProblems: count } },
    { isUse: true },
  )
  if (changed) await announce(changed, deps)
}

const dayMs = 24 * 3_600_000
const warnAtDays = [1, 7, 30] as const

/** Days before the expiry at which a warning is due now; null: none, or it was given. */
export function warningDue(
  { credentialsExpireAt, warnedDays }: Pick<ConnectionRow, 'credentialsExpireAt' | 'warnedDays'>,
  now: Date,
): number | null {
  if (credentialsExpireAt === null) return null
  const leftMs = credentialsExpireAt.getTime() - now.getTime()
  const days = warnAtDays.find((limit) => leftMs <= limit * dayMs)
  return days === undefined || (warnedDays !== null && warnedDays <= days) ? null : days
}

/** Warns of credentials that end in 30, 7 and 1 days, once each. */
export function credentialWarnings(deps: ConnectionsDeps) {
  return defineJob({
    name: 'connections.credential-warnings',
    input: z.object({}),
    every: 6 * 3_600_000,
    async run() {
      const now = deps.now()
      for (const row of await findExpiring(new Date(now.getTime() + 30 * dayMs))) {
        await warn(row, warningDue(row, now), deps)
      }
    },
  })
}

async function warn(row: ConnectionRow, days: number | null, deps: ConnectionsDeps): Promise<void> {
  if (days === null) return
  const on = row.credentialsExpireAt?.toISOString().slice(0, 10) ?? ''
  await deps.report(systemContext(row.tenantId, 'connections'), {
    connectionId: row._id,
    cause: 'credentials_expiring',
    evidence: { kind: 'expiry', detail: `The credentials end on ${on}` },
  })
  await changeConnection(row, {}, { $set: { warnedDays: days } }, { isUse: true })
}
