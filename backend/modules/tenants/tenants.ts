import type { TenantList, TenantSummary } from '../../../shared/api/access.ts'
import type { Page } from '../../../shared/api/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import { kindsBelow } from '../../../shared/kinds-below.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { assertIfMatch } from '../../core/etag.ts'
import { showPage } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import {
  findBySlug,
  findTenant,
  findTenants,
  findTreeIds,
  findTreePage,
  findTrees,
  insertTenant,
  renameTenant,
  type Tenant,
  type TenantKind,
  upsertPlatform,
} from './store.ts'

export interface NewTenant {
  readonly name: string
  readonly slug: string
  readonly kind: Exclude<TenantKind, 'platform'>
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

/** The organisation and those above it, from the root down; empty where it does not exist. */
export async function readLineage(id: string): Promise<TenantSummary[]> {
  const tenant = await findTenant(id)
  if (!tenant) return []
  const above = new Map((await findTenants(tenant.ancestorIds)).map((found) => [found._id, found]))
  const lineage = tenant.ancestorIds.map((ancestorId) => above.get(ancestorId))
  return [...lineage.filter((found) => found !== undefined), tenant].map(summarise)
}

const wholeTree = 100_000

/** An organisation and everything below it, each with the ids from the root down to itself. */
export async function placedTree(
  id: string,
): Promise<(TenantSummary & { readonly lineage: readonly string[] })[]> {
  const tenants = await findTrees([id], wholeTree)
  return tenants.map((tenant) => ({
    ...summarise(tenant),
    lineage: [...tenant.ancestorIds, tenant._id],
  }))
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
  query: TenantList,
): Promise<Page<TenantSummary>> {
  return showPage(await findTreePage(ctx.tenantId, query), summarise)
}

async function findInTree(ctx: TenantContext, id: string): Promise<Tenant> {
  const tenant = await findTenant(id)
  const isInside = tenant && [...tenant.ancestorIds, tenant._id].includes(ctx.tenantId)
  if (!isInside) throw new AppError('not_found', `The organisation ${id} does not exist`)
  return tenant
}

/** A tenant of the caller's tree; anything else does not exist for the caller. */
export async function readTenant(ctx: TenantContext, id: string): Promise<TenantSummary> {
  return summarise(await findInTree(ctx, id))
}

const tries = 5

/** Renames a tenant of the caller's tree; its short name stands in addresses and stays. */
export async function changeTenant(
  ctx: TenantContext,
  id: string,
  { name }: { readonly name?: string | undefined },
  ifMatch: string | undefined,
): Promise<TenantSummary> {
  for (let left = tries; left > 0; left--) {
    const current = await findInTree(ctx, id)
    assertIfMatch(ifMatch, summarise(current))
    if (name === undefined || name === current.name) return summarise(current)
    const renamed = await renameTenant(ctx, current, name)
    if (!renamed) continue
    await recordAudit(ctx, {
      action: 'tenant.update',
      target: { type: 'tenant', id },
      fields: ['name'],
      result: 'success',
    })
    return summarise(renamed)
  }
  throw new AppError('conflict', 'Others change it at this moment; try again')
}
