import mongoose from 'mongoose'
import type { ConnectionHealthState, ConnectionState } from '../../../shared/connection-states.ts'
import type { ConnectorKind } from '../../connector-kit/index.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { type WithOutbox, withOutbox } from '../../core/events/index.ts'
import { type FoundPage, findPage, orderedBy, type PageQuery } from '../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'
import type { StateChangeRow, VersionRow } from './history-store.ts'

export interface StoredCredential {
  readonly sealed: string
  readonly changedAt: Date
}

export interface StateReason {
  readonly code: string
  readonly message: string
  readonly at: Date
  /** Who did it; null: the server by itself. */
  readonly by: string | null
}

export interface StoredHealth {
  readonly state: ConnectionHealthState
  readonly since: Date | null
  readonly checkedAt: Date | null
  readonly latencyMs: number | null
  readonly code: string | null
  readonly message: string | null
}

/** Consent of a person at the other system. */
export interface StoredAuthorisation {
  readonly state: 'needed' | 'granted' | 'expired'
  readonly sealedAccessToken: string | null
  readonly sealedRefreshToken: string | null
  readonly expiresAt: Date | null
  /** When the access token is to be replaced: at 80 % of its life. */
  readonly refreshAt: Date | null
  readonly account: string | null
}

export interface StoredSync {
  readonly everyMinutes: number | null
  readonly last: {
    readonly runId: string
    readonly status: string
    readonly endedAt: Date
    readonly counts: Readonly<Record<string, unknown>>
  } | null
  readonly nextAt: Date | null
}

export interface ConnectionRow {
  readonly _id: string
  readonly tenantId: string
  readonly connectorId: string
  readonly kind: ConnectorKind
  readonly name: string
  /** Unique in the organisation; absent once deleted, so that the name is free again. */
  readonly nameKey?: string
  readonly state: ConnectionState
  readonly stateReason: StateReason | null
  readonly health: StoredHealth
  readonly config: Readonly<Record<string, unknown>>
  readonly configVersion: number
  readonly credentials: Readonly<Record<string, StoredCredential>>
  readonly credentialsExpireAt: Date | null
  /** Days before the expiry of which a warning was given last. */
  readonly warnedDays: number | null
  readonly authorisation: StoredAuthorisation | null
  /** A consent that was begun, and until when it may be finished. */
  readonly pendingConsent: { readonly nonce: string; readonly until: Date } | null
  /** Who refreshes the consent at the moment. */
  readonly refreshLease: { readonly by: string; readonly until: Date } | null
  readonly sync: StoredSync
  readonly openProblems: number
  /** Counts changes by hand, so that two writers at once are noticed. */
  readonly revision: number
  /** Written with the change itself, then moved to where they are listed. */
  readonly pendingStates?: readonly StateChangeRow[]
  readonly pendingVersions?: readonly VersionRow[]
  readonly deletedAt: Date | null
  /** The sweeper takes it then. */
  readonly expiresAt?: Date
  readonly createdAt: Date
  readonly updatedAt: Date
}

const { Mixed } = mongoose.Schema.Types
const connectionSort = {
  createdAt: { path: '_id', type: 'date' },
  name: { path: 'name', type: 'text' },
  state: { path: 'state', type: 'text' },
  updatedAt: { path: 'updatedAt', type: 'date' },
} as const

const schema = new mongoose.Schema<ConnectionRow & WithOutbox>(
  {
    _id: { type: String, required: true },
    connectorId: { type: String, required: true },
    kind: { type: String, required: true },
    name: { type: String, required: true },
    nameKey: { type: String },
    state: { type: String, required: true },
    stateReason: { type: Mixed, default: null },
    health: { type: Mixed, required: true },
    config: { type: Mixed, required: true },
    configVersion: { type: Number, required: true },
    credentials: { type: Mixed, required: true },
    credentialsExpireAt: { type: Date, default: null },
    warnedDays: { type: Number, default: null },
    authorisation: { type: Mixed, default: null },
    pendingConsent: { type: Mixed, default: null },
    refreshLease: { type: Mixed, default: null },
    sync: { type: Mixed, required: true },
    openProblems: { type: Number, required: true },
    revision: { type: Number, required: true },
    pendingStates: { type: [Mixed], default: undefined } as never,
    pendingVersions: { type: [Mixed], default: undefined } as never,
    deletedAt: { type: Date, default: null },
    expiresAt: { type: Date },
  },
  { timestamps: true, autoIndex: false, autoCreate: false, minimize: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.plugin(withOutbox)
orderedBy(schema, connectionSort)
schema.index(
  { tenantId: 1, nameKey: 1 },
  { unique: true, partialFilterExpression: { nameKey: { $exists: true } } },
)
schema.index({ state: 1, _id: 1 })
schema.index({ credentialsExpireAt: 1 }, { sparse: true })
schema.index({ 'authorisation.refreshAt': 1 }, { sparse: true })
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0, sparse: true })
export const ConnectionModel = mongoose.model('Connection', schema, 'connections')

export const nameKeyOf = (name: string) => name.trim().toLocaleLowerCase('en-GB')

/** By field, also of nested ones. */
export type ConnectionFilter = Readonly<Record<string, unknown>>
export type ConnectionUpdate = mongoose.UpdateQuery<ConnectionRow & WithOutbox>

/** False: the organisation has a connection of this name. */
export async function insertConnection(
  row: Omit<ConnectionRow, 'createdAt' | 'updatedAt'> & WithOutbox,
): Promise<boolean> {
  try {
    await ConnectionModel.create(row)
    return true
  } catch (error) {
    if (isDuplicateKey(error)) return false
    throw error
  }
}

/** Of the caller's own organisation, deleted or not. */
export function findConnection(
  ctx: Pick<TenantContext, 'tenantId'>,
  id: string,
): Promise<ConnectionRow | null> {
  return ConnectionModel.findOne({ _id: id, tenantId: ctx.tenantId }, { pendingEvents: 0 })
    .lean<ConnectionRow>()
    .exec()
}

/** Wherever it lies; the caller decides whether it may be seen. */
export function findConnectionAnywhere(id: string): Promise<ConnectionRow | null> {
  return ConnectionModel.findOne(
    { _id: id },
    { pendingEvents: 0 },
    { acrossTenants: 'an organisation above asks for a connection of one below it' },
  )
    .lean<ConnectionRow>()
    .exec()
}

export function findConnections(
  tenantIds: readonly string[],
  filter: ConnectionFilter,
  limit: number,
): Promise<ConnectionRow[]> {
  return ConnectionModel.find(
    { ...filter, tenantId: { $in: [...tenantIds] } },
    { pendingEvents: 0 },
    { sort: { _id: 1 }, limit },
  )
    .lean<ConnectionRow[]>()
    .exec()
}

export function findConnectionPage(
  tenantIds: readonly string[],
  filter: ConnectionFilter,
  query: PageQuery,
): Promise<FoundPage<ConnectionRow>> {
  const [only] = tenantIds
  return findPage<ConnectionRow>(ConnectionModel, {
    filter: { ...filter, tenantId: tenantIds.length === 1 ? only : { $in: [...tenantIds] } },
    query,
    sortFields: connectionSort,
    projection: { pendingEvents: 0, pendingStates: 0, pendingVersions: 0 },
  })
}

/**
 * Changes what still is as it was read; null: somebody else was faster. A taken name throws a duplicate key.
 * `isUse`: what happens in daily work, which is no change of the object.
 */
export function changeConnection(
  row: Pick<ConnectionRow, '_id' | 'tenantId'>,
  asRead: ConnectionFilter,
  update: ConnectionUpdate,
  { isUse = false } = {},
): Promise<ConnectionRow | null> {
  return ConnectionModel.findOneAndUpdate(
    { ...asRead, _id: row._id, tenantId: row.tenantId },
    update,
    { returnDocument: 'after', projection: { pendingEvents: 0 }, timestamps: !isUse },
  )
    .lean<ConnectionRow>()
    .exec()
}

export interface ConnectionCounts {
  readonly state: ConnectionState
  readonly health: ConnectionHealthState
  readonly count: number
  readonly openProblems: number
}

export async function countConnections(tenantIds: readonly string[]): Promise<ConnectionCounts[]> {
  const rows = await ConnectionModel.aggregate<{
    _id: Pick<ConnectionCounts, 'state' | 'health'>
    count: number
    openProblems: number
  }>([
    { $match: { tenantId: { $in: [...tenantIds] }, deletedAt: null } },
    {
      $group: {
        _id: { state: '$state', health: '$health.state' },
        count: { $sum: 1 },
        openProblems: { $sum: '$openProblems' },
      },
    },
  ])
  return rows.map(({ _id, ...sums }) => ({ ..._id, ...sums }))
}

/** By id, of all organisations: for work that goes through everything in use. */
export function findInUse(
  states: readonly ConnectionState[],
  after: string | null,
  limit: number,
): Promise<Pick<ConnectionRow, '_id' | 'tenantId' | 'connectorId' | 'kind' | 'state'>[]> {
  return ConnectionModel.find(
    {
      state: { $in: [...states] },
      deletedAt: null,
      ...(after === null ? {} : { _id: { $gt: after } }),
    },
    { tenantId: 1, connectorId: 1, kind: 1, state: 1 },
    { sort: { _id: 1 }, limit, acrossTenants: 'everything in use is watched, of all tenants' },
  )
    .lean<ConnectionRow[]>()
    .exec()
}

/** Of whatever organisation. */
export function findInUseById(
  id: string,
  states: readonly ConnectionState[],
): Promise<Pick<ConnectionRow, '_id' | 'tenantId' | 'connectorId' | 'kind' | 'state'> | null> {
  return ConnectionModel.findOne(
    { _id: id, state: { $in: [...states] }, deletedAt: null },
    { tenantId: 1, connectorId: 1, kind: 1, state: 1 },
    { acrossTenants: 'a message from outside names a connection before it proves itself' },
  )
    .lean<ConnectionRow>()
    .exec()
}

/** Credentials that end before `until`, of all organisations. */
export function findExpiring(until: Date): Promise<ConnectionRow[]> {
  return ConnectionModel.find(
    { credentialsExpireAt: { $ne: null, $lte: until }, deletedAt: null },
    { pendingEvents: 0 },
    { acrossTenants: 'warnings are given to all tenants' },
  )
    .lean<ConnectionRow[]>()
    .exec()
}

/** Consents whose access token is to be replaced by now, of all organisations. */
export function findDueForRefresh(now: Date, limit: number): Promise<ConnectionRow[]> {
  return ConnectionModel.find(
    {
      'authorisation.refreshAt': { $lte: now },
      'authorisation.state': 'granted',
      deletedAt: null,
    },
    { pendingEvents: 0 },
    { sort: { 'authorisation.refreshAt': 1 }, limit, acrossTenants: 'one job refreshes for all' },
  )
    .lean<ConnectionRow[]>()
    .exec()
}
