import type { RoleName } from '../../../shared/scopes.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { AuthDeps } from './deps.ts'
import { assertAdministratorLeft } from './last-administrator.ts'
import { hashPassword } from './password.ts'
import { deleteSession } from './session-store.ts'
import { newToken } from './sessions.ts'
import { beginSession, type SignInRequest } from './sign-in.ts'
import {
  addAssignment,
  findStaff,
  findStaffByEmail,
  insertStaff,
  removeAssignment,
  type StaffUser,
} from './staff-store.ts'

/** A staff account as another way of signing in needs to know it. */
export interface Account {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly homeTenantId: string
  /** Organisations in which it has a role, whether still in force or not. */
  readonly tenantIds: readonly string[]
  readonly isDisabled: boolean
}

function toAccount(user: StaffUser): Account {
  return {
    id: user._id,
    email: user.email,
    name: user.name,
    homeTenantId: user.homeTenantId,
    tenantIds: [...new Set(user.assignments.map(({ tenantId }) => tenantId))],
    isDisabled: user.disabledAt !== null,
  }
}

export async function findAccount(
  by: { readonly email: string } | { readonly id: string },
): Promise<Account | null> {
  const user = 'email' in by ? await findStaffByEmail(by.email) : await findStaff(by.id)
  return user && toAccount(user)
}

/** An account that nobody can use a password with until one is given. */
export async function addAccount(
  ctx: TenantContext,
  {
    email,
    name,
    roles,
  }: { readonly email: string; readonly name: string; readonly roles: readonly RoleName[] },
): Promise<Account> {
  const { tenantId } = ctx
  const user = await insertStaff(ctx, {
    email,
    name,
    passwordHash: await hashPassword(newToken()),
    mustChangePassword: false,
    passwordExpiresAt: null,
    homeTenantId: tenantId,
    assignments: roles.map((role) => ({ tenantId, role, until: null })),
  })
  return toAccount(user)
}

export async function giveRoleOf(ctx: TenantContext, id: string, role: RoleName): Promise<void> {
  await addAssignment(id, { tenantId: ctx.tenantId, role, until: null }, ctx)
}

/** Throws `last_administrator` where the organisation would be left without one. */
export async function takeRoleOf(
  ctx: TenantContext,
  id: string,
  role: RoleName,
  now: Date,
): Promise<void> {
  const { tenantId } = ctx
  const user = await findStaff(id)
  const held = user?.assignments.find((one) => one.tenantId === tenantId && one.role === role)
  if (!held || !(await removeAssignment(id, held, ctx))) return
  await assertAdministratorLeft([held], now, () => addAssignment(id, held, ctx))
}

/** Signs a browser in as an account that was proven otherwise than by its password; answers the session's id. */
export async function signInAs(
  ctx: TenantContext,
  id: string,
  request: SignInRequest,
  deps: AuthDeps,
): Promise<string | null> {
  const user = await findStaff(id)
  if (user === null || user.disabledAt !== null) return null
  return (await beginSession(ctx, user, request, deps)).sessionId
}

export async function endSession(sessionId: string): Promise<void> {
  await deleteSession({ _id: sessionId })
}
