import type { SsoPolicy } from '../../../shared/api/sso.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { findAccount, rightsOfPerson } from '../auth/index.ts'
import { readLineage } from '../tenants/index.ts'
import { findPolicy, savePolicy } from './policy-store.ts'
import { findProvidersOf } from './provider-store.ts'

const none: SsoPolicy = { enforced: false, breakGlassPersonId: null }

export async function readPolicy({ tenantId }: TenantContext): Promise<SsoPolicy> {
  return (await findPolicy(tenantId)) ?? none
}

/** Nobody can lock everybody out: a provider must have worked, and one account keeps its password. */
export async function changePolicy(
  ctx: TenantContext,
  policy: SsoPolicy,
  now: Date,
): Promise<SsoPolicy> {
  const before = await readPolicy(ctx)
  if (policy.breakGlassPersonId !== null) {
    await assertAdministrator(ctx, policy.breakGlassPersonId, now)
  }
  if (policy.enforced) {
    if (policy.breakGlassPersonId === null) {
      throw new AppError(
        'conflict',
        'Name an account that may still use its password when the identity provider is down',
      )
    }
    const providers = await findProvidersOf([ctx.tenantId])
    if (!providers.some(({ lastSignInAt }) => lastSignInAt !== null)) {
      throw new AppError(
        'conflict',
        'Sign in with one of the identity providers once before everybody must',
      )
    }
  }
  await savePolicy(ctx, policy)
  await recordAudit(ctx, {
    action: 'sso.policy.update',
    target: { type: 'tenant', id: ctx.tenantId },
    fields: [
      ...(before.enforced === policy.enforced ? [] : ['enforced']),
      ...(before.breakGlassPersonId === policy.breakGlassPersonId ? [] : ['breakGlassPersonId']),
    ],
    result: 'success',
  })
  return policy
}

const administrators: readonly string[] = ['platform-admin', 'trust-admin', 'school-admin']

async function assertAdministrator(
  { tenantId }: TenantContext,
  personId: string,
  now: Date,
): Promise<void> {
  const account = await findAccount({ id: personId })
  const isHere = account !== null && !account.isDisabled && account.homeTenantId === tenantId
  const roles = isHere ? (await rightsOfPerson(personId, tenantId, now)).roles : []
  if (!roles.some((role) => administrators.includes(role))) {
    throw new AppError(
      'not_found',
      'The account for emergencies must be an active administrator of this organisation',
    )
  }
}

/** Refuses a right password where the organisation of an account, or one above it, has it sign in otherwise. */
export async function assertMayUsePassword(
  ctx: TenantContext,
  { id, homeTenantId }: { readonly id: string; readonly homeTenantId: string },
): Promise<void> {
  for (const { id: tenantId } of await readLineage(homeTenantId)) {
    const policy = await findPolicy(tenantId)
    if (!policy?.enforced) continue
    const isEmergency = policy.breakGlassPersonId === id
    await recordAudit(
      { ...ctx, tenantId: homeTenantId },
      {
        action: isEmergency ? 'sso.break_glass' : 'session.create',
        target: { type: 'staff-user', id },
        result: isEmergency ? 'success' : 'refused',
        ...(isEmergency ? {} : { detail: 'sso_required' }),
      },
    )
    if (isEmergency) return
    throw new AppError(
      'sso_required',
      'Your organisation has you sign in with its own account; enter your e-mail address and choose it',
    )
  }
}
