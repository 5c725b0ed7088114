import type { DomainEvent } from '../../../shared/events.ts'
import type { ProblemCause, ProblemOwner, ProblemSeverity } from '../../../shared/problem-causes.ts'
import type { AlertsDeps } from './deps.ts'
import { type Wanted, wakeGroups } from './group-store.ts'
import { groupKeyOf } from './match.ts'
import { findRulesInForce, type RuleRow } from './rule-store.ts'

interface ProblemFacts {
  readonly connectionId: string | null
  readonly connectorId: string | null
  readonly cause: ProblemCause
  readonly severity: ProblemSeverity
  readonly owner: ProblemOwner
}

type ProblemEvent = DomainEvent<'problem.opened' | 'problem.updated' | 'problem.resolved'>

export function isProblemEvent(event: DomainEvent): event is ProblemEvent {
  return event.type.startsWith('problem.')
}

/** Has every group looked at that an event may change; what it has to say is decided there. */
export async function gather(
  events: readonly ProblemEvent[],
  ensureDefaults: (tenantId: string) => Promise<void>,
  deps: AlertsDeps,
): Promise<void> {
  const now = deps.now()
  const wanted = new Map<string, Wanted>()
  for (const [tenantId, ofTenant] of byTenant(events)) {
    await ensureDefaults(tenantId)
    const lineage = (await deps.lineageOf(tenantId)).map(({ id }) => id)
    const rules = await findRulesInForce(lineage.length > 0 ? lineage : [tenantId])
    const concerned = rules.filter((rule) => rule.tenantId === tenantId || rule.includeBelow)
    for (const group of concerned.flatMap((rule) => groupsOf(rule, ofTenant, now))) {
      wanted.set(`${group.tenantId}|${group.ruleId}|${group.key}`, group)
    }
  }
  await wakeGroups([...wanted.values()], now)
}

function byTenant(events: readonly ProblemEvent[]): Map<string, ProblemEvent[]> {
  const tenants = new Map<string, ProblemEvent[]>()
  for (const event of events) {
    const list = tenants.get(event.tenantId)
    if (list) list.push(event)
    else tenants.set(event.tenantId, [event])
  }
  return tenants
}

/** By what never changes of a problem: one that was told and is milder now must still end. */
function mayMatch({ match }: RuleRow, { cause, owner, connectorId }: ProblemFacts): boolean {
  return (
    (match.causes.length === 0 || match.causes.includes(cause)) &&
    (match.owners.length === 0 || match.owners.includes(owner)) &&
    (match.connectorIds.length === 0 ||
      (connectorId !== null && match.connectorIds.includes(connectorId)))
  )
}

function groupsOf(rule: RuleRow, events: readonly ProblemEvent[], now: Date): Wanted[] {
  return events
    .filter(({ data }) => mayMatch(rule, data))
    .map(({ data }) => groupOf(rule, data, now))
}

function groupOf(rule: RuleRow, data: ProblemFacts, now: Date): Wanted {
  const { connectorId, connectionId } = data
  return {
    tenantId: rule.tenantId,
    ruleId: rule._id,
    key: groupKeyOf({ connectorId, subject: connectionId ?? 'organisation' }),
    dueAt: new Date(now.getTime() + rule.groupWindowSeconds * 1000),
  }
}
