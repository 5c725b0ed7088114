import type { OffboardingCertificate } from '../../../shared/api/offboarding.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { countOf, purgeTenantCounting } from '../../core/database/purge-tenant.ts'
import { JobRetry } from '../../core/jobs/index.ts'
import { systemContext, type TenantContext } from '../../core/tenancy.ts'
import { listKeys, removeAccountsOf, revokeKey } from '../auth/index.ts'
import { getTenant, removeTenantRow } from '../tenants/index.ts'
import type { OffboardingDeps } from './deps.ts'
import { changeOffboarding, type OffboardingRow } from './store.ts'

const settleMs = 5_000
const mostRounds = 20

/** Ends every key of the organisations, so that nobody goes on working in what is being deleted. */
export async function endAccess(ids: readonly string[], now: Date): Promise<void> {
  for (const tenantId of ids) {
    const ctx = systemContext(tenantId, 'offboarding')
    let cursor: string | null | undefined
    do {
      const page = await listKeys(ctx, { limit: 200, cursor: cursor ?? undefined }, now)
      for (const { id, revokedAt } of page.data) {
        if (revokedAt === null) await revokeKey(ctx, id, now)
      }
      cursor = page.nextCursor
    } while (cursor)
  }
}

/**
 * Deletes everything of those who leave, looks again until nothing is found, and certifies it.
 * Safe to take up again: counts go on where they were.
 */
export async function deleteOrganisations(
  ctx: TenantContext,
  row: OffboardingRow,
  deps: OffboardingDeps,
  signal: AbortSignal,
): Promise<void> {
  const deleted = new Map(Object.entries(row.deleted))
  // Those furthest below first: an organisation is gone only after all that is below it.
  for (const tenantId of [...row.leavingIds].reverse()) {
    signal.throwIfAborted()
    const tenant = await getTenant(tenantId)
    if (tenant?.kind === 'sandbox') await deps.removeSandbox(tenantId)
    add(deleted, { staffUsers: await removeAccountsOf(tenantId, deps.now()) })
    // Revoked keys stay for a while: other processes learn of the revocation from them.
    add(deleted, await purgeTenantCounting(tenantId, { except: ['apiKeys'] }))
    if (tenant) add(deleted, { tenants: 1 })
    await removeTenantRow(tenantId)
    await remember(ctx, row._id, deleted)
  }
  await purgeRest(ctx, row, deleted, signal)
  await certify(ctx, row, deleted, deps)
}

/** What was under way when the organisation went may have written since. */
async function purgeRest(
  ctx: TenantContext,
  row: OffboardingRow,
  deleted: Map<string, number>,
  signal: AbortSignal,
): Promise<void> {
  for (let round = 0; round < mostRounds; round++) {
    await pause(settleMs, signal)
    for (const tenantId of row.leavingIds) {
      add(deleted, await purgeTenantCounting(tenantId, { except: [] }))
    }
    await remember(ctx, row._id, deleted)
    if ((await countOf(row.leavingIds)) === 0) return
  }
  throw new JobRetry(60_000, 'something still writes for an organisation that is deleted')
}

async function certify(
  ctx: TenantContext,
  row: OffboardingRow,
  deleted: ReadonlyMap<string, number>,
  deps: OffboardingDeps,
): Promise<void> {
  if (!row.archive) throw new TypeError('nothing is deleted before it was exported')
  const { bytes, sha256, madeAt, collections } = row.archive
  const deletedAt = deps.now()
  const statement: OffboardingCertificate['statement'] = {
    certificate: row._id,
    installation: deps.publicUrl,
    organisation: row.leaving,
    organisationIds: [...row.leavingIds],
    requestedBy: row.requestedBy,
    reason: row.reason,
    requestedAt: row.createdAt.toISOString(),
    ...row.notices,
    archive: { bytes, sha256, madeAt: madeAt.toISOString(), collections: [...collections] },
    deletedAt: deletedAt.toISOString(),
    deleted: [...deleted]
      .filter(([, count]) => count > 0)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([collection, count]) => ({ collection, count })),
    remaining: 0,
    limits:
      'This certificate speaks of the database of this installation. It does not speak of backups of the operator, which end with their own retention, nor of systems to which data was sent before.',
  }
  const signed = JSON.stringify(statement)
  const certificate = {
    statement,
    signed,
    algorithm: 'ed25519',
    ...(await deps.audit.sign(signed)),
  } as const
  const done = await changeOffboarding(
    ctx,
    row._id,
    ['deleting'],
    { state: 'deleted', deletedAt, certificate, error: null },
    'offboarding.completed',
  )
  if (!done) return
  await recordAudit(ctx, {
    action: 'offboarding.complete',
    target: { type: 'tenant', id: row.leaving.id },
    result: 'success',
  })
}

async function remember(
  ctx: TenantContext,
  id: string,
  deleted: ReadonlyMap<string, number>,
): Promise<void> {
  await changeOffboarding(ctx, id, ['deleting'], { deleted: Object.fromEntries(deleted) })
}

function add(sum: Map<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) {
    sum.set(name, (sum.get(name) ?? 0) + count)
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal.addEventListener('abort', stop, { once: true })
  })
}
