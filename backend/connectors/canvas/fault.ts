import { z } from 'zod'
import { ConnectorError, type VendorAnswer } from '../../connector-kit/index.ts'

const TokenError = z.object({ error: z.string() })
const Unauthorised = z.object({ status: z.literal('unauthorized') })

const Faults = z.object({ errors: z.array(z.object({ message: z.string() })) })

const pauseMs = 30_000

/** What Canvas means where its status alone does not say it. */
export function faultOf({ status, headers, text, json }: VendorAnswer): ConnectorError | undefined {
  // Older releases throttle with 403; the body begins with the status.
  if (status === 403 && /rate limit exceeded/i.test(text)) {
    const seconds = Number(headers['retry-after'])
    return new ConnectorError('retry', 'Canvas asks for a pause: too many requests were made.', {
      code: 'rate_limited',
      status,
      retryAfterMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : pauseMs,
    })
  }
  // A token that is good and may not do this is answered with 401 as well.
  if (status === 401 && Unauthorised.safeParse(json).success) {
    return new ConnectorError(
      'reauthorise',
      'Canvas knows the person who consented, but does not let them do this. Authorise again as an administrator of the account.',
      { code: 'forbidden', status },
    )
  }
  if (status === 401 && isOfScope(json)) {
    return new ConnectorError(
      'reauthorise',
      'The consent does not cover it. Give the developer key all scopes of the guide, then authorise again.',
      { code: 'forbidden', status },
    )
  }
  const refusal = TokenError.safeParse(json)
  return refusal.success ? tokenErrorOf(refusal.data.error, status) : undefined
}

/** A token that was consented to before a scope was added. */
function isOfScope(json: unknown): boolean {
  const [first] = Faults.safeParse(json).data?.errors ?? []
  return /insufficient scopes/i.test(first?.message ?? '')
}

function tokenErrorOf(error: string, status: number): ConnectorError | undefined {
  if (error === 'invalid_grant') {
    return new ConnectorError(
      'reauthorise',
      'The consent in Canvas has ended. Authorise the connection again.',
      { code: 'invalid_grant', status },
    )
  }
  if (error === 'invalid_client') {
    return new ConnectorError(
      'reauthorise',
      'Canvas does not know the developer key. Check under Admin, Developer keys that it is on, and copy its number and key anew.',
      { status },
    )
  }
  if (error === 'invalid_scope') {
    return new ConnectorError(
      'reauthorise',
      'The developer key does not hold all scopes. Add those of the guide to it, or switch “Enforce scopes” off.',
      { code: 'forbidden', status },
    )
  }
  return undefined
}
