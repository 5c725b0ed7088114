import type { RoleName } from '../../../shared/scopes.ts'
import { type CustomRoleRow, findRoles } from './custom-role-store.ts'
import { type Assignment, customRolesAt, rolesAt, scopesOf } from './rights.ts'

export interface HeldRights {
  readonly roles: readonly RoleName[]
  readonly customRoles: readonly Pick<CustomRoleRow, '_id' | 'name'>[]
  readonly scopes: ReadonlySet<string>
}

/** What a person may do in a tenant, with the roles that organisations made themselves. */
export async function heldRights(
  assignments: readonly Assignment[],
  lineage: readonly string[],
  now: Date,
): Promise<HeldRights> {
  const roles = rolesAt(assignments, lineage, now)
  const ids = customRolesAt(assignments, lineage, now)
  // A role that was made elsewhere, or is gone, gives nothing.
  const customRoles = ids.length === 0 ? [] : await findRoles(lineage, ids)
  const scopes = new Set(scopesOf(roles))
  for (const role of customRoles) for (const scope of role.scopes) scopes.add(scope)
  return { roles, customRoles, scopes }
}

export function holdsAnything({ roles, customRoles }: HeldRights): boolean {
  return roles.length + customRoles.length > 0
}
