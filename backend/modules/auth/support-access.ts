import type { Page } from '../../../shared/api/contract.ts'
import type {
  SupportAccess,
  SupportAccessBody,
  SupportAccessList,
} from '../../../shared/api/roles.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { showPage } from '../../core/lists/index.ts'
import { platformTenantId } from '../../core/platform-tenant.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { findTenantWithAncestors } from '../tenants/index.ts'
import { staffOf } from './sessions.ts'
import { findStaff, removeAssignment, setAssignment } from './staff-store.ts'
import {
  findSupportAccess,
  findSupportAccessPage,
  insertSupportAccess,
  markEnded,
  type SupportAccessRow,
} from './support-access-store.ts'

const role = 'support'

function show(row: SupportAccessRow): SupportAccess {
  return {
    id: row._id,
    tenantId: row.tenantId,
    person: { id: row.personId, name: row.personName },
    reason: row.reason,
    until: row.until.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

/** Breaks the glass: gives somebody of the platform's support the role `support` in one organisation for a while. */
export async function openSupportAccess(
  ctx: TenantContext,
  { tenantId, reason, minutes }: SupportAccessBody,
  now: Date,
): Promise<SupportAccess> {
  const person = await findStaff(staffOf(ctx).id)
  const isSupport = person?.assignments.some(
    (held) => held.tenantId === platformTenantId && held.role === role,
  )
  if (!person || !isSupport) {
    throw new AppError('forbidden', 'Only support staff of the platform can do this')
  }
  const found = await findTenantWithAncestors(tenantId)
  if (!found || tenantId === platformTenantId) {
    throw new AppError('not_found', `The organisation ${tenantId} does not exist`)
  }
  const until = new Date(now.getTime() + minutes * 60_000)
  const there: TenantContext = { ...ctx, tenantId }
  // On record before the rights are there: an access without a reason never exists.
  const row = await insertSupportAccess(there, {
    personId: person._id,
    personName: person.name,
    reason,
    until,
  })
  await recordAudit(there, {
    action: 'support.open',
    target: { type: 'staff-user', id: person._id },
    purpose: 'support',
    changes: [
      { field: 'reason', before: null, after: reason.slice(0, 500) },
      { field: 'until', before: null, after: until.toISOString() },
    ],
    result: 'success',
  })
  await setAssignment(person._id, { tenantId, role, until })
  return show(row)
}

export async function listSupportAccesses(
  ctx: TenantContext,
  query: SupportAccessList,
  now: Date,
): Promise<Page<SupportAccess>> {
  return showPage(await findSupportAccessPage(ctx, query, now), show)
}

export async function endSupportAccess(
  ctx: TenantContext,
  id: string,
  now: Date,
): Promise<undefined> {
  const row = await findSupportAccess(ctx, id)
  if (!row) throw new AppError('not_found', `The support access ${id} does not exist`)
  await removeAssignment(row.personId, { tenantId: ctx.tenantId, role }, ctx)
  await markEnded(ctx, id, now)
  await recordAudit(ctx, {
    action: 'support.end',
    target: { type: 'staff-user', id: row.personId },
    result: 'success',
  })
}
