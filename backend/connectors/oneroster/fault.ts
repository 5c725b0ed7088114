import { z } from 'zod'
import { ConnectorError, type VendorAnswer } from '../../connector-kit/index.ts'

/** OneRoster 1.2 imsx_StatusInfo. */
const StatusInfo = z.object({
  imsx_codeMajor: z.enum(['failure', 'unsupported']),
  imsx_CodeMinor: z
    .object({
      imsx_codeMinorField: z.array(z.object({ imsx_codeMinorFieldValue: z.string() })),
    })
    .optional()
    .catch(undefined),
})

const TokenError = z.object({ error: z.string() })

/** An error that lies in an answer with a good status, or says more than its status does. */
export function faultOf({ status, json }: VendorAnswer): ConnectorError | undefined {
  const refusal = TokenError.safeParse(json)
  if (refusal.success) return tokenErrorOf(refusal.data.error)
  const info = StatusInfo.safeParse(json)
  if (!info.success || status >= 400) return undefined
  return errorOf(info.data.imsx_CodeMinor?.imsx_codeMinorField[0]?.imsx_codeMinorFieldValue)
}

function errorOf(minor: string | undefined): ConnectorError {
  switch (minor) {
    case 'unauthorisedrequest':
      return new ConnectorError(
        'reauthorise',
        'The service does not accept the access. Check in the other system that the application is still allowed.',
      )
    case 'forbidden':
      return new ConnectorError(
        'reauthorise',
        'The service does not let the application read this. Give it the right to read rosters there.',
        { code: 'forbidden' },
      )
    case 'server_busy':
      return new ConnectorError('retry', 'The service asks for a pause: it is busy.', {
        code: 'rate_limited',
        retryAfterMs: 60_000,
      })
    case 'internal_server_error':
      return new ConnectorError(
        'retry',
        'The service has a fault of its own. Nothing needs to be done here; it is tried again.',
      )
    default:
      return new ConnectorError(
        'reject',
        'The service refused the request while it answered that all is well.',
        { code: minor === 'unknownobject' ? 'not_found' : 'refused' },
      )
  }
}

/** RFC 6749 §5.2. */
function tokenErrorOf(error: string): ConnectorError | undefined {
  if (error === 'invalid_client') {
    return new ConnectorError(
      'reauthorise',
      'The token address does not accept client ID and secret. Copy both anew from the other system.',
    )
  }
  if (error === 'invalid_scope' || error === 'unauthorized_client') {
    return new ConnectorError(
      'reauthorise',
      'The application has no right to read rosters. Give it that right in the other system, or choose the other right to ask for.',
      { code: 'forbidden' },
    )
  }
  return undefined
}
