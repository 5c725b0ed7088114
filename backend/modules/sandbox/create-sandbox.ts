import { randomBytes } from 'node:crypto'
import type { Sandbox } from '../../../shared/api/sandbox.ts'
import { AppError } from '../../../shared/errors.ts'
import { roles } from '../../../shared/scopes.ts'
import { recordAudit } from '../../core/audit/index.ts'
import type { RequestInfo } from '../../core/module.ts'
import { systemContext, type TenantContext } from '../../core/tenancy.ts'
import { createKey } from '../auth/index.ts'
import { createSandboxTenant } from '../tenants/index.ts'
import type { SandboxDeps } from './deps.ts'
import { fillSchool } from './fill-school.ts'
import { type RemoveDeps, removeSandbox } from './remove-sandbox.ts'
import { changeSandbox, insertSandbox } from './sandbox-store.ts'
import { showSandbox } from './show-sandbox.ts'
import { decideOwner, type Owner } from './sign-up.ts'

export interface NewSandbox {
  readonly name: string
  readonly seed: string
}

/** 120 random bits that are fit for an address. */
function newToken(): string {
  return randomBytes(15).toString('hex')
}

/** Makes a sandbox in one call; whoever asks without an account is signed in as its developer. */
export async function createSandbox(
  ctx: TenantContext,
  wanted: NewSandbox,
  request: Pick<RequestInfo, 'remoteAddress' | 'setHeader'>,
  deps: SandboxDeps & RemoveDeps,
): Promise<Sandbox & { apiKey: string }> {
  const owner = await decideOwner(ctx, request.remoteAddress, deps)
  const token = newToken()
  const tenant = await createSandboxTenant(
    { name: wanted.name, slug: `sandbox-${token.slice(0, 12)}` },
    owner.tenantId,
  )
  try {
    const made = await furnish(tenant.id, wanted.seed, token, owner, deps)
    if (owner.tenantId === null) await deps.signInGuest(tenant.id, request)
    await recordAudit(owner.tenantId === null ? systemContext(tenant.id, 'sandbox') : ctx, {
      action: 'sandbox.create',
      target: { type: 'sandbox', id: tenant.id },
      result: 'success',
    })
    return made
  } catch (error) {
    await removeSandbox(tenant.id, deps)
    throw error
  }
}

async function furnish(
  tenantId: string,
  seed: string,
  inspectorToken: string,
  owner: Owner,
  deps: SandboxDeps,
): Promise<Sandbox & { apiKey: string }> {
  const now = deps.now()
  const lmsToken = newToken()
  await insertSandbox({
    _id: tenantId,
    ownerIds: [...owner.ownerIds],
    addressKey: owner.addressKey,
    seed,
    lmsToken,
    inspectorToken,
    lastUsedAt: now,
  })
  const ctx = systemContext(tenantId, 'sandbox')
  await fillSchool({ tenantId, seed }, deps)
  await registerLms(ctx, lmsToken, deps)
  const { key } = await createKey(
    ctx,
    {
      name: 'Made with the sandbox',
      mode: 'test',
      scopes: roles['sandbox-developer'].scopes,
      expiresInDays: null,
    },
    now,
  )
  const row = await changeSandbox(tenantId, { state: 'ready' })
  if (!row) throw new AppError('conflict', 'The sandbox was deleted while it was being made')
  return { ...(await showSandbox(row, deps)), apiKey: key }
}

async function registerLms(
  ctx: TenantContext,
  lmsToken: string,
  deps: Pick<SandboxDeps, 'lms' | 'registerPlatform'>,
): Promise<void> {
  const registration = deps.lms()?.registration(lmsToken)
  if (!registration) return
  await deps.registerPlatform(ctx, { name: 'Simulated LMS of this sandbox', ...registration })
}
