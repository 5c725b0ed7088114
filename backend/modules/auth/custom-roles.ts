import type { Page } from '../../../shared/api/contract.ts'
import type {
  CustomRole,
  CustomRoleBody,
  CustomRoleChange,
  CustomRoleList,
} from '../../../shared/api/roles.ts'
import { AppError } from '../../../shared/errors.ts'
import { launchOnly } from '../../../shared/scopes.ts'
import { changesOf, recordAudit } from '../../core/audit/index.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { assertIfMatch } from '../../core/etag.ts'
import { showPage } from '../../core/lists/index.ts'
import { hasScope, type TenantContext } from '../../core/tenancy.ts'
import { findTenantWithAncestors } from '../tenants/index.ts'
import {
  type CustomRoleRow,
  deleteRole,
  findRolePage,
  findRoles,
  insertRole,
  replaceRole,
} from './custom-role-store.ts'
import { hasStaffWithCustomRole } from './staff-store.ts'

export function showRole({ _id, nameKey: _key, scopes, ...row }: CustomRoleRow): CustomRole {
  return {
    ...row,
    id: _id,
    scopes: [...scopes],
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

/** Nobody makes a role that is more than they are. */
export function assertHolds(ctx: TenantContext, scopes: readonly string[]): void {
  const beyond = scopes.filter(
    (scope) => !hasScope(ctx, scope) || (launchOnly as readonly string[]).includes(scope),
  )
  if (beyond.length === 0) return
  throw new AppError(
    'insufficient_scope',
    `You cannot give rights that you do not hold yourself: ${beyond.join(', ')}`,
  )
}

async function lineageOf(tenantId: string): Promise<readonly string[]> {
  return (await findTenantWithAncestors(tenantId))?.lineage ?? []
}

/** The roles that can be given in the caller's organisation: its own and those made above it. */
export async function listCustomRoles(
  ctx: TenantContext,
  query: CustomRoleList,
): Promise<Page<CustomRole>> {
  return showPage(await findRolePage(await lineageOf(ctx.tenantId), query), showRole)
}

/** A role that can be given in the organisation. */
export async function givableRole(tenantId: string, id: string): Promise<CustomRoleRow> {
  const [role] = await findRoles(await lineageOf(tenantId), [id])
  if (!role) throw new AppError('not_found', `The role ${id} does not exist`)
  return role
}

async function ownRole(ctx: TenantContext, id: string): Promise<CustomRoleRow> {
  const [role] = await findRoles([ctx.tenantId], [id])
  if (!role) throw new AppError('not_found', `The role ${id} does not exist, or was made above`)
  return role
}

export async function readCustomRole(ctx: TenantContext, id: string): Promise<CustomRole> {
  return showRole(await givableRole(ctx.tenantId, id))
}

export async function createCustomRole(
  ctx: TenantContext,
  body: CustomRoleBody,
): Promise<CustomRole> {
  assertHolds(ctx, body.scopes)
  const role = await unlessTaken(body.name, () =>
    insertRole(ctx, { ...body, scopes: [...new Set(body.scopes)] }),
  )
  await audit(ctx, 'role.create', role._id, {}, body)
  return showRole(role)
}

const tries = 5

export async function changeCustomRole(
  ctx: TenantContext,
  id: string,
  change: CustomRoleChange,
  ifMatch: string | undefined,
): Promise<CustomRole> {
  for (let left = tries; left > 0; left--) {
    const current = await ownRole(ctx, id)
    assertIfMatch(ifMatch, showRole(current))
    // Also what it gives already: whoever changes a role could take it for themselves.
    assertHolds(ctx, change.scopes ?? current.scopes)
    const changed = await unlessTaken(change.name ?? current.name, () =>
      replaceRole(current, change),
    )
    if (!changed) continue
    await audit(ctx, 'role.update', id, pick(current), pick(changed))
    return showRole(changed)
  }
  throw new AppError('conflict', 'Others change it at this moment; try again')
}

export async function removeCustomRole(ctx: TenantContext, id: string): Promise<undefined> {
  const role = await ownRole(ctx, id)
  if (await hasStaffWithCustomRole(id)) {
    throw new AppError('role_in_use', `Somebody has the role ${role.name}; take it from them first`)
  }
  await deleteRole(role)
  await audit(ctx, 'role.delete', id, pick(role), {})
}

async function unlessTaken<T>(name: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    throw new AppError('conflict', `There is a role called ${name} already`, { cause: error })
  }
}

function pick({
  name,
  description,
  scopes,
}: Pick<CustomRoleRow, 'name' | 'description' | 'scopes'>) {
  return { name, description, scopes: [...scopes].sort((a, b) => a.localeCompare(b)) }
}

function audit(
  ctx: TenantContext,
  action: string,
  id: string,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): Promise<void> {
  const changes = changesOf(before, after)
  return recordAudit(ctx, {
    action,
    target: { type: 'role', id },
    fields: changes.map(({ field }) => field),
    changes,
    result: 'success',
  })
}
