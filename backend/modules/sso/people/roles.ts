import type { RoleName } from '../../../../shared/scopes.ts'
import type { ProviderRow } from '../provider-store.ts'

/** Roles that a provider's values give by its mapping; the default where none applies. Letter case does not matter. */
export function mappedRoles(
  { roleMapping, defaultRole }: Pick<ProviderRow, 'roleMapping' | 'defaultRole'>,
  values: readonly string[],
): RoleName[] {
  const given = new Set(values.map((value) => value.toLowerCase()))
  const roles = roleMapping
    .filter(({ value }) => given.has(value.toLowerCase()))
    .map(({ role }) => role)
  if (roles.length === 0 && defaultRole !== null) return [defaultRole]
  return [...new Set(roles)]
}
