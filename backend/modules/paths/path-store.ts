import mongoose, { Schema } from 'mongoose'
import type { LearningPathList, PathStep } from '../../../shared/api/paths.ts'
import {
  newEvent,
  pushEvent,
  removeWithEvent,
  type WithOutbox,
  withOutbox,
} from '../../core/events/index.ts'
import { newId } from '../../core/ids.ts'
import { type FoundPage, findPage, orderedBy, timeFilter } from '../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'

export type StepRow = Pick<PathStep, 'id' | 'kind' | 'targetId'>

export interface PathFields {
  readonly name: string
  readonly description: string
  readonly steps: readonly StepRow[]
}

export interface PathRow extends PathFields {
  readonly _id: string
  readonly tenantId: string
  readonly nameSearch: string
  readonly revision: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

const pathSort = {
  createdAt: { path: 'createdAt', type: 'date' },
  updatedAt: { path: 'updatedAt', type: 'date' },
  name: { path: 'name', type: 'text' },
} as const

const pathSchema = new Schema<PathRow & WithOutbox>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    description: { type: String, default: '' },
    steps: [
      {
        _id: false,
        id: { type: String, required: true },
        kind: { type: String, required: true },
        targetId: { type: String, required: true },
      },
    ],
    nameSearch: { type: String, required: true },
    revision: { type: Number, required: true },
  },
  { timestamps: true, autoIndex: false, versionKey: false },
)
pathSchema.plugin(tenantScoped)
pathSchema.plugin(withOutbox)
pathSchema.index({ tenantId: 1, _id: 1 })
orderedBy(pathSchema, pathSort)

export const PathModel = mongoose.model('LearningPath', pathSchema, 'learningPaths')

export async function insertPath(ctx: TenantContext, fields: PathFields): Promise<PathRow> {
  const id = newId('pth')
  const created = await PathModel.create({
    ...fields,
    _id: id,
    tenantId: ctx.tenantId,
    nameSearch: fields.name.toLowerCase(),
    revision: 1,
    pendingEvents: [newEvent(ctx, 'path.created', { pathId: id })],
  })
  return created.toObject()
}

export function findPath(
  ctx: Pick<TenantContext, 'tenantId'>,
  id: string,
): Promise<PathRow | null> {
  return PathModel.findOne({ _id: id, tenantId: ctx.tenantId }).lean<PathRow>().exec()
}

export function findPathPage(
  ctx: TenantContext,
  query: LearningPathList,
): Promise<FoundPage<PathRow>> {
  const opened = ctx.limitedTo ? [{ _id: { $in: [...ctx.limitedTo] } }] : []
  const words = (query.q ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => ({ nameSearch: { $regex: word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') } }))
  return findPage<PathRow>(PathModel, {
    filter: {
      tenantId: ctx.tenantId,
      ...timeFilter(query),
      ...(opened.length + words.length > 0 ? { $and: [...opened, ...words] } : {}),
    },
    query,
    sortFields: pathSort,
  })
}

/** Writes the next revision; null when somebody else wrote it first. */
export async function replacePath(
  ctx: TenantContext,
  current: PathRow,
  fields: PathFields,
  changed: readonly string[],
): Promise<PathRow | null> {
  return PathModel.findOneAndUpdate(
    { _id: current._id, tenantId: ctx.tenantId, revision: current.revision },
    {
      $set: { ...fields, nameSearch: fields.name.toLowerCase() },
      $inc: { revision: 1 },
      ...pushEvent(ctx, 'path.updated', { pathId: current._id, fields: [...changed] }),
    },
    { returnDocument: 'after' },
  )
    .lean<PathRow>()
    .exec()
}

/** False when somebody else wrote it first. */
export async function removePath(ctx: TenantContext, current: PathRow): Promise<boolean> {
  const { matchedCount } = await PathModel.updateOne(
    { _id: current._id, tenantId: ctx.tenantId, revision: current.revision },
    removeWithEvent(ctx, 'path.deleted', { pathId: current._id }),
  )
  return matchedCount === 1
}
