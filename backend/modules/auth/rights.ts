import { type RoleName, roles } from '../../../shared/scopes.ts'

export interface Assignment {
  readonly tenantId: string
  readonly role: RoleName
  /** End of a time-boxed role. */
  readonly until: Date | null
}

/** Roles that hold in a tenant: those assigned there or anywhere above it, and not run out. */
export function rolesAt(
  assignments: readonly Assignment[],
  lineage: readonly string[],
  now: Date,
): RoleName[] {
  const held = assignments.filter(
    ({ tenantId, until }) => lineage.includes(tenantId) && (until === null || until > now),
  )
  return [...new Set(held.map(({ role }) => role))]
}

export function scopesOf(held: readonly RoleName[]): ReadonlySet<string> {
  return new Set(held.flatMap((role) => roles[role].scopes))
}

const supportHours = 8

/** Break-glass access ends by itself. */
export function endOfRole(role: RoleName, now: Date): Date | null {
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
