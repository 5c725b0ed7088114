import type { RateLimit } from '../../../shared/plans.ts'

/** A token bucket of one process; `at` is when `tokens` was right, in milliseconds. */
export interface MemoryBucket {
  tokens: number
  at: number
}

export function refillMemoryBucket(bucket: MemoryBucket, limit: RateLimit, now: number): void {
  const gained = (Math.max(0, now - bucket.at) * limit.perMinute) / 60_000
  bucket.tokens = Math.min(limit.burst, bucket.tokens + gained)
  bucket.at = now
}

/** Takes one token if there is one. */
export function spendFromMemory(bucket: MemoryBucket, limit: RateLimit, now: number): boolean {
  refillMemoryBucket(bucket, limit, now)
  if (bucket.tokens < 1) return false
  bucket.tokens -= 1
  return true
}

/** Milliseconds until there is a token again. */
export function waitForToken(tokens: number, { perMinute }: RateLimit): number {
  return tokens >= 1 ? 0 : ((1 - tokens) * 60_000) / perMinute
}
