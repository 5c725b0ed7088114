import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { platformTenantId } from '../../core/platform-tenant.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { AuthDeps } from './deps.ts'
import { assertGoodPassword, generatePassword, hashPassword, verifyPassword } from './password.ts'
import { deleteSessionsOf } from './session-store.ts'
import { staffOf } from './sessions.ts'
import { findStaff, findStaffByEmail, setPassword } from './staff-store.ts'
import { accountKeyOf, refuseUntil } from './throttle.ts'
import { forgetAfterMs, knownPlace } from './throttle-rules.ts'
import { countFailure, forgetFailures, forgetPlaces } from './throttle-store.ts'

const oneTimeDays = 7

/** When a password that somebody else has seen stops working. */
export function endOfOneTimePassword(now: Date): Date {
  return new Date(now.getTime() + oneTimeDays * 86_400_000)
}

/** Changes the caller's password; every other session ends. A stolen session cannot guess the old one for long. */
export async function changePassword(
  ctx: TenantContext,
  { currentPassword, newPassword }: { currentPassword: string; newPassword: string },
  { now }: AuthDeps,
): Promise<undefined> {
  const { id, sessionId } = staffOf(ctx)
  const user = await findStaff(id)
  if (!user) throw new AppError('unauthenticated', 'The account does not exist any more')
  const key = `password:${id}`
  const rule = { delays: knownPlace, forgetAfterMs: forgetAfterMs.device }
  refuseUntil(await countFailure(key, rule, now()), now())
  if (!(await verifyPassword(user.passwordHash, currentPassword))) {
    await recordAudit(ctx, { ...changeOf(id), result: 'refused', detail: 'invalid_credentials' })
    throw new AppError('invalid_credentials', 'The current password is wrong')
  }
  assertGoodPassword(newPassword, user.email)
  await setPassword(id, {
    passwordHash: await hashPassword(newPassword),
    mustChangePassword: false,
    passwordExpiresAt: null,
  })
  await Promise.all([
    deleteSessionsOf(id, now(), sessionId),
    forgetFailures([key]),
    recordAudit(ctx, { ...changeOf(id), result: 'success' }),
  ])
}

function changeOf(id: string) {
  return {
    action: 'person.change-password',
    target: { type: 'staff-user', id },
    fields: ['password'],
  } as const
}

/** Gives an account a new one-time password and ends its sessions: the way back in for someone locked out. */
export async function resetPassword(
  ctx: TenantContext,
  email: string,
  now: Date,
): Promise<{ id: string; email: string; oneTimePassword: string }> {
  const user = await findStaffByEmail(email)
  if (!user) throw new AppError('not_found', `There is no staff account ${email}`)
  const oneTimePassword = generatePassword()
  await setPassword(user._id, {
    passwordHash: await hashPassword(oneTimePassword),
    mustChangePassword: true,
    passwordExpiresAt: endOfOneTimePassword(now),
  })
  await Promise.all([
    deleteSessionsOf(user._id, now),
    forgetPlaces(user._id),
    forgetFailures([`account:${accountKeyOf(email)}`, `password:${user._id}`]),
    recordAudit(
      { ...ctx, tenantId: user.assignments[0]?.tenantId ?? platformTenantId },
      {
        action: 'person.reset-password',
        target: { type: 'staff-user', id: user._id },
        fields: ['password'],
        result: 'success',
      },
    ),
  ])
  return { id: user._id, email: user.email, oneTimePassword }
}
