import type { Response } from 'express'
import type { LimitKind, RateLimit } from '../../../shared/plans.ts'

/** One policy of `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-11); `burst` is a parameter of ours. */
export function policyItem(kind: LimitKind, { perMinute, burst }: RateLimit): string {
  return `"${kind}";q=${perMinute};w=60;burst=${burst}`
}

/** The only writer of both fields: every policy that holds, and what is left under the tightest. */
export function writeRateHeaders(
  res: Pick<Response, 'setHeader'>,
  policies: string,
  tightest: { kind: LimitKind; remaining: number; resetSeconds: number },
): void {
  res.setHeader('ratelimit-policy', policies)
  res.setHeader(
    'ratelimit',
    `"${tightest.kind}";r=${tightest.remaining};t=${tightest.resetSeconds}`,
  )
}
