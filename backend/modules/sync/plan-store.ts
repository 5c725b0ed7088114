import mongoose, { Schema } from 'mongoose'
import type { CourseSync } from '../../../shared/api/syncs.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { newId } from '../../core/ids.ts'
import { tenantScoped } from '../../core/tenancy.ts'

/** How the courses of an LMS are fetched. */
export interface PlanRow
  extends Pick<CourseSync, 'scheduled' | 'everyMinutes' | 'last' | 'nextAt'> {
  readonly _id: string
  readonly tenantId: string
  readonly platformId: string
}

const schema = new Schema<PlanRow>(
  {
    _id: { type: String, required: true },
    platformId: { type: String, required: true },
    scheduled: { type: Boolean, required: true },
    everyMinutes: { type: Number, default: null },
    last: { type: Schema.Types.Mixed, default: null },
    nextAt: { type: String, default: null },
  },
  { timestamps: true, autoIndex: false, autoCreate: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.index({ tenantId: 1, platformId: 1 }, { unique: true })
export const PlanModel = mongoose.model('SyncPlan', schema, 'syncPlans')

type Which = Pick<PlanRow, 'tenantId' | 'platformId'>
type PlanFields = Pick<PlanRow, 'scheduled' | 'everyMinutes' | 'last' | 'nextAt'>

const fresh: PlanFields = { scheduled: false, everyMinutes: null, last: null, nextAt: null }

/** As it was set; where nobody has, it runs on demand only. */
export async function findPlan({ tenantId, platformId }: Which): Promise<PlanFields> {
  return (await PlanModel.findOne({ tenantId, platformId }).lean<PlanRow>()) ?? fresh
}

export async function savePlan(
  { tenantId, platformId }: Which,
  set: Partial<PlanFields>,
): Promise<void> {
  const missing = Object.fromEntries(Object.entries(fresh).filter(([name]) => !(name in set)))
  const write = () =>
    PlanModel.updateOne(
      { tenantId, platformId },
      { $set: set, $setOnInsert: { _id: newId('syp'), ...missing } },
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
