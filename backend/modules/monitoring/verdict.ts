import type { CheckResult } from './hysteresis.ts'

/** What the requests of one connection came to in a stretch of time. */
export interface Traffic {
  readonly ok: number
  readonly failed: number
  /** The last failure that says something of the connection. */
  readonly code: string | null
}

/** Failures that say something of the other system as a whole, and not of what was asked of it. */
const telling = new Set([
  'unauthorised',
  'forbidden',
  'invalid_grant',
  'rate_limited',
  'unavailable',
  'timeout',
  'circuit_open',
  'unreachable',
  'schema_changed',
  'not_what_it_says',
])

export const isTelling = (code: string | null) => code !== null && telling.has(code)

/** Below this a single unlucky request would decide. */
const fewest = 3

/** What the traffic says of the health; null: too little of it. */
export function verdictOf({ ok, failed, code }: Traffic): CheckResult | null {
  const all = ok + failed
  if (all < fewest) return null
  const share = failed / all
  if (share >= 0.5) return code === 'rate_limited' ? 'degraded' : 'failing'
  return share >= 0.1 ? 'degraded' : 'ok'
}
