import mongoose, { Schema } from 'mongoose'
import type { GradeComparison, GradeComparisonList } from '../../../../shared/api/grades.ts'
import { newId } from '../../../core/ids.ts'
import {
  type FoundPage,
  findPage,
  given,
  orderedBy,
  timeFilter,
} from '../../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../../core/tenancy.ts'

export interface ComparisonRow extends Omit<GradeComparison, 'id' | 'createdAt' | 'updatedAt'> {
  readonly _id: string
  readonly tenantId: string
  /** It names learners, so it is not kept for ever. */
  readonly purgeAt: Date
  readonly createdAt: Date
  readonly updatedAt: Date
}

const keptMs = 90 * 24 * 60 * 60_000
const comparisonSort = { createdAt: { path: 'createdAt', type: 'date' } } as const
const count = { type: Number, default: 0 }

const comparisonSchema = new Schema<ComparisonRow>(
  {
    _id: String,
    courseId: { type: String, required: true },
    status: { type: String, required: true },
    repair: { type: Boolean, required: true },
    columns: count,
    compared: count,
    equal: count,
    missing: count,
    different: count,
    unexpected: count,
    waiting: count,
    repaired: count,
    differences: { type: [Schema.Types.Mixed], default: [] } as never,
    detail: { type: String, default: null },
    purgeAt: { type: Date, required: true },
  },
  { collection: 'gradeComparisons', timestamps: true, autoIndex: false },
)
comparisonSchema.plugin(tenantScoped)
comparisonSchema.index({ purgeAt: 1 }, { expireAfterSeconds: 0 })
orderedBy(comparisonSchema, comparisonSort)

export const ComparisonModel = mongoose.model('GradeComparison', comparisonSchema)

export async function insertComparison(
  { tenantId }: Pick<TenantContext, 'tenantId'>,
  fields: Pick<ComparisonRow, 'courseId' | 'repair'>,
  now: Date,
): Promise<ComparisonRow> {
  const document = await ComparisonModel.create({
    _id: newId('gcp'),
    tenantId,
    ...fields,
    status: 'waiting',
    purgeAt: new Date(now.getTime() + keptMs),
  })
  return document.toObject()
}

export function findComparison(
  { tenantId }: TenantContext,
  id: string,
): Promise<ComparisonRow | null> {
  return ComparisonModel.findOne({ _id: id, tenantId }).lean<ComparisonRow>().exec()
}

export async function changeComparison(
  { tenantId }: TenantContext,
  id: string,
  change: Partial<ComparisonRow>,
): Promise<void> {
  await ComparisonModel.updateOne({ _id: id, tenantId }, { $set: change }).exec()
}

export function findComparisonPage(
  { tenantId }: TenantContext,
  query: GradeComparisonList,
): Promise<FoundPage<ComparisonRow>> {
  return findPage<ComparisonRow>(ComparisonModel, {
    filter: { tenantId, ...given({ courseId: query.courseId }), ...timeFilter(query) },
    query,
    sortFields: comparisonSort,
  })
}
