import { z } from 'zod'
import { ConnectorError, type VendorAnswer } from '../../connector-kit/index.ts'

const ApiError = z.object({
  error: z.object({
    message: z.string().default(''),
    status: z.string().default(''),
    errors: z.array(z.object({ reason: z.string().default('') })).default([]),
    details: z.array(z.looseObject({ reason: z.string().optional() })).default([]),
  }),
})
const TokenError = z.object({ error: z.string() })

const pauseMs = 60_000
const limits = /^(rateLimitExceeded|userRateLimitExceeded|quotaExceeded|RATE_LIMIT_EXCEEDED)$/

/** What Google means where its status alone does not say it. */
export function faultOf(answer: VendorAnswer): ConnectorError | undefined {
  const { status, json } = answer
  if (status < 400) return undefined
  const refusal = TokenError.safeParse(json)
  if (refusal.success) return tokenErrorOf(refusal.data.error, status)
  const parsed = ApiError.safeParse(json)
  return parsed.success ? apiErrorOf(answer, parsed.data.error) : undefined
}

function apiErrorOf(
  { status, headers }: VendorAnswer,
  { message, errors, details }: z.output<typeof ApiError>['error'],
): ConnectorError | undefined {
  const reasons = [...errors, ...details].map(({ reason = '' }) => reason)
  if (status === 403 && reasons.some((reason) => limits.test(reason))) {
    const seconds = Number(headers['retry-after'])
    return new ConnectorError('retry', 'Google asks for a pause: too many requests were made.', {
      code: 'rate_limited',
      status,
      retryAfterMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : pauseMs,
    })
  }
  if (reasons.includes('ACCESS_TOKEN_SCOPE_INSUFFICIENT')) {
    return new ConnectorError(
      'reauthorise',
      'The consent does not cover it. Authorise the connection again: Google then asks for what was switched on since.',
      { code: 'forbidden', status },
    )
  }
  if (message.includes('@ProjectPermissionDenied')) {
    return new ConnectorError(
      'reject',
      'Google Classroom lets only the application that made a task grade it, and this task was made by somebody else. Enter the grade in Classroom, or set the task anew from EdPsych Connect.',
      { code: 'forbidden', status },
    )
  }
  if (message.includes('@PubsubTopicNotFoundOrNoPermission')) {
    return new ConnectorError(
      'reject',
      'Classroom may not publish to the Pub/Sub topic. Check its name, and give classroom-notifications@system.gserviceaccount.com the role Pub/Sub Publisher on it.',
      { code: 'invalid_settings', status },
    )
  }
  if (status === 403) {
    return new ConnectorError(
      'reject',
      'Google does not let the person who consented do this. For all courses of a domain an administrator of it must consent.',
      { code: 'forbidden', status },
    )
  }
  return undefined
}

function tokenErrorOf(error: string, status: number): ConnectorError | undefined {
  switch (error) {
    case 'invalid_grant':
      return new ConnectorError(
        'reauthorise',
        'The consent at Google has ended: it was withdrawn, the password was changed, or it was not used for half a year. Authorise the connection again.',
        { code: 'invalid_grant', status },
      )
    case 'invalid_client':
      return new ConnectorError(
        'reauthorise',
        'Google does not know the client ID and secret. Copy both anew from the Cloud console, under Clients.',
        { status },
      )
    case 'redirect_uri_mismatch':
      return new ConnectorError(
        'reject',
        'The redirect address is not registered for the client. Add it in the Cloud console, exactly as the guide shows it.',
        { code: 'invalid_settings', status },
      )
    default:
      return undefined
  }
}
