import mongoose, { Schema } from 'mongoose'
import { retryOnDisconnect } from '../../core/database/retry-write.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { newId } from '../../core/ids.ts'
import { tenantScoped } from '../../core/tenancy.ts'
import { type HealthMachine, newMachine } from './hysteresis.ts'

export interface Freshness {
  readonly at: Date
  readonly okAt: Date | null
}

/** What is known of the health of one connection and when it is looked at next. */
export interface WatchRow {
  /** The connection's. */
  readonly _id: string
  readonly tenantId: string
  readonly connectorId: string
  readonly kind: string
  /** When it may be claimed: the planned time, or the end of the lease while it is looked at. */
  readonly dueAt: Date
  /** Names the claim under which it is looked at. */
  readonly claim: string | null
  readonly everyMs: number
  readonly machine: HealthMachine
  readonly latencyMs: number | null
  /** By capability. */
  readonly freshness: Readonly<Record<string, Freshness>>
  /** It was told that the error budget is spent. */
  readonly budgetSpent: boolean
  readonly rev: number
  /** Names the last change, so that a change whose answer was lost is known to have arrived. */
  readonly mark: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

const { Mixed } = Schema.Types
const schema = new Schema<WatchRow>(
  {
    _id: { type: String, required: true },
    connectorId: { type: String, required: true },
    kind: { type: String, required: true },
    dueAt: { type: Date, required: true },
    claim: { type: String, default: null },
    everyMs: { type: Number, required: true },
    machine: { type: Mixed, required: true },
    latencyMs: { type: Number, default: null },
    freshness: { type: Mixed, required: true },
    budgetSpent: { type: Boolean, default: false },
    rev: { type: Number, required: true },
    mark: { type: String, default: '' },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, versionKey: false, minimize: false },
)
schema.plugin(tenantScoped)
schema.index({ dueAt: 1 })
schema.index({ kind: 1, connectorId: 1, 'machine.state': 1, tenantId: 1 })
export const WatchModel = mongoose.model('ConnectionWatch', schema, 'connectionWatches')

const acrossTenants = 'one schedule serves every tenant'

export interface ClaimOptions {
  readonly now: Date
  readonly limit: number
  readonly claim: string
  readonly leaseMs: number
  /** Connectors of which enough are looked at already. */
  readonly without: readonly string[]
}

/** What was taken; where others were quicker, there may be more than that. */
export interface Claimed {
  readonly rows: readonly WatchRow[]
  readonly isContended: boolean
}

/** Takes what is due longest for the time of the lease; several processes never take the same. */
export async function claimDue({
  now,
  limit,
  claim,
  leaseMs,
  without,
}: ClaimOptions): Promise<Claimed> {
  const due = { dueAt: { $lte: now } }
  const rows = await WatchModel.find(
    { ...due, ...(without.length === 0 ? {} : { connectorId: { $nin: [...without] } }) },
    {},
    { sort: { dueAt: 1 }, limit, acrossTenants },
  ).lean<WatchRow[]>()
  if (rows.length === 0) return { rows, isContended: false }
  const ids = rows.map(({ _id }) => _id)
  const { modifiedCount } = await WatchModel.updateMany(
    { ...due, _id: { $in: ids } },
    { $set: { claim, dueAt: new Date(now.getTime() + leaseMs) } },
  ).setOptions({ acrossTenants })
  if (modifiedCount === rows.length) return { rows, isContended: false }
  const ours = await WatchModel.find({ _id: { $in: ids }, claim }, {}, { acrossTenants }).lean<
    WatchRow[]
  >()
  return { rows: ours, isContended: true }
}

export interface WatchChange {
  /** As it was read; where it has changed since, nothing is written. */
  readonly row: Pick<WatchRow, '_id' | 'tenantId' | 'rev'>
  /** The claim that must still hold. */
  readonly claim?: string | undefined
  readonly set: Partial<Omit<WatchRow, '_id' | 'tenantId' | 'rev' | 'mark'>>
}

/** Writes changes together and answers the ids of those that were written. */
export async function changeWatches(changes: readonly WatchChange[]): Promise<Set<string>> {
  if (changes.length === 0) return new Set()
  const mark = newId('mrk')
  const ids = changes.map(({ row }) => row._id)
  const operations = changes.map(({ row, claim, set }) => ({
    updateOne: {
      filter: {
        _id: row._id,
        tenantId: row.tenantId,
        rev: row.rev,
        ...(claim === undefined ? {} : { claim }),
      },
      update: { $set: { ...set, mark }, $inc: { rev: 1 } },
    },
  }))
  const { matchedCount } = await retryOnDisconnect(() =>
    WatchModel.bulkWrite(operations, { ordered: false }),
  )
  if (matchedCount === changes.length) return new Set(ids)
  const written = await WatchModel.find(
    { _id: { $in: ids }, mark },
    { _id: 1 },
    { acrossTenants },
  ).lean<Pick<WatchRow, '_id'>[]>()
  return new Set(written.map(({ _id }) => _id))
}

/** Gives back what was claimed and not looked at. */
export async function releaseClaims(
  rows: readonly Pick<WatchRow, '_id'>[],
  claim: string,
  dueAt: Date,
): Promise<void> {
  if (rows.length === 0) return
  await WatchModel.updateMany(
    { _id: { $in: rows.map(({ _id }) => _id) }, claim },
    { $set: { claim: null, dueAt } },
  ).setOptions({ acrossTenants })
}

export interface NewWatch {
  readonly id: string
  readonly tenantId: string
  readonly connectorId: string
  readonly kind: string
  readonly dueAt: Date
  readonly everyMs: number
}

/** Begins to watch connections; those that are watched already stay as they are. */
export async function insertWatches(watches: readonly NewWatch[], now: Date): Promise<void> {
  if (watches.length === 0) return
  const rows = watches.map(({ id, ...facts }) => ({
    _id: id,
    ...facts,
    claim: null,
    machine: newMachine,
    latencyMs: null,
    freshness: {},
    budgetSpent: false,
    rev: 0,
    mark: '',
    createdAt: now,
    updatedAt: now,
  }))
  try {
    await retryOnDisconnect(() =>
      WatchModel.insertMany(rows, { ordered: false, throwOnValidationError: true }),
    )
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
  }
}

export async function deleteWatches(ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await retryOnDisconnect(() =>
    WatchModel.deleteMany({ _id: { $in: [...ids] } }, { acrossTenants }),
  )
}

export async function findWatches(ids: readonly string[]): Promise<WatchRow[]> {
  return await WatchModel.find({ _id: { $in: [...ids] } }, {}, { acrossTenants }).lean<WatchRow[]>()
}

export async function readWatch(tenantId: string, id: string): Promise<WatchRow | null> {
  return await WatchModel.findOne({ _id: id, tenantId }).lean<WatchRow>()
}

/** Ids that are watched in a stretch of all ids; null: without a bound. */
export async function watchedIds(after: string | null, until: string | null): Promise<string[]> {
  const bounds = {
    ...(after === null ? {} : { $gt: after }),
    ...(until === null ? {} : { $lte: until }),
  }
  const filter = Object.keys(bounds).length === 0 ? {} : { _id: bounds }
  const rows = await WatchModel.find(filter, { _id: 1 }, { acrossTenants }).lean<
    Pick<WatchRow, '_id'>[]
  >()
  return rows.map(({ _id }) => _id)
}

/** What may have used up its error budget of late, or had: in the order of ids. */
export async function findUnsteady(
  after: string,
  since: Date,
  limit: number,
): Promise<Pick<WatchRow, '_id' | 'tenantId' | 'budgetSpent'>[]> {
  return await WatchModel.find(
    {
      _id: { $gt: after },
      $or: [
        { budgetSpent: true },
        { 'machine.state': { $in: ['failing', 'degraded'] } },
        { 'machine.since': { $gte: since.getTime() } },
      ],
    },
    { tenantId: 1, budgetSpent: 1 },
    { sort: { _id: 1 }, limit, acrossTenants },
  ).lean<Pick<WatchRow, '_id' | 'tenantId' | 'budgetSpent'>[]>()
}

export async function noteBudget(
  { _id, tenantId }: Pick<WatchRow, '_id' | 'tenantId'>,
  budgetSpent: boolean,
): Promise<void> {
  await WatchModel.updateOne({ _id, tenantId }, { $set: { budgetSpent } })
}
