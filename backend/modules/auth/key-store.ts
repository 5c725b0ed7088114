import mongoose, { Schema } from 'mongoose'
import type { Change } from '../../core/database/change-watch.ts'
import { readOne } from '../../core/database/read-one.ts'
import { newEvent, pushEvent, withOutbox } from '../../core/events/index.ts'
import type { WithOutbox } from '../../core/events/outbox.ts'
import { newId } from '../../core/ids.ts'
import {
  type FoundPage,
  findPage,
  orderedBy,
  type TimedQuery,
  timeFilter,
} from '../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'

/** A secret that was rotated out. */
export interface PreviousSecret {
  readonly digest: string
  readonly hint: string
  /** It works until then. */
  readonly until: Date
}

export interface ApiKeyRow {
  readonly _id: string
  readonly tenantId: string
  readonly kind: 'api-key' | 'extension'
  readonly name: string
  readonly mode: 'live' | 'test'
  readonly hint: string
  readonly digest: string
  readonly scopes: string[]
  /** The person whose rights bound an extension's token. */
  readonly staffUserId: string | null
  // Absent from keys made before there were networks and rotation.
  readonly allowedNetworks?: string[]
  /** Newest first; kept beyond their end to tell a rotated secret from an unknown one. */
  readonly previous?: PreviousSecret[]
  readonly rotatedAt?: Date | null
  readonly expiresAt: Date | null
  readonly lastUsedAt: Date | null
  readonly revokedAt: Date | null
  /** Dated API version since its first call; absent until then. */
  readonly pinnedVersion?: string
  /** By the clock of the database: what other processes ask for to drop what they remember. */
  readonly changedAt?: Date
  readonly createdAt: Date
  readonly updatedAt: Date
}

const keySort = {
  createdAt: { path: '_id', type: 'date' },
  updatedAt: { path: 'updatedAt', type: 'date' },
  name: { path: 'name', type: 'text' },
} as const

const keySchema = new Schema<ApiKeyRow & WithOutbox>(
  {
    _id: { type: String, required: true },
    kind: { type: String, required: true },
    name: { type: String, required: true },
    mode: { type: String, required: true },
    hint: { type: String, required: true },
    digest: { type: String, required: true },
    scopes: { type: [String], required: true },
    staffUserId: { type: String, default: null },
    allowedNetworks: { type: [String], default: [] },
    previous: {
      type: [
        new Schema<PreviousSecret>(
          {
            digest: { type: String, required: true },
            hint: { type: String, required: true },
            until: { type: Date, required: true },
          },
          { _id: false },
        ),
      ],
      default: [],
    },
    rotatedAt: { type: Date, default: null },
    expiresAt: { type: Date, default: null },
    lastUsedAt: { type: Date, default: null },
    revokedAt: { type: Date, default: null },
    pinnedVersion: { type: String },
    changedAt: { type: Date, default: () => new Date() },
  },
  { timestamps: true, autoIndex: false, versionKey: false },
)
keySchema.plugin(tenantScoped)
keySchema.plugin(withOutbox)
keySchema.index({ digest: 1 }, { unique: true })
keySchema.index({ 'previous.digest': 1 }, { sparse: true })
orderedBy(keySchema, keySort)
keySchema.index({ changedAt: 1 })

export const ApiKeyModel = mongoose.model('ApiKey', keySchema, 'apiKeys')

type NewKeyRow = Pick<
  ApiKeyRow,
  'kind' | 'name' | 'mode' | 'hint' | 'digest' | 'scopes' | 'staffUserId' | 'expiresAt'
> &
  Partial<Pick<ApiKeyRow, 'allowedNetworks'>>

export async function insertKey(ctx: TenantContext, key: NewKeyRow): Promise<ApiKeyRow> {
  const _id = newId('key')
  const created = await ApiKeyModel.create({
    ...key,
    _id,
    tenantId: ctx.tenantId,
    pendingEvents: [newEvent(ctx, 'key.created', { keyId: _id })],
  })
  return created.toObject()
}

/** The key of a secret, current or rotated out: the same work whether there is one or not. */
export async function findKeyByDigest(digest: string): Promise<ApiKeyRow | null> {
  return readOne<ApiKeyRow>(
    ApiKeyModel,
    { $or: [{ digest }, { 'previous.digest': digest }] },
    { acrossTenants: 'the key says which tenant the caller belongs to' },
  )
}

export async function findKey(tenantId: string, id: string): Promise<ApiKeyRow | null> {
  return ApiKeyModel.findOne({ _id: id, tenantId }).lean()
}

/** Keys changed after a moment; without one, the key changed last. */
export async function findKeyChanges(since: Date | null): Promise<Change[]> {
  const options = { acrossTenants: 'a process remembers keys of all tenants' }
  const rows = await ApiKeyModel.find(
    since ? { changedAt: { $gt: since } } : {},
    { changedAt: 1 },
    since ? options : { ...options, sort: { changedAt: -1 }, limit: 1 },
  ).lean()
  return rows.flatMap(({ _id, changedAt }) => (changedAt ? [{ id: _id, at: changedAt }] : []))
}

export async function findKeyPage(
  tenantId: string,
  query: TimedQuery,
): Promise<FoundPage<ApiKeyRow>> {
  return findPage<ApiKeyRow>(ApiKeyModel, {
    filter: { tenantId, ...timeFilter(query) },
    query,
    sortFields: keySort,
  })
}

/** Living tokens of the extensions that a person paired. */
export async function findPairingPage(
  { tenantId, staffUserId }: { tenantId: string; staffUserId: string },
  query: TimedQuery,
  now: Date,
): Promise<FoundPage<ApiKeyRow>> {
  return findPage<ApiKeyRow>(ApiKeyModel, {
    filter: {
      tenantId,
      staffUserId,
      kind: 'extension',
      revokedAt: null,
      expiresAt: { $gt: now },
      ...timeFilter(query),
    },
    query,
    sortFields: keySort,
  })
}

/** The revoked key, or null where it does not exist or was revoked before. */
export async function markRevoked(
  ctx: TenantContext,
  id: string,
  now: Date,
): Promise<ApiKeyRow | null> {
  return ApiKeyModel.findOneAndUpdate(
    { _id: id, tenantId: ctx.tenantId, revokedAt: null },
    {
      $set: { revokedAt: now },
      $currentDate: { changedAt: true },
      ...pushEvent(ctx, 'key.revoked', { keyId: id }),
    },
    { returnDocument: 'after' },
  ).lean()
}

/** The changed key, or null where it was revoked or changed otherwise since it was read. */
export async function changeKey(
  { tenantId }: TenantContext,
  read: ApiKeyRow,
  change: Partial<
    Pick<ApiKeyRow, 'name' | 'allowedNetworks' | 'scopes' | 'expiresAt' | 'pinnedVersion'>
  >,
): Promise<ApiKeyRow | null> {
  return ApiKeyModel.findOneAndUpdate(
    { _id: read._id, tenantId, revokedAt: null, updatedAt: read.updatedAt },
    { $set: change, $currentDate: { changedAt: true } },
    { returnDocument: 'after' },
  ).lean()
}

/** The key under its new secret, or null where it was revoked or rotated since it was read. */
export async function replaceSecret(
  ctx: TenantContext,
  read: ApiKeyRow,
  secret: Pick<ApiKeyRow, 'digest' | 'hint' | 'previous' | 'expiresAt' | 'rotatedAt'>,
  previousUntil: Date,
): Promise<ApiKeyRow | null> {
  return ApiKeyModel.findOneAndUpdate(
    { _id: read._id, tenantId: ctx.tenantId, revokedAt: null, digest: read.digest },
    {
      $set: secret,
      $currentDate: { changedAt: true },
      ...pushEvent(ctx, 'key.rotated', {
        keyId: read._id,
        previousUntil: previousUntil.toISOString(),
      }),
    },
    { returnDocument: 'after' },
  ).lean()
}

/** Use is not a change of the key: its `updatedAt` stays. */
export async function noteUse(tenantId: string, id: string, now: Date): Promise<void> {
  await ApiKeyModel.updateOne(
    { _id: id, tenantId },
    { $set: { lastUsedAt: now } },
    { timestamps: false },
  )
}

/** Keeps a key at the version of its first call; one that is pinned stays. */
export async function pinKey(tenantId: string, id: string, pinnedVersion: string): Promise<void> {
  await ApiKeyModel.updateOne(
    { _id: id, tenantId, pinnedVersion: null },
    { $set: { pinnedVersion } },
    { timestamps: false },
  )
}
