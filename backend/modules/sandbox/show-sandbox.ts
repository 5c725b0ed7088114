import type { Sandbox } from '../../../shared/api/sandbox.ts'
import { AppError } from '../../../shared/errors.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { getTenant } from '../tenants/index.ts'
import type { SandboxDeps } from './deps.ts'
import { findSandbox, type SandboxRow } from './sandbox-store.ts'

export const keptDays = 30
export const dayMs = 86_400_000

/** A sandbox that the caller is or owns; anything else does not exist for the caller. */
export async function sandboxOf(ctx: TenantContext, id: string): Promise<SandboxRow> {
  const row = await findSandbox(ctx.tenantId, id)
  if (!row) throw new AppError('not_found', `The sandbox ${id} does not exist`)
  return row
}

export function inspectorUrlOf(publicUrl: string, token: string): string {
  return `${publicUrl}/sandbox/inspector/${token}`
}

export function clockOf(offsetSeconds: number, now: Date) {
  return {
    offsetSeconds,
    now: new Date(now.getTime() + offsetSeconds * 1000).toISOString(),
  }
}

function lmsOf({ lmsToken }: SandboxRow, deps: Pick<SandboxDeps, 'lms'>): Sandbox['lms'] {
  const registration = deps.lms()?.registration(lmsToken)
  if (!registration) return null
  const { issuer, clientId, deploymentIds } = registration
  return { url: `${issuer}/`, issuer, clientId, deploymentId: deploymentIds[0] ?? '' }
}

export async function showSandbox(row: SandboxRow, deps: SandboxDeps): Promise<Sandbox> {
  const tenant = await getTenant(row._id)
  if (!tenant) throw new AppError('not_found', `The sandbox ${row._id} does not exist`)
  return {
    id: row._id,
    tenant,
    seed: row.seed,
    lms: lmsOf(row, deps),
    inspectorUrl: inspectorUrlOf(deps.settings.publicUrl, row.inspectorToken),
    clock: clockOf(row.clockOffsetSeconds, deps.now()),
    lastUsedAt: row.lastUsedAt.toISOString(),
    expiresAt: new Date(row.lastUsedAt.getTime() + keptDays * dayMs).toISOString(),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
