import type { z } from 'zod'
import type { Person, PersonList } from '../../../shared/api/access.ts'
import type { Page } from '../../../shared/api/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import { type RoleName, roles } from '../../../shared/scopes.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { showPage } from '../../core/lists/index.ts'
import { hasScope, type TenantContext } from '../../core/tenancy.ts'
import { getTenant, tenantAndDescendants } from '../tenants/index.ts'
import { generatePassword, hashPassword } from './password.ts'
import { endOfOneTimePassword } from './passwords.ts'
import { endOfRole, isRoleName, isRoleOfKind } from './rights.ts'
import { deleteSessionsOf } from './session-store.ts'
import {
  findStaffIn,
  findStaffPage,
  insertStaff,
  type NewStaffUser,
  noteSignedOutEverywhere,
  type StaffUser,
} from './staff-store.ts'

export type PersonView = z.output<typeof Person>

/** Only the roles inside the caller's tree: what somebody does elsewhere is nobody's business here. */
export function showIn(tenantIds: readonly string[], now: Date) {
  const inside = new Set(tenantIds)
  return (user: StaffUser): PersonView => ({
    id: user._id,
    name: user.name,
    email: user.email,
    roles: user.assignments
      .filter(({ tenantId, until }) => inside.has(tenantId) && (until === null || until > now))
      .flatMap(({ tenantId, role }) => (isRoleName(role) ? [{ tenantId, role }] : [])),
    customRoles: user.assignments
      .filter(({ tenantId, role }) => inside.has(tenantId) && !isRoleName(role))
      .map(({ tenantId, role }) => ({ tenantId, roleId: role })),
    lastSignInAt: user.lastSignInAt?.toISOString() ?? null,
    disabled: user.disabledAt !== null,
    createdAt: user.createdAt.toISOString(),
    updatedAt: user.updatedAt.toISOString(),
  })
}

export async function listPeople(
  ctx: TenantContext,
  query: PersonList,
  now: Date,
): Promise<Page<PersonView>> {
  const tenantIds = await tenantAndDescendants(ctx.tenantId)
  return showPage(await findStaffPage(tenantIds, query), showIn(tenantIds, now))
}

export interface NewPerson {
  readonly name: string
  readonly email: string
  readonly role: RoleName
}

/** Adds an account in the caller's tenant with a one-time password, which is answered once. */
export async function addPerson(
  ctx: TenantContext,
  person: NewPerson,
  now: Date,
): Promise<PersonView & { oneTimePassword: string }> {
  await assertMayGrant(ctx, ctx.tenantId, person.role)
  const oneTimePassword = generatePassword()
  const user = await createStaff(ctx, person, now, {
    passwordHash: await hashPassword(oneTimePassword),
    mustChangePassword: true,
    passwordExpiresAt: endOfOneTimePassword(now),
  })
  return { ...showIn([ctx.tenantId], now)(user), oneTimePassword }
}

/** Refuses a role that does not exist in the tenant, or that holds more rights than the caller. */
export async function assertMayGrant(
  ctx: TenantContext,
  tenantId: string,
  role: RoleName,
): Promise<void> {
  const tenant = await getTenant(tenantId)
  if (!tenant || !isRoleOfKind(role, tenant.kind)) {
    throw new AppError('invalid_request', `The role ${role} does not exist in this organisation`, {
      errors: [{ pointer: '#/role', code: 'invalid_value', detail: 'does not exist here' }],
    })
  }
  const beyond = roles[role].scopes.filter((scope) => !hasScope(ctx, scope))
  if (beyond.length > 0) {
    throw new AppError(
      'insufficient_scope',
      `You cannot give rights that you do not hold yourself: ${beyond.join(', ')}`,
    )
  }
}

/** Creates an account with its first role in the caller's tenant; the e-mail must be new to the installation. */
export async function createStaff(
  ctx: TenantContext,
  { name, email, role }: NewPerson,
  now: Date,
  password: Pick<NewStaffUser, 'passwordHash' | 'mustChangePassword' | 'passwordExpiresAt'>,
): Promise<StaffUser> {
  const assignment = { tenantId: ctx.tenantId, role, until: endOfRole(role, now, ctx.tenantId) }
  const user = await insertUnlessTaken(ctx, {
    name,
    email,
    homeTenantId: ctx.tenantId,
    assignments: [assignment],
    ...password,
  })
  await recordAudit(ctx, {
    action: 'person.create',
    target: { type: 'staff-user', id: user._id },
    fields: ['name', 'email', `roles.${role}`],
    result: 'success',
  })
  return user
}

async function insertUnlessTaken(ctx: TenantContext, user: NewStaffUser): Promise<StaffUser> {
  try {
    return await insertStaff(ctx, user)
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    throw new AppError('conflict', 'An account with this e-mail address exists already', {
      cause: error,
    })
  }
}

/** Ends all sessions of a person with a role in the caller's tree. */
export async function signPersonOut(
  ctx: TenantContext,
  id: string,
  now: Date,
): Promise<{ ended: number }> {
  const person = await findStaffIn(id, await tenantAndDescendants(ctx.tenantId))
  if (!person) throw new AppError('not_found', `The staff account ${id} does not exist`)
  const ended = await deleteSessionsOf(id, now)
  await noteSignedOutEverywhere(ctx, id)
  await recordAudit(ctx, {
    action: 'person.sign-out',
    target: { type: 'staff-user', id },
    result: 'success',
  })
  return { ended }
}
