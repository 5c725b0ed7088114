import mongoose, { Schema } from 'mongoose'
import type { SyncKind } from '../../../shared/api/syncs.ts'
import { retryOnDisconnect } from '../../core/database/retry-write.ts'
import { newId } from '../../core/ids.ts'
import { tenantScoped } from '../../core/tenancy.ts'
import type { RunRow } from './run-store.ts'

export type LinkOutcome = 'created' | 'updated' | 'unchanged'

/** Where a record of the roster comes from, and what it was when it last came. */
export interface LinkRow {
  readonly _id: string
  readonly tenantId: string
  readonly connectionId: string
  readonly capability: string
  readonly kind: SyncKind
  /** As the other system calls it. */
  readonly sourcedId: string
  /** As the roster calls it; one connection at a time may have it. */
  readonly storedId: string
  /** It is in the roster through this connection. */
  readonly taken: boolean
  /** Of the content that was taken over. */
  readonly hash: string | null
  readonly seenIn: string
  readonly outcome: LinkOutcome | null
  readonly refusedIn: string | null
  /** The run in which the other system said that it is no more. */
  readonly goneIn: string | null
  /** Not kept by design. */
  readonly leftOut: boolean
  /** Of a person: the last run in which they taught in some course. */
  readonly teacherIn: string | null
  /** Of an enrolment: its class. */
  readonly classId: string | null
}

const schema = new Schema<LinkRow>(
  {
    _id: { type: String, required: true },
    connectionId: { type: String, required: true },
    capability: { type: String, required: true },
    kind: { type: String, required: true },
    sourcedId: { type: String, required: true },
    storedId: { type: String, required: true },
    taken: { type: Boolean, required: true },
    hash: { type: String, default: null },
    seenIn: { type: String, required: true },
    outcome: { type: String, default: null },
    refusedIn: { type: String, default: null },
    goneIn: { type: String, default: null },
    leftOut: { type: Boolean, required: true },
    teacherIn: { type: String, default: null },
    classId: { type: String, default: null },
  },
  { autoIndex: false, autoCreate: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.index({ tenantId: 1, kind: 1, storedId: 1 }, { unique: true })
schema.index({ tenantId: 1, connectionId: 1, capability: 1, kind: 1, _id: 1 })
schema.index(
  { tenantId: 1, classId: 1 },
  { partialFilterExpression: { classId: { $type: 'string' } } },
)
export const LinkModel = mongoose.model('SyncLink', schema, 'syncLinks')

export type Source = Pick<RunRow, 'tenantId' | 'connectionId' | 'capability'>

export async function findLinks(
  tenantId: string,
  kind: SyncKind,
  storedIds: readonly string[],
): Promise<Map<string, LinkRow>> {
  if (storedIds.length === 0) return new Map()
  const rows = await LinkModel.find({
    tenantId,
    kind,
    storedId: { $in: [...storedIds] },
  }).lean<LinkRow[]>()
  return new Map(rows.map((row) => [row.storedId, row]))
}

export type LinkWrite = Omit<LinkRow, '_id' | 'tenantId' | 'connectionId' | 'capability'>

export async function writeLinks(
  { tenantId, connectionId, capability }: Source,
  links: readonly LinkWrite[],
): Promise<void> {
  if (links.length === 0) return
  const operations = links.map(({ kind, storedId, ...rest }) => ({
    updateOne: {
      filter: { tenantId, kind, storedId },
      update: { $setOnInsert: { _id: newId('syl') }, $set: { connectionId, capability, ...rest } },
      upsert: true,
    },
  }))
  await retryOnDisconnect(() => LinkModel.bulkWrite(operations, { ordered: false }))
}

/** Classes of which nothing was sent, as nothing in them has changed; answers how many are seen for the first time. */
export async function markSeen(
  { _id: runId, tenantId, connectionId, capability }: RunRow,
  classIds: readonly string[],
): Promise<number> {
  const { modifiedCount } = await LinkModel.updateMany(
    {
      tenantId,
      connectionId,
      capability,
      kind: 'classes',
      storedId: { $in: [...classIds] },
      seenIn: { $ne: runId },
    },
    { $set: { seenIn: runId, outcome: 'unchanged', goneIn: null } },
  )
  return modifiedCount
}

/** Enrolments of these classes that this run has not met: they are no more. */
export async function markLeft(
  { _id: runId, tenantId, connectionId, capability }: RunRow,
  classIds: readonly string[],
): Promise<void> {
  await LinkModel.updateMany(
    {
      tenantId,
      connectionId,
      capability,
      kind: 'enrollments',
      taken: true,
      classId: { $in: [...classIds] },
      seenIn: { $ne: runId },
    },
    { $set: { goneIn: runId } },
  )
}

export type LinkFilter = mongoose.QueryFilter<LinkRow>

/** Links of one kind, a thousand at a time, in the order they were made. */
export async function* eachBatch(
  { tenantId, connectionId, capability }: Source,
  filter: LinkFilter,
  size = 1000,
): AsyncGenerator<LinkRow[]> {
  let after: string | undefined
  for (;;) {
    const batch: LinkRow[] = await LinkModel.find({
      tenantId,
      connectionId,
      capability,
      ...filter,
      ...(after !== undefined && { _id: { $gt: after } }),
    })
      .sort({ _id: 1 })
      .limit(size)
      .lean<LinkRow[]>()
    const last = batch.at(-1)
    if (!last) return
    yield batch
    after = last._id
  }
}

export function countLinks(
  { tenantId, connectionId, capability }: Source,
  filter: LinkFilter,
): Promise<number> {
  return LinkModel.countDocuments({ tenantId, connectionId, capability, ...filter }).exec()
}

/** Their records are gone from the roster; those that this run has seen are still counted as seen. */
export async function releaseLinks(
  tenantId: string,
  runId: string,
  links: readonly LinkRow[],
): Promise<void> {
  const _id = { $in: links.map((link) => link._id) }
  const released = { taken: false, hash: null, outcome: null, teacherIn: null }
  await retryOnDisconnect(() =>
    LinkModel.updateMany({ tenantId, _id, seenIn: runId }, { $set: released }),
  )
  await retryOnDisconnect(() => LinkModel.deleteMany({ tenantId, _id, seenIn: { $ne: runId } }))
}

export interface SeenGroup {
  readonly kind: SyncKind
  readonly outcome: LinkOutcome | null
  readonly isRefused: boolean
  readonly isLeftOut: boolean
  readonly count: number
}

/** What became of the records that a run has seen, each counted once however often it came. */
export async function countSeen(run: Source & { readonly _id: string }): Promise<SeenGroup[]> {
  const { _id, tenantId, connectionId, capability } = run
  const rows = await LinkModel.aggregate<{
    _id: { kind: SyncKind; outcome: LinkOutcome | null; refusedIn: boolean; leftOut: boolean }
    count: number
  }>([
    { $match: { tenantId, connectionId, capability, seenIn: _id } },
    {
      $group: {
        _id: {
          kind: '$kind',
          outcome: '$outcome',
          refusedIn: { $eq: ['$refusedIn', _id] },
          leftOut: '$leftOut',
        },
        count: { $sum: 1 },
      },
    },
  ])
  return rows.map(({ _id: { kind, outcome, refusedIn, leftOut }, count }) => ({
    kind,
    outcome,
    isRefused: refusedIn,
    isLeftOut: leftOut,
    count,
  }))
}
