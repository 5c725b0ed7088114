import type { AlertRuleBody } from '../../../shared/api/alerts.ts'
import { type ProblemSeverity, problemSeverities } from '../../../shared/problem-causes.ts'
import type { Standing } from '../problems/index.ts'
import { type SilenceSpan, silencedUntil } from './match.ts'

const minuteMs = 60_000
/** Of more than these in one group nobody reads the rest. */
export const mostMembers = 5000

export interface Told {
  readonly id: string
  readonly severity: ProblemSeverity
}

/** What a group of problems has said so far. */
export interface GroupState {
  /** Unresolved problems that were told. */
  readonly told: readonly Told[]
  readonly lastToldAt: Date | null
  readonly escalateAt: Date | null
}

export interface Decision {
  /** Problems to be told now. */
  readonly loud: readonly Standing[]
  /** To be told when a silence ends, if they still last. */
  readonly silenced: readonly Standing[]
  readonly silencedUntil: Date | null
  readonly kind: 'problem' | 'update'
  /** All that was told is over: these. */
  readonly resolved: readonly string[]
  /** Nobody looks after these, although it was told a while ago. */
  readonly escalated: readonly Standing[]
  readonly next: GroupState
  /** When to look again; null: not before something happens. */
  readonly dueAt: Date | null
}

type Rule = Pick<AlertRuleBody, 'pendingMinutes' | 'updateMinutes' | 'escalation'>

/** What a group of problems has to say now; `problems` are those unresolved that the rule is about. */
export function decide(
  {
    rule,
    group,
    problems,
    silences,
  }: {
    readonly rule: Rule
    readonly group: GroupState
    readonly problems: readonly Standing[]
    readonly silences: readonly SilenceSpan[]
  },
  now: Date,
): Decision {
  const waits: Date[] = []
  const toldBefore = new Map(group.told.map(({ id, severity }) => [id, severity]))
  const ripe = problems.filter((problem) => {
    const told = toldBefore.get(problem._id)
    if (told !== undefined && rank(told) >= rank(problem.severity)) return false
    // Somebody looks after it already, before anybody had to be told.
    if (told === undefined && problem.status === 'acknowledged') return false
    const ripeAt = new Date(problem.openedAt.getTime() + rule.pendingMinutes * minuteMs)
    if (ripeAt <= now) return true
    waits.push(ripeAt)
    return false
  })
  const { loud: candidates, silenced, until } = partSilenced(ripe, silences, now)
  const still = new Map(problems.map((problem) => [problem._id, problem]))
  const isOver = group.told.length > 0 && group.told.every(({ id }) => !still.has(id))
  const goesOn = group.told.length > 0 && !isOver
  const postponedTo = postponed(rule, group, candidates, goesOn, now)
  if (postponedTo) waits.push(postponedTo)
  const loud = postponedTo ? [] : candidates
  const next = [...loud, ...silenced].slice(0, mostMembers)
  const nextIds = new Set(next.map(({ _id }) => _id))
  const told: Told[] = [
    ...group.told.filter(({ id }) => still.has(id) && !nextIds.has(id)),
    ...next.map(({ _id, severity }) => ({ id: _id, severity })),
  ].slice(0, mostMembers)
  const escalation = escalate(rule, { group, told, loud, isOver }, still, now)
  if (escalation.at) waits.push(escalation.at)
  return {
    loud,
    silenced,
    silencedUntil: until,
    kind: goesOn ? 'update' : 'problem',
    resolved: isOver && loud.length === 0 ? group.told.map(({ id }) => id) : [],
    escalated: escalation.due,
    next: {
      told,
      lastToldAt: loud.length > 0 ? now : group.lastToldAt,
      escalateAt: escalation.at,
    },
    dueAt: earliest(waits),
  }
}

export function rank(severity: ProblemSeverity): number {
  return problemSeverities.indexOf(severity)
}

export function gravest(severities: readonly ProblemSeverity[]): ProblemSeverity {
  return severities.reduce<ProblemSeverity>(
    (worst, severity) => (rank(severity) > rank(worst) ? severity : worst),
    'info',
  )
}

function partSilenced(
  ripe: readonly Standing[],
  silences: readonly SilenceSpan[],
  now: Date,
): { loud: Standing[]; silenced: Standing[]; until: Date | null } {
  const loud: Standing[] = []
  const silenced: Standing[] = []
  const ends: Date[] = []
  for (const problem of ripe) {
    const until = silencedUntil(problem, silences, now)
    if (until === null) loud.push(problem)
    else {
      silenced.push(problem)
      ends.push(until)
    }
  }
  return { loud, silenced, until: earliest(ends) }
}

/** What joins a group waits its turn, also where it all ended in between, unless it is graver than what was told. */
function postponed(
  { updateMinutes }: Rule,
  { told, lastToldAt }: GroupState,
  candidates: readonly Standing[],
  goesOn: boolean,
  now: Date,
): Date | null {
  if (candidates.length === 0 || lastToldAt === null) return null
  const turn = new Date(lastToldAt.getTime() + updateMinutes * minuteMs)
  if (turn <= now) return null
  const worst = rank(gravest(candidates.map(({ severity }) => severity)))
  const toldWorst = rank(gravest(told.map(({ severity }) => severity)))
  return goesOn && worst > toldWorst ? null : turn
}

function escalate(
  { escalation }: Rule,
  {
    group,
    told,
    loud,
    isOver,
  }: {
    readonly group: GroupState
    readonly told: readonly Told[]
    readonly loud: readonly Standing[]
    readonly isOver: boolean
  },
  still: ReadonlyMap<string, Standing>,
  now: Date,
): { at: Date | null; due: Standing[] } {
  const none = { at: null, due: [] }
  if (!escalation) return none
  const fresh = new Date(now.getTime() + escalation.afterMinutes * minuteMs)
  if (group.told.length === 0 || isOver) return loud.length > 0 ? { at: fresh, due: [] } : none
  if (group.escalateAt === null) return none
  if (group.escalateAt > now) return { at: group.escalateAt, due: [] }
  const due = told.flatMap(({ id }) => {
    const problem = still.get(id)
    return problem?.status === 'open' ? [problem] : []
  })
  return { at: null, due }
}

function earliest(dates: readonly Date[]): Date | null {
  return dates.reduce<Date | null>((first, date) => (first && first <= date ? first : date), null)
}
