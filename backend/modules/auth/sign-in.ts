import type { StaffSession } from '../../../shared/api/access.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import type { RequestInfo } from '../../core/module.ts'
import { platformTenantId } from '../../core/platform-tenant.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { clearedSessionCookie, deviceCookie, readToken, sessionCookie } from './cookies.ts'
import type { AuthDeps } from './deps.ts'
import { digestOf } from './key-format.ts'
import { hashPassword, needsRehash, verifyPassword } from './password.ts'
import { deleteSession, deleteSessionsOf } from './session-store.ts'
import { describeSession, newToken, staffOf, standingOf, startSession } from './sessions.ts'
import {
  findStaffByEmail,
  noteSignedOutEverywhere,
  noteSignIn,
  renewHash,
  type StaffUser,
} from './staff-store.ts'
import { accountKeyOf, locateOrigin, noteFailure, noteSuccess, takeTry } from './throttle.ts'

export type SignInRequest = Pick<RequestInfo, 'remoteAddress' | 'cookies' | 'setHeader'>

export interface Credentials {
  readonly email: string
  readonly password: string
}

/** Signs in with e-mail and password; an unknown account answers like a wrong password, in the same time. */
export async function signIn(
  ctx: TenantContext,
  { email, password }: Credentials,
  request: SignInRequest,
  deps: AuthDeps,
): Promise<StaffSession> {
  const now = deps.now()
  const device = readToken('device', request.cookies, deps.settings)
  const origin = await locateOrigin(accountKeyOf(email), request.remoteAddress, device, now)
  await takeTry(origin, now)
  const user = await findStaffByEmail(email)
  const matches = await verifyPassword(user?.passwordHash, password)
  if (!user || !matches || !isUsable(user, now)) {
    await Promise.all([noteFailure(origin, now), recordRefusal(ctx, user)])
    throw new AppError('invalid_credentials', 'E-mail or password is wrong; check both')
  }
  const deviceToken = device ?? newToken()
  await noteSuccess(origin, user._id, deviceToken, now)
  request.setHeader('set-cookie', deviceCookie(deviceToken, deps.settings))
  if (needsRehash(user.passwordHash)) await renewHash(user, await hashPassword(password))
  await deps.assertMayUsePassword?.(ctx, { id: user._id, homeTenantId: user.homeTenantId })
  const { staff } = await beginSession(ctx, user, request, deps)
  return describeSession(staff, deps)
}

function isUsable(user: StaffUser, now: Date): boolean {
  const isExpired = user.passwordExpiresAt !== null && user.passwordExpiresAt <= now
  return user.disabledAt === null && !isExpired
}

/** Begins a session of somebody who was proven to be this person; the cookie goes with the answer. */
export async function beginSession(
  ctx: TenantContext,
  user: StaffUser,
  request: SignInRequest,
  deps: AuthDeps,
): Promise<{ readonly sessionId: string; readonly staff: TenantContext }> {
  const now = deps.now()
  const { tenant } = await standingOf(user, undefined, now)
  const previous = readToken('session', request.cookies, deps.settings)
  if (previous !== undefined) await deleteSession({ tokenHash: digestOf(previous) })
  const session = await startSession(user._id, now)
  const staff: TenantContext = {
    ...ctx,
    tenantId: tenant.id,
    principal: { kind: 'staff', id: user._id, sessionId: session.id },
  }
  await Promise.all([
    noteSignIn(user._id, now),
    recordAudit(staff, {
      action: 'session.create',
      target: { type: 'staff-user', id: user._id },
      result: 'success',
    }),
    deps.events?.emit(staff, 'user.signed_in', { userId: user._id }),
  ])
  request.setHeader('set-cookie', sessionCookie(session.token, deps.settings))
  return { sessionId: session.id, staff }
}

/** A refusal belongs to the trail of the account's organisation; the address tried is never written down. */
async function recordRefusal(ctx: TenantContext, user: StaffUser | null): Promise<void> {
  const tenantId = user?.assignments[0]?.tenantId ?? platformTenantId
  await recordAudit(
    { ...ctx, tenantId },
    {
      action: 'session.create',
      ...(user && { target: { type: 'staff-user', id: user._id } }),
      result: 'refused',
      detail: 'invalid_credentials',
    },
  )
}

export async function signOut(
  ctx: TenantContext,
  request: Pick<RequestInfo, 'setHeader'>,
  { settings }: AuthDeps,
): Promise<undefined> {
  const { id, sessionId } = staffOf(ctx)
  await deleteSession({ _id: sessionId })
  await recordAudit(ctx, {
    action: 'session.end',
    target: { type: 'staff-user', id },
    result: 'success',
  })
  request.setHeader('set-cookie', clearedSessionCookie(settings))
}

export async function signOutEverywhere(
  ctx: TenantContext,
  request: Pick<RequestInfo, 'setHeader'>,
  { settings, now }: AuthDeps,
): Promise<{ ended: number }> {
  const { id } = staffOf(ctx)
  const ended = await deleteSessionsOf(id, now())
  await noteSignedOutEverywhere(ctx, id)
  await recordAudit(ctx, {
    action: 'session.end-all',
    target: { type: 'staff-user', id },
    result: 'success',
  })
  request.setHeader('set-cookie', clearedSessionCookie(settings))
  return { ended }
}
