import type { LimitKind, RateLimit } from '../../../shared/plans.ts'
import type { TokenGrant, TokenRequest } from './definition.ts'
import { type MemoryBucket, waitForToken } from './memory-bucket.ts'
import { leaseMs } from './take-tokens.ts'

/** One bucket as this process knows it. Times are milliseconds of a clock that never jumps. */
export interface Bucket {
  readonly id: string
  readonly tenantId: string
  readonly kind: LimitKind
  limit: RateLimit
  /** Revision of the policies that `limit` was read at. */
  revision: number
  /** Tokens taken from the pool and not spent. */
  left: number
  leaseEndsAt: number
  leasedAt: number
  leased: number
  lastSpentAt: number
  /** The pool as the last answer showed it. */
  poolLeft: number
  poolSeenAt: number
  /** Refused from memory until then. */
  blockedUntil: number
  waiting: number
  taking: Promise<void> | null
  /** Stands in for the pool while the store is away. */
  insurance: MemoryBucket | null
}

export function newBucket(
  facts: Pick<Bucket, 'id' | 'tenantId' | 'kind' | 'limit' | 'revision'>,
  now: number,
): Bucket {
  return {
    ...facts,
    left: 0,
    leaseEndsAt: 0,
    leasedAt: now,
    leased: 0,
    lastSpentAt: now,
    poolLeft: facts.limit.burst,
    poolSeenAt: now,
    blockedUntil: 0,
    waiting: 0,
    taking: null,
    insurance: null,
  }
}

/** Puts a changed limit in force: what was leased or refused under the former one counts no more. */
export function relimit(bucket: Bucket, limit: RateLimit, now: number): void {
  const change = limit.burst - bucket.limit.burst
  bucket.limit = limit
  bucket.left = 0
  bucket.blockedUntil = 0
  bucket.poolLeft = Math.max(0, bucket.poolLeft + change)
  bucket.leasedAt = now
  bucket.leased = 0
}

export function canSpend(bucket: Bucket, now: number): boolean {
  return bucket.left >= 1 && now < bucket.leaseEndsAt
}

export function spend(bucket: Bucket, now: number): void {
  bucket.left -= 1
  bucket.lastSpentAt = now
}

/** Of a quiet credential one lease serves for a while; the pool never lets go of more than a share of it. */
const firstLease = 20
/** A lease is meant to last this long at the rate of the one before. */
const aheadMs = 2000

/** How many tokens to ask for: as many as the last lease would have lasted two seconds. */
export function wantedTokens(bucket: Bucket): number {
  const elapsedMs = Math.max(1, bucket.lastSpentAt - bucket.leasedAt)
  const expected = bucket.leased === 0 ? 0 : Math.ceil((bucket.leased / elapsedMs) * aheadMs)
  // One quick burst is not a rate yet.
  const atMost = Math.max(firstLease, bucket.leased * 8)
  return Math.max(bucket.waiting, Math.min(Math.max(firstLease, expected), atMost))
}

export function tokenRequest(bucket: Bucket, by: string, now: number): TokenRequest {
  const endedAt = Math.min(bucket.left > 0 ? bucket.leaseEndsAt : bucket.lastSpentAt, now)
  return {
    id: bucket.id,
    tenantId: bucket.tenantId,
    limit: bucket.limit,
    by,
    waiting: bucket.waiting,
    wanted: wantedTokens(bucket),
    spentAgoMs: now - endedAt,
  }
}

const shortestBlockMs = 50

/** Takes in what the pool answered to a request that was sent at `sentAt`. */
export function receiveTokens(bucket: Bucket, grant: TokenGrant, sentAt: number, now: number) {
  bucket.left = grant.granted
  bucket.leased = grant.granted
  bucket.leasedAt = sentAt
  bucket.lastSpentAt = now
  // The pool's lease began after the request was sent, so ours ends before its.
  bucket.leaseEndsAt = sentAt + leaseMs
  bucket.poolLeft = grant.poolLeft
  bucket.poolSeenAt = now
  if (grant.granted > 0) return
  bucket.blockedUntil = now + Math.max(shortestBlockMs, waitForToken(grant.poolLeft, bucket.limit))
}

/** Calls that would be let through now, as far as this process knows; never more than that by its own doing. */
export function remainingTokens(bucket: Bucket, now: number): number {
  if (now < bucket.blockedUntil) return 0
  if (bucket.insurance) return Math.max(0, Math.floor(bucket.insurance.tokens))
  const refill = ((now - bucket.poolSeenAt) * bucket.limit.perMinute) / 60_000
  const leased = now < bucket.leaseEndsAt ? bucket.left : 0
  return Math.floor(Math.max(0, Math.min(bucket.limit.burst, bucket.poolLeft + refill + leased)))
}

/** Seconds until a call is let through again where none is left, else until the burst is whole again. */
export function secondsToReset(bucket: Bucket, remaining: number, now: number): number {
  if (remaining < 1) {
    const waitMs = bucket.insurance
      ? waitForToken(bucket.insurance.tokens, bucket.limit)
      : bucket.blockedUntil - now
    return Math.max(1, Math.ceil(waitMs / 1000))
  }
  return Math.ceil(((bucket.limit.burst - remaining) * 60) / bucket.limit.perMinute)
}
