import type { RateLimit } from '../../../shared/plans.ts'
import { type MemoryBucket, spendFromMemory } from './memory-bucket.ts'
import { networkOf } from './network-of.ts'

const mostAddresses = 20_000

/**
 * Limits callers that nobody knows by the network they come from. Each process counts for itself and in memory:
 * whoever changes addresses must not be able to make the database write, and no address is stored.
 */
export function createAddressLimit() {
  const buckets = new Map<string, MemoryBucket>()

  function bucketOf(address: string, limit: RateLimit, now: number): MemoryBucket {
    // An IPv6 customer holds a whole /64.
    const network = address.includes(':') ? networkOf(address, { ipv4: 32, ipv6: 64 }) : address
    const known = buckets.get(network)
    if (known) return known
    const [oldest] = buckets.keys()
    if (buckets.size >= mostAddresses && oldest !== undefined) buckets.delete(oldest)
    const bucket = { tokens: limit.burst, at: now }
    buckets.set(network, bucket)
    return bucket
  }

  return {
    /** What is left after this call; null: nothing was left for it. */
    spend(address: string, limit: RateLimit, now: number) {
      const bucket = bucketOf(address, limit, now)
      const isAllowed = spendFromMemory(bucket, limit, now)
      return { isAllowed, tokens: bucket.tokens }
    },
  }
}
