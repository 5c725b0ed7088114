import mongoose from 'mongoose'
import { newId } from '../../core/ids.ts'
import { tenantScoped } from '../../core/tenancy.ts'
import type { NewAlert } from './alert-store.ts'
import type { GroupState } from './decide.ts'

/** The problems of one connector that one rule tells together. */
export interface GroupRow extends GroupState {
  readonly _id: string
  readonly tenantId: string
  readonly ruleId: string
  readonly key: string
  /** When it is looked at; absent: not before something happens. */
  readonly dueAt?: Date
  /** Alerts that were decided on with the state and wait to be written as documents of their own. */
  readonly outbox: readonly NewAlert[]
  readonly revision: number
  readonly updatedAt: Date
}

const { Mixed } = mongoose.Schema.Types
const schema = new mongoose.Schema<GroupRow>(
  {
    _id: { type: String, required: true },
    ruleId: { type: String, required: true },
    key: { type: String, required: true },
    told: { type: Mixed, required: true },
    lastToldAt: { type: Date, default: null },
    escalateAt: { type: Date, default: null },
    dueAt: Date,
    outbox: { type: Mixed, required: true },
    revision: { type: Number, required: true },
    updatedAt: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, minimize: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.index({ tenantId: 1, ruleId: 1, key: 1 }, { unique: true })
schema.index({ dueAt: 1 }, { partialFilterExpression: { dueAt: { $gt: new Date(0) } } })
schema.index({ updatedAt: 1 }, { expireAfterSeconds: 400 * 24 * 3600 })
export const GroupModel = mongoose.model('AlertGroup', schema, 'alertGroups')

export interface Wanted {
  readonly tenantId: string
  readonly ruleId: string
  readonly key: string
  readonly dueAt: Date
}

/** Has groups looked at, at the latest by the time given with each. */
export async function wakeGroups(wanted: readonly Wanted[], now: Date): Promise<void> {
  if (wanted.length === 0) return
  await GroupModel.bulkWrite(
    wanted.map(({ tenantId, ruleId, key, dueAt }) => ({
      updateOne: {
        filter: { tenantId, ruleId, key },
        update: {
          $min: { dueAt },
          $inc: { revision: 1 },
          $setOnInsert: {
            _id: newId('alg', now.getTime()),
            told: [],
            lastToldAt: null,
            escalateAt: null,
            outbox: [],
            updatedAt: now,
          },
        },
        upsert: true,
      },
    })),
    { ordered: false },
  )
}

export function findDueGroups(now: Date, limit: number): Promise<GroupRow[]> {
  return GroupModel.find(
    { dueAt: { $lte: now, $gt: new Date(0) } },
    {},
    { sort: { dueAt: 1 }, limit, acrossTenants: 'alerts of every tenant are looked after' },
  )
    .lean<GroupRow[]>()
    .exec()
}

/** False where something happened to the group since it was read: it is looked at again. */
export async function keepGroup(
  { _id, tenantId, revision }: GroupRow,
  state: GroupState,
  outbox: readonly NewAlert[],
  { dueAt, now }: { readonly dueAt: Date | null; readonly now: Date },
): Promise<boolean> {
  // With an outbox it stays due, so that whoever comes next writes what a killed process left.
  const next = outbox.length > 0 ? now : dueAt
  const { modifiedCount } = await GroupModel.updateOne(
    { _id, tenantId, revision },
    {
      $set: { ...state, outbox: [...outbox], updatedAt: now, ...(next && { dueAt: next }) },
      $inc: { revision: 1 },
      ...(next === null && { $unset: { dueAt: 1 } }),
    },
  )
  return modifiedCount === 1
}

/** The outbox was written; `next` is left out where the group is to be looked at again. */
export async function emptyOutbox(
  { _id, tenantId }: Pick<GroupRow, '_id' | 'tenantId'>,
  ids: readonly string[],
  next: { readonly revision: number; readonly dueAt: Date | null } | null,
): Promise<void> {
  if (next) {
    const { dueAt, revision } = next
    await GroupModel.updateOne(
      { _id, tenantId, revision },
      dueAt ? { $set: { dueAt } } : { $unset: { dueAt: 1 } },
    )
  }
  await GroupModel.updateOne({ _id, tenantId }, { $pull: { outbox: { _id: { $in: [...ids] } } } })
}

export async function deleteGroups(tenantId: string, ruleId: string): Promise<void> {
  await GroupModel.deleteMany({ tenantId, ruleId })
}
