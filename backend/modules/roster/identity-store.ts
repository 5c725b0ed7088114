import mongoose, { Schema } from 'mongoose'
import type { MatchReason, MatchStatus, SourceKind } from '../../../shared/api/roster-matches.ts'
import { retryOnDisconnect } from '../../core/database/retry-write.ts'
import { newId } from '../../core/ids.ts'
import type { PageQuery, TimedQuery } from '../../core/lists/index.ts'
import { type FoundPage, findPage, given, orderedBy, timeFilter } from '../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'

/** What a source says of a person; null: it does not say. */
export interface PersonValues {
  readonly givenName: string | null
  readonly familyName: string | null
  readonly email: string | null
  readonly role: 'student' | 'teacher'
  readonly grades: readonly string[]
}

export interface Candidate {
  readonly sourcedId: string
  readonly because: readonly MatchReason[]
}

/** Somebody as one source knows them, and who of the roster that is. */
export interface IdentityRow {
  readonly _id: string
  readonly tenantId: string
  /** Of the connection or of the registration of the LMS. */
  readonly sourceId: string
  readonly sourceKind: SourceKind
  /** As the source calls them: the `sub` of launches, for an LMS. */
  readonly theirId: string
  /** As the roster calls them where nobody else is meant. */
  readonly storedId: string
  /** As the roster calls them now. */
  readonly personSourcedId: string
  /** What the student record system calls them, as far as this source knows. */
  readonly identifier: string | null
  readonly values: PersonValues
  /** Null: nobody else could be meant. */
  readonly status: MatchStatus | null
  readonly candidates: readonly Candidate[]
  /** People that somebody said this is not. */
  readonly rejected: readonly string[]
  readonly decidedBy: string | null
  readonly decidedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

const { Mixed } = Schema.Types
const matchSort = {
  createdAt: { path: 'createdAt', type: 'date' },
  updatedAt: { path: 'updatedAt', type: 'date' },
} as const

const schema = new Schema<IdentityRow>(
  {
    _id: { type: String, required: true },
    sourceId: { type: String, required: true },
    sourceKind: { type: String, required: true },
    theirId: { type: String, required: true },
    storedId: { type: String, required: true },
    personSourcedId: { type: String, required: true },
    identifier: { type: String, default: null },
    values: { type: Mixed, required: true },
    status: { type: String, default: null },
    candidates: { type: [Mixed], required: true } as never,
    rejected: { type: [String], required: true },
    decidedBy: { type: String, default: null },
    decidedAt: { type: Date, default: null },
  },
  { timestamps: true, autoIndex: false, autoCreate: false, versionKey: false, minimize: false },
)
schema.plugin(tenantScoped)
schema.index({ tenantId: 1, sourceId: 1, storedId: 1 }, { unique: true })
schema.index({ tenantId: 1, personSourcedId: 1 })
schema.index(
  { tenantId: 1, identifier: 1 },
  { partialFilterExpression: { identifier: { $type: 'string' } } },
)
schema.index(
  { tenantId: 1, status: 1, _id: 1 },
  { partialFilterExpression: { status: { $type: 'string' } } },
)
orderedBy(schema, matchSort)
export const IdentityModel = mongoose.model('RosterIdentity', schema, 'rosterIdentities')

type Tenant = Pick<TenantContext, 'tenantId'>
type Filter = mongoose.QueryFilter<IdentityRow>

export function findIdentities({ tenantId }: Tenant, filter: Filter): Promise<IdentityRow[]> {
  return IdentityModel.find({ tenantId, ...filter })
    .sort({ _id: 1 })
    .lean<IdentityRow[]>()
    .exec()
}

export type IdentityWrite = Omit<IdentityRow, '_id' | 'tenantId' | 'createdAt' | 'updatedAt'>

/** Made or changed, told apart by source and `storedId`. */
export async function saveIdentities(
  { tenantId }: Tenant,
  rows: readonly IdentityWrite[],
): Promise<void> {
  if (rows.length === 0) return
  const operations = rows.map(({ sourceId, storedId, ...rest }) => ({
    updateOne: {
      filter: { tenantId, sourceId, storedId },
      update: { $set: rest, $setOnInsert: { _id: newId('rid') } },
      upsert: true,
    },
  }))
  await retryOnDisconnect(() => IdentityModel.bulkWrite(operations as never, { ordered: false }))
}

/** Changes one that is as it was read; null where another writer came first. */
export function changeIdentity(
  { tenantId }: Tenant,
  { _id, updatedAt }: Pick<IdentityRow, '_id' | 'updatedAt'>,
  set: Partial<IdentityRow>,
): Promise<IdentityRow | null> {
  return IdentityModel.findOneAndUpdate(
    { _id, tenantId, updatedAt },
    { $set: set },
    { returnDocument: 'after' },
  )
    .lean<IdentityRow>()
    .exec()
}

export async function removeIdentities(
  { tenantId }: Tenant,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return
  await retryOnDisconnect(() => IdentityModel.deleteMany({ tenantId, _id: { $in: [...ids] } }))
}

export interface MatchQuery extends PageQuery, TimedQuery {
  readonly status?: MatchStatus | undefined
  readonly sourceId?: string | undefined
}

export function findMatches(
  { tenantId }: Tenant,
  query: MatchQuery,
): Promise<FoundPage<IdentityRow>> {
  const { status, sourceId } = query
  return findPage<IdentityRow>(IdentityModel, {
    filter: {
      tenantId,
      status: status ?? { $type: 'string' },
      ...given({ sourceId }),
      ...timeFilter(query),
    },
    query,
    sortFields: matchSort,
  })
}

export function findMatch({ tenantId }: Tenant, id: string): Promise<IdentityRow | null> {
  return IdentityModel.findOne({ _id: id, tenantId, status: { $type: 'string' } })
    .lean<IdentityRow>()
    .exec()
}
