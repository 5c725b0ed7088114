import type { RoleName } from '../../../shared/scopes.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { findTenantWithAncestors } from '../tenants/index.ts'
import { heldRights } from './held-rights.ts'
import { findLiveSession } from './session-store.ts'
import { countStaffWith, findStaff } from './staff-store.ts'

export interface PersonRights {
  readonly roles: readonly RoleName[]
  readonly scopes: ReadonlySet<string>
}

/** Whether a staff account exists and may be used. */
export async function isActivePerson(id: string): Promise<boolean> {
  const user = await findStaff(id)
  return user !== null && user.disabledAt === null
}

/** Name and e-mail of a person, for those who sign in elsewhere with their account here. */
export async function describePerson(id: string): Promise<{ name: string; email: string } | null> {
  const user = await findStaff(id)
  return user && user.disabledAt === null ? { name: user.name, email: user.email } : null
}

/** What a person may do in a tenant at this moment; nothing where the account is disabled or has no role there. */
export async function rightsOfPerson(
  id: string,
  tenantId: string,
  now: Date,
): Promise<PersonRights> {
  const [user, found] = await Promise.all([findStaff(id), findTenantWithAncestors(tenantId)])
  if (!user || user.disabledAt || !found) return { roles: [], scopes: new Set() }
  const { roles, scopes } = await heldRights(user.assignments, found.lineage, now)
  return { roles, scopes }
}

const administrators: ReadonlySet<string> = new Set<RoleName>([
  'platform-admin',
  'trust-admin',
  'school-admin',
])

/** Administrators that the organisation has itself, beside those of organisations above it. */
export async function countAdministrators(tenantId: string, now: Date): Promise<number> {
  return countStaffWith(tenantId, [...administrators], now)
}

/** Whether the caller is a signed-in administrator of the active tenant, or the installation itself. */
export async function isAdministrator(ctx: TenantContext, now: Date): Promise<boolean> {
  if (ctx.principal.kind === 'system') return true
  if (ctx.principal.kind !== 'staff') return false
  const { roles } = await rightsOfPerson(ctx.principal.id, ctx.tenantId, now)
  return roles.some((role) => administrators.has(role))
}

/** When the person of a staff session signed in. */
export async function signedInAt(ctx: TenantContext, now: Date): Promise<Date | null> {
  if (ctx.principal.kind !== 'staff') return null
  const session = await findLiveSession({ _id: ctx.principal.sessionId }, now)
  return session?.startedAt ?? null
}
