import type { AlertMatch, SilenceBody } from '../../../shared/api/alerts.ts'
import type { Standing } from '../problems/index.ts'

type Facts = Pick<
  Standing,
  'connectionId' | 'connectorId' | 'connectorKind' | 'cause' | 'severity' | 'owner'
>

function allows<T>(list: readonly T[], value: T | null): boolean {
  return list.length === 0 || (value !== null && list.includes(value))
}

/** Whether a rule is about a problem. */
export function matches(match: AlertMatch, problem: Facts): boolean {
  const kinds: readonly string[] = match.connectorKinds
  return (
    allows(match.severities, problem.severity) &&
    allows(match.causes, problem.cause) &&
    allows(match.owners, problem.owner) &&
    allows(match.connectorIds, problem.connectorId) &&
    allows(kinds, problem.connectorKind)
  )
}

export interface SilenceSpan {
  readonly match: SilenceBody['match']
  readonly startsAt: Date
  readonly endsAt: Date
}

/** When the last of the silences that cover a problem ends; null: it is not silenced. */
export function silencedUntil(
  problem: Facts,
  silences: readonly SilenceSpan[],
  at: Date,
): Date | null {
  let until: Date | null = null
  for (const { match, startsAt, endsAt } of silences) {
    if (startsAt > at || endsAt <= at) continue
    if (!matches(match, problem) || !allows(match.connectionIds, problem.connectionId)) continue
    if (until === null || endsAt > until) until = endsAt
  }
  return until
}

/** Problems of one connector are told together: they mostly have one reason. */
export function groupKeyOf(problem: {
  readonly connectorId: string | null
  readonly subject: string
}): string {
  return problem.connectorId === null ? `-${problem.subject}` : problem.connectorId
}
