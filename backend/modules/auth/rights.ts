import { type RoleName, roleNames, roles } from '../../../shared/scopes.ts'
import { platformTenantId } from '../../core/platform-tenant.ts'

export interface Assignment {
  readonly tenantId: string
  /** One of ours, or the id of a role that an organisation made. */
  readonly role: string
  /** End of a time-boxed role. */
  readonly until: Date | null
}

/** Roles that hold in a tenant: those assigned there or anywhere above it, and not run out. */
export function rolesAt(
  assignments: readonly Assignment[],
  lineage: readonly string[],
  now: Date,
): RoleName[] {
  const held = inForce(assignments, lineage, now).filter(({ role, tenantId }) => {
    // Support staff see an organisation only while they have opened it with a reason.
    return role !== 'support' || tenantId !== platformTenantId || lineage.length === 1
  })
  return [...new Set(held.map(({ role }) => role))].filter(isRoleName)
}

/** Ids of the roles that hold in a tenant and were made by organisations. */
export function customRolesAt(
  assignments: readonly Assignment[],
  lineage: readonly string[],
  now: Date,
): string[] {
  const held = inForce(assignments, lineage, now).map(({ role }) => role)
  return [...new Set(held)].filter((role) => !isRoleName(role))
}

function inForce(
  assignments: readonly Assignment[],
  lineage: readonly string[],
  now: Date,
): Assignment[] {
  return assignments.filter(
    ({ tenantId, until }) => lineage.includes(tenantId) && (until === null || until > now),
  )
}

export function isRoleName(role: string): role is RoleName {
  return roleNames.some((name) => name === role)
}

export function scopesOf(held: readonly RoleName[]): ReadonlySet<string> {
  return new Set(held.flatMap((role) => roles[role].scopes))
}

const supportHours = 8

/** Break-glass access ends by itself. */
export function endOfRole(role: string, now: Date, tenantId?: string): Date | null {
  // At the platform it opens nothing by itself.
  if (tenantId === platformTenantId) return null
  return role === 'support' ? new Date(now.getTime() + supportHours * 3_600_000) : null
}

const kindsOfRole: Partial<Record<RoleName, readonly string[]>> = {
  'platform-admin': ['platform'],
  'trust-admin': ['trust', 'local-authority'],
  'school-admin': ['trust', 'local-authority', 'school', 'sandbox'],
  'sandbox-developer': ['sandbox'],
}

/** Whether a role makes sense at an organisation of this kind. */
export function isRoleOfKind(role: RoleName, kind: string): boolean {
  return kindsOfRole[role]?.includes(kind) ?? true
}
