import { systemContext, type TenantContext } from './tenancy.ts'

/** Owner of what belongs to the installation and to no school: scheduled jobs, the audit signing key. */
export const platformTenantId = 'platform'

export function platformContext(id: string): TenantContext {
  return systemContext(platformTenantId, id)
}
