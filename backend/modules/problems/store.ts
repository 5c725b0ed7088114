import mongoose from 'mongoose'
import type { ConnectionProblem } from '../../../shared/api/problems.ts'
import type { ProblemCause, ProblemOwner, ProblemSeverity } from '../../../shared/problem-causes.ts'
import { newEvent, pushEvent, type WithOutbox, withOutbox } from '../../core/events/index.ts'
import { orderedBy } from '../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'
import type { Recovery } from './recovery.ts'

export interface StoredEvidence {
  readonly at: Date
  readonly kind: string
  readonly detail: string
}

export interface ProblemRow {
  readonly _id: string
  readonly tenantId: string
  /** `school`, `sandbox` and so on, of its organisation. */
  readonly tenantKind: string
  /** What it is about: the connection, or the connector where it concerns many. */
  readonly subject: string
  readonly connectionId: string | null
  readonly connectionName: string | null
  readonly connectorId: string | null
  readonly connectorKind: string | null
  readonly cause: ProblemCause
  readonly capability: string | null
  readonly status: ConnectionProblem['status']
  readonly severity: ProblemSeverity
  readonly owner: ProblemOwner
  readonly evidence: readonly StoredEvidence[]
  readonly firstSeenAt: Date
  /** When it was opened, the last time. */
  readonly openedAt: Date
  readonly lastSeenAt: Date
  readonly occurrences: number
  readonly flaps: number
  readonly recovery: Recovery | null
  readonly acknowledgedAt: Date | null
  readonly acknowledgedBy: string | null
  readonly resolvedAt: Date | null
  readonly resolvedBy: string | null
  readonly notes: readonly {
    readonly at: Date
    readonly by: string
    readonly act: 'acknowledged' | 'resolved' | 'reopened'
    readonly note: string
  }[]
  /** Present while it is not resolved: the unique index allows one of each. */
  readonly openKey?: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

const evidenceKept = 20
const notesKept = 50
const { Mixed } = mongoose.Schema.Types
const nullableText = { type: String, default: null }
const nullableDate = { type: Date, default: null }

const schema = new mongoose.Schema<ProblemRow & WithOutbox>(
  {
    _id: { type: String, required: true },
    tenantKind: { type: String, required: true },
    subject: { type: String, required: true },
    connectionId: nullableText,
    connectionName: nullableText,
    connectorId: nullableText,
    connectorKind: nullableText,
    cause: { type: String, required: true },
    capability: nullableText,
    status: { type: String, required: true },
    severity: { type: String, required: true },
    owner: { type: String, required: true },
    evidence: { type: Mixed, required: true },
    firstSeenAt: { type: Date, required: true },
    openedAt: { type: Date, required: true },
    lastSeenAt: { type: Date, required: true },
    occurrences: { type: Number, required: true },
    flaps: { type: Number, required: true },
    recovery: { type: Mixed, default: null },
    acknowledgedAt: nullableDate,
    acknowledgedBy: nullableText,
    resolvedAt: nullableDate,
    resolvedBy: nullableText,
    notes: { type: Mixed, required: true },
    openKey: String,
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, minimize: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.plugin(withOutbox)
export const problemSort = {
  createdAt: { path: '_id', type: 'date' },
  updatedAt: { path: 'updatedAt', type: 'date' },
  lastSeenAt: { path: 'lastSeenAt', type: 'date' },
} as const
orderedBy(schema, problemSort)
schema.index(
  { tenantId: 1, openKey: 1 },
  { unique: true, partialFilterExpression: { openKey: { $type: 'string' } } },
)
schema.index({ tenantId: 1, connectionId: 1, status: 1 })
schema.index({ tenantId: 1, subject: 1, cause: 1, resolvedAt: -1 })
schema.index(
  { connectorId: 1, tenantId: 1 },
  { partialFilterExpression: { openKey: { $type: 'string' } } },
)
schema.index({ updatedAt: 1 })
schema.index({ resolvedAt: 1 }, { expireAfterSeconds: 400 * 24 * 3600 })
export const ProblemModel = mongoose.model('Problem', schema, 'problems')

const unresolved = { openKey: { $type: 'string' } } as const

export function openKeyOf(subject: string, cause: ProblemCause): string {
  return `${subject}|${cause}`
}

export function eventData(row: ProblemRow) {
  const { _id: problemId, connectionId, connectorId, cause, severity, owner } = row
  return { problemId, connectionId, connectorId, cause, severity, owner }
}

function pushBounded(evidence: StoredEvidence) {
  return { $push: { evidence: { $each: [evidence], $slice: -evidenceKept } } }
}

/** The open problem of this kind, met once more; null where there is none. */
export function meetAgain(
  ctx: TenantContext,
  openKey: string,
  evidence: StoredEvidence,
): Promise<ProblemRow | null> {
  return ProblemModel.findOneAndUpdate(
    { tenantId: ctx.tenantId, openKey },
    {
      $inc: { occurrences: 1 },
      $max: { lastSeenAt: evidence.at, updatedAt: evidence.at },
      $set: { recovery: null },
      ...pushBounded(evidence),
    },
    { returnDocument: 'after' },
  )
    .lean<ProblemRow>()
    .exec()
}

/** Makes an open problem graver; false where it is so already, or was closed meanwhile. */
export async function raise(
  ctx: TenantContext,
  row: ProblemRow,
  severity: ProblemSeverity,
): Promise<boolean> {
  const { matchedCount } = await ProblemModel.updateOne(
    { _id: row._id, tenantId: row.tenantId, severity: row.severity, ...unresolved },
    {
      $set: { severity },
      ...pushEvent(ctx, 'problem.updated', {
        ...eventData({ ...row, severity }),
        fields: ['severity'],
      }),
    },
  )
  return matchedCount === 1
}

/** Throws as duplicate where another reporter was first. */
export async function insertProblem(ctx: TenantContext, row: ProblemRow): Promise<void> {
  await ProblemModel.create({
    ...row,
    pendingEvents: [newEvent(ctx, 'problem.opened', { ...eventData(row), reopened: false })],
  })
}

export function findResolvedSince(
  ctx: TenantContext,
  subject: string,
  cause: ProblemCause,
  since: Date,
): Promise<ProblemRow | null> {
  return ProblemModel.findOne(
    { tenantId: ctx.tenantId, subject, cause, resolvedAt: { $gte: since } },
    { pendingEvents: 0 },
    { sort: { resolvedAt: -1 } },
  )
    .lean<ProblemRow>()
    .exec()
}

/** Opens a resolved problem again; throws as duplicate where the same is open. */
export function openAgain(
  ctx: TenantContext,
  row: ProblemRow,
  change: Partial<ProblemRow>,
  add: { readonly evidence?: StoredEvidence; readonly note?: ProblemRow['notes'][number] },
): Promise<ProblemRow | null> {
  const { $push } = pushEvent(ctx, 'problem.opened', {
    ...eventData({ ...row, ...change }),
    reopened: true,
  })
  return ProblemModel.findOneAndUpdate(
    { _id: row._id, tenantId: row.tenantId, status: 'resolved' },
    {
      $set: {
        status: 'open',
        openKey: openKeyOf(row.subject, row.cause),
        recovery: null,
        acknowledgedAt: null,
        acknowledgedBy: null,
        resolvedAt: null,
        resolvedBy: null,
        ...change,
      },
      ...(add.evidence && { $inc: { occurrences: 1, flaps: 1 } }),
      $push: {
        ...$push,
        ...(add.evidence && pushBounded(add.evidence).$push),
        ...(add.note && { notes: { $each: [add.note], $slice: -notesKept } }),
      },
    },
    { returnDocument: 'after' },
  )
    .lean<ProblemRow>()
    .exec()
}

/** Null: it was resolved, or met again, since the row was read. */
export function resolveRow(
  ctx: TenantContext,
  row: ProblemRow,
  by: 'recovery' | 'person' | 'deletion',
  change: { readonly resolvedBy: string; readonly resolvedAt: Date },
  note?: ProblemRow['notes'][number],
): Promise<ProblemRow | null> {
  const { $push } = pushEvent(ctx, 'problem.resolved', { ...eventData(row), by })
  return ProblemModel.findOneAndUpdate(
    {
      _id: row._id,
      tenantId: row.tenantId,
      ...unresolved,
      // Only a proof is undone by another failure; a person's word is not.
      ...(by === 'recovery' && { occurrences: row.occurrences }),
    },
    {
      $set: { status: 'resolved', recovery: null, updatedAt: change.resolvedAt, ...change },
      $unset: { openKey: 1 },
      $push: { ...$push, ...(note && { notes: { $each: [note], $slice: -notesKept } }) },
    },
    { returnDocument: 'after' },
  )
    .lean<ProblemRow>()
    .exec()
}

export function acknowledgeRow(
  ctx: TenantContext,
  row: ProblemRow,
  note: ProblemRow['notes'][number],
): Promise<ProblemRow | null> {
  const { $push } = pushEvent(ctx, 'problem.updated', { ...eventData(row), fields: ['status'] })
  return ProblemModel.findOneAndUpdate(
    { _id: row._id, tenantId: row.tenantId, status: 'open' },
    {
      $set: {
        status: 'acknowledged',
        acknowledgedAt: note.at,
        acknowledgedBy: note.by,
        updatedAt: note.at,
      },
      $push: { ...$push, notes: { $each: [note], $slice: -notesKept } },
    },
    { returnDocument: 'after' },
  )
    .lean<ProblemRow>()
    .exec()
}

/** Keeps a step of the proof; nothing where the problem was met again meanwhile. */
export function keepRecovery(
  row: ProblemRow,
  recovery: Recovery,
  at: Date,
): Promise<ProblemRow | null> {
  return ProblemModel.findOneAndUpdate(
    { _id: row._id, tenantId: row.tenantId, occurrences: row.occurrences, ...unresolved },
    { $set: { recovery, updatedAt: at } },
    { returnDocument: 'after' },
  )
    .lean<ProblemRow>()
    .exec()
}

/** A failure of a connection undoes what was proven of it so far. */
export async function forgetRecoveries(tenantId: string, connectionId: string): Promise<void> {
  await ProblemModel.updateMany(
    { tenantId, connectionId, status: { $ne: 'resolved' }, 'recovery.successes': { $gte: 1 } },
    { $set: { recovery: null } },
  )
}

export function findUnresolved(tenantId: string, connectionId: string): Promise<ProblemRow[]> {
  return ProblemModel.find({
    tenantId,
    connectionId,
    status: { $in: ['open', 'acknowledged'] },
  })
    .lean<ProblemRow[]>()
    .exec()
}

export function countUnresolved(tenantId: string, connectionId: string): Promise<number> {
  return ProblemModel.countDocuments({
    tenantId,
    connectionId,
    status: { $in: ['open', 'acknowledged'] },
  }).exec()
}
