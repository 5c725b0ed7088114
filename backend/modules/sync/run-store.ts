import mongoose, { Schema } from 'mongoose'
import type {
  LossReport,
  SyncCapability,
  SyncKind,
  SyncRun,
  SyncStatus,
} from '../../../shared/api/syncs.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { type WithOutbox, withOutbox } from '../../core/events/index.ts'
import {
  type FoundPage,
  findPage,
  given,
  type TimedQuery,
  timeFilter,
} from '../../core/lists/index.ts'
import { tenantScoped } from '../../core/tenancy.ts'
import type { CountsByKind } from './kinds.ts'

/** Rows without an identifier: they can be counted only. */
export type Nameless = Partial<Record<SyncKind, { refused: number; leftOut: number }>>

export interface RunRow {
  readonly _id: string
  readonly tenantId: string
  readonly connectionId: string
  readonly connectorId: string
  readonly capability: SyncCapability
  readonly trigger: SyncRun['trigger']
  readonly requestedBy: string | null
  readonly status: SyncStatus
  /** While it is to run or runs: one of a capability and connection at a time. */
  readonly active?: true
  readonly preview: boolean
  readonly full: boolean
  /** Cursor of the last complete run; null: everything. */
  readonly since: string | null
  /** Where to go on. */
  readonly cursor: string | null
  /** Where the pull after this one begins, as its last page said; null: everything anew. */
  readonly nextCursor: string | null
  readonly phase: 'pull' | 'removal'
  /** Who works at it; what others write is refused. */
  readonly worker: string | null
  readonly jobId: string | null
  readonly pages: number
  readonly checkpointAt: Date | null
  readonly startedAt: Date | null
  readonly endedAt: Date | null
  readonly progress: number | null
  readonly resumes: number
  readonly counts: CountsByKind
  readonly nameless: Nameless
  readonly vendorSays: Partial<Record<SyncKind, number>>
  /** Removals that a person agreed to. */
  readonly confirmed: number | null
  readonly heldBecause: SyncRun['heldBecause']
  readonly loss: (Omit<LossReport, 'checkedAt'> & { readonly checkedAt: Date }) | null
  readonly error: SyncRun['error']
  readonly expiresAt: Date
  readonly createdAt: Date
  readonly updatedAt: Date
}

const { Mixed } = Schema.Types
const runSort = { createdAt: { path: '_id', type: 'date' } } as const

const schema = new Schema<RunRow & WithOutbox>(
  {
    _id: { type: String, required: true },
    connectionId: { type: String, required: true },
    connectorId: { type: String, required: true },
    capability: { type: String, required: true },
    trigger: { type: String, required: true },
    requestedBy: { type: String, default: null },
    status: { type: String, required: true },
    active: Boolean,
    preview: { type: Boolean, required: true },
    full: { type: Boolean, required: true },
    since: { type: String, default: null },
    cursor: { type: String, default: null },
    nextCursor: { type: String, default: null },
    phase: { type: String, required: true },
    worker: { type: String, default: null },
    jobId: { type: String, default: null },
    pages: { type: Number, required: true },
    checkpointAt: { type: Date, default: null },
    startedAt: { type: Date, default: null },
    endedAt: { type: Date, default: null },
    progress: { type: Number, default: null },
    resumes: { type: Number, required: true },
    counts: { type: Mixed, required: true },
    nameless: { type: Mixed, required: true },
    vendorSays: { type: Mixed, required: true },
    confirmed: { type: Number, default: null },
    heldBecause: { type: Mixed, default: null },
    loss: { type: Mixed, default: null },
    error: { type: Mixed, default: null },
    expiresAt: { type: Date, required: true },
  },
  { timestamps: true, autoIndex: false, autoCreate: false, minimize: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.plugin(withOutbox)
schema.index({ tenantId: 1, _id: -1 })
schema.index({ tenantId: 1, connectionId: 1, _id: -1 })
schema.index(
  { tenantId: 1, connectionId: 1, capability: 1 },
  { unique: true, partialFilterExpression: { active: true } },
)
schema.index({ active: 1, updatedAt: 1 }, { sparse: true })
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
export const RunModel = mongoose.model('SyncRun', schema, 'syncRuns')

export type RunUpdate = mongoose.UpdateQuery<RunRow & WithOutbox>
type Which = Pick<RunRow, '_id' | 'tenantId'>

/** False: one of the connection and capability is active already. */
export async function insertRun(
  row: Omit<RunRow, 'createdAt' | 'updatedAt'> & WithOutbox,
): Promise<boolean> {
  try {
    await RunModel.create(row)
    return true
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    return false
  }
}

/** Changes a run that is as `where` says; null where it no longer is. Throws on a duplicate where it would become active beside another. */
export function changeRun(
  { _id, tenantId }: Which,
  where: object,
  update: RunUpdate,
): Promise<RunRow | null> {
  return RunModel.findOneAndUpdate({ _id, tenantId, ...where }, update, {
    returnDocument: 'after',
  }).lean<RunRow>()
}

export function findRun(tenantId: string, _id: string): Promise<RunRow | null> {
  return RunModel.findOne({ _id, tenantId }).lean<RunRow>()
}

/** Whose a run is must be looked at by the caller. */
export function findAnyRun(_id: string): Promise<RunRow | null> {
  return RunModel.findOne(
    { _id },
    {},
    { acrossTenants: 'a trust reads runs of its schools; the caller checks whose it is' },
  ).lean<RunRow>()
}

export function findHeld(
  row: Pick<RunRow, 'tenantId' | 'connectionId' | 'capability'>,
): Promise<RunRow[]> {
  const { tenantId, connectionId, capability } = row
  return RunModel.find({ tenantId, connectionId, capability, status: 'held' }).lean<RunRow[]>()
}

/** Active runs of all tenants that nobody has written to for long. */
export function findQuiet(before: Date, limit: number): Promise<RunRow[]> {
  return RunModel.find(
    { active: true, updatedAt: { $lt: before } },
    {},
    { acrossTenants: 'the scheduler serves every tenant' },
  )
    .limit(limit)
    .lean<RunRow[]>()
}

export interface RunQuery extends TimedQuery {
  readonly connectionId?: string | undefined
  readonly status?: SyncStatus | undefined
  readonly capability?: SyncCapability | undefined
  readonly trigger?: SyncRun['trigger'] | undefined
  readonly preview?: boolean | undefined
}

export function findRuns(tenantId: string, query: RunQuery, now: Date): Promise<FoundPage<RunRow>> {
  const { connectionId, status, capability, trigger, preview } = query
  return findPage<RunRow>(RunModel, {
    filter: {
      tenantId,
      expiresAt: { $gt: now },
      ...given({ connectionId, status, capability, trigger, preview }),
      ...timeFilter(query),
    },
    query,
    sortFields: runSort,
  })
}
