import {
  type ProblemCause,
  type ProblemSeverity,
  problemSeverities,
} from '../../../shared/problem-causes.ts'
import { problemGuide } from '../../../shared/problem-guide.ts'

const dayMs = 24 * 3_600_000

/** Credentials that end in a month are worth a line, those of tomorrow a call. */
export function severityOf(
  cause: ProblemCause,
  facts: { readonly credentialsExpireAt?: string | null | undefined; readonly now: Date },
): ProblemSeverity {
  const { credentialsExpireAt, now } = facts
  if (cause !== 'credentials_expiring' || !credentialsExpireAt) return problemGuide[cause].severity
  const days = (Date.parse(credentialsExpireAt) - now.getTime()) / dayMs
  if (days <= 1) return 'critical'
  return days <= 7 ? 'warning' : 'info'
}

export function isGraver(one: ProblemSeverity, other: ProblemSeverity): boolean {
  return problemSeverities.indexOf(one) > problemSeverities.indexOf(other)
}
