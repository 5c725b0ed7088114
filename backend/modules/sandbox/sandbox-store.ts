import mongoose, { Schema } from 'mongoose'
import {
  type InspectorAnswer as Answer,
  type SandboxFaults as Faults,
  InspectorAnswer,
  SandboxFaults,
} from '../../../shared/api/sandbox.ts'
import { type FoundPage, findPage, type TimedQuery, timeFilter } from '../../core/lists/index.ts'

export interface ApiHabits {
  readonly calls: number
  readonly writes: number
  readonly writesWithKey: number
  readonly limited: number
  readonly retriedTooEarly: number
}

export interface SandboxRow {
  /** Also the id of its tenant. */
  readonly _id: string
  /** Tenants whose staff and keys may manage it. */
  readonly ownerIds: string[]
  /** Digest of the address that asked for it; null where a member of staff did. */
  readonly addressKey: string | null
  readonly state: 'making' | 'ready' | 'deleting'
  readonly seed: string
  readonly lmsToken: string
  readonly inspectorToken: string
  readonly faults: Faults
  readonly clockOffsetSeconds: number
  /** Whether faults or clock differ from a new sandbox's, so that each process keeps them at hand. */
  readonly isDialled: boolean
  /** Moves with each change of the faults, so that every process starts counting anew. */
  readonly dialVersion: number
  readonly inspector: Answer
  /** Sealed; made on first need. */
  readonly certificationSecret: string | null
  readonly habits: ApiHabits
  readonly lastUsedAt: Date
  readonly createdAt: Date
  readonly updatedAt: Date
}

export const noFaults = SandboxFaults.parse({})
export const plainAnswer = InspectorAnswer.parse({})
export const noHabits: ApiHabits = {
  calls: 0,
  writes: 0,
  writesWithKey: 0,
  limited: 0,
  retriedTooEarly: 0,
}

// Not tenant-scoped: like a tenant, a sandbox is its own scope. The services compare with the caller's.
const sandboxSchema = new Schema<SandboxRow>(
  {
    _id: { type: String, required: true },
    ownerIds: { type: [String], required: true },
    addressKey: { type: String, default: null },
    state: { type: String, required: true },
    seed: { type: String, required: true },
    lmsToken: { type: String, required: true },
    inspectorToken: { type: String, required: true },
    faults: { type: Schema.Types.Mixed, required: true },
    clockOffsetSeconds: { type: Number, default: 0 },
    isDialled: { type: Boolean, default: false },
    dialVersion: { type: Number, default: 0 },
    inspector: { type: Schema.Types.Mixed, required: true },
    certificationSecret: { type: String, default: null },
    habits: { type: Schema.Types.Mixed, required: true },
    lastUsedAt: { type: Date, required: true },
  },
  { timestamps: true, autoIndex: false, versionKey: false, collection: 'sandboxes' },
)
sandboxSchema.index({ inspectorToken: 1 }, { unique: true })
sandboxSchema.index({ lmsToken: 1 }, { unique: true })
sandboxSchema.index({ ownerIds: 1, _id: 1 })
sandboxSchema.index({ addressKey: 1 })
sandboxSchema.index({ isDialled: 1 })

export const SandboxModel = mongoose.model('Sandbox', sandboxSchema)

export async function insertSandbox(
  row: Pick<
    SandboxRow,
    '_id' | 'ownerIds' | 'addressKey' | 'seed' | 'lmsToken' | 'inspectorToken' | 'lastUsedAt'
  >,
): Promise<void> {
  await SandboxModel.create({
    ...row,
    state: 'making',
    faults: noFaults,
    inspector: plainAnswer,
    habits: noHabits,
  })
}

/** A sandbox that the tenant is or owns, and that is not about to go. */
export async function findSandbox(tenantId: string, id: string): Promise<SandboxRow | null> {
  return SandboxModel.findOne({
    _id: id,
    state: 'ready',
    $or: [{ _id: tenantId }, { ownerIds: tenantId }],
  }).lean()
}

export async function findSandboxPage(
  tenantId: string,
  query: TimedQuery,
): Promise<FoundPage<SandboxRow>> {
  return findPage<SandboxRow>(SandboxModel, {
    filter: {
      $or: [{ _id: tenantId }, { ownerIds: tenantId }],
      state: 'ready',
      ...timeFilter(query),
    },
    query,
    sortFields: { createdAt: { path: '_id', type: 'date' } },
  })
}

export async function findByToken(
  token: { readonly inspectorToken: string } | { readonly lmsToken: string },
): Promise<SandboxRow | null> {
  return SandboxModel.findOne({ ...token, state: 'ready' }).lean()
}

export async function countSandboxes(addressKey?: string): Promise<number> {
  return SandboxModel.countDocuments(
    addressKey === undefined ? {} : { addressKey, state: { $ne: 'deleting' } },
  )
}

export type SandboxChange = Partial<
  Pick<
    SandboxRow,
    | 'state'
    | 'seed'
    | 'faults'
    | 'clockOffsetSeconds'
    | 'isDialled'
    | 'inspector'
    | 'certificationSecret'
    | 'habits'
  >
>

export async function changeSandbox(id: string, change: SandboxChange): Promise<SandboxRow | null> {
  return SandboxModel.findOneAndUpdate(
    { _id: id },
    { $set: change, ...(change.faults ? { $inc: { dialVersion: 1 } } : {}) },
    { returnDocument: 'after' },
  ).lean()
}

/** Moves the clock unless another call moved it further meanwhile. */
export async function advanceClock(id: string, offsetSeconds: number): Promise<SandboxRow | null> {
  return SandboxModel.findOneAndUpdate(
    { _id: id, state: 'ready', clockOffsetSeconds: { $lte: offsetSeconds } },
    { $set: { clockOffsetSeconds: offsetSeconds, isDialled: true } },
    { returnDocument: 'after' },
  ).lean()
}

/** Takes one of the limited answers; the row as it was before. */
export async function takeAnswer(row: SandboxRow): Promise<Answer> {
  const { times } = row.inspector
  if (times === null) return row.inspector
  const taken = await SandboxModel.findOneAndUpdate(
    { _id: row._id, 'inspector.times': { $gte: 1 } },
    { $inc: { 'inspector.times': -1 } },
    { timestamps: false },
  ).lean()
  return taken ? taken.inspector : plainAnswer
}

export async function findDialled(): Promise<
  Pick<SandboxRow, '_id' | 'faults' | 'clockOffsetSeconds' | 'dialVersion'>[]
> {
  return SandboxModel.find({ isDialled: true })
    .select({ faults: 1, clockOffsetSeconds: 1, dialVersion: 1 })
    .lean()
}

/** Use is not a change of the sandbox: its `updatedAt` stays. */
export async function noteUse(id: string, now: Date, habits: Partial<ApiHabits>): Promise<void> {
  const increments = Object.entries(habits).map(([name, count]) => [`habits.${name}`, count])
  await SandboxModel.updateOne(
    { _id: id },
    {
      $max: { lastUsedAt: now },
      ...(increments.length > 0 ? { $inc: Object.fromEntries(increments) } : {}),
    },
    { timestamps: false },
  )
}

/** Sandboxes that nobody used, that were never finished, or whose deletion is to be finished. */
export async function findDead(
  unusedSince: Date,
  unfinishedSince: Date,
): Promise<Pick<SandboxRow, '_id' | 'state'>[]> {
  return SandboxModel.find({
    $or: [
      { state: 'ready', lastUsedAt: { $lt: unusedSince } },
      { state: 'making', createdAt: { $lt: unfinishedSince } },
      { state: 'deleting', updatedAt: { $lt: unfinishedSince } },
    ],
  })
    .select({ state: 1 })
    .lean()
}

/** Null where it does not exist (any more). */
export async function markDeleting(id: string): Promise<SandboxRow | null> {
  return SandboxModel.findOneAndUpdate({ _id: id }, { $set: { state: 'deleting' } }).lean()
}

export async function deleteSandboxRow(id: string): Promise<void> {
  await SandboxModel.deleteOne({ _id: id })
}
