import type { ErrorRequestHandler, Request, Response } from 'express'
import { z } from 'zod'
import { AppError, type ErrorCode, type FieldError } from '../../shared/errors.ts'

interface ProblemOptions {
  readonly publicUrl: string
  onUnexpected(error: unknown, requestId: string): void
}

/** The sentence-case title of a code: constant per problem type (RFC 9457 §3.1.3). */
export function titleOf(code: string): string {
  const words = code.replaceAll('_', ' ').replace(/^lti\b/, 'LTI')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Turns whatever was thrown into a refusal; what it does not know becomes `internal` without a detail. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  if (error instanceof z.ZodError) return invalidRequest(error)
  const type = (error as { type?: unknown } | null)?.type
  if (typeof type === 'string' && type in bodyErrors) {
    const [code, message] = bodyErrors[type as keyof typeof bodyErrors]
    return new AppError(code, message, { cause: error })
  }
  if (isUndecodable(error)) {
    return new AppError(
      'invalid_request',
      'The body is not what Content-Encoding says; send it as it is, or compressed in that way',
      { cause: error },
    )
  }
  if (error instanceof URIError) {
    return new AppError('invalid_request', 'The address holds a broken percent-encoding', {
      cause: error,
    })
  }
  return new AppError('internal', '', { cause: error })
}

/** The parsers of Express hand on a failure of zlib with a status and without a type of their own. */
function isUndecodable(error: unknown): boolean {
  if (!(error instanceof Error) || !('status' in error) || !('errno' in error)) return false
  return error.status === 400 && 'expose' in error && error.expose === true
}

const bodyErrors = {
  'entity.parse.failed': ['malformed_json', 'The body is not valid JSON; check commas and quotes'],
  'entity.too.large': ['payload_too_large', 'The body is larger than this operation accepts'],
  'encoding.unsupported': ['unsupported_media_type', 'Send the body without that encoding'],
  'charset.unsupported': ['unsupported_media_type', 'Send the body as UTF-8'],
  'request.aborted': ['invalid_request', 'The request ended before its body was complete'],
  'request.size.invalid': ['invalid_request', 'Content-Length does not match the body'],
} as const satisfies Record<string, readonly [ErrorCode, string]>

/** `400` with one entry per field, each with its JSON Pointer. */
export function invalidRequest(error: z.ZodError, root = '#'): AppError {
  const fields: FieldError[] = error.issues.map((issue) => ({
    pointer: [root, ...issue.path.map((part) => escapePointer(String(part)))].join('/'),
    code: issue.code,
    detail: issue.message,
  }))
  const first = fields[0]
  return new AppError(
    'invalid_request',
    first ? `${first.pointer}: ${first.detail}` : 'The request is not valid',
    { errors: fields },
  )
}

function escapePointer(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))
}

export function sendProblem(res: Response, error: AppError, publicUrl: string): void {
  const requestId = String(res.locals['requestId'] ?? '')
  // For those who keep count of calls.
  res.locals['refusal'] = error
  if (error.retryAfterSeconds !== undefined) res.setHeader('retry-after', error.retryAfterSeconds)
  if (error.status === 401 && !res.hasHeader('www-authenticate')) {
    res.setHeader('www-authenticate', 'Bearer realm="EdPsych Connect"')
  }
  res
    .status(error.status)
    .setHeader('cache-control', 'no-store')
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: `${publicUrl}/developers/errors/${error.code}`,
        title: titleOf(error.code),
        status: error.status,
        ...(error.message === '' ? {} : { detail: error.message }),
        instance: `urn:uuid:${requestId}`,
        code: error.code,
        requestId,
        ...(error.errors.length === 0 ? {} : { errors: error.errors }),
      }),
    )
}

/** The one place where a failure leaves the process, as RFC 9457 problem details. */
export function problemHandler(options: ProblemOptions): ErrorRequestHandler {
  return (error: unknown, _req: Request, res: Response, next) => {
    const known = toAppError(error)
    // A failure that a developer asked for in a sandbox is none of ours.
    if (known.code === 'internal' && !res.hasHeader('edpsych-sandbox-fault')) {
      options.onUnexpected(error, String(res.locals['requestId'] ?? ''))
    }
    if (res.headersSent) {
      next(error)
      return
    }
    sendProblem(res, known, options.publicUrl)
  }
}
