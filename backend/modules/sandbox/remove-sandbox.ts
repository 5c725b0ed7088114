import { recordAudit } from '../../core/audit/index.ts'
import { purgeTenant } from '../../core/database/purge-tenant.ts'
import { systemContext, type TenantContext } from '../../core/tenancy.ts'
import { listKeys, removeAccountsOf, revokeKey } from '../auth/index.ts'
import { removeSandboxTenant } from '../tenants/index.ts'
import type { SandboxDeps } from './deps.ts'
import type { Dials } from './dials.ts'
import { deleteSandboxRow, findDead, markDeleting } from './sandbox-store.ts'
import { dayMs, keptDays, sandboxOf } from './show-sandbox.ts'

export type RemoveDeps = Pick<SandboxDeps, 'lms' | 'now' | 'log'> & {
  readonly dials: Pick<Dials, 'forget'>
}

export async function deleteSandbox(
  ctx: TenantContext,
  id: string,
  deps: RemoveDeps,
): Promise<undefined> {
  await sandboxOf(ctx, id)
  await removeSandbox(id, deps)
  // What the sandbox itself recorded is gone with it.
  if (ctx.tenantId === id) return
  await recordAudit(ctx, {
    action: 'sandbox.delete',
    target: { type: 'sandbox', id },
    result: 'success',
  })
}

/**
 * Deletes everything of a sandbox but its revoked keys and its row: other processes learn of the revocation
 * from the keys, and the next sweep takes them together with what a job still wrote meanwhile.
 */
export async function removeSandbox(id: string, deps: RemoveDeps): Promise<void> {
  const row = await markDeleting(id)
  deps.dials.forget(id)
  // Keys and accounts end first, so that nobody goes on working in what is being deleted.
  await revokeKeys(id, deps.now())
  await removeAccountsOf(id, deps.now())
  await purgeTenant(id, { except: row ? ['apiKeys'] : [] })
  if (row) await deps.lms()?.forget(row.lmsToken)
  await removeSandboxTenant(id)
}

async function revokeKeys(tenantId: string, now: Date): Promise<void> {
  const ctx = systemContext(tenantId, 'sandbox')
  let cursor: string | null | undefined
  do {
    const page = await listKeys(ctx, { limit: 200, cursor: cursor ?? undefined }, now)
    for (const { id, revokedAt } of page.data) {
      if (revokedAt === null) await revokeKey(ctx, id, now)
    }
    cursor = page.nextCursor
  } while (cursor)
}

const unfinishedMs = 10 * 60_000

/** Deletes sandboxes that nobody used for 30 days, and what deletions have left. Answers how many went. */
export async function removeDeadSandboxes(deps: RemoveDeps, signal?: AbortSignal): Promise<number> {
  const now = deps.now().getTime()
  const dead = await findDead(new Date(now - keptDays * dayMs), new Date(now - unfinishedMs))
  for (const { _id: id, state } of dead) {
    signal?.throwIfAborted()
    await removeSandbox(id, deps)
    if (state !== 'deleting') continue
    await purgeTenant(id, { except: [] })
    await deleteSandboxRow(id)
    deps.log.info({ sandboxId: id }, 'sandbox deleted')
  }
  return dead.length
}
