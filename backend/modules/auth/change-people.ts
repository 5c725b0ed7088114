import { AppError } from '../../../shared/errors.ts'
import { type RoleName, roles } from '../../../shared/scopes.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { assertIfMatch } from '../../core/etag.ts'
import { hasScope, type TenantContext } from '../../core/tenancy.ts'
import { findTenantWithAncestors, tenantAndDescendants } from '../tenants/index.ts'
import { findRoles } from './custom-role-store.ts'
import { assertHolds, givableRole } from './custom-roles.ts'
import { assertAdministratorLeft } from './last-administrator.ts'
import { endOfOneTimePassword, resetPassword } from './passwords.ts'
import { assertMayGrant, type PersonView, showIn } from './people.ts'
import { type Assignment, endOfRole, isRoleName } from './rights.ts'
import { deleteSessionsOf } from './session-store.ts'
import {
  addAssignment,
  deleteStaff,
  findStaffIn,
  removeAssignment,
  replaceStaff,
  type StaffUser,
  setDisabled,
} from './staff-store.ts'

interface Known {
  readonly user: StaffUser
  /** The caller's tenant and everything below it. */
  readonly tree: readonly string[]
}

async function findKnown(ctx: TenantContext, id: string): Promise<Known> {
  const tree = await tenantAndDescendants(ctx.tenantId)
  const user = await findStaffIn(id, tree)
  if (!user) throw new AppError('not_found', `The staff account ${id} does not exist`)
  return { user, tree }
}

/** Whoever could reset or remove somebody with more rights would have those rights. */
async function assertOutranks(ctx: TenantContext, { user, tree }: Known): Promise<void> {
  const isOutside = user.assignments.some(({ tenantId }) => !tree.includes(tenantId))
  if (isOutside || !tree.includes(user.homeTenantId)) {
    throw new AppError(
      'forbidden',
      'The account belongs to other organisations, too; take its roles here away instead',
    )
  }
  for (const held of user.assignments) await assertHoldsRightsOf(ctx, held)
}

async function assertHoldsRightsOf(
  ctx: TenantContext,
  { tenantId, role }: Pick<Assignment, 'tenantId' | 'role'>,
): Promise<void> {
  const beyond = (await scopesIn(tenantId, role)).filter((scope) => !hasScope(ctx, scope))
  if (beyond.length === 0) return
  throw new AppError(
    'forbidden',
    `Only somebody with all rights of this person can do this; you lack ${beyond.join(', ')}`,
  )
}

async function scopesIn(tenantId: string, role: string): Promise<readonly string[]> {
  if (isRoleName(role)) return roles[role].scopes
  const lineage = (await findTenantWithAncestors(tenantId))?.lineage ?? []
  const [own] = await findRoles(lineage, [role])
  return own?.scopes ?? []
}

export async function readPerson(ctx: TenantContext, id: string, now: Date): Promise<PersonView> {
  const { user, tree } = await findKnown(ctx, id)
  return showIn(tree, now)(user)
}

const tries = 5

export interface PersonChange {
  readonly name?: string | undefined
  readonly disabled?: boolean | undefined
}

/** Renames or disables an account; a disabled one is signed out everywhere at once. */
export async function changePerson(
  ctx: TenantContext,
  id: string,
  { name, disabled }: PersonChange,
  { ifMatch, now }: { readonly ifMatch: string | undefined; readonly now: Date },
): Promise<PersonView> {
  for (let left = tries; left > 0; left--) {
    const known = await findKnown(ctx, id)
    const { user, tree } = known
    assertIfMatch(ifMatch, showIn(tree, now)(user))
    await assertOutranks(ctx, known)
    const changed = await replaceStaff(ctx, user, fieldsOf({ name, disabled }, user, now))
    if (!changed) continue
    if (disabled && user.disabledAt === null) {
      await assertAdministratorLeft(user.assignments, now, () => setDisabled(id, null))
      await deleteSessionsOf(id, now)
    }
    await audit(ctx, 'person.update', id, namesOf({ name, disabled }))
    return showIn(tree, now)(changed)
  }
  throw new AppError('conflict', 'Others change it at this moment; try again')
}

function fieldsOf({ name, disabled }: PersonChange, { disabledAt }: StaffUser, now: Date) {
  return {
    ...(name === undefined ? {} : { name }),
    ...(disabled === undefined ? {} : { disabledAt: disabled ? (disabledAt ?? now) : null }),
  }
}

function namesOf(change: PersonChange): string[] {
  return Object.entries(change)
    .filter(([, value]) => value !== undefined)
    .map(([field]) => field)
}

/** Deletes an account for good; what the audit trail says of it stays. */
export async function removePerson(
  ctx: TenantContext,
  id: string,
  { ifMatch, now }: { readonly ifMatch: string | undefined; readonly now: Date },
): Promise<undefined> {
  const known = await findKnown(ctx, id)
  const { user, tree } = known
  assertIfMatch(ifMatch, showIn(tree, now)(user))
  await assertOutranks(ctx, known)
  await setDisabled(id, user.disabledAt ?? now)
  await assertAdministratorLeft(user.assignments, now, () => setDisabled(id, user.disabledAt))
  await deleteSessionsOf(id, now)
  await deleteStaff(ctx, id)
  await audit(ctx, 'person.delete', id)
}

export async function giveRole(
  ctx: TenantContext,
  id: string,
  { role, customRoleId, tenantId = ctx.tenantId }: RoleWish,
  now: Date,
): Promise<PersonView> {
  const { tree } = await findKnown(ctx, id)
  assertInTree(tree, tenantId)
  const given = await grantable(ctx, tenantId, { role, customRoleId })
  const until = endOfRole(given, now, tenantId)
  const isNew = await addAssignment(id, { tenantId, role: given, until }, ctx)
  if (isNew) await audit(ctx, 'person.grant-role', id, [`roles.${given}`])
  return readPerson(ctx, id, now)
}

export interface RoleWish {
  readonly role?: RoleName | undefined
  readonly customRoleId?: string | undefined
  readonly tenantId?: string | undefined
}

/** The name or id of the one role that is wished for, where the caller may give it. */
async function grantable(
  ctx: TenantContext,
  tenantId: string,
  { role, customRoleId }: Pick<RoleWish, 'role' | 'customRoleId'>,
): Promise<string> {
  if (role !== undefined && customRoleId === undefined) {
    await assertMayGrant(ctx, tenantId, role)
    return role
  }
  if (customRoleId === undefined || role !== undefined) {
    throw new AppError('invalid_request', '#/role: name either a role or a customRoleId', {
      errors: [
        { pointer: '#/role', code: 'invalid_value', detail: 'or customRoleId, one of them' },
      ],
    })
  }
  const own = await givableRole(tenantId, customRoleId)
  assertHolds(ctx, own.scopes)
  return own._id
}

export async function takeRole(
  ctx: TenantContext,
  id: string,
  { role, tenantId = ctx.tenantId }: { role: string; tenantId?: string | undefined },
  now: Date,
): Promise<undefined> {
  const { user, tree } = await findKnown(ctx, id)
  assertInTree(tree, tenantId)
  const held = user.assignments.find((each) => each.tenantId === tenantId && each.role === role)
  if (!held) {
    throw new AppError('not_found', `The person does not have the role ${role} there`)
  }
  await assertHoldsRightsOf(ctx, held)
  if (await removeAssignment(id, held, ctx)) {
    await assertAdministratorLeft([held], now, () => addAssignment(id, held, ctx))
    await audit(ctx, 'person.revoke-role', id, [`roles.${role}`])
  }
}

function assertInTree(tree: readonly string[], tenantId: string): void {
  if (tree.includes(tenantId)) return
  throw new AppError('not_found', `The organisation ${tenantId} does not exist`)
}

/** A new way in for somebody locked out; it ends after seven days and every session at once. */
export async function giveOneTimePassword(
  ctx: TenantContext,
  id: string,
  now: Date,
): Promise<{ oneTimePassword: string; expiresAt: string }> {
  const known = await findKnown(ctx, id)
  await assertOutranks(ctx, known)
  const { oneTimePassword } = await resetPassword(ctx, known.user.email, now)
  return { oneTimePassword, expiresAt: endOfOneTimePassword(now).toISOString() }
}

function audit(
  ctx: TenantContext,
  action: string,
  id: string,
  fields: readonly string[] = [],
): Promise<void> {
  return recordAudit(ctx, {
    action,
    target: { type: 'staff-user', id },
    fields,
    result: 'success',
  })
}
