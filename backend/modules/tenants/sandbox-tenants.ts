import type { TenantSummary } from '../../../shared/api/access.ts'
import { AppError } from '../../../shared/errors.ts'
import { deleteTenantRow, findTenant, insertTenant } from './store.ts'
import { summarise } from './tenants.ts'

/** Adds a sandbox: below its owner, so that the owner's staff reach it, or below nobody. */
export async function createSandboxTenant(
  wanted: { readonly name: string; readonly slug: string },
  ownerTenantId: string | null,
): Promise<TenantSummary> {
  const owner = ownerTenantId === null ? null : await findTenant(ownerTenantId)
  if (ownerTenantId !== null && !owner) {
    throw new AppError('not_found', 'Your organisation does not exist any more')
  }
  return summarise(await insertTenant({ ...wanted, kind: 'sandbox' }, owner))
}

/** Forgets a sandbox's row in the tree; whatever else it owns must be gone already. */
export async function removeSandboxTenant(id: string): Promise<void> {
  const tenant = await findTenant(id)
  if (tenant && tenant.kind !== 'sandbox') {
    throw new TypeError(`${id} is a ${tenant.kind}, not a sandbox`)
  }
  await deleteTenantRow(id)
}

/** Forgets an organisation's row in the tree; whatever else it owns must be gone already. */
export async function removeTenantRow(id: string): Promise<void> {
  await deleteTenantRow(id)
}
