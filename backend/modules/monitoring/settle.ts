import type { CheckTrigger } from '../../../shared/api/monitoring.ts'
import { newId } from '../../core/ids.ts'
import { systemContext } from '../../core/tenancy.ts'
import { type CheckRow, insertChecks, keptUntil } from './check-store.ts'
import type { MonitoringDeps } from './deps.ts'
import { nextCheckMs, observe, usualRules } from './hysteresis.ts'
import type { Look } from './look.ts'
import { checksCapability } from './roll-up.ts'
import {
  changeWatches,
  deleteWatches,
  findWatches,
  type WatchChange,
  type WatchRow,
} from './watch-store.ts'

/** What was found of a connection, and the state of its watch in which it was found. */
export interface Finding {
  readonly row: WatchRow
  readonly trigger: CheckTrigger
  readonly look: Look
  /** The claim under which it was found; it must still hold. */
  readonly claim?: string | undefined
}

export interface Settled extends Finding {
  readonly check: CheckRow
  readonly machine: WatchRow['machine']
}

type SettleDeps = Pick<
  MonitoringDeps,
  | 'connections'
  | 'problems'
  | 'buckets'
  | 'figures'
  | 'log'
  | 'random'
  | 'now'
  | 'rules'
  | 'soonMs'
  | 'everyMinutesOf'
>

const usualSoonMs = 30_000
const mostTries = 8

/** Three checks may fail to happen before nothing is known any more. */
export const noDataMsOf = (everyMs: number) => Math.max(3 * everyMs, 10 * 60_000)

/** Takes what was found into the health of the connections, together, and tells those who want to know. */
export async function settle(findings: readonly Finding[], deps: SettleDeps): Promise<Settled[]> {
  const done: Settled[] = []
  // However often a step is repeated, a check is recorded once.
  const ids = new Map(findings.map((found) => [found.look, newId('chk', found.look.at.getTime())]))
  let open = findings
  for (let tries = 1; open.length > 0 && tries <= mostTries; tries++) {
    const stepped = await Promise.all(
      open.map((finding) => step(finding, ids.get(finding.look) ?? '', deps)),
    )
    await insertChecks(stepped.map(({ settled }) => settled.check))
    const written = await changeWatches(stepped.map(({ change }) => change))
    for (const { settled } of stepped) if (written.has(settled.row._id)) done.push(settled)
    open = await stillOpen(open.filter(({ row }) => !written.has(row._id)))
  }
  await Promise.all(done.map((settled) => tell(settled, deps)))
  return done
}

/** Others changed the watch meanwhile: what was found is added to what they found, unless the claim was lost. */
async function stillOpen(missed: readonly Finding[]): Promise<Finding[]> {
  if (missed.length === 0) return []
  const rows = new Map(
    (await findWatches(missed.map(({ row }) => row._id))).map((row) => [row._id, row]),
  )
  return missed.flatMap((finding) => {
    const row = rows.get(finding.row._id)
    const isOurs = finding.claim === undefined || row?.claim === finding.claim
    return row && isOurs ? [{ ...finding, row }] : []
  })
}

async function step(
  finding: Finding,
  checkId: string,
  deps: SettleDeps,
): Promise<{ settled: Settled; change: WatchChange }> {
  const { row, trigger, look, claim } = finding
  const everyMs = (await deps.everyMinutesOf(row.tenantId)) * 60_000
  const rules = { ...usualRules, ...deps.rules, noDataMs: noDataMsOf(everyMs) }
  const machine = observe(row.machine, { ...look, at: look.at.getTime() }, rules)
  const now = deps.now()
  const inMs = nextCheckMs(machine, everyMs, {
    soonMs: deps.soonMs ?? usualSoonMs,
    random: deps.random(),
  })
  const isDull =
    look.result === 'ok' && trigger === 'schedule' && machine.state === row.machine.state
  const check: CheckRow = {
    _id: checkId,
    tenantId: row.tenantId,
    connectionId: row._id,
    trigger,
    result: look.result,
    state: machine.state,
    code: look.code,
    message: look.message,
    latencyMs: look.latencyMs,
    createdAt: look.at,
    expiresAt: keptUntil(look.at, isDull, everyMs),
  }
  const change: WatchChange = {
    row,
    claim,
    set: {
      machine,
      everyMs,
      latencyMs: look.latencyMs ?? (look.result === 'failing' ? null : row.latencyMs),
      updatedAt: now,
      ...nextDue(finding, new Date(now.getTime() + inMs)),
    },
  }
  return { settled: { ...finding, check, machine }, change }
}

/** When it is looked at next: traffic only ever brings that forward, and a check under way keeps its claim. */
function nextDue({ row, trigger, claim }: Finding, planned: Date) {
  if (claim !== undefined) return { claim: null, dueAt: planned }
  if (row.claim !== null) return {}
  if (trigger === 'demand' || planned < row.dueAt) return { dueAt: planned }
  return {}
}

/** Everything here may be done again by the next check, so a failure is only noted. */
async function tell(settled: Settled, deps: SettleDeps): Promise<void> {
  const { row, trigger, look, machine } = settled
  const { connectorId, tenantId, _id: connectionId } = row
  const hasChanged = machine.state !== row.machine.state
  if (hasChanged) deps.figures.transitions.inc({ connector: connectorId, state: machine.state })
  if (trigger !== 'traffic') count(settled, deps)
  else if (!hasChanged) return
  const ctx = systemContext(tenantId, 'monitoring')
  try {
    const connection = await deps.connections.applyHealth(ctx, connectionId, {
      state: machine.state,
      code: machine.code,
      message: machine.message,
      latencyMs: look.latencyMs,
      checkedAt: look.at,
    })
    if (!connection) {
      await deleteWatches([connectionId])
      return
    }
    if (look.result === 'ok') {
      if (connection.openProblems > 0) {
        await deps.problems?.succeeded(ctx, connectionId, look.at)
      }
    } else if (machine.state === 'failing' || machine.state === 'degraded') {
      await deps.problems?.report(ctx, {
        connectionId,
        cause: look.code ?? 'unavailable',
        evidence: { kind: trigger === 'traffic' ? 'traffic' : 'check', detail: look.message ?? '' },
      })
    }
  } catch (error) {
    deps.log.warn({ err: error, connectionId }, 'what a check found could not be passed on')
  }
}

function count({ row, look }: Settled, { figures, buckets }: SettleDeps): void {
  const { connectorId: connector, tenantId, _id: connectionId } = row
  const { result, code, latencyMs, at } = look
  figures.checks.inc({ connector, result })
  if (latencyMs !== null) figures.checkSeconds.observe({ connector }, latencyMs / 1000)
  buckets.add({ tenantId, connectionId, capability: checksCapability }, at.getTime(), {
    ok: result !== 'failing',
    code,
    durationMs: latencyMs,
    bytes: 0,
    rows: 0,
    count: 1,
  })
}
