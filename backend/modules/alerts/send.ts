import { randomUUID } from 'node:crypto'
import { systemContext } from '../../core/tenancy.ts'
import type { Standing } from '../problems/index.ts'
import { type AlertRow, claimAlert, finishAlert } from './alert-store.ts'
import { deliver } from './channels/deliver.ts'
import { type Message, messageProblems } from './channels/message.ts'
import { compose } from './compose.ts'
import type { AlertsDeps } from './deps.ts'
import { showAlert } from './inbox.ts'
import { silencedUntil } from './match.ts'
import { quietUntil } from './quiet-hours.ts'
import { retryAt } from './retry.ts'
import { findRoutes, noteRoute, type RouteRow } from './route-store.ts'
import { findRule, type RuleRow } from './rule-store.ts'
import { findActiveSilences } from './silence-store.ts'

const atOnce = 8
/** Longer than any way may take, so that only a killed process's alerts are taken over. */
const leaseMs = 120_000

/** Sends what is due; several processes may do so at once, for each alert is claimed by one. */
export async function sendDue(deps: AlertsDeps, signal: AbortSignal): Promise<void> {
  const claim = randomUUID()
  async function work(): Promise<void> {
    while (!signal.aborted) {
      const row = await claimAlert(claim, deps.now(), leaseMs)
      if (!row) return
      await sendOne(row, deps)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}

type Change = Parameters<typeof finishAlert>[2]

async function sendOne(row: AlertRow, deps: AlertsDeps): Promise<void> {
  const { tenantId, routeId, ruleId, members } = row
  const [[route], rule, standing] = await Promise.all([
    findRoutes(tenantId, [routeId]),
    findRule(tenantId, ruleId),
    deps.problems.findStanding(members),
  ])
  if (!route?.enabled || !rule?.enabled) {
    return finish(
      row,
      { status: 'dropped', lastError: 'The rule or the way is switched off' },
      deps,
    )
  }
  // In the order in which they were told.
  const byId = new Map(standing.map((problem) => [problem._id, problem]))
  const problems = members.flatMap((id) => byId.get(id) ?? [])
  const instead = (await heldBack(row, rule, problems, deps)) ?? undone(row, problems)
  if (instead) return finish(row, instead, deps)
  await send(row, route, toldNow(row, problems), deps)
}

/** A recovery tells only of what has recovered. */
function toldNow({ kind }: AlertRow, problems: readonly Standing[]): readonly Standing[] {
  return kind === 'resolved' ? problems.filter(({ status }) => status === 'resolved') : problems
}

/** Nobody wants to hear it any more. */
function undone({ kind, heldBecause }: AlertRow, problems: readonly Standing[]): Change | null {
  const drop = (lastError: string): Change => ({ status: 'dropped', lastError })
  if (problems.length === 0) return drop('The problems are not on record any more')
  const isOver = problems.every(({ status }) => status === 'resolved')
  if (heldBecause === 'silence' && isOver) return drop('It was over before the silence was')
  if (kind === 'resolved' && problems.every(({ status }) => status !== 'resolved')) {
    return drop('It came back before this was sent')
  }
  if (kind === 'escalation' && problems.every(({ status }) => status !== 'open')) {
    return drop('Somebody looks after it')
  }
  return null
}

/** Until when a silence or the quiet hours hold it back. */
async function heldBack(
  { tenantId, kind, channel }: AlertRow,
  { quietHours }: RuleRow,
  problems: readonly Standing[],
  { now: clock }: AlertsDeps,
): Promise<Change | null> {
  if (kind === 'digest') return null
  const now = clock()
  const lasting = problems.filter(({ status }) => status !== 'resolved')
  const silences = kind === 'resolved' ? [] : await findActiveSilences(tenantId, now)
  const ends = lasting.map((problem) => silencedUntil(problem, silences, now))
  const [first] = ends
  if (first && ends.every((end) => end !== null)) {
    const dueAt = new Date(Math.min(...ends.map((end) => end.getTime())))
    return { status: 'held', heldBecause: 'silence', dueAt }
  }
  // The administration disturbs nobody's sleep.
  if (!quietHours || channel === 'in-app') return null
  const dueAt = quietUntil(quietHours, now)
  const isPassing =
    quietHours.criticalPasses && problems.some(({ severity }) => severity === 'critical')
  return dueAt && !isPassing ? { status: 'held', heldBecause: 'quiet-hours', dueAt } : null
}

async function send(
  row: AlertRow,
  route: RouteRow,
  problems: readonly Standing[],
  deps: AlertsDeps,
): Promise<void> {
  const { kind } = row
  const { publicUrl, connectorName } = deps
  const composed = compose({ kind, problems, publicUrl, connectorName })
  const message: Message = {
    ...composed,
    id: row._id,
    kind,
    at: deps.now(),
    problemCount: problems.length,
    problems: messageProblems(problems, publicUrl),
  }
  const outcome = await deliver(route, message, deps)
  const now = deps.now()
  const { severity, title, text } = composed
  const attempts = row.attempts + 1
  const said = { severity, title, text, attempts }
  if (outcome.ok) {
    await noteRoute(route, { lastSentAt: now, lastError: null })
    return finish(row, { ...said, status: 'sent', lastError: null, sentAt: now }, deps)
  }
  await noteRoute(route, { lastError: outcome.detail })
  const dueAt = outcome.isFinal ? null : retryAt(attempts, now, outcome.retryAfterMs)
  deps.log.warn({ alertId: row._id, channel: row.channel, attempts }, 'an alert could not be sent')
  const lastError = outcome.detail
  return finish(
    row,
    dueAt
      ? { ...said, status: 'waiting', lastError, dueAt }
      : { ...said, status: 'failed', lastError },
    deps,
  )
}

async function finish(row: AlertRow, change: Change, deps: AlertsDeps): Promise<void> {
  const ctx = systemContext(row.tenantId, 'alerts')
  const finished = await finishAlert(ctx, row, { ...change, updatedAt: deps.now() })
  if (!finished) return
  deps.publish(row.tenantId, 'alerts', { kind: 'alert.changed', alert: showAlert(finished, null) })
}
