import type { Page } from '../../../shared/api/contract.ts'
import type { AuditEntry } from '../../../shared/api/operations.ts'
import { AppError } from '../../../shared/errors.ts'
import type { TenantContext } from '../tenancy.ts'
import type { AuditFilter } from './definition.ts'
import { AuditEntryModel, type AuditRow } from './store.ts'

/** The tenant's trail, newest first. */
export async function listAudit(
  ctx: TenantContext,
  filter: AuditFilter,
): Promise<Page<AuditEntry>> {
  const { limit, cursor, action, actorId, targetId, from, to } = filter
  const rows = await AuditEntryModel.find(
    {
      tenantId: ctx.tenantId,
      ...(cursor === undefined ? {} : { seq: { $lt: parseCursor(cursor) } }),
      ...(action === undefined ? {} : { action }),
      ...(actorId === undefined ? {} : { 'actor.id': actorId }),
      ...(targetId === undefined ? {} : { 'target.id': targetId }),
      ...between(from, to),
    },
    { detail: 0, prevHash: 0 },
    { sort: { seq: -1 }, limit: limit + 1 },
  ).lean<AuditRow[]>()
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return { data: shown.map(view), nextCursor: last ? `s${last.seq}` : null }
}

function between(from: string | undefined, to: string | undefined) {
  if (from === undefined && to === undefined) return {}
  return {
    at: {
      ...(from === undefined ? {} : { $gte: new Date(from) }),
      ...(to === undefined ? {} : { $lte: new Date(to) }),
    },
  }
}

function parseCursor(cursor: string): number {
  const seq = /^s(\d{1,15})$/.exec(cursor)?.[1]
  if (seq === undefined) {
    throw new AppError(
      'invalid_cursor',
      'The cursor is not one this API gave out; start again without it',
    )
  }
  return Number(seq)
}

function view({ _id, tenantId: _tenant, at, fields, ...row }: AuditRow): AuditEntry {
  const time = at.toISOString()
  return { ...row, id: _id, fields: [...fields], at: time, createdAt: time, updatedAt: time }
}
