/** Every stable error code and the HTTP status it is answered with; a new situation is a new row. */
export const errors = {
  invalid_request: 400,
  malformed_json: 400,
  invalid_cursor: 400,
  unauthenticated: 401,
  invalid_credentials: 401,
  insufficient_scope: 403,
  forbidden: 403,
  csrf_failed: 403,
  not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  conflict: 409,
  precondition_failed: 412,
  payload_too_large: 413,
  unsupported_media_type: 415,
  too_many_requests: 429,
  internal: 500,
  upstream_unavailable: 502,
  service_unavailable: 503,
} as const

export type ErrorCode = keyof typeof errors

export interface FieldError {
  /** JSON Pointer in fragment form, for example `#/deploymentIds/0`. */
  readonly pointer: string
  readonly code: string
  readonly detail: string
}

export interface AppErrorOptions extends ErrorOptions {
  readonly errors?: readonly FieldError[]
  readonly retryAfterSeconds?: number
}

/** A refusal that its reader can act on: the code is stable, the message says what to do. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly errors: readonly FieldError[]
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options)
    this.code = code
    this.errors = options.errors ?? []
    this.retryAfterSeconds = options.retryAfterSeconds
  }

  get status(): number {
    return errors[this.code]
  }
}
