import { randomUUID } from 'node:crypto'
import type { Response } from 'express'
import { AppError } from '../../../shared/errors.ts'
import type { LimitKind } from '../../../shared/plans.ts'
import type { ApiCall } from '../http/index.ts'
import type { Logger } from '../logging.ts'
import type { TenantContext } from '../tenancy.ts'
import { createAddressLimit } from './address-limit.ts'
import {
  type Bucket,
  canSpend,
  newBucket,
  receiveTokens,
  relimit,
  remainingTokens,
  secondsToReset,
  spend,
  tokenRequest,
} from './bucket.ts'
import type { Policies, TokenStore } from './definition.ts'
import { createLimitFigures, type LimitFigures } from './figures.ts'
import { refillMemoryBucket, waitForToken } from './memory-bucket.ts'
import { policyItem, writeRateHeaders } from './rate-headers.ts'

export interface LimiterOptions {
  readonly store: TokenStore
  readonly policies: Policies
  readonly log: Pick<Logger, 'info' | 'warn'>
  /** Operations with a throttle of their own. */
  readonly exempt?: ReadonlySet<string>
  /** Milliseconds of a clock that never jumps. */
  readonly now?: () => number
}

export interface LimitState {
  readonly kind: LimitKind
  readonly perMinute: number
  readonly burst: number
  readonly remaining: number
  readonly resetSeconds: number
}

export interface Limiter {
  /** For `HttpOptions.limit`. */
  limit(call: ApiCall, res: Response): void | Promise<void>
  /** The limits that hold for a caller and what is left of them, from memory. */
  describe(ctx: TenantContext): LimitState[]
  readonly figures: LimitFigures
}

const kinds: Readonly<Record<string, LimitKind>> = {
  'api-key': 'key',
  oauth: 'client',
  staff: 'session',
  launch: 'launch',
  embed: 'embed',
}

const probeEveryMs = 1000
const noExemptions: ReadonlySet<string> = new Set()

/** What holds for one credential: its own bucket and the one of its tenant. */
interface Pair {
  readonly own: Bucket
  readonly tenant: Bucket
  /** `RateLimit-Policy`, written once per revision of the policies. */
  policies: string
  revision: number
}

/**
 * Token buckets per credential and per tenant, shared by all processes on one database. Tokens are taken from the
 * shared pool some at a time and spent from memory; while the store is away each process limits by itself.
 */
export function createLimiter(options: LimiterOptions): Limiter {
  const { store, policies, log, exempt = noExemptions, now: clock = monotonicNow } = options
  const processId = randomUUID()
  const figures = createLimitFigures()
  const addresses = createAddressLimit()
  const pairs = new Map<string, Pair>()
  const tenants = new Map<string, Bucket>()
  let outage: { probeAt: number } | null = null
  let sweptAt = clock()

  function bucketOf(ctx: TenantContext, kind: LimitKind, credential: string, now: number): Bucket {
    const { tenantId } = ctx
    const limit = policies.limitOf(tenantId, ctx.mode === 'test', kind, credential)
    const id = kind === 'tenant' ? tenantId : `${tenantId}:${credential}`
    return newBucket({ id, tenantId, kind, limit, revision: policies.revision }, now)
  }

  function pairOf(ctx: TenantContext, now: number): Pair {
    const { principal, tenantId } = ctx
    const credential = principal.kind === 'staff' ? principal.sessionId : principal.id
    // A client serves several tenants; each has a bucket of its own for it.
    const key = principal.kind === 'oauth' ? `${tenantId}:${credential}` : credential
    let pair = pairs.get(key)
    if (pair === undefined || pair.own.tenantId !== tenantId) {
      let tenant = tenants.get(tenantId)
      if (!tenant) {
        tenant = bucketOf(ctx, 'tenant', '', now)
        tenants.set(tenantId, tenant)
      }
      const own = bucketOf(ctx, kinds[principal.kind] ?? 'key', credential, now)
      pair = { own, tenant, policies: '', revision: -1 }
      pairs.set(key, pair)
    }
    if (pair.revision !== policies.revision) renew(pair, ctx, credential, now)
    return pair
  }

  function renew(pair: Pair, ctx: TenantContext, credential: string, now: number): void {
    for (const bucket of [pair.own, pair.tenant]) {
      const of = bucket === pair.own ? credential : ''
      const limit = policies.limitOf(bucket.tenantId, ctx.mode === 'test', bucket.kind, of)
      const { perMinute, burst } = bucket.limit
      bucket.revision = policies.revision
      if (limit.perMinute !== perMinute || limit.burst !== burst) relimit(bucket, limit, now)
    }
    pair.revision = policies.revision
    pair.policies = [pair.own, pair.tenant]
      .map(({ kind, limit }) => policyItem(kind, limit))
      .join(', ')
  }

  function write(res: Response, pair: Pair, now: number): void {
    const ownLeft = remainingTokens(pair.own, now)
    const tenantLeft = remainingTokens(pair.tenant, now)
    const [bucket, remaining] =
      ownLeft <= tenantLeft ? [pair.own, ownLeft] : [pair.tenant, tenantLeft]
    const resetSeconds = secondsToReset(bucket, remaining, now)
    writeRateHeaders(res, pair.policies, { kind: bucket.kind, remaining, resetSeconds })
  }

  function refuse(res: Response, bucket: Bucket, policyText: string, now: number): never {
    const seconds = secondsToReset(bucket, 0, now)
    const { kind, limit } = bucket
    writeRateHeaders(res, policyText, { kind, remaining: 0, resetSeconds: seconds })
    throw refusal(kind, limit.perMinute, seconds)
  }

  function refusal(kind: LimitKind, perMinute: number, seconds: number): AppError {
    figures.refused.inc({ policy: kind })
    return new AppError(
      'too_many_requests',
      `The limit "${kind}" of ${perMinute} requests a minute is used up; try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}`,
      { retryAfterSeconds: seconds },
    )
  }

  async function takeLease(bucket: Bucket): Promise<void> {
    const sentAt = clock()
    try {
      const grant = await store.take(tokenRequest(bucket, processId, sentAt))
      figures.leases.inc()
      receiveTokens(bucket, grant, sentAt, clock())
      if (outage) log.info('rate limits are shared again')
      outage = null
    } catch (error) {
      figures.storeFailures.inc()
      if (!outage) log.warn({ err: error }, 'no shared rate limits: this process limits by itself')
      outage = { probeAt: clock() + probeEveryMs }
    } finally {
      bucket.taking = null
    }
  }

  async function fill(bucket: Bucket): Promise<void> {
    bucket.waiting += 1
    bucket.taking ??= takeLease(bucket)
    try {
      await bucket.taking
    } finally {
      bucket.waiting -= 1
    }
  }

  async function limitSlowly(pair: Pair, res: Response): Promise<void> {
    const { own, tenant } = pair
    for (;;) {
      const now = clock()
      if (outage) {
        limitAlone(pair, res, now)
        return
      }
      for (const bucket of [own, tenant]) {
        if (now < bucket.blockedUntil) refuse(res, bucket, pair.policies, now)
      }
      const empty = [own, tenant].filter((bucket) => !canSpend(bucket, now))
      if (empty.length === 0) {
        spendBoth(pair, res, now)
        return
      }
      await Promise.all(empty.map(fill))
    }
  }

  function spendBoth(pair: Pair, res: Response, now: number): void {
    spend(pair.own, now)
    spend(pair.tenant, now)
    write(res, pair, now)
  }

  /** While the store is away: a bucket of the same size in memory, as full as it was last seen. */
  function limitAlone(pair: Pair, res: Response, now: number): void {
    if (outage && now >= outage.probeAt) {
      outage.probeAt = now + probeEveryMs
      void fill(pair.own)
    }
    for (const bucket of [pair.own, pair.tenant]) {
      bucket.insurance ??= { tokens: bucket.poolLeft + bucket.left, at: bucket.poolSeenAt }
      bucket.blockedUntil = 0
      refillMemoryBucket(bucket.insurance, bucket.limit, now)
      if (bucket.insurance.tokens < 1) refuse(res, bucket, pair.policies, now)
    }
    for (const { insurance } of [pair.own, pair.tenant]) if (insurance) insurance.tokens -= 1
    write(res, pair, now)
  }

  function limitAddress(call: ApiCall, res: Response, now: number): void {
    if (exempt.has(call.operation)) return
    const limit = policies.limitOf('', false, 'address')
    const { isAllowed, tokens } = addresses.spend(call.req.ip ?? '', limit, now)
    const seconds = isAllowed
      ? Math.ceil(((limit.burst - tokens) * 60) / limit.perMinute)
      : Math.max(1, Math.ceil(waitForToken(tokens, limit) / 1000))
    const left = { kind: 'address', remaining: Math.floor(tokens), resetSeconds: seconds } as const
    writeRateHeaders(res, policyItem('address', limit), left)
    if (!isAllowed) throw refusal('address', limit.perMinute, seconds)
  }

  /** Forgets buckets that nobody has used for a while. */
  function sweep(now: number): void {
    sweptAt = now
    for (const [key, { own }] of pairs) if (isIdle(own, now)) pairs.delete(key)
    for (const [key, bucket] of tenants) if (isIdle(bucket, now)) tenants.delete(key)
  }

  return {
    figures,
    limit(call, res) {
      const now = clock()
      if (now - sweptAt > idleMs) sweep(now)
      const { ctx } = call
      if (ctx === null || ctx.tenantId === '') {
        return limitAddress(call, res, now)
      }
      const pair = pairOf(ctx, now)
      if (outage) return limitAlone(pair, res, now)
      pair.own.insurance = null
      pair.tenant.insurance = null
      if (!canSpend(pair.own, now) || !canSpend(pair.tenant, now)) return limitSlowly(pair, res)
      return spendBoth(pair, res, now)
    },
    describe(ctx) {
      const now = clock()
      const { own, tenant } = pairOf(ctx, now)
      return [own, tenant].map((bucket) => {
        const remaining = remainingTokens(bucket, now)
        const resetSeconds = secondsToReset(bucket, remaining, now)
        return { kind: bucket.kind, ...bucket.limit, remaining, resetSeconds }
      })
    },
  }
}

const monotonicNow = () => performance.now()
const idleMs = 15 * 60_000

/** Nothing of it is leased or refused, and the pool is full again by now. */
function isIdle(bucket: Bucket, now: number): boolean {
  return bucket.taking === null && now - Math.max(bucket.lastSpentAt, bucket.poolSeenAt) > idleMs
}
