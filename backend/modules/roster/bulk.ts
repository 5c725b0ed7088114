import { z } from 'zod'
import { AssignmentFields } from '../../../shared/api/assignments.ts'
import {
  type BulkAnswer,
  type BulkRow,
  ClassOperation,
  EnrollmentOperation,
  type RowProblem,
  UserOperation,
} from '../../../shared/api/roster-bulk.ts'
import { recordAudit } from '../../core/audit/index.ts'
import type { Fields } from '../../core/database/native-collection.ts'
import { invalidRequest } from '../../core/problem.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import {
  findReferences,
  missingReference,
  type NamedRecords,
  type References,
  recordEvent,
} from './references.ts'
import { type Removable, removeRecords } from './remove.ts'
import { type Kind, modelOf, writeRecords } from './store.ts'

const operations = {
  user: UserOperation,
  class: ClassOperation,
  enrollment: EnrollmentOperation,
  // Written by synchronisation alone.
  assignment: z.discriminatedUnion('method', [
    AssignmentFields.extend({ method: z.literal('upsert') }),
    z.object({ method: z.literal('delete'), sourcedId: AssignmentFields.shape.sourcedId }),
  ]),
}

type Operation = z.output<(typeof operations)[Kind]>

interface Accepted {
  readonly index: number
  readonly operation: Operation
}

/** Writes rows that stand for themselves: each ends in exactly one result, in the order they came. */
export async function writeBulk(
  ctx: TenantContext,
  kind: Kind,
  given: readonly unknown[],
): Promise<BulkAnswer> {
  const answer = await writeRows(ctx, kind, given)
  const { counts } = answer
  const changed = counts.created + counts.updated + counts.deleted
  if (changed + counts.failed > 0) {
    await recordAudit(ctx, {
      action: `roster.${kind}.bulk`,
      // Names of outcomes with their numbers; nothing of the records themselves.
      fields: Object.entries(counts).map(([status, number]) => `${status}:${number}`),
      result: changed === 0 ? 'failed' : 'success',
    })
  }
  return answer
}

/** As `writeBulk`, for callers that write an audit entry of their own. */
export async function writeRows(
  ctx: TenantContext,
  kind: Kind,
  given: readonly unknown[],
): Promise<BulkAnswer> {
  const results = new Map<number, BulkRow>()
  const fail = (index: number, sourcedId: string | null, problem: RowProblem) =>
    results.set(index, { index, sourcedId, id: null, status: 'failed', problem })
  const accepted = acceptRows(kind, given, fail)
  await upsertRows(ctx, kind, accepted, results, fail)
  await deleteRows(ctx, kind, accepted, results)
  const inOrder = [...results.values()].sort((a, b) => a.index - b.index)
  return { results: inOrder, counts: count(inOrder) }
}

type Fail = (index: number, sourcedId: string | null, problem: RowProblem) => void

function acceptRows(kind: Kind, given: readonly unknown[], fail: Fail): Accepted[] {
  const accepted: Accepted[] = []
  const firstAt = new Map<string, number>()
  for (const [index, row] of given.entries()) {
    const parsed = operations[kind].safeParse(row)
    if (!parsed.success) {
      const { code, message, errors } = invalidRequest(parsed.error, `#/operations/${index}`)
      fail(index, sourcedIdOf(row), { code, detail: message, errors: [...errors] })
      continue
    }
    const { sourcedId } = parsed.data
    const earlier = firstAt.get(sourcedId)
    if (earlier !== undefined) {
      const detail = `has the same sourcedId as operation ${earlier}; only that one was carried out`
      fail(index, sourcedId, { code: 'conflict', detail })
      continue
    }
    firstAt.set(sourcedId, index)
    accepted.push({ index, operation: parsed.data })
  }
  return accepted
}

/** What a row that is not valid calls itself, for whoever reads the result. */
function sourcedIdOf(row: unknown): string | null {
  const sourcedId = (row as { sourcedId?: unknown } | null)?.sourcedId
  return typeof sourcedId === 'string' ? sourcedId.slice(0, 255) : null
}

interface Upsert {
  readonly index: number
  readonly sourcedId: string
  readonly record: Fields
}

async function upsertRows(
  ctx: TenantContext,
  kind: Kind,
  accepted: readonly Accepted[],
  results: Map<number, BulkRow>,
  fail: Fail,
): Promise<void> {
  const { upserts, known } = await knownUpserts(ctx, accepted, fail)
  if (upserts.length === 0) return
  const statuses = { inserted: 'created', updated: 'updated', unchanged: 'unchanged' } as const
  const { failed } = await writeRecords(
    ctx,
    kind,
    upserts.map(({ record }) => record),
    {
      companions: companionsOf(ctx, kind, known),
      onOutcome(at, outcome, id) {
        const upsert = upserts[at]
        if (!upsert) return
        const { index, sourcedId } = upsert
        results.set(index, { index, sourcedId, id: String(id), status: statuses[outcome] })
      },
    },
  )
  for (const { index: at, reason } of failed) {
    const upsert = upserts[at]
    if (upsert) fail(upsert.index, upsert.sourcedId, { code: 'conflict', detail: reason })
  }
}

async function knownUpserts(
  ctx: TenantContext,
  accepted: readonly Accepted[],
  fail: Fail,
): Promise<{ upserts: Upsert[]; known: References }> {
  const upserts: Upsert[] = []
  const named: NamedRecords[] = []
  for (const { index, operation } of accepted) {
    if (operation.method !== 'upsert') continue
    const { method: _, ...record } = operation
    upserts.push({ index, sourcedId: record.sourcedId, record })
    if ('classSourcedId' in record) named.push(record)
  }
  const known = await findReferences(ctx, named)
  if (named.length === 0) return { upserts, known }
  const existing = upserts.filter(({ index, sourcedId, record }) => {
    // Rows of these kinds hold the names.
    const missing = missingReference(record as unknown as NamedRecords, known)
    if (missing !== null) fail(index, sourcedId, { code: 'not_found', detail: missing })
    return missing === null
  })
  return { upserts: existing, known }
}

function companionsOf(ctx: TenantContext, kind: Kind, known: References) {
  const eventOf = (change: 'created' | 'updated', id: unknown, record: Fields) =>
    recordEvent(ctx, kind, change, String(id), {
      known,
      // Read only for kinds whose rows hold them.
      names: record as unknown as NamedRecords,
    })
  return {
    inserted: (document: Fields) => ({
      pendingEvents: [eventOf('created', document['_id'], document)],
    }),
    updated: (found: Fields, set: Fields) => ({
      $inc: { revision: 1 },
      $push: { pendingEvents: eventOf('updated', found['_id'], set) },
    }),
    revived: (found: Fields, document: Fields) => eventOf('created', found['_id'], document),
  }
}

async function deleteRows(
  ctx: TenantContext,
  kind: Kind,
  accepted: readonly Accepted[],
  results: Map<number, BulkRow>,
): Promise<void> {
  const rows = accepted.filter(({ operation }) => operation.method === 'delete')
  if (rows.length === 0) return
  const sourcedIds = rows.map(({ operation }) => operation.sourcedId)
  const found: Removable[] = await modelOf(kind)
    .find({ tenantId: ctx.tenantId, sourcedId: { $in: sourcedIds } }, { sourcedId: 1 })
    .lean()
  const went = await removeRecords(ctx, kind, found)
  const ids = new Map(found.map(({ _id, sourcedId }) => [sourcedId, _id]))
  for (const { index, operation } of rows) {
    const { sourcedId } = operation
    const id = ids.get(sourcedId) ?? null
    const status = id === null ? 'unchanged' : 'deleted'
    const enrollments =
      kind === 'enrollment' || kind === 'assignment'
        ? {}
        : { enrollmentsDeleted: went.get(sourcedId) ?? 0 }
    results.set(index, {
      index,
      sourcedId,
      id,
      status,
      ...(status === 'deleted' ? enrollments : {}),
    })
  }
}

function count(results: readonly BulkRow[]): BulkAnswer['counts'] {
  const counts = {
    created: 0,
    updated: 0,
    unchanged: 0,
    deleted: 0,
    failed: 0,
    enrollmentsDeleted: 0,
  }
  for (const { status, enrollmentsDeleted = 0 } of results) {
    counts[status]++
    counts.enrollmentsDeleted += enrollmentsDeleted
  }
  return counts
}
