import type { Page } from '../../../shared/api/contract.ts'
import type { AuditEntry } from '../../../shared/api/operations.ts'
import { AppError } from '../../../shared/errors.ts'
import { findPage, given, showPage, timeFilter } from '../lists/index.ts'
import { afterPosition, orderOf, positionOf } from '../lists/position.ts'
import type { TenantContext } from '../tenancy.ts'
import type { AuditFilter } from './definition.ts'
import { countEntries, type EntrySearch, searchEntries } from './search.ts'
import { AuditEntryModel, type AuditRow, toEntry } from './store.ts'
import { wordsAsked, wordsIn } from './words.ts'

/** Entries are numbered in the order of their time. */
const auditSort = { at: { path: 'seq', type: 'number', unique: true } } as const
const defaultSort = '-at'
const mostCounted = 10_000
const hidden = { detail: 0, prevHash: 0, words: 0 } as const

/** The tenant's trail, newest first. */
export async function listAudit(ctx: TenantContext, query: AuditFilter): Promise<Page<AuditEntry>> {
  const { tenantId } = ctx
  const seq = await numbersBetween(tenantId, query)
  const words = wordsOfFilter(query)
  const also = { ...exactFilter(query), ...timeFilter(query, { made: 'at' }) }
  if (words.length > 0) return searchPage({ tenantId, words, seq, also }, query)
  const filter = { tenantId, ...also, ...(seq.length === 0 ? {} : { $and: seq }) }
  const projection = hidden
  const page = await findPage<AuditRow>(AuditEntryModel, {
    filter,
    query,
    sortFields: auditSort,
    projection,
    defaultSort,
  })
  return showPage(page, view)
}

async function searchPage(
  search: Omit<EntrySearch, 'direction'>,
  query: AuditFilter,
): Promise<Page<AuditEntry>> {
  const order = orderOf(query.sort ?? defaultSort, auditSort)
  const { direction } = order
  const [rows, counted] = await Promise.all([
    searchEntries(
      { ...search, direction, seq: [...search.seq, ...afterPosition(query.cursor, order)] },
      query.limit + 1,
      hidden,
    ),
    query.include === 'count' ? countEntries({ ...search, direction }, mostCounted + 1) : undefined,
  ])
  const shown = rows.slice(0, query.limit)
  const last = rows.length > query.limit ? shown.at(-1) : undefined
  return {
    data: shown.map(view),
    nextCursor: last ? positionOf(last, order) : null,
    ...(counted === undefined
      ? {}
      : { count: { value: Math.min(counted, mostCounted), capped: counted > mostCounted } }),
  }
}

/** All that is asked for exactly is a word of the entry, too, and words can be met in the index. */
function wordsOfFilter({ action, actorId, targetId, targetType, result, q = '' }: AuditFilter) {
  const exact = [actorId, targetId, targetType, result].filter((text) => text !== undefined)
  const words = exact.map((text) => text.toLowerCase())
  return [...new Set([...words, ...wordsOfAction(action), ...wordsAsked(q)])]
}

/** Of `connection.credentials.*` the words that are whole. */
function wordsOfAction(action: string | undefined): string[] {
  if (action === undefined) return []
  if (!action.endsWith('*')) return [action.toLowerCase()]
  return wordsIn(action.slice(0, Math.max(0, action.lastIndexOf('.'))))
}

/** A word may stand anywhere in an entry; these must be where they were asked for. */
function exactFilter({ action, actorId, targetId, targetType, result }: AuditFilter): object {
  const start = action?.endsWith('*') ? action.slice(0, -1) : undefined
  return {
    ...given({ 'actor.id': actorId, 'target.id': targetId, 'target.type': targetType, result }),
    ...(action === undefined ? {} : { action }),
    ...(start === undefined ? {} : { action: { $gte: start, $lt: `${start}\uffff` } }),
  }
}

/** Clocks of several processes may differ by this many entries. */
const slack = 1000

/** Times as bounds of the numbers, by which the trail is read: the time alone would be looked at entry by entry. */
async function numbersBetween(
  tenantId: string,
  { from, to }: AuditFilter,
): Promise<{ seq: object }[]> {
  const [first, last] = await Promise.all([
    from === undefined ? null : numberAt(tenantId, { $gte: new Date(from) }, 1),
    to === undefined ? null : numberAt(tenantId, { $lte: new Date(to) }, -1),
  ])
  return [
    ...(first === null ? [] : [{ seq: { $gte: first - slack } }]),
    ...(last === null ? [] : [{ seq: { $lte: last + slack } }]),
  ]
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
