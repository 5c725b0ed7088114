import mongoose from 'mongoose'
import { nativeCollection } from '../database/native-collection.ts'
import { isDuplicateKey } from '../duplicate-key.ts'
import { tenantScoped } from '../tenancy.ts'
import type { TokenGrant, TokenRequest, TokenStore } from './definition.ts'
import { takePipeline } from './take-tokens.ts'

interface RateBucketRow {
  readonly _id: string
  readonly tenantId: string
  readonly tokens: number
  readonly granted: number
  readonly burst: number
  readonly refilledAt: Date
  readonly expiresAt: Date
}

const schema = new mongoose.Schema<RateBucketRow>(
  {
    _id: { type: String, required: true },
    tokens: Number,
    granted: Number,
    burst: Number,
    refilledAt: Date,
    expiresAt: Date,
  },
  { autoIndex: false, autoCreate: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
export const RateBucketModel = mongoose.model('RateBucket', schema, 'rateBuckets')

/** A bucket lost with a crash is full again: not worth waiting for the journal. */
const writeConcern = { w: 1, journal: false }

export interface StoreOptions {
  /** A store that takes longer counts as failed. */
  readonly timeoutMs?: number
}

/** Buckets in MongoDB; one atomic update on the database's own clock per lease. */
export function createTokenStore({ timeoutMs = 2000 }: StoreOptions = {}): TokenStore {
  async function take(request: TokenRequest): Promise<TokenGrant> {
    const { id, tenantId } = request
    const row = await nativeCollection(RateBucketModel).findOneAndUpdate(
      // The driver wants object ids where a collection declares no others.
      { _id: id as never, tenantId },
      takePipeline(request),
      {
        upsert: true,
        returnDocument: 'after',
        projection: { granted: 1, tokens: 1 },
        writeConcern,
      },
    )
    return { granted: Number(row?.['granted']), poolLeft: Number(row?.['tokens']) }
  }
  return {
    take: (request) =>
      within(
        timeoutMs,
        // Two processes that meet a new bucket at once both insert it; the second then finds it.
        take(request).catch((error: unknown) => {
          if (isDuplicateKey(error)) return take(request)
          throw error
        }),
      ),
  }
}

const ticks = 10

/** Counts time in ticks: while this process itself is busy none passes, so a full queue is no outage. */
async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    let left = ticks
    timer = setInterval(() => {
      left -= 1
      if (left === 0) reject(new Error('the store of rate limits is too slow'))
    }, timeoutMs / ticks)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearInterval(timer)
  }
}
