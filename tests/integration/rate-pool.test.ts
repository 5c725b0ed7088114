import mongoose from 'mongoose'
import { expect, it } from 'vitest'
import {
  type Bucket,
  canSpend,
  newBucket,
  receiveTokens,
  spend,
  tokenRequest,
} from '../../backend/core/limits/bucket.ts'
import { createTokenStore, RateBucketModel } from '../../backend/core/limits/index.ts'
import { takePipeline } from '../../backend/core/limits/take-tokens.ts'
import type { RateLimit } from '../../shared/plans.ts'
import { useTestDatabase } from '../support/database.ts'

useTestDatabase()

const start = Date.UTC(2026, 0, 5)

/** The take of the store at a time of the test's choosing. */
async function takeAt(bucket: Bucket, by: string, now: number) {
  const row = await mongoose.connection
    .collection('rateBuckets')
    .findOneAndUpdate(
      { _id: bucket.id as never, tenantId: bucket.tenantId },
      takePipeline(tokenRequest(bucket, by, now), new Date(start + now)),
      { upsert: true, returnDocument: 'after' },
    )
  receiveTokens(bucket, { granted: row?.['granted'], poolLeft: row?.['tokens'] }, now, now)
}

async function passes(bucket: Bucket, by: string, now: number): Promise<boolean> {
  if (now < bucket.blockedUntil) return false
  if (!canSpend(bucket, now)) {
    bucket.waiting = 1
    await takeAt(bucket, by, now)
  }
  if (!canSpend(bucket, now)) return false
  spend(bucket, now)
  return true
}

/** Numbers that look random and are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

function mostInAnyWindow(times: readonly number[], windowMs: number): number {
  let most = 0
  let first = 0
  for (const [last, time] of times.entries()) {
    while ((times[first] ?? 0) < time - windowMs) first += 1
    most = Math.max(most, last - first + 1)
  }
  return most
}

/** Calls at one of several processes, mostly in bursts, sometimes after a pause longer than a lease. */
async function simulate(seed: number, limit: RateLimit, processes: number): Promise<number[]> {
  const random = seeded(seed)
  const facts = {
    id: `t${seed}:key`,
    tenantId: `t${seed}`,
    kind: 'key',
    limit,
    revision: 0,
  } as const
  const buckets = Array.from({ length: processes }, () => newBucket(facts, 0))
  const allowed: number[] = []
  let now = 0
  for (let call = 0; call < 500; call++) {
    const pause = random()
    now += Math.floor(pause < 0.9 ? pause * 20 : pause < 0.99 ? pause * 3000 : pause * 40_000)
    const index = Math.floor(random() * processes)
    const bucket = buckets[index]
    if (bucket && (await passes(bucket, `p${index}`, now))) allowed.push(now)
  }
  return allowed
}

it('never lets more through than burst and refill, whatever processes and times', async () => {
  for (let seed = 1; seed <= 6; seed++) {
    const limit = { perMinute: 60 + seed * 450, burst: 1 + seed * seed * 3 }

    const allowed = await simulate(seed, limit, 1 + (seed % 4))

    expect(allowed.length).toBeGreaterThan(20)
    for (const windowMs of [0, 100, 1000, 10_000, 60_000]) {
      const bound = Math.ceil(limit.burst + (limit.perMinute * windowMs) / 60_000)
      const most = mostInAnyWindow(allowed, windowMs)
      expect(most, JSON.stringify({ seed, limit, windowMs })).toBeLessThanOrEqual(bound)
    }
  }
})

it('gives one process all of the burst and then exactly the rate', async () => {
  const limit = { perMinute: 600, burst: 100 }
  const bucket = newBucket(
    { id: 'ten_rate:key', tenantId: 'ten_rate', kind: 'key', limit, revision: 0 },
    0,
  )
  let allowed = 0
  for (let now = 0; now <= 20_000; now += 10) {
    if (await passes(bucket, 'p', now)) allowed += 1
  }

  expect(allowed).toBeGreaterThanOrEqual(298)
  expect(allowed).toBeLessThanOrEqual(301)
})

it('shares one pool between takes at the same moment, and forgets it when it is full again', async () => {
  const store = createTokenStore()
  const request = {
    id: 'ten_x:key',
    tenantId: 'ten_x',
    limit: { perMinute: 1, burst: 50 },
    waiting: 20,
    wanted: 20,
    spentAgoMs: 0,
  }

  const grants = await Promise.all(
    Array.from({ length: 8 }, (_, index) => store.take({ ...request, by: `p${index}` })),
  )

  expect(grants.reduce((sum, { granted }) => sum + granted, 0)).toBe(50)
  const row = await RateBucketModel.findOne({ tenantId: 'ten_x' }).lean()
  expect(row?.expiresAt.getTime()).toBeGreaterThan(Date.now() + 60_000)
})

it('adds to the pool what a raised burst adds', async () => {
  const store = createTokenStore()
  const request = {
    id: 'ten_y:key',
    tenantId: 'ten_y',
    by: 'p',
    waiting: 10,
    wanted: 10,
    spentAgoMs: 0,
  }

  await store.take({ ...request, limit: { perMinute: 1, burst: 10 } })
  const empty = await store.take({ ...request, limit: { perMinute: 1, burst: 10 } })
  const raised = await store.take({ ...request, limit: { perMinute: 1, burst: 30 } })
  const lowered = await store.take({ ...request, limit: { perMinute: 1, burst: 5 } })

  expect(empty.granted).toBe(0)
  expect(raised.granted).toBe(10)
  expect(lowered.granted).toBe(0)
})
