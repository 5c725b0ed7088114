import mongoose, { Schema } from 'mongoose'
import type { ResourceBody, ResourceList } from '../../../shared/api/resources.ts'
import {
  newEvent,
  pushEvent,
  removeWithEvent,
  type WithOutbox,
  withOutbox,
} from '../../core/events/index.ts'
import { newId } from '../../core/ids.ts'
import { type FoundPage, findPage, given, orderedBy, timeFilter } from '../../core/lists/index.ts'
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

/** Orders in which the list can be asked for. */
const resourceSort = {
  createdAt: { path: 'createdAt', type: 'date' },
  updatedAt: { path: 'updatedAt', type: 'date' },
  name: { path: 'name', type: 'text' },
} as const

const resourceSchema = new Schema<ResourceRow & WithOutbox>(
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
resourceSchema.plugin(withOutbox)
resourceSchema.index({ tenantId: 1, _id: 1 })
orderedBy(resourceSchema, resourceSort)

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
    pendingEvents: [newEvent(ctx, 'resource.created', { resourceId: id })],
  })
  return created.toObject()
}

export async function findResource(ctx: TenantContext, id: string): Promise<ResourceRow | null> {
  return ResourceModel.findOne({ _id: id, tenantId: ctx.tenantId }).lean()
}

/** Names of those of the ids that the tenant has. */
export async function findResourceNames(
  tenantId: string,
  ids: readonly string[],
): Promise<Pick<ResourceRow, '_id' | 'name'>[]> {
  if (ids.length === 0) return []
  return ResourceModel.find({ tenantId, _id: { $in: ids } }, 'name').lean()
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
  query: ResourceList,
): Promise<FoundPage<ResourceRow>> {
  const words = searchPatterns(query.q).map((pattern) => ({ searchText: { $regex: pattern } }))
  const opened = ctx.limitedTo ? [{ _id: { $in: [...ctx.limitedTo] } }] : []
  const { learningResourceType, inLanguage } = query
  return findPage<ResourceRow>(ResourceModel, {
    filter: {
      tenantId: ctx.tenantId,
      ...given({ learningResourceType, inLanguage }),
      ...timeFilter(query),
      ...(opened.length + words.length > 0 ? { $and: [...opened, ...words] } : {}),
    },
    query,
    sortFields: resourceSort,
  })
}

/** Writes the next revision; null when somebody else wrote it first. */
export async function replaceRevision(
  ctx: TenantContext,
  current: ResourceRow,
  body: ResourceBody,
  fields: readonly string[],
): Promise<ResourceRow | null> {
  return ResourceModel.findOneAndUpdate(
    { _id: current._id, tenantId: ctx.tenantId, revision: current.revision },
    {
      $set: { ...body, searchText: searchTextOf(body) },
      $inc: { revision: 1 },
      ...pushEvent(ctx, 'resource.updated', { resourceId: current._id, fields: [...fields] }),
    },
    { returnDocument: 'after' },
  ).lean()
}

export async function deleteRevision(ctx: TenantContext, current: ResourceRow): Promise<boolean> {
  const { matchedCount } = await ResourceModel.updateOne(
    { _id: current._id, tenantId: ctx.tenantId, revision: current.revision },
    removeWithEvent(ctx, 'resource.deleted', { resourceId: current._id }),
  )
  return matchedCount === 1
}
