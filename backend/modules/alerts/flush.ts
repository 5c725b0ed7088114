import type { Alert } from '../../../shared/api/alerts.ts'
import { newId } from '../../core/ids.ts'
import type { Standing } from '../problems/index.ts'
import { findUnsentMembers, insertAlerts, type NewAlert } from './alert-store.ts'
import { compose } from './compose.ts'
import { type Decision, decide, mostMembers } from './decide.ts'
import type { AlertsDeps } from './deps.ts'
import {
  deleteGroups,
  emptyOutbox,
  findDueGroups,
  type GroupRow,
  keepGroup,
} from './group-store.ts'
import { matches } from './match.ts'
import { nextDigest } from './quiet-hours.ts'
import { findRoutes, type RouteRow } from './route-store.ts'
import { findRule, type RuleRow } from './rule-store.ts'
import { findActiveSilences } from './silence-store.ts'

const atOnce = 100
const mostRounds = 50

/** Looks at every group that is due and writes the alerts it decides on. */
export async function flushGroups(deps: AlertsDeps, signal: AbortSignal): Promise<void> {
  for (let round = 0; round < mostRounds && !signal.aborted; round++) {
    const groups = await findDueGroups(deps.now(), atOnce)
    for (const group of groups) await flushGroup(group, deps)
    if (groups.length < atOnce) return
  }
}

async function flushGroup(group: GroupRow, deps: AlertsDeps): Promise<void> {
  const now = deps.now()
  // Of a process that was killed between its decision and this.
  if (group.outbox.length > 0) return writeOutbox(group, group.outbox, null)
  const rule = await findRule(group.tenantId, group.ruleId)
  if (!rule?.enabled) return deleteGroups(group.tenantId, group.ruleId)
  const [problems, silences] = await Promise.all([
    problemsOf(group, rule, deps),
    findActiveSilences(group.tenantId, now),
  ])
  const decision = decide({ rule, group, problems, silences }, now)
  const { next, dueAt } = decision
  const outbox = await alertsOf(group, rule, decision, deps)
  if (!(await keepGroup(group, next, outbox, { dueAt, now })) || outbox.length === 0) return
  await writeOutbox(group, outbox, { dueAt })
}

async function writeOutbox(
  group: GroupRow,
  outbox: readonly NewAlert[],
  next: { readonly dueAt: Date | null } | null,
): Promise<void> {
  await insertAlerts(outbox)
  const ids = outbox.map(({ _id }) => _id)
  await emptyOutbox(group, ids, next && { ...next, revision: group.revision + 1 })
}

async function problemsOf(
  { key, tenantId }: GroupRow,
  rule: RuleRow,
  deps: AlertsDeps,
): Promise<Standing[]> {
  const reach = rule.includeBelow ? await deps.treeOf(tenantId) : [tenantId]
  const which = key.startsWith('-') ? { subject: key.slice(1) } : { connectorId: key }
  const found = await deps.problems.findUnresolvedOf(reach, which, mostMembers)
  return found.filter((problem) => matches(rule.match, problem))
}

interface Telling {
  readonly kind: Exclude<Alert['kind'], 'digest'>
  readonly problems: readonly Standing[]
  readonly routeIds: readonly string[]
  readonly silencedUntil?: Date | null
}

/** One alert for each thing to tell and each way it takes. */
async function alertsOf(
  group: GroupRow,
  rule: RuleRow,
  decision: Decision,
  deps: AlertsDeps,
): Promise<NewAlert[]> {
  const { loud, silenced, escalated, resolved, kind } = decision
  const over = rule.notifyResolved ? await deps.problems.findStanding(resolved) : []
  const tellings: Telling[] = [
    { kind, problems: loud, routeIds: rule.routeIds },
    {
      kind: 'problem',
      problems: silenced,
      routeIds: rule.routeIds,
      silencedUntil: decision.silencedUntil,
    },
    { kind: 'escalation', problems: escalated, routeIds: rule.escalation?.routeIds ?? [] },
    { kind: 'resolved', problems: over, routeIds: rule.routeIds },
  ]
  const useful = tellings.filter(({ problems }) => problems.length > 0)
  if (useful.length === 0) return []
  const routes = await findRoutes(
    group.tenantId,
    useful.flatMap(({ routeIds }) => routeIds),
  )
  // What a way has not told yet need not be taken back on it.
  const unsent = over.length > 0 ? await findUnsentMembers(group.tenantId, group._id) : new Map()
  return useful.flatMap((telling) =>
    routes
      .filter(({ _id, enabled }) => enabled && telling.routeIds.includes(_id))
      .flatMap((route) => {
        const held: ReadonlySet<string> | undefined =
          telling.kind === 'resolved' ? unsent.get(route._id) : undefined
        const problems = telling.problems.filter(({ _id }) => !held?.has(_id))
        return problems.length === 0
          ? []
          : alertBy(route, { ...telling, problems }, group, rule, deps)
      }),
  )
}

function alertBy(
  route: RouteRow,
  telling: Telling,
  group: GroupRow,
  rule: RuleRow,
  deps: AlertsDeps,
): NewAlert[] {
  const { kind, problems, silencedUntil = null } = telling
  const now = deps.now()
  const { publicUrl, connectorName } = deps
  const { severity, title, text } = compose({ kind, problems, publicUrl, connectorName })
  const alert: NewAlert = {
    _id: newId('alm', now.getTime()),
    tenantId: group.tenantId,
    kind,
    severity,
    title,
    text,
    connectorId: group.key.startsWith('-') ? null : group.key,
    ruleId: rule._id,
    routeId: route._id,
    routeName: route.name,
    channel: route.kind,
    roles: route.roles,
    groupId: group._id,
    members: problems.map(({ _id }) => _id),
    status: silencedUntil ? 'held' : 'waiting',
    heldBecause: silencedUntil ? 'silence' : null,
    attempts: 0,
    lastError: null,
    dueAt: silencedUntil ?? now,
    sentAt: null,
    readBy: [],
    createdAt: now,
    updatedAt: now,
  }
  const { digest } = rule
  if (!digest || severity === 'critical' || kind === 'escalation' || silencedUntil) return [alert]
  // The digest itself says what is over by then.
  if (kind === 'resolved') return []
  const dueAt = nextDigest(digest, now)
  return [
    {
      ...alert,
      kind: 'digest',
      status: 'held',
      heldBecause: 'digest',
      connectorId: null,
      groupId: null,
      dueAt,
      digestKey: `${rule._id}:${route._id}:${dueAt.toISOString()}`,
    },
  ]
}
