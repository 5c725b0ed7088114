import { z } from 'zod'
import { ConnectorError, type VendorAnswer } from '../../connector-kit/index.ts'

const TokenError = z.object({ error: z.string() })

const dayMs = 24 * 3_600_000
const usualPauseMs = 60_000

/** What Blackboard means where its status alone does not say it. */
export function faultOf({ status, headers, json }: VendorAnswer): ConnectorError | undefined {
  // The limit of a day is used up; some releases say so with 403.
  const isUsedUp = headers['x-rate-limit-remaining'] === '0'
  if (status === 429 || (status === 403 && isUsedUp)) {
    return new ConnectorError(
      'retry',
      'The requests that the application may make in a day are used up. It goes on when Blackboard allows more; the guide says how to ask for a higher limit.',
      { code: 'rate_limited', status, retryAfterMs: pauseOf(headers) },
    )
  }
  const refusal = TokenError.safeParse(json)
  if (refusal.success && status >= 400 && status < 500) {
    return new ConnectorError(
      'reauthorise',
      'Blackboard does not accept the application. Check key and secret, and that an administrator has added the application under REST API Integrations and left it available.',
      { status },
    )
  }
  if (status === 403) {
    return new ConnectorError(
      'reauthorise',
      'Blackboard knows the application, but its user may not read this. Give the role of that user the entitlements of the guide.',
      { code: 'forbidden', status },
    )
  }
  return undefined
}

/** Seconds until the count begins anew. */
function pauseOf(headers: VendorAnswer['headers']): number {
  for (const name of ['retry-after', 'x-rate-limit-reset']) {
    const seconds = Number(headers[name])
    if (Number.isFinite(seconds) && seconds > 0) return Math.min(dayMs, seconds * 1000)
  }
  return usualPauseMs
}
