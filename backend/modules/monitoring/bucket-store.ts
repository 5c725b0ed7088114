import mongoose, { Schema } from 'mongoose'
import type { MetricResolution } from '../../../shared/api/monitoring.ts'
import { nativeCollection } from '../../core/database/native-collection.ts'
import { retryOnDisconnect } from '../../core/database/retry-write.ts'
import { tenantScoped } from '../../core/tenancy.ts'
import { keptMs, periodEnd, periodStart } from './periods.ts'
import type { Slot } from './slots.ts'

export interface BucketOwner {
  readonly tenantId: string
  readonly connectionId: string
  readonly capability: string
}

/** Neighbouring slots of one connection, capability and resolution. */
export interface BucketRow extends BucketOwner {
  readonly _id: string
  readonly resolution: MetricResolution
  readonly at: Date
  readonly slots: Readonly<Record<string, Slot>>
  /** Grows with each change: what is made from it says which state of it it shows. */
  readonly rev: number
  /** Something in it is not yet in the coarser resolutions. */
  readonly dirty: boolean
  readonly expiresAt: Date
}

const { Mixed } = Schema.Types
const schema = new Schema<BucketRow>(
  {
    _id: { type: String, required: true },
    connectionId: { type: String, required: true },
    capability: { type: String, required: true },
    resolution: { type: String, required: true },
    at: { type: Date, required: true },
    slots: { type: Mixed, required: true },
    rev: { type: Number, required: true },
    dirty: { type: Boolean, required: true },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, versionKey: false, minimize: false },
)
schema.plugin(tenantScoped)
schema.index({ tenantId: 1, connectionId: 1, resolution: 1, at: 1 })
schema.index({ resolution: 1, at: 1 }, { partialFilterExpression: { dirty: true } })
// What is not yet rolled up must not expire, however long the server was off.
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0, partialFilterExpression: { dirty: false } })
export const BucketModel = mongoose.model('ConnectionBucket', schema, 'connectionBuckets')

const bucketId = (owner: BucketOwner, resolution: MetricResolution, start: number) =>
  `${owner.connectionId}|${owner.capability}|${resolution}|${start}`

/** The fields of a bucket that never change. */
function factsOf(owner: BucketOwner, resolution: MetricResolution, at: number) {
  const start = periodStart(resolution, at)
  const { tenantId, connectionId, capability } = owner
  return {
    filter: { _id: bucketId(owner, resolution, start), tenantId },
    facts: {
      connectionId,
      capability,
      resolution,
      at: new Date(start),
      expiresAt: new Date(periodEnd(resolution, start) + keptMs[resolution]),
    },
  }
}

export interface Addition extends BucketOwner {
  /** A time within the hour. */
  readonly at: number
  readonly slots: ReadonlyMap<string, Slot>
}

/**
 * Adds counts to hours of minutes; `by` and `seq` name the batch of a process. A batch that a document already
 * holds changes nothing there, so it may be repeated until it is known to have arrived.
 */
export async function addToMinutes(
  additions: readonly Addition[],
  { by, seq }: { readonly by: string; readonly seq: number },
): Promise<void> {
  if (additions.length === 0) return
  const operations = additions.map((addition) => {
    const { filter, facts } = factsOf(addition, '1m', addition.at)
    return {
      updateOne: {
        filter: { ...filter, [`applied.${by}`]: { $not: { $gte: seq } } },
        update: {
          $setOnInsert: facts,
          $set: { dirty: true, [`applied.${by}`]: seq },
          $inc: { rev: 1, ...increments(addition.slots) },
        },
        upsert: true,
      },
    }
  })
  await write(operations)
}

interface Operation {
  readonly updateOne: { readonly filter: object; readonly update: object; readonly upsert: boolean }
}

async function write(operations: readonly Operation[]): Promise<void> {
  const collection = nativeCollection(BucketModel)
  const failed = await retryOnDisconnect(async () => {
    try {
      await collection.bulkWrite(operations as never, { ordered: false })
      return []
    } catch (error) {
      return duplicatesOf(error)
    }
  })
  // Its id is taken: this batch is in it already, or another process made it at that moment.
  const again = failed.flatMap((index) => {
    const operation = operations[index]
    return operation ? [{ updateOne: { ...operation.updateOne, upsert: false } }] : []
  })
  if (again.length === 0) return
  await retryOnDisconnect(() => collection.bulkWrite(again as never, { ordered: false }))
}

const duplicateKey = 11000

/** Positions of the writes that met a taken id; throws where something else went wrong. */
function duplicatesOf(error: unknown): number[] {
  if (!(error instanceof mongoose.mongo.MongoBulkWriteError)) throw error
  const errors = [error.writeErrors].flat()
  if (errors.length === 0 || errors.some(({ code }) => code !== duplicateKey)) throw error
  return errors.map(({ index }) => index)
}

function increments(slots: ReadonlyMap<string, Slot>): Record<string, number> {
  const all: Record<string, number> = {}
  for (const [key, { c, h, n, f, s, b, r }] of slots) {
    for (const [name, value] of Object.entries({ n, f, s, b, r })) {
      if (value !== 0) all[`slots.${key}.${name}`] = value
    }
    for (const [code, count] of Object.entries(c)) all[`slots.${key}.c.${code}`] = count
    for (const [index, count] of Object.entries(h)) all[`slots.${key}.h.${index}`] = count
  }
  return all
}

export interface Rolled {
  readonly resolution: Exclude<MetricResolution, '1m'>
  readonly at: number
  readonly key: string
  readonly slot: Slot
}

/** Sets slots made from `source`; one that shows a later state of it stays as it is. */
export async function setRolled(source: BucketRow, rolled: readonly Rolled[]): Promise<void> {
  const byBucket = new Map<string, Rolled[]>()
  for (const one of rolled) {
    const key = `${one.resolution}|${periodStart(one.resolution, one.at)}`
    byBucket.set(key, [...(byBucket.get(key) ?? []), one])
  }
  const operations = [...byBucket.values()].flatMap((own) => {
    const [first] = own
    if (!first) return []
    const { filter, facts } = factsOf(source, first.resolution, first.at)
    const slots = own.map(({ key, slot }) => [
      `slots.${key}`,
      {
        $cond: [
          { $gt: [{ $ifNull: [`$slots.${key}.v`, -1] }, source.rev] },
          `$slots.${key}`,
          { $literal: { ...slot, v: source.rev } },
        ],
      },
    ])
    const literals = Object.entries(facts).map(([name, value]) => [name, { $literal: value }])
    const update = {
      $set: {
        ...Object.fromEntries(literals),
        ...Object.fromEntries(slots),
        rev: { $add: [{ $ifNull: ['$rev', 0] }, 1] },
        dirty: first.resolution === '1h',
      },
    }
    return [{ updateOne: { filter, update: [update], upsert: true } }]
  })
  // Operations of a pipeline are typed as those of an object.
  await write(operations as unknown as Operation[])
}

/** What was rolled up is so for good, unless something came meanwhile. */
export async function markRolled(source: BucketRow): Promise<void> {
  await retryOnDisconnect(() =>
    BucketModel.updateOne(
      { _id: source._id, tenantId: source.tenantId, rev: source.rev },
      { $set: { dirty: false } },
    ),
  )
}

/** What has to be rolled up of periods that began before, the oldest first. */
export function findDirty(
  resolution: '1m' | '1h',
  before: Date,
  limit: number,
): Promise<BucketRow[]> {
  return BucketModel.find(
    { dirty: true, resolution, at: { $lt: before } },
    {},
    { sort: { at: 1 }, limit, acrossTenants: 'every connection is rolled up' },
  )
    .lean<BucketRow[]>()
    .exec()
}

export interface BucketFilter {
  readonly tenantId: string
  readonly connectionId: string
  readonly capability?: string | undefined
}

/** The buckets that hold slots of a period. */
export function findBuckets(
  { tenantId, connectionId, capability }: BucketFilter,
  resolution: MetricResolution,
  from: number,
  to: number,
  { onlyDirty = false }: { readonly onlyDirty?: boolean } = {},
): Promise<BucketRow[]> {
  return BucketModel.find({
    tenantId,
    connectionId,
    resolution,
    at: { $gte: new Date(periodStart(resolution, from)), $lt: new Date(to) },
    ...(capability === undefined ? {} : { capability }),
    ...(onlyDirty ? { dirty: true } : {}),
  })
    .lean<BucketRow[]>()
    .exec()
}
