/** What becomes of the work: sign in anew, try later, correct something first, or never. */
export type ConnectorErrorKind = 'reauthorise' | 'retry' | 'reject' | 'unsupported'

export const connectorErrorCodes = [
  'unauthorised',
  'forbidden',
  'invalid_grant',
  'rate_limited',
  'unavailable',
  'timeout',
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
] as const
export type ConnectorErrorCode = (typeof connectorErrorCodes)[number]

export interface ConnectorErrorOptions extends ErrorOptions {
  readonly code?: ConnectorErrorCode
  /** HTTP status of the other system, where it answered. */
  readonly status?: number
  readonly retryAfterMs?: number
}

const usualCode: Readonly<Record<ConnectorErrorKind, ConnectorErrorCode>> = {
  reauthorise: 'unauthorised',
  retry: 'unavailable',
  reject: 'refused',
  unsupported: 'unsupported',
}

/**
 * What went wrong with the other system; the message says in school words what to do.
 *
 * @example throw new ConnectorError('reauthorise', 'Moodle no longer accepts the token: make a new one')
 */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError'
  readonly kind: ConnectorErrorKind
  readonly code: ConnectorErrorCode
  readonly status: number | undefined
  readonly retryAfterMs: number | undefined

  constructor(kind: ConnectorErrorKind, message: string, options: ConnectorErrorOptions = {}) {
    super(message, options)
    this.kind = kind
    this.code = options.code ?? usualCode[kind]
    this.status = options.status
    this.retryAfterMs = options.retryAfterMs
  }
}
