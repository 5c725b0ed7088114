import type { z } from 'zod'
import { ResourceBody } from '../../../shared/api/resources.ts'
import { AppError } from '../../../shared/errors.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { findResource, findResourceNames, insertResource } from './resource-store.ts'

/** What another module may know of a resource of the tenant; throws `not_found`. */
export async function describeResource(
  ctx: TenantContext,
  id: string,
): Promise<{ readonly title: string }> {
  const row = await findResource(ctx, id)
  if (!row) throw new AppError('not_found', `The resource ${id} does not exist`)
  return { title: row.name }
}

/** Titles of the resources that exist, by id, for whoever shows many of them. */
export async function titlesOfResources(
  ctx: Pick<TenantContext, 'tenantId'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await findResourceNames(ctx.tenantId, ids)
  return new Map(rows.map(({ _id, name }) => [_id, name]))
}

/** Adds a resource under a fixed id unless it is there; what an editor changed since stays. Answers whether it was added. */
export async function ensureResource(
  ctx: TenantContext,
  id: string,
  resource: z.input<typeof ResourceBody>,
): Promise<boolean> {
  if (await findResource(ctx, id)) return false
  try {
    await insertResource(ctx, ResourceBody.parse(resource), id)
    return true
  } catch (error) {
    // Another process seeding at the same time was faster.
    if (!isDuplicateKey(error)) throw error
    return false
  }
}
