import type { Page } from '../../../shared/api/contract.ts'
import type {
  Offboarding,
  OffboardingBody,
  OffboardingCertificate,
  OffboardingList,
} from '../../../shared/api/offboarding.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { newId } from '../../core/ids.ts'
import type { JobDefinition } from '../../core/jobs/index.ts'
import { showPage } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { findTenantWithAncestors, placedTree } from '../tenants/index.ts'
import type { OffboardingDeps } from './deps.ts'
import {
  changeOffboarding,
  dropParts,
  findOffboarding,
  findOffboardingPage,
  insertOffboarding,
  type OffboardingRow,
} from './store.ts'

const dayMs = 24 * 3_600_000

export function show(row: OffboardingRow): Offboarding {
  const { archive } = row
  return {
    id: row._id,
    organisation: row.leaving,
    organisations: row.leavingIds.length,
    state: row.state,
    reason: row.reason,
    requestedBy: row.requestedBy,
    deleteAt: row.deleteAt.toISOString(),
    archive: archive && {
      bytes: archive.bytes,
      sha256: archive.sha256,
      madeAt: archive.madeAt.toISOString(),
      expiresAt: archive.expiresAt?.toISOString() ?? null,
      collections: [...archive.collections],
    },
    deletedAt: row.deletedAt?.toISOString() ?? null,
    error: row.error,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

export async function requestOffboarding(
  ctx: TenantContext,
  { tenantId, confirm, reason, graceDays }: OffboardingBody,
  job: JobDefinition,
  deps: OffboardingDeps,
): Promise<Offboarding> {
  const found = await findTenantWithAncestors(tenantId)
  const isBelow = found?.lineage.slice(0, -1).includes(ctx.tenantId)
  if (!found || !isBelow) {
    throw new AppError(
      'not_found',
      `There is no organisation ${tenantId} below yours; one can only be let go by one above it`,
    )
  }
  const { id, name, slug, kind } = found.tenant
  if (confirm !== slug) {
    throw new AppError('invalid_request', `#/confirm: type ${slug}, its short name, to be sure`, {
      errors: [{ pointer: '#/confirm', code: 'invalid_value', detail: `must be ${slug}` }],
    })
  }
  const tree = await placedTree(id)
  const leavingIds = [...tree]
    .sort((a, b) => a.lineage.length - b.lineage.length)
    .map((tenant) => tenant.id)
  const row = await insertUnlessUnderWay(ctx, {
    _id: newId('off'),
    leaving: { id, name, slug, kind },
    leavingIds,
    notices: await deps.noticesOf(id),
    state: 'exporting',
    reason,
    requestedBy: { kind: ctx.principal.kind, id: ctx.principal.id },
    deleteAt: new Date(deps.now().getTime() + graceDays * dayMs),
    archive: null,
    deleted: {},
    deletedAt: null,
    certificate: null,
    error: null,
  })
  await deps.queue.enqueue(ctx, job, { offboardingId: row._id }, { key: row._id })
  await recordAudit(ctx, {
    action: 'offboarding.request',
    target: { type: 'tenant', id },
    fields: ['deleteAt'],
    result: 'success',
  })
  return show(row)
}

async function insertUnlessUnderWay(
  ctx: TenantContext,
  row: Parameters<typeof insertOffboarding>[1],
): Promise<OffboardingRow> {
  try {
    return await insertOffboarding(ctx, row)
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    throw new AppError('offboarding_under_way', `${row.leaving.name} is leaving already`, {
      cause: error,
    })
  }
}

export async function listOffboardings(
  ctx: TenantContext,
  query: OffboardingList,
): Promise<Page<Offboarding>> {
  return showPage(await findOffboardingPage(ctx, query), show)
}

async function find(ctx: TenantContext, id: string): Promise<OffboardingRow> {
  const row = await findOffboarding(ctx, id)
  if (!row) throw new AppError('not_found', `The off-boarding ${id} does not exist`)
  return row
}

export async function readOffboarding(ctx: TenantContext, id: string): Promise<Offboarding> {
  return show(await find(ctx, id))
}

/** The organisation stays as it is; the archive is deleted. */
export async function cancelOffboarding(ctx: TenantContext, id: string): Promise<Offboarding> {
  const row = await find(ctx, id)
  const cancelled = await changeOffboarding(
    ctx,
    id,
    ['exporting', 'waiting'],
    { state: 'cancelled', archive: null },
    'offboarding.cancelled',
  )
  if (!cancelled) {
    throw new AppError(
      'offboarding_under_way',
      row.state === 'cancelled'
        ? 'It is cancelled already'
        : 'The deletion has begun and cannot be taken back',
    )
  }
  await dropParts(ctx, id)
  await recordAudit(ctx, {
    action: 'offboarding.cancel',
    target: { type: 'tenant', id: row.leaving.id },
    result: 'success',
  })
  return show(cancelled)
}

export async function readCertificate(
  ctx: TenantContext,
  id: string,
): Promise<OffboardingCertificate> {
  const { certificate } = await find(ctx, id)
  if (!certificate) throw new AppError('not_found', 'There is a certificate after the deletion')
  return certificate
}

const linkMs = 5 * 60_000

/** An address that hands out the archive for five minutes, to whoever has it. */
export async function makeArchiveLink(
  ctx: TenantContext,
  id: string,
  deps: OffboardingDeps,
): Promise<{ url: string; expiresAt: string }> {
  const { archive } = await find(ctx, id)
  const now = deps.now()
  if (!archive || (archive.expiresAt && archive.expiresAt < now)) {
    throw new AppError('not_found', 'There is no archive, or it has expired')
  }
  const expiresAt = new Date(now.getTime() + linkMs)
  const token = deps.links.seal(
    JSON.stringify([ctx.tenantId, id, archive.making, expiresAt.getTime()]),
  )
  await recordAudit(ctx, {
    action: 'offboarding.archive.export',
    target: { type: 'offboarding', id },
    purpose: 'off-boarding',
    result: 'success',
  })
  return {
    url: `${deps.publicUrl}/downloads/offboarding/${token}`,
    expiresAt: expiresAt.toISOString(),
  }
}
