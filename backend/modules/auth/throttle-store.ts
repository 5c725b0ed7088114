import mongoose, { Schema } from 'mongoose'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import type { Delays } from './throttle-rules.ts'

interface FailureCount {
  readonly _id: string
  readonly failures: number
  readonly blockedUntil: Date
  readonly expiresAt: Date
}

interface KnownPlace {
  readonly _id: string
  readonly staffUserId: string
  readonly expiresAt: Date
}

// Neither is tenant-scoped: both exist before anybody is known to belong anywhere.
const countSchema = new Schema<FailureCount>(
  {
    _id: { type: String, required: true },
    failures: { type: Number, required: true },
    blockedUntil: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false, versionKey: false },
)
countSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

const placeSchema = new Schema<KnownPlace>(
  {
    _id: { type: String, required: true },
    staffUserId: { type: String, required: true },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false, versionKey: false },
)
placeSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
placeSchema.index({ staffUserId: 1 })

export const FailureCountModel = mongoose.model('SignInFailure', countSchema, 'signInFailures')
export const KnownPlaceModel = mongoose.model('KnownPlace', placeSchema, 'knownPlaces')

export interface CountRule {
  readonly delays: Delays
  readonly forgetAfterMs: number
}

/**
 * Counts a failure before the try is made, so that parallel tries cannot slip past the count.
 * Answers the time until which the key is blocked, or null where the try may go on.
 */
export async function countFailure(key: string, rule: CountRule, now: Date): Promise<Date | null> {
  for (;;) {
    try {
      await addFailure(key, rule, now)
      return null
    } catch (error) {
      // The filter matches only an unblocked count; a blocked one makes the upsert collide.
      if (!isDuplicateKey(error)) throw error
    }
    const blockedUntil = await findBlock(key, now)
    if (blockedUntil) return blockedUntil
  }
}

async function addFailure(key: string, { delays, forgetAfterMs }: CountRule, now: Date) {
  const isForgotten = { $lte: ['$expiresAt', now] }
  const index = { $min: [{ $subtract: ['$failures', 1] }, delays.length - 1] }
  const delay = { $arrayElemAt: [[...delays], index] }
  // No wait is a time long past, not `now`: a parallel try may hold a clock some milliseconds older.
  const blockedUntil = { $cond: [{ $gt: [delay, 0] }, { $add: [now, delay] }, new Date(0)] }
  await FailureCountModel.updateOne(
    { _id: key, blockedUntil: { $lte: now } },
    [
      { $set: { failures: { $cond: [isForgotten, 1, { $add: ['$failures', 1] }] } } },
      {
        $set: {
          blockedUntil,
          expiresAt: new Date(now.getTime() + forgetAfterMs),
        },
      },
    ],
    { upsert: true, updatePipeline: true },
  )
}

export async function findBlock(key: string, now: Date): Promise<Date | null> {
  const count = await FailureCountModel.findOne({ _id: key, blockedUntil: { $gt: now } }).lean()
  return count?.blockedUntil ?? null
}

export async function countOf(key: string, now: Date): Promise<number> {
  const count = await FailureCountModel.findOne({ _id: key, expiresAt: { $gt: now } }).lean()
  return count?.failures ?? 0
}

export async function forgetFailures(keys: readonly string[]): Promise<void> {
  await FailureCountModel.deleteMany({ _id: { $in: [...keys] } })
}

export async function findKnownPlaces(
  ids: readonly string[],
  now: Date,
): Promise<ReadonlySet<string>> {
  const rows = await KnownPlaceModel.find({
    _id: { $in: [...ids] },
    expiresAt: { $gt: now },
  }).lean()
  return new Set(rows.map(({ _id }) => _id))
}

export async function rememberPlaces(places: readonly KnownPlace[]): Promise<void> {
  try {
    await KnownPlaceModel.bulkWrite(
      places.map(({ _id, staffUserId, expiresAt }) => ({
        updateOne: { filter: { _id }, update: { $set: { staffUserId, expiresAt } }, upsert: true },
      })),
      { ordered: false },
    )
  } catch (error) {
    // A parallel sign-in from the same place has remembered it.
    if (!isDuplicateKey(error)) throw error
  }
}

export async function forgetPlaces(staffUserId: string): Promise<void> {
  await KnownPlaceModel.deleteMany({ staffUserId })
}
