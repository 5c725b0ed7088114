import { recordAudit } from '../../core/audit/index.ts'
import type { RequestInfo } from '../../core/module.ts'
import { systemContext } from '../../core/tenancy.ts'
import { sessionCookie } from './cookies.ts'
import type { AuthDeps } from './deps.ts'
import { nobodysHash } from './password.ts'
import { deleteSessionsOf } from './session-store.ts'
import { startSession } from './sessions.ts'
import { deleteStaffOf, findStaffHomedAt, insertStaff } from './staff-store.ts'

/** Signs a browser in as the developer of one sandbox, with an account that exists for that alone. */
export async function signInGuest(
  sandboxTenantId: string,
  request: Pick<RequestInfo, 'setHeader'>,
  { settings, now }: AuthDeps,
): Promise<void> {
  const ctx = systemContext(sandboxTenantId, 'sandbox')
  const role = 'sandbox-developer'
  const user = await insertStaff(ctx, {
    name: 'Sandbox developer',
    email: `developer@${sandboxTenantId.replace('_', '-')}.invalid`,
    passwordHash: nobodysHash,
    mustChangePassword: false,
    passwordExpiresAt: null,
    homeTenantId: sandboxTenantId,
    assignments: [{ tenantId: sandboxTenantId, role, until: null }],
  })
  await recordAudit(ctx, {
    action: 'person.create',
    target: { type: 'staff-user', id: user._id },
    fields: [`roles.${role}`],
    result: 'success',
  })
  const session = await startSession(user._id, now())
  request.setHeader('set-cookie', sessionCookie(session.token, settings))
}

/** Ends the accounts and sessions that were made in a tenant which is about to go; answers how many. */
export async function removeAccountsOf(tenantId: string, now: Date): Promise<number> {
  for (const user of await findStaffHomedAt(tenantId)) await deleteSessionsOf(user._id, now)
  return deleteStaffOf(tenantId)
}
