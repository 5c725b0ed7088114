import type { TenantSummary } from '../../../shared/api/access.ts'
import type { ListQuery, Page } from '../../../shared/api/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { afterCursor, toPage } from '../../core/paging.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import {
  findBySlug,
  findTenant,
  findTreeIds,
  findTreePage,
  findTrees,
  insertTenant,
  type Tenant,
  type TenantKind,
  upsertPlatform,
} from './store.ts'

export interface NewTenant {
  readonly name: string
  readonly slug: string
  readonly kind: Exclude<TenantKind, 'platform'>
}

const kindsBelow: Record<TenantKind, readonly TenantKind[]> = {
  platform: ['trust', 'local-authority', 'school', 'sandbox'],
  trust: ['school', 'sandbox'],
  'local-authority': ['trust', 'school', 'sandbox'],
  school: ['sandbox'],
  sandbox: [],
}

export function summarise(tenant: Tenant): TenantSummary {
  return {
    id: tenant._id,
    slug: tenant.slug,
    name: tenant.name,
    kind: tenant.kind,
    parentId: tenant.parentId,
    createdAt: tenant.createdAt.toISOString(),
    updatedAt: tenant.updatedAt.toISOString(),
  }
}

/** Makes the root of the tree where it is missing; safe to repeat. */
export async function ensurePlatformTenant(): Promise<void> {
  try {
    await upsertPlatform()
  } catch (error) {
    // Two processes that start together may both insert; the loser finds the root made.
    if (!isDuplicateKey(error)) throw error
  }
}

export async function getTenant(id: string): Promise<TenantSummary | null> {
  const tenant = await findTenant(id)
  return tenant && summarise(tenant)
}

/** The tenant with the ids above it: what decides whether a role held elsewhere reaches it. */
export async function findTenantWithAncestors(
  id: string,
): Promise<{ tenant: TenantSummary; lineage: string[] } | null> {
  const tenant = await findTenant(id)
  return tenant && { tenant: summarise(tenant), lineage: [...tenant.ancestorIds, tenant._id] }
}

export async function findTenantBySlug(slug: string): Promise<TenantSummary | null> {
  const tenant = await findBySlug(slug)
  return tenant && summarise(tenant)
}

/** Ids of a tenant and of everything below it. */
export async function tenantAndDescendants(tenantId: string): Promise<string[]> {
  return findTreeIds(tenantId)
}

/** The given tenants and everything below them, by name, at most `limit`. */
export async function listTrees(ids: readonly string[], limit = 1000): Promise<TenantSummary[]> {
  const tenants = await findTrees(ids, limit)
  return tenants.map(summarise)
}

/** Adds a tenant below the caller's own. */
export async function createTenant(ctx: TenantContext, wanted: NewTenant): Promise<TenantSummary> {
  const parent = await findTenant(ctx.tenantId)
  if (!parent) throw new AppError('not_found', 'Your organisation does not exist any more')
  if (!kindsBelow[parent.kind].includes(wanted.kind)) {
    throw new AppError(
      'invalid_request',
      `Below a ${parent.kind} there can be: ${kindsBelow[parent.kind].join(', ') || 'nothing'}`,
      { errors: [{ pointer: '#/kind', code: 'invalid_value', detail: 'is not possible here' }] },
    )
  }
  const tenant = await insertUnlessTaken(ctx, wanted, parent)
  await recordAudit(ctx, {
    action: 'tenant.create',
    target: { type: 'tenant', id: tenant._id },
    fields: ['name', 'slug', 'kind', 'parentId'],
    result: 'success',
  })
  return summarise(tenant)
}

async function insertUnlessTaken(
  ctx: TenantContext,
  { slug, name, kind }: NewTenant,
  parent: Tenant,
): Promise<Tenant> {
  try {
    return await insertTenant({ slug, name, kind }, parent, ctx)
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    throw new AppError('conflict', `The short name ${slug} is taken; choose another`, {
      cause: error,
    })
  }
}

export async function listTenants(
  ctx: TenantContext,
  query: ListQuery,
): Promise<Page<TenantSummary>> {
  const rows = await findTreePage(ctx.tenantId, afterCursor(query), query.limit)
  return toPage(rows, query.limit, summarise)
}

/** A tenant of the caller's tree; anything else does not exist for the caller. */
export async function readTenant(ctx: TenantContext, id: string): Promise<TenantSummary> {
  const tenant = await findTenant(id)
  const isInside = tenant && [...tenant.ancestorIds, tenant._id].includes(ctx.tenantId)
  if (!isInside) throw new AppError('not_found', `The organisation ${id} does not exist`)
  return summarise(tenant)
}
