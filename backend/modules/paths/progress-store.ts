import mongoose, { Schema } from 'mongoose'
import type { ProgressList } from '../../../shared/api/paths.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { newId } from '../../core/ids.ts'
import { type FoundPage, findPage, given, orderedBy, timeFilter } from '../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'

/** Where a learner works at a path: in a copy of the course everything begins anew. */
export interface ProgressPlace {
  readonly pathId: string
  readonly learnerId: string
  readonly platformId: string
  readonly deploymentId: string
  readonly contextId: string | null
}

export interface StepResult {
  readonly doneAt: Date
  readonly score: number | null
  readonly maxScore: number | null
}

export interface ProgressRow extends ProgressPlace {
  readonly _id: string
  readonly tenantId: string
  /** By step id. */
  readonly steps: Readonly<Record<string, StepResult>>
  readonly createdAt: Date
  readonly updatedAt: Date
}

const progressSort = {
  createdAt: { path: 'createdAt', type: 'date' },
  updatedAt: { path: 'updatedAt', type: 'date' },
} as const

const progressSchema = new Schema<ProgressRow>(
  {
    _id: { type: String, required: true },
    pathId: { type: String, required: true },
    learnerId: { type: String, required: true },
    platformId: { type: String, required: true },
    deploymentId: { type: String, required: true },
    contextId: { type: String, default: null },
    steps: { type: Schema.Types.Mixed, default: {} },
  },
  { collection: 'learningPathProgress', timestamps: true, autoIndex: false, minimize: false },
)
progressSchema.plugin(tenantScoped)
progressSchema.index(
  { tenantId: 1, pathId: 1, learnerId: 1, deploymentId: 1, contextId: 1 },
  { unique: true },
)
orderedBy(progressSchema, progressSort, { tenantId: 1, pathId: 1 })

export const ProgressModel = mongoose.model('LearningPathProgress', progressSchema)

export function findProgress(
  ctx: Pick<TenantContext, 'tenantId'>,
  { pathId, learnerId, deploymentId, contextId }: ProgressPlace,
): Promise<ProgressRow | null> {
  const filter = { tenantId: ctx.tenantId, pathId, learnerId, deploymentId, contextId }
  return ProgressModel.findOne(filter).lean<ProgressRow>().exec()
}

/** Keeps the later of two results of a step; repeating it changes nothing. */
export async function saveStep(
  ctx: Pick<TenantContext, 'tenantId'>,
  { pathId, learnerId, platformId, deploymentId, contextId }: ProgressPlace,
  stepId: string,
  result: StepResult,
): Promise<void> {
  const place = { tenantId: ctx.tenantId, pathId, learnerId, deploymentId, contextId }
  await ensureRow(place, platformId)
  const doneAt = `steps.${stepId}.doneAt`
  await ProgressModel.updateOne(
    { ...place, $or: [{ [doneAt]: { $exists: false } }, { [doneAt]: { $lt: result.doneAt } }] },
    { $set: { [`steps.${stepId}`]: result } },
  ).exec()
}

async function ensureRow(
  place: Omit<ProgressPlace, 'platformId'> & { readonly tenantId: string },
  platformId: string,
): Promise<void> {
  try {
    await ProgressModel.updateOne(
      place,
      { $setOnInsert: { _id: newId('prg'), platformId, steps: {} } },
      { upsert: true },
    ).exec()
  } catch (error) {
    // Two first steps at once: the other one made it.
    if (!isDuplicateKey(error)) throw error
  }
}

export function findProgressPage(
  ctx: TenantContext,
  pathId: string,
  query: ProgressList,
): Promise<FoundPage<ProgressRow>> {
  return findPage<ProgressRow>(ProgressModel, {
    filter: {
      tenantId: ctx.tenantId,
      pathId,
      ...given({ contextId: query.contextId }),
      ...timeFilter(query),
    },
    query,
    sortFields: progressSort,
    defaultSort: '-updatedAt',
  })
}
