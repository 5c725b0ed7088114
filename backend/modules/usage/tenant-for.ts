import type { TenantSummary } from '../../../shared/api/access.ts'
import { AppError } from '../../../shared/errors.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { findTenantWithAncestors } from '../tenants/index.ts'

/** The caller's organisation, or the one below it that was asked for; any other does not exist for the caller. */
export async function tenantFor(
  ctx: TenantContext,
  id: string | undefined,
): Promise<TenantSummary> {
  const wanted = id ?? ctx.tenantId
  const found = await findTenantWithAncestors(wanted)
  if (!found?.lineage.includes(ctx.tenantId)) {
    throw new AppError('not_found', `The organisation ${wanted} does not exist`)
  }
  return found.tenant
}
