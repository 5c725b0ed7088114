import type { Page } from '../../../shared/api/contract.ts'
import type { AuditEntry } from '../../../shared/api/operations.ts'
import { AppError } from '../../../shared/errors.ts'
import { findPage, given, showPage, timeFilter } from '../lists/index.ts'
import type { TenantContext } from '../tenancy.ts'
import type { AuditFilter } from './definition.ts'
import { AuditEntryModel, type AuditRow, toEntry } from './store.ts'

/** Entries are numbered in the order of their time. */
const auditSort = { at: { path: 'seq', type: 'number', unique: true } } as const
const hidden = { detail: 0, prevHash: 0 } as const

/** The tenant's trail, newest first. */
export async function listAudit(ctx: TenantContext, query: AuditFilter): Promise<Page<AuditEntry>> {
  const { action, actorId, targetId, result } = query
  const page = await findPage<AuditRow>(AuditEntryModel, {
    filter: {
      tenantId: ctx.tenantId,
      ...given({ action, 'actor.id': actorId, 'target.id': targetId, result }),
      ...timeFilter(query, { made: 'at' }),
    },
    query,
    sortFields: auditSort,
    projection: hidden,
    defaultSort: '-at',
  })
  return showPage(page, view)
}

export async function readAuditEntry(ctx: TenantContext, id: string): Promise<AuditEntry> {
  const filter = { _id: id, tenantId: ctx.tenantId }
  const row = await AuditEntryModel.findOne(filter, hidden).lean<AuditRow>()
  if (!row) throw new AppError('not_found', `The audit entry ${id} does not exist`)
  return view(row)
}

const exportedAtOnce = 10_000

/** A stretch of the trail as it was hashed, one JSON text a line: enough to verify the chain elsewhere. */
export async function exportAudit(
  ctx: TenantContext,
  afterSeq: number,
): Promise<{ entries: number; lastSeq: number | null; content: string }> {
  const rows = await AuditEntryModel.find(
    { tenantId: ctx.tenantId, seq: { $gt: afterSeq } },
    {},
    { sort: { seq: 1 }, limit: exportedAtOnce },
  ).lean<AuditRow[]>()
  const content = rows.map((row) => `${JSON.stringify(toEntry(row))}\n`).join('')
  return { entries: rows.length, lastSeq: rows.at(-1)?.seq ?? null, content }
}

function view({ _id, tenantId: _tenant, at, fields, ...row }: AuditRow): AuditEntry {
  const time = at.toISOString()
  return { ...row, id: _id, fields: [...fields], at: time, createdAt: time, updatedAt: time }
}
