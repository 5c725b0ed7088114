import type { ConnectionHealthState } from '../../../shared/connection-states.ts'

export type CheckResult = Exclude<ConnectionHealthState, 'unknown'>

/** What one look at a connection said, by a check or from its traffic. */
export interface Observation {
  readonly at: number
  readonly result: CheckResult
  readonly code: string | null
  readonly message: string | null
}

/** A state that is not believed yet. */
export interface Waiting {
  readonly state: CheckResult
  readonly since: number
  readonly seen: number
}

/** The health of one connection; all of it is stored, so any process goes on from there. */
export interface HealthMachine {
  readonly state: ConnectionHealthState
  readonly since: number | null
  readonly code: string | null
  readonly message: string | null
  readonly lastAt: number | null
  readonly lastSuccessAt: number | null
  /** Grafana's pending period. */
  readonly pending: Waiting | null
  /** Grafana's keep-firing period. */
  readonly recovering: Waiting | null
}

export interface HealthRules {
  /** So many in a row that look worse count, or as few as two over `pendingMs`. */
  readonly pendingSeen: number
  readonly pendingMs: number
  /** So many in a row that look better count, and not before `recoveringMs` have passed. */
  readonly recoveringSeen: number
  readonly recoveringMs: number
  /** After this time without any, nothing is known. */
  readonly noDataMs: number
}

export const usualRules: Omit<HealthRules, 'noDataMs'> = {
  pendingSeen: 3,
  pendingMs: 120_000,
  recoveringSeen: 3,
  recoveringMs: 120_000,
}

export const newMachine: HealthMachine = {
  state: 'unknown',
  since: null,
  code: null,
  message: null,
  lastAt: null,
  lastSuccessAt: null,
  pending: null,
  recovering: null,
}

const rank: Readonly<Record<CheckResult, number>> = { ok: 0, degraded: 1, failing: 2 }
const fewestPending = 2

/** The health after one more observation; one that comes late counts as of now. */
export function observe(
  before: HealthMachine,
  observation: Observation,
  rules: HealthRules,
): HealthMachine {
  const at = Math.max(observation.at, before.lastAt ?? 0)
  const { state, pending, recovering } = withoutData(before, at, rules)
  const { result } = observation
  const seen = {
    lastAt: at,
    lastSuccessAt: result === 'failing' ? before.lastSuccessAt : at,
  }
  const reason = { code: observation.code, message: observation.message }
  const stays = { ...before, ...seen, state, since: state === before.state ? before.since : at }

  if (state === 'unknown' && result !== 'failing') return reached(result, at, reason, seen)
  // Of nothing known, only failing is worse.
  const now = state === 'unknown' ? rank.ok : rank[state]
  if (rank[result] === now) {
    return { ...stays, ...reason, pending: null, recovering: null }
  }
  if (rank[result] > now) {
    const waiting = goOn(pending, result, at, lessBad)
    const isLong = waiting.seen >= fewestPending && at - waiting.since >= rules.pendingMs
    if (waiting.seen >= rules.pendingSeen || isLong) return reached(waiting.state, at, reason, seen)
    return { ...stays, pending: waiting, recovering: null }
  }
  const waiting = goOn(recovering, result, at, worse)
  const isLong = at - waiting.since >= rules.recoveringMs
  if (waiting.seen >= rules.recoveringSeen && isLong) {
    return reached(waiting.state, at, reason, seen)
  }
  return { ...stays, recovering: waiting, pending: null }
}

function reached(
  state: CheckResult,
  at: number,
  reason: Pick<HealthMachine, 'code' | 'message'>,
  seen: Pick<HealthMachine, 'lastAt' | 'lastSuccessAt'>,
): HealthMachine {
  return { state, since: at, ...reason, ...seen, pending: null, recovering: null }
}

function goOn(
  waiting: Waiting | null,
  result: CheckResult,
  at: number,
  choose: (a: CheckResult, b: CheckResult) => CheckResult,
): Waiting {
  if (!waiting) return { state: result, since: at, seen: 1 }
  return { state: choose(waiting.state, result), since: waiting.since, seen: waiting.seen + 1 }
}

const lessBad = (a: CheckResult, b: CheckResult) => (rank[a] < rank[b] ? a : b)
const worse = (a: CheckResult, b: CheckResult) => (rank[a] > rank[b] ? a : b)

/** The health as of `now`: nothing is known of a connection that nothing was heard of for long. */
export function withoutData(
  machine: HealthMachine,
  now: number,
  { noDataMs }: Pick<HealthRules, 'noDataMs'>,
): HealthMachine {
  if (machine.lastAt === null || now - machine.lastAt <= noDataMs) return machine
  const since = machine.lastAt + noDataMs
  return { ...machine, state: 'unknown', since, pending: null, recovering: null }
}

/** A state that is about to change is looked at again soon. */
export function nextCheckMs(
  machine: HealthMachine,
  everyMs: number,
  { soonMs, random }: { readonly soonMs: number; readonly random: number },
): number {
  const isMoving = machine.pending !== null || machine.recovering !== null
  const plain = isMoving ? Math.min(everyMs, soonMs) : everyMs
  return Math.round(plain * (0.8 + 0.4 * random))
}
