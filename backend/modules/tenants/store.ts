import mongoose, { Schema } from 'mongoose'
import type { TenantList } from '../../../shared/api/access.ts'
import { newEvent, pushEvent, type WithOutbox, withOutbox } from '../../core/events/index.ts'
import { newId } from '../../core/ids.ts'
import { type FoundPage, findPage, given, timeFilter } from '../../core/lists/index.ts'
import { platformTenantId } from '../../core/platform-tenant.ts'
import type { TenantContext } from '../../core/tenancy.ts'

export type TenantKind = 'platform' | 'trust' | 'local-authority' | 'school' | 'sandbox'

export interface Tenant {
  readonly _id: string
  readonly slug: string
  readonly name: string
  readonly kind: TenantKind
  readonly parentId: string | null
  /** From the root down to the parent. */
  readonly ancestorIds: string[]
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** Orders in which the list can be asked for. */
const tenantSort = {
  createdAt: { path: 'createdAt', type: 'date' },
  updatedAt: { path: 'updatedAt', type: 'date' },
  name: { path: 'name', type: 'text' },
  slug: { path: 'slug', type: 'text', unique: true },
} as const

// Not tenant-scoped: a tenant is its own scope. The services compare ids with the caller's tree.
const tenantSchema = new Schema<Tenant & WithOutbox>(
  {
    _id: { type: String, required: true },
    slug: { type: String, required: true },
    name: { type: String, required: true },
    kind: { type: String, required: true },
    parentId: { type: String, default: null },
    ancestorIds: { type: [String], required: true },
  },
  { timestamps: true, autoIndex: false, versionKey: false },
)
tenantSchema.plugin(withOutbox)
tenantSchema.index({ slug: 1 }, { unique: true })
tenantSchema.index({ ancestorIds: 1, _id: 1 })

export const TenantModel = mongoose.model('Tenant', tenantSchema, 'tenants')

export async function upsertPlatform(): Promise<void> {
  // An upsert that finds the root would still move its `updatedAt`.
  if (await TenantModel.exists({ _id: platformTenantId })) return
  await TenantModel.updateOne(
    { _id: platformTenantId },
    {
      $setOnInsert: {
        slug: 'platform',
        name: 'Platform',
        kind: 'platform',
        parentId: null,
        ancestorIds: [],
      },
    },
    { upsert: true },
  )
}

export async function insertTenant(
  tenant: Pick<Tenant, 'slug' | 'name' | 'kind'>,
  parent: Tenant | null,
  /** Who adds it, where that is worth an event of theirs. */
  ctx?: TenantContext,
): Promise<Tenant> {
  const _id = newId('ten')
  const data = { tenantId: _id, parentId: parent?._id ?? '', kind: tenant.kind }
  const created = await TenantModel.create({
    _id,
    ...(ctx && parent && { pendingEvents: [newEvent(ctx, 'tenant.created', data)] }),
    ...tenant,
    parentId: parent?._id ?? null,
    ancestorIds: parent ? [...parent.ancestorIds, parent._id] : [],
  })
  return created.toObject()
}

export async function findTenant(id: string): Promise<Tenant | null> {
  return TenantModel.findOne({ _id: id }).lean()
}

export async function findBySlug(slug: string): Promise<Tenant | null> {
  return TenantModel.findOne({ slug }).lean()
}

function treeOf(ids: readonly string[]) {
  return { $or: [{ _id: { $in: [...ids] } }, { ancestorIds: { $in: [...ids] } }] }
}

/** The tenants themselves and everything below them, by name. */
export async function findTrees(ids: readonly string[], limit: number): Promise<Tenant[]> {
  return TenantModel.find(treeOf(ids)).sort({ name: 1, _id: 1 }).limit(limit).lean()
}

/** By id, in no particular order. */
export async function findTenants(ids: readonly string[]): Promise<Tenant[]> {
  return TenantModel.find({ _id: { $in: [...ids] } }).lean()
}

export async function findTreeIds(id: string): Promise<string[]> {
  return TenantModel.distinct('_id', treeOf([id]))
}

export async function findTreePage(id: string, query: TenantList): Promise<FoundPage<Tenant>> {
  const { kind, slug, parentId, below } = query
  return findPage<Tenant>(TenantModel, {
    filter: {
      ...given({ kind, slug, parentId }),
      ...timeFilter(query),
      $and: [treeOf([id]), ...(below === undefined ? [] : [{ ancestorIds: below }])],
    },
    query,
    sortFields: tenantSort,
  })
}

/** Null where another writer was faster. */
export async function renameTenant(
  ctx: TenantContext,
  { _id, updatedAt }: Pick<Tenant, '_id' | 'updatedAt'>,
  name: string,
): Promise<Tenant | null> {
  return TenantModel.findOneAndUpdate(
    { _id, updatedAt },
    { $set: { name }, ...pushEvent(ctx, 'tenant.updated', { tenantId: _id, fields: ['name'] }) },
    { returnDocument: 'after' },
  ).lean<Tenant>()
}

export async function deleteTenantRow(id: string): Promise<void> {
  await TenantModel.deleteOne({ _id: id })
}
