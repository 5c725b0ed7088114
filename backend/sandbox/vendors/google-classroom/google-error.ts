import type { Response } from 'express'

export type GoogleStatus =
  | 'INVALID_ARGUMENT'
  | 'FAILED_PRECONDITION'
  | 'UNAUTHENTICATED'
  | 'PERMISSION_DENIED'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'RESOURCE_EXHAUSTED'
  | 'UNAVAILABLE'

const codes: Readonly<Record<GoogleStatus, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
  UNAVAILABLE: 503,
}

const reasons: Readonly<Record<GoogleStatus, string>> = {
  INVALID_ARGUMENT: 'badRequest',
  FAILED_PRECONDITION: 'failedPrecondition',
  UNAUTHENTICATED: 'authError',
  PERMISSION_DENIED: 'forbidden',
  NOT_FOUND: 'notFound',
  ALREADY_EXISTS: 'alreadyExists',
  RESOURCE_EXHAUSTED: 'rateLimitExceeded',
  UNAVAILABLE: 'backendError',
}

/** Refuses a request as Google's APIs do; thrown by the routes. */
export class GoogleError extends Error {
  readonly status: GoogleStatus
  /** `reason` of an ErrorInfo, where Google names one. */
  readonly reason: string | undefined

  constructor(status: GoogleStatus, message: string, reason?: string) {
    super(message)
    this.status = status
    this.reason = reason
  }
}

export const notFound = () => new GoogleError('NOT_FOUND', 'Requested entity was not found.')
export const denied = (message = 'The caller does not have permission') =>
  new GoogleError('PERMISSION_DENIED', message)
export const invalid = (message: string) => new GoogleError('INVALID_ARGUMENT', message)

/** What another Cloud project made is read only. */
export const projectDenied = () =>
  denied(
    '@ProjectPermissionDenied The Developer Console project is not permitted to make this request.',
  )

export function errorBody({ status, message, reason }: Omit<GoogleError, 'name'>): object {
  return {
    error: {
      code: codes[status],
      message,
      errors: [{ message, domain: 'global', reason: reasons[status] }],
      status,
      ...(reason && {
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason,
            domain: 'googleapis.com',
            metadata: { service: 'classroom.googleapis.com' },
          },
        ],
      }),
    },
  }
}

export function sendError(res: Response, error: GoogleError): void {
  if (error.status === 'UNAUTHENTICATED') {
    res.set(
      'WWW-Authenticate',
      'Bearer realm="https://accounts.google.com/", error="invalid_token"',
    )
  }
  res.status(codes[error.status]).json(errorBody(error))
}
