import type { Me, NewTenantLimits, TenantLimits } from '../../../shared/api/limits.ts'
import { AppError } from '../../../shared/errors.ts'
import { limitKinds, plans, type RateLimit } from '../../../shared/plans.ts'
import { recordAudit } from '../../core/audit/index.ts'
import type { Limiter, LimitState, LivePolicies } from '../../core/limits/index.ts'
import { platformTenantId } from '../../core/platform-tenant.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { tenantFor } from './tenant-for.ts'

const kinds = limitKinds.filter((kind) => kind !== 'address')

/** Who calls, answered from memory. */
export function describeCaller(
  ctx: TenantContext,
  { policies, limiter }: { readonly policies: LivePolicies; readonly limiter: Limiter },
): Me {
  const { principal, tenantId, scopes, mode = 'live' } = ctx
  return {
    principal: { kind: principal.kind, id: principal.id },
    tenantId,
    mode,
    scopes: [...scopes],
    plan: policies.planOf(tenantId, mode === 'test'),
    limits: limiter.describe(ctx).filter(isOfTenant),
  }
}

function isOfTenant(
  state: LimitState,
): state is LimitState & { kind: Exclude<LimitState['kind'], 'address'> } {
  return state.kind !== 'address'
}

export async function readLimits(
  ctx: TenantContext,
  tenantId: string | undefined,
  policies: LivePolicies,
): Promise<TenantLimits> {
  const tenant = await tenantFor(ctx, tenantId)
  return effectiveLimits(tenant.id, tenant.kind === 'sandbox', policies)
}

/** Sets the limits of a tenant below; the change is in force everywhere within a second. */
export async function setLimits(
  ctx: TenantContext,
  tenantId: string | undefined,
  wanted: NewTenantLimits,
  policies: LivePolicies,
): Promise<TenantLimits> {
  const tenant = await tenantFor(ctx, tenantId)
  const isPlatform = ctx.tenantId === platformTenantId
  if (tenant.id === ctx.tenantId && !isPlatform) {
    throw new AppError('forbidden', 'Your limits are set by the organisation above yours')
  }
  if (!isPlatform) {
    const own = await readLimits(ctx, ctx.tenantId, policies)
    assertWithin(wanted, own)
  }
  await policies.write(tenant.id, wanted)
  await recordAudit(ctx, {
    action: 'limits.change',
    target: { type: 'tenant', id: tenant.id },
    fields: ['plan', 'overrides', 'credentials'],
    result: 'success',
  })
  return effectiveLimits(tenant.id, tenant.kind === 'sandbox', policies)
}

function effectiveLimits(tenantId: string, isTest: boolean, policies: LivePolicies): TenantLimits {
  return {
    tenantId,
    plan: policies.planOf(tenantId, isTest),
    limits: kinds.map((kind) => ({ kind, ...policies.limitOf(tenantId, isTest, kind) })),
    credentials: [...(policies.find(tenantId)?.credentials ?? [])],
  }
}

/** Nobody but the platform gives more than they have. */
function assertWithin(wanted: NewTenantLimits, own: TenantLimits): void {
  const planLimits = wanted.plan ? plans[wanted.plan] : undefined
  for (const { kind, perMinute, burst } of own.limits) {
    const isMore = (limit: RateLimit | undefined) =>
      limit !== undefined && (limit.perMinute > perMinute || limit.burst > burst)
    const places: [boolean, string][] = [
      [isMore(planLimits?.[kind]), '#/plan'],
      [isMore(wanted.overrides[kind]), `#/overrides/${kind}`],
      [kind === 'key' && wanted.credentials.some(isMore), '#/credentials'],
    ]
    const found = places.find(([exceeds]) => exceeds)
    if (!found) continue
    const detail = `must not exceed what your own organisation has (${kind}: ${perMinute} a minute, ${burst} at once)`
    throw new AppError('invalid_request', `${found[1]}: ${detail}`, {
      errors: [{ pointer: found[1], code: 'too_big', detail }],
    })
  }
}
