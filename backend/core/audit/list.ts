import type { Page } from '../../../shared/api/contract.ts'
import type { AuditEntry } from '../../../shared/api/operations.ts'
import { AppError } from '../../../shared/errors.ts'
import { findPage, given, showPage, timeFilter } from '../lists/index.ts'
import type { TenantContext } from '../tenancy.ts'
import type { AuditFilter } from './definition.ts'
import { AuditEntryModel, type AuditRow, toEntry } from './store.ts'
import { wordsAsked } from './words.ts'

/** Entries are numbered in the order of their time. */
const auditSort = { at: { path: 'seq', type: 'number', unique: true } } as const
const hidden = { detail: 0, prevHash: 0, words: 0 } as const

/** The tenant's trail, newest first. */
export async function listAudit(ctx: TenantContext, query: AuditFilter): Promise<Page<AuditEntry>> {
  const page = await findPage<AuditRow>(AuditEntryModel, {
    filter: await filterOf(ctx, query),
    query,
    sortFields: auditSort,
    projection: hidden,
    defaultSort: '-at',
  })
  return showPage(page, view)
}

async function filterOf(ctx: TenantContext, query: AuditFilter): Promise<object> {
  const { tenantId } = ctx
  const { action, actorId, targetId, targetType, result, q = '' } = query
  const words = wordsAsked(q)
  return {
    tenantId,
    ...given({ 'actor.id': actorId, 'target.id': targetId, 'target.type': targetType, result }),
    ...actionFilter(action),
    ...(words.length === 0 ? {} : { words: { $all: await rarestFirst(tenantId, words) } }),
    ...timeFilter(query, { made: 'at' }),
    ...(await numbersBetween(tenantId, query)),
  }
}

/** `connection.*` means every action on connections. */
function actionFilter(action: string | undefined): object {
  if (action === undefined) return {}
  if (!action.endsWith('*')) return { action }
  const start = action.slice(0, -1)
  return { action: { $gte: start, $lt: `${start}\uffff` } }
}

const countedWords = 2000

/** The index is searched by the first word alone, so that is to be the one which few entries have. */
async function rarestFirst(tenantId: string, words: readonly string[]): Promise<string[]> {
  if (words.length === 1) return [...words]
  const counted = await Promise.all(
    words.map(async (word) => ({
      word,
      count: await AuditEntryModel.countDocuments(
        { tenantId, words: word },
        { limit: countedWords },
      ),
    })),
  )
  return counted.sort((a, b) => a.count - b.count).map(({ word }) => word)
}

/** Clocks of several processes may differ by this many entries. */
const slack = 1000

/** Times as bounds of the numbers, by which the trail is read: the time alone would be looked at entry by entry. */
async function numbersBetween(tenantId: string, { from, to }: AuditFilter): Promise<object> {
  const [first, last] = await Promise.all([
    from === undefined ? null : numberAt(tenantId, { $gte: new Date(from) }, 1),
    to === undefined ? null : numberAt(tenantId, { $lte: new Date(to) }, -1),
  ])
  if (first === null && last === null) return {}
  return {
    seq: {
      ...(first === null ? {} : { $gte: first - slack }),
      ...(last === null ? {} : { $lte: last + slack }),
    },
  }
}

async function numberAt(
  tenantId: string,
  at: { $gte: Date } | { $lte: Date },
  direction: 1 | -1,
): Promise<number | null> {
  const row = await AuditEntryModel.findOne(
    { tenantId, at },
    { seq: 1 },
    { sort: { at: direction } },
  ).lean<{ seq: number }>()
  return row?.seq ?? null
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

function view({ _id, tenantId: _tenant, at, fields, changes, ...row }: AuditRow): AuditEntry {
  const time = at.toISOString()
  const shown = changes && { changes: changes.map((change) => ({ ...change })) }
  return {
    ...row,
    ...shown,
    id: _id,
    fields: [...fields],
    at: time,
    createdAt: time,
    updatedAt: time,
  }
}
