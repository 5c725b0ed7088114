import type { ConnectionHealth } from '../../../shared/api/monitoring.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { findChecks, showCheck } from './check-store.ts'
import type { MonitoringDeps } from './deps.ts'
import { type HealthRules, usualRules, type Waiting, withoutData } from './hysteresis.ts'
import { noDataMsOf } from './settle.ts'
import { nameOf } from './slots.ts'
import { readWatch, type WatchRow } from './watch-store.ts'

const checksShown = 50

/** The health of a connection with what led to it and what is on its way. */
export async function readHealth(
  ctx: TenantContext,
  id: string,
  deps: Pick<MonitoringDeps, 'connections' | 'everyMinutesOf' | 'now' | 'rules'>,
): Promise<ConnectionHealth> {
  const connection = await deps.connections.read(ctx, id)
  const { tenantId } = connection
  const now = deps.now()
  const [row, checks, everyMinutes] = await Promise.all([
    readWatch(tenantId, id),
    findChecks({ tenantId, connectionId: id }, { limit: checksShown }, now),
    deps.everyMinutesOf(tenantId),
  ])
  const shown = {
    connectionId: id,
    everyMinutes,
    checks: checks.rows.map(showCheck),
    freshness: freshnessOf(row),
  }
  if (!row) {
    const { state, since, code, message, latencyMs, checkedAt } = connection.health
    const nothing = { nextCheckAt: null, pending: null, recovering: null, lastSuccessAt: null }
    return { ...shown, state, since, code, message, latencyMs, checkedAt, ...nothing }
  }
  const rules = { ...usualRules, ...deps.rules }
  const noDataMs = noDataMsOf(row.everyMs)
  const machine = withoutData(row.machine, now.getTime(), { noDataMs })
  return {
    ...shown,
    state: machine.state,
    since: iso(machine.since),
    code: machine.code,
    message: machine.message,
    latencyMs: row.latencyMs,
    checkedAt: iso(machine.lastAt),
    nextCheckAt: row.dueAt.toISOString(),
    lastSuccessAt: iso(machine.lastSuccessAt),
    pending: showPending(machine.pending, rules),
    recovering: showRecovering(machine.recovering, rules),
  }
}

type Rules = Omit<HealthRules, 'noDataMs'>

function showPending(waiting: Waiting | null, { pendingSeen }: Rules) {
  if (!waiting) return null
  const { state, since, seen } = waiting
  return { state, since: timeOf(since), seen, needed: pendingSeen, notBefore: null }
}

function showRecovering(waiting: Waiting | null, { recoveringSeen, recoveringMs }: Rules) {
  if (!waiting) return null
  const { state, since, seen } = waiting
  const notBefore = timeOf(since + recoveringMs)
  return { state, since: timeOf(since), seen, needed: recoveringSeen, notBefore }
}

function freshnessOf(row: WatchRow | null): ConnectionHealth['freshness'] {
  return Object.entries(row?.freshness ?? {})
    .map(([field, { at, okAt }]) => ({
      capability: nameOf(field),
      lastAt: at.toISOString(),
      lastSuccessAt: okAt?.toISOString() ?? null,
    }))
    .sort((a, b) => a.capability.localeCompare(b.capability))
}

const timeOf = (ms: number) => new Date(ms).toISOString()
const iso = (ms: number | null) => (ms === null ? null : timeOf(ms))
