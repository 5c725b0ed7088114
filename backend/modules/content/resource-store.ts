import mongoose, { Schema } from 'mongoose'
import type { ResourceBody } from '../../../shared/api/resources.ts'
import { newId } from '../../core/ids.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'
import { searchPatterns, searchTextOf } from './search-text.ts'

export interface ResourceRow extends ResourceBody {
  readonly _id: string
  readonly tenantId: string
  readonly searchText: string
  readonly revision: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

const resourceSchema = new Schema<ResourceRow>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    description: { type: String, default: '' },
    learningResourceType: { type: String, required: true },
    educationalLevel: { type: String, default: null },
    about: { type: [String], required: true },
    timeRequiredMinutes: { type: Number, default: null },
    url: { type: String, default: null },
    content: { type: Schema.Types.Mixed, required: true },
    license: { name: { type: String, default: '' }, url: { type: String, default: null } },
    attribution: { type: String, default: '' },
    inLanguage: { type: String, required: true },
    searchText: { type: String, required: true },
    revision: { type: Number, required: true },
  },
  { timestamps: true, autoIndex: false, versionKey: false },
)
resourceSchema.plugin(tenantScoped)
resourceSchema.index({ tenantId: 1, _id: 1 })

export const ResourceModel = mongoose.model('Resource', resourceSchema, 'resources')

export async function insertResource(
  ctx: TenantContext,
  body: ResourceBody,
  id: string = newId('res'),
): Promise<ResourceRow> {
  const created = await ResourceModel.create({
    ...body,
    _id: id,
    tenantId: ctx.tenantId,
    searchText: searchTextOf(body),
    revision: 1,
  })
  return created.toObject()
}

export async function findResource(ctx: TenantContext, id: string): Promise<ResourceRow | null> {
  return ResourceModel.findOne({ _id: id, tenantId: ctx.tenantId }).lean()
}

/** The only look at a resource without a tenant: its public address holds nothing but its id. */
export async function findResourceTenant(id: string): Promise<string | null> {
  const row = await ResourceModel.findOne({ _id: id }, 'tenantId', {
    acrossTenants: 'the address of a shared resource names no tenant',
  }).lean()
  return row?.tenantId ?? null
}

export async function findResourcePage(
  ctx: TenantContext,
  query: { readonly q?: string | undefined; readonly limit: number },
  after: object,
): Promise<ResourceRow[]> {
  const words = searchPatterns(query.q).map((pattern) => ({ searchText: { $regex: pattern } }))
  const opened = ctx.limitedTo ? [{ _id: { $in: [...ctx.limitedTo] } }] : []
  return ResourceModel.find({ tenantId: ctx.tenantId, $and: [after, ...opened, ...words] })
    .sort({ _id: -1 })
    .limit(query.limit + 1)
    .lean()
}

/** Writes the next revision; null when somebody else wrote it first. */
export async function replaceRevision(
  ctx: TenantContext,
  current: ResourceRow,
  body: ResourceBody,
): Promise<ResourceRow | null> {
  return ResourceModel.findOneAndUpdate(
    { _id: current._id, tenantId: ctx.tenantId, revision: current.revision },
    { $set: { ...body, searchText: searchTextOf(body) }, $inc: { revision: 1 } },
    { returnDocument: 'after' },
  ).lean()
}

export async function deleteRevision(ctx: TenantContext, current: ResourceRow): Promise<boolean> {
  const { deletedCount } = await ResourceModel.deleteOne({
    _id: current._id,
    tenantId: ctx.tenantId,
    revision: current.revision,
  })
  return deletedCount === 1
}
