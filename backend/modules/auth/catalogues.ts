import type { RoleName } from '../../../shared/scopes.ts'
import { roleNames, roles, type Scope, scopes, sensitiveScopes } from '../../../shared/scopes.ts'
import { isRoleOfKind } from './rights.ts'

const kinds = ['platform', 'trust', 'local-authority', 'school', 'sandbox'] as const

function describeRole(name: RoleName) {
  const { label, scopes: held } = roles[name]
  const organisations = kinds.filter((kind) => isRoleOfKind(name, kind))
  return { name, label, scopes: [...held], organisations }
}

const roleCatalogue = { data: roleNames.map(describeRole), nextCursor: null }

const scopeCatalogue = {
  data: Object.entries(scopes).map(([name, description]) => ({
    name,
    description,
    sensitive: sensitiveScopes.includes(name as Scope),
  })),
  nextCursor: null,
}

export async function listRoles() {
  return roleCatalogue
}

export async function listScopes() {
  return scopeCatalogue
}
