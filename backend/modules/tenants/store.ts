import mongoose, { Schema } from 'mongoose'
import { newEvent, type WithOutbox, withOutbox } from '../../core/events/index.ts'
import { newId } from '../../core/ids.ts'
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

export async function findTreeIds(id: string): Promise<string[]> {
  return TenantModel.distinct('_id', treeOf([id]))
}

export async function findTreePage(id: string, after: object, limit: number): Promise<Tenant[]> {
  return TenantModel.find({ $and: [treeOf([id]), after] })
    .sort({ _id: -1 })
    .limit(limit + 1)
    .lean()
}

export async function deleteTenantRow(id: string): Promise<void> {
  await TenantModel.deleteOne({ _id: id })
}
