import mongoose from 'mongoose'
import type { ConnectionState } from '../../../shared/connection-states.ts'
import { nativeCollection } from '../../core/database/native-collection.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { type FoundPage, findPage, type TimedQuery, timeFilter } from '../../core/lists/index.ts'
import { tenantScoped } from '../../core/tenancy.ts'

export interface StateChangeRow {
  readonly _id: string
  readonly tenantId: string
  readonly connectionId: string
  readonly from: ConnectionState
  readonly to: ConnectionState
  readonly code: string
  readonly why: string
  readonly by: string | null
  readonly at: Date
}

export interface VersionRow {
  readonly _id: string
  readonly tenantId: string
  readonly connectionId: string
  readonly version: number
  readonly config: Readonly<Record<string, unknown>>
  /** What changed against the one before. */
  readonly fields: readonly string[]
  readonly rolledBackFrom: number | null
  readonly by: string | null
  readonly at: Date
}

const { Mixed } = mongoose.Schema.Types
const options = { autoIndex: false, autoCreate: false, minimize: false, versionKey: false } as const
const byAge = { createdAt: { path: '_id', type: 'date' } } as const

const stateSchema = new mongoose.Schema<StateChangeRow>(
  {
    _id: { type: String, required: true },
    connectionId: { type: String, required: true },
    from: { type: String, required: true },
    to: { type: String, required: true },
    code: { type: String, required: true },
    why: { type: String, default: '' },
    by: { type: String, default: null },
    at: { type: Date, required: true },
  },
  options,
)
stateSchema.plugin(tenantScoped)
stateSchema.index({ tenantId: 1, connectionId: 1, _id: -1 })
export const StateChangeModel = mongoose.model(
  'ConnectionStateChange',
  stateSchema,
  'connectionStateChanges',
)

const versionSchema = new mongoose.Schema<VersionRow>(
  {
    _id: { type: String, required: true },
    connectionId: { type: String, required: true },
    version: { type: Number, required: true },
    config: { type: Mixed, required: true },
    fields: { type: [String], required: true },
    rolledBackFrom: { type: Number, default: null },
    by: { type: String, default: null },
    at: { type: Date, required: true },
  },
  options,
)
versionSchema.plugin(tenantScoped)
versionSchema.index({ tenantId: 1, connectionId: 1, _id: -1 })
versionSchema.index({ tenantId: 1, connectionId: 1, version: 1 }, { unique: true })
export const ConfigVersionModel = mongoose.model(
  'ConnectionConfigVersion',
  versionSchema,
  'connectionConfigVersions',
)

/** Puts rows on record; those that are there already stay as they are. */
export async function insertHistory(
  model: Parameters<typeof nativeCollection>[0],
  rows: readonly (StateChangeRow | VersionRow)[],
): Promise<void> {
  if (rows.length === 0) return
  try {
    // The driver's own type knows object ids only.
    await nativeCollection(model).insertMany(rows as never, {
      ordered: false,
    })
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
  }
}

interface Which {
  readonly tenantId: string
  readonly connectionId: string
}

export function findStateChanges(
  which: Which,
  query: TimedQuery,
): Promise<FoundPage<StateChangeRow>> {
  return findPage<StateChangeRow>(StateChangeModel, {
    filter: { ...which, ...timeFilter(query, { made: 'at' }) },
    query,
    sortFields: byAge,
  })
}

export function findVersions(which: Which, query: TimedQuery): Promise<FoundPage<VersionRow>> {
  return findPage<VersionRow>(ConfigVersionModel, {
    filter: { ...which, ...timeFilter(query, { made: 'at' }) },
    query,
    sortFields: byAge,
    projection: { config: 0 },
  })
}

export function findVersion(which: Which, version: number): Promise<VersionRow | null> {
  return ConfigVersionModel.findOne({ ...which, version })
    .lean<VersionRow>()
    .exec()
}
