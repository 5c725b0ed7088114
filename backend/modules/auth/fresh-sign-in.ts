import { AppError } from '../../../shared/errors.ts'
import { settingDefinitions } from '../../../shared/settings/definitions.ts'
import { recordAudit } from '../../core/audit/index.ts'
import type { Gate } from '../../core/http/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { AuthDeps } from './deps.ts'
import { verifyPassword } from './password.ts'
import { confirmSession, findLiveSession } from './session-store.ts'
import { staffOf } from './sessions.ts'
import { findStaff } from './staff-store.ts'
import { refuseUntil } from './throttle.ts'
import { forgetAfterMs, knownPlace } from './throttle-rules.ts'
import { countFailure, forgetFailures } from './throttle-store.ts'

const minuteMs = 60_000

/** Refuses a sensitive call of a person whose last proof of who they are is too long ago. */
export function freshSignInGate(deps: AuthDeps): Gate {
  return async ({ route, ctx }) => {
    if (!route.sensitive || ctx.principal.kind !== 'staff') return
    const now = deps.now()
    const session = await findLiveSession({ _id: ctx.principal.sessionId }, now)
    const provedAt = session?.confirmedAt ?? session?.startedAt
    const minutes = await minutesOf(ctx, deps)
    if (provedAt && now.getTime() - provedAt.getTime() < minutes * minuteMs) return
    throw new AppError(
      'fresh_sign_in_required',
      'This is sensitive: give your password again, then repeat it',
    )
  }
}

/** Takes the password of whoever is signed in; a stolen session cannot guess it for long. */
export async function confirmSignIn(
  ctx: TenantContext,
  password: string,
  deps: AuthDeps,
): Promise<{ freshUntil: string }> {
  const { id, sessionId } = staffOf(ctx)
  const user = await findStaff(id)
  const key = `password:${id}`
  const rule = { delays: knownPlace, forgetAfterMs: forgetAfterMs.device }
  refuseUntil(await countFailure(key, rule, deps.now()), deps.now())
  const isRight = await verifyPassword(user?.passwordHash, password)
  await recordAudit(ctx, {
    action: 'session.confirm',
    target: { type: 'staff-user', id },
    result: isRight ? 'success' : 'refused',
    ...(isRight ? {} : { detail: 'invalid_credentials' }),
  })
  if (!isRight) throw new AppError('invalid_credentials', 'The password is wrong')
  const now = deps.now()
  await Promise.all([confirmSession(sessionId, now), forgetFailures([key])])
  const minutes = await minutesOf(ctx, deps)
  return { freshUntil: new Date(now.getTime() + minutes * minuteMs).toISOString() }
}

async function minutesOf({ tenantId }: TenantContext, deps: AuthDeps): Promise<number> {
  const { fallback } = settingDefinitions['security.freshSignInMinutes']
  return (await deps.freshMinutesOf?.(tenantId)) ?? fallback
}
