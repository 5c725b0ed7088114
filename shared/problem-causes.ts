/** What can be wrong with a connection, or with a system that many of them use. */
export const problemCauses = [
  'unauthorised',
  'forbidden',
  'invalid_grant',
  'rate_limited',
  'unavailable',
  'timeout',
  'slow',
  'circuit_open',
  'unreachable',
  'refused_address',
  'not_found',
  'refused',
  'schema_changed',
  'not_what_it_says',
  'too_large',
  'invalid_settings',
  'clock_skew',
  'unsupported',
  'credentials_expiring',
  'credentials_expired',
  'silent_loss',
  'removal_held',
  'sync_failed',
  'stale',
  'slo_budget_spent',
  'webhooks_stopped',
  'webhook_refused',
  'vendor_outage',
  'other',
] as const
export type ProblemCause = (typeof problemCauses)[number]

/** From mild to grave. */
export const problemSeverities = ['info', 'warning', 'critical'] as const
export type ProblemSeverity = (typeof problemSeverities)[number]

/** Who can do something about it. */
export const problemOwners = ['school', 'trust', 'vendor', 'us'] as const
export type ProblemOwner = (typeof problemOwners)[number]

export function isProblemCause(text: string): text is ProblemCause {
  return (problemCauses as readonly string[]).includes(text)
}
