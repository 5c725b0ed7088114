import mongoose, { Schema } from 'mongoose'
import type { SyncCapability } from '../../../shared/api/syncs.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { newId } from '../../core/ids.ts'
import { tenantScoped } from '../../core/tenancy.ts'

/** What outlives the runs of a connection's capability. */
export interface StateRow {
  readonly _id: string
  readonly tenantId: string
  readonly connectionId: string
  readonly capability: SyncCapability
  /** Where the next pull of changes begins; null: everything. */
  readonly cursor: string | null
  readonly lastFullAt: Date | null
  /** The next run pulls everything, because something differs that changes alone would not mend. */
  readonly wantsFull: boolean
  readonly failures: number
  /** Null: not by itself, as the connection is not in use. */
  readonly nextAt: Date | null
  /** The other system told of a change that no run has fetched yet. */
  readonly changedAt: Date | null
  /** The courses that changed, as the other system calls them. */
  readonly changedCourses: readonly string[]
  /** More changed than those courses, or nobody knows what. */
  readonly changedWhole: boolean
}

const schema = new Schema<StateRow>(
  {
    _id: { type: String, required: true },
    connectionId: { type: String, required: true },
    capability: { type: String, required: true },
    cursor: { type: String, default: null },
    lastFullAt: { type: Date, default: null },
    wantsFull: { type: Boolean, required: true },
    failures: { type: Number, required: true },
    nextAt: { type: Date, default: null },
    changedAt: { type: Date, default: null },
    changedCourses: { type: [String], default: [] },
    changedWhole: { type: Boolean, default: false },
  },
  { timestamps: true, autoIndex: false, autoCreate: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.index({ tenantId: 1, connectionId: 1, capability: 1 }, { unique: true })
schema.index({ nextAt: 1 })
export const StateModel = mongoose.model('SyncState', schema, 'syncStates')

export type StateKey = Pick<StateRow, 'tenantId' | 'connectionId' | 'capability'>

export function readState({
  tenantId,
  connectionId,
  capability,
}: StateKey): Promise<StateRow | null> {
  return StateModel.findOne({ tenantId, connectionId, capability }).lean<StateRow>()
}

/** Made at first; answers it as it is then. */
export async function writeState(
  { tenantId, connectionId, capability }: StateKey,
  set: Partial<Omit<StateRow, '_id' | 'tenantId' | 'connectionId' | 'capability'>>,
): Promise<void> {
  const fresh = {
    cursor: null,
    lastFullAt: null,
    wantsFull: false,
    failures: 0,
    nextAt: null,
    changedAt: null,
  }
  const missing = Object.fromEntries(Object.entries(fresh).filter(([name]) => !(name in set)))
  const write = () =>
    StateModel.updateOne(
      { tenantId, connectionId, capability },
      { $set: set, $setOnInsert: { _id: newId('sys'), ...missing } },
      { upsert: true },
    )
  try {
    await write()
  } catch (error) {
    // Made at the same moment by another process: now it is there.
    if (!isDuplicateKey(error)) throw error
    await write()
  }
}

/** Notes what the other system told of; undefined: it may be anything. */
export async function noteChange(
  { tenantId, connectionId, capability }: StateKey,
  at: Date,
  courseIds: readonly string[] | undefined,
): Promise<void> {
  await StateModel.updateOne(
    { tenantId, connectionId, capability },
    courseIds
      ? { $set: { changedAt: at }, $addToSet: { changedCourses: { $each: [...courseIds] } } }
      : { $set: { changedAt: at, changedWhole: true } },
  )
}

/** What was told of and no run has fetched, taken out: what is told from now on is for the next run. */
export async function takeChange({
  tenantId,
  connectionId,
  capability,
}: StateKey): Promise<Pick<StateRow, 'changedAt' | 'changedCourses' | 'changedWhole'> | null> {
  const before = await StateModel.findOneAndUpdate(
    { tenantId, connectionId, capability, changedAt: { $ne: null } },
    { $set: { changedAt: null, changedCourses: [], changedWhole: false } },
    { returnDocument: 'before' },
  ).lean<StateRow>()
  if (!before) return null
  // Rows of before name no courses.
  const { changedAt, changedCourses = [], changedWhole = true } = before
  return { changedAt, changedCourses, changedWhole }
}

/** States whose time has come, of all tenants, those that wait longest first. */
export function findDue(now: Date, limit: number): Promise<StateRow[]> {
  return StateModel.find(
    { nextAt: { $lte: now } },
    {},
    { acrossTenants: 'the scheduler serves every tenant' },
  )
    .sort({ nextAt: 1 })
    .limit(limit)
    .lean<StateRow[]>()
}

/** False: another process has moved it on already. */
export async function claimDue(
  { _id, tenantId, nextAt }: StateRow,
  until: Date | null,
): Promise<boolean> {
  const { modifiedCount } = await StateModel.updateOne(
    { _id, tenantId, nextAt },
    { $set: { nextAt: until } },
  )
  return modifiedCount === 1
}
