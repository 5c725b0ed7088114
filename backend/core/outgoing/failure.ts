import { BrokenCircuitError } from 'cockatiel'
import { AppError } from '../../../shared/errors.ts'

const sentences: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its host name does not exist',
  EAI_AGAIN: 'its host name could not be looked up',
  ECONNREFUSED: 'nothing answers at that address',
  ECONNRESET: 'it closed the connection',
  UND_ERR_SOCKET: 'it closed the connection',
  UND_ERR_CONNECT_TIMEOUT: 'it could not be connected to in time',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate chain is incomplete',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
}

/** A network failure as a sentence for administrators; refusals of our own pass unchanged. */
export function asOutgoingFailure(error: unknown, host: string): AppError {
  if (error instanceof AppError) return error
  const code = errorCode(error)
  const reason = (code && sentences[code]) ?? 'the connection failed'
  return new AppError('upstream_unavailable', `${host} cannot be reached: ${reason}`, {
    cause: error,
  })
}

export function timedOut(host: string, timeoutMs: number): AppError {
  return new AppError('upstream_timeout', `${host} did not answer within ${timeoutMs} ms`)
}

export function circuitOpen(host: string, openMs: number, cause: BrokenCircuitError): AppError {
  return new AppError(
    'upstream_unavailable',
    `${host} failed several times in a row; it is asked again shortly`,
    { cause, retryAfterSeconds: Math.max(1, Math.ceil(openMs / 1000)) },
  )
}

/** Whether another try may succeed: the network failed, rather than we refused. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof AppError)) return false
  if (error.cause instanceof BrokenCircuitError) return false
  return error.code === 'upstream_unavailable' || error.code === 'upstream_timeout'
}

function errorCode(error: unknown): string | null {
  if (error instanceof AggregateError && error.errors.length > 0) return errorCode(error.errors[0])
  if (!(error instanceof Error)) return null
  const { code } = error as { code?: unknown }
  if (typeof code === 'string') return code
  return error.cause === undefined ? null : errorCode(error.cause)
}
