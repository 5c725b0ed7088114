import type { RequestHandler } from 'express'
import { AppError } from '../../../shared/errors.ts'

const longestAddress = 8000

const allowedHeaders = [
  'authorization',
  'content-type',
  'dpop',
  'edpsych-version',
  'idempotency-key',
  'if-match',
  'if-none-match',
].join(', ')

const exposedHeaders = [
  'deprecation',
  'dpop-nonce',
  'edpsych-version',
  'etag',
  'idempotent-replayed',
  'link',
  'location',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'sunset',
  'www-authenticate',
  'x-request-id',
].join(', ')

/**
 * What every answer of the API carries for programs in browsers: any site may call with a bearer token,
 * none with somebody's cookies, because credentials are not allowed.
 */
export const crossOrigin: RequestHandler = (req, res, next) => {
  // Only browsers say where a call comes from, and nothing here is kept by a cache.
  if (req.headers.origin !== undefined) {
    res.setHeader('access-control-allow-origin', '*')
    res.setHeader('access-control-expose-headers', exposedHeaders)
  }
  if (req.originalUrl.length > longestAddress) {
    throw new AppError(
      'uri_too_long',
      `The address is longer than ${longestAddress} characters; ask for less at once`,
    )
  }
  next()
}

/** The answer to `OPTIONS`, preflights among them. */
export function answerOptions(methods: readonly string[]): RequestHandler {
  const allow = allowOf(methods)
  return (_req, res) => {
    res.setHeader('allow', allow)
    res.setHeader('access-control-allow-methods', allow)
    res.setHeader('access-control-allow-headers', allowedHeaders)
    res.setHeader('access-control-max-age', '7200')
    res.status(204).end()
  }
}

export function allowOf(methods: readonly string[]): string {
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
}
