import mongoose, { Schema } from 'mongoose'
import type { EmbedList } from '../../../shared/api/resources.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { newEvent, pushEvent, type WithOutbox, withOutbox } from '../../core/events/index.ts'
import { type FoundPage, findPage, given, orderedBy, timeFilter } from '../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'

export interface EmbedRow {
  readonly _id: string
  readonly tenantId: string
  readonly kind: 'item' | 'resource'
  readonly targetId: string
  readonly allowedOrigins: string[]
  readonly withdrawnAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** A visitor of an embed: an anonymous bearer for one object, gone after two hours. */
export interface EmbedVisit {
  readonly _id: string
  readonly tenantId: string
  readonly embedId: string
  readonly tokenDigest: string
  readonly scopes: string[]
  readonly limitedTo: string[]
  readonly expiresAt: Date
}

/** Orders in which the list can be asked for. */
const embedSort = {
  createdAt: { path: 'createdAt', type: 'date' },
  updatedAt: { path: 'updatedAt', type: 'date' },
} as const

const embedSchema = new Schema<EmbedRow & WithOutbox>(
  {
    _id: { type: String, required: true },
    kind: { type: String, required: true },
    targetId: { type: String, required: true },
    allowedOrigins: { type: [String], required: true },
    withdrawnAt: { type: Date, default: null },
  },
  { timestamps: true, autoIndex: false, versionKey: false },
)
embedSchema.plugin(tenantScoped)
embedSchema.plugin(withOutbox)
embedSchema.index({ tenantId: 1, targetId: 1, _id: 1 })
embedSchema.index({ tenantId: 1, _id: 1 })
orderedBy(embedSchema, embedSort, { tenantId: 1, withdrawnAt: 1 })

const visitSchema = new Schema<EmbedVisit>(
  {
    _id: { type: String, required: true },
    embedId: { type: String, required: true },
    tokenDigest: { type: String, required: true },
    scopes: { type: [String], required: true },
    limitedTo: { type: [String], required: true },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false, versionKey: false },
)
visitSchema.plugin(tenantScoped)
visitSchema.index({ tokenDigest: 1 }, { unique: true })
visitSchema.index({ tenantId: 1, embedId: 1 })
visitSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export const EmbedModel = mongoose.model('Embed', embedSchema, 'embeds')
export const EmbedVisitModel = mongoose.model('EmbedVisit', visitSchema, 'embedVisits')

type NewEmbed = Pick<EmbedRow, '_id' | 'kind' | 'targetId' | 'allowedOrigins'>

export async function insertEmbed(ctx: TenantContext, embed: NewEmbed): Promise<EmbedRow> {
  const { _id, kind, targetId } = embed
  const created = await EmbedModel.create({
    ...embed,
    tenantId: ctx.tenantId,
    pendingEvents: [newEvent(ctx, 'embed.created', { embedId: _id, kind, targetId })],
  })
  return created.toObject()
}

/** The embed of that id, made where it is missing; a withdrawn one stays withdrawn. */
export async function ensureEmbed(ctx: TenantContext, embed: NewEmbed): Promise<EmbedRow> {
  const { _id } = embed
  const found = await EmbedModel.findOne({ _id, tenantId: ctx.tenantId }).lean()
  if (found) return found
  try {
    return await insertEmbed(ctx, embed)
  } catch (error) {
    // Another first visitor was faster.
    const made = isDuplicateKey(error)
      ? await EmbedModel.findOne({ _id, tenantId: ctx.tenantId }).lean()
      : null
    if (!made) throw error
    return made
  }
}

export async function findLiveEmbed(ctx: TenantContext, id: string): Promise<EmbedRow | null> {
  return EmbedModel.findOne({ _id: id, tenantId: ctx.tenantId, withdrawnAt: null }).lean()
}

export async function findEmbedForAnyone(id: string): Promise<EmbedRow | null> {
  return EmbedModel.findOne({ _id: id }, null, {
    acrossTenants: 'the id in a snippet is all that a visitor has',
  }).lean()
}

/** An embed of the target that any site may show. */
export async function findOpenEmbed(
  ctx: TenantContext,
  targetId: string,
): Promise<EmbedRow | null> {
  return EmbedModel.findOne({
    tenantId: ctx.tenantId,
    targetId,
    withdrawnAt: null,
    allowedOrigins: { $size: 0 },
  })
    .sort({ _id: -1 })
    .lean()
}

export async function findEmbedPage(
  ctx: TenantContext,
  query: EmbedList,
): Promise<FoundPage<EmbedRow>> {
  const { targetId, kind } = query
  return findPage<EmbedRow>(EmbedModel, {
    filter: {
      tenantId: ctx.tenantId,
      withdrawnAt: null,
      ...given({ targetId, kind }),
      ...timeFilter(query),
    },
    query,
    sortFields: embedSort,
  })
}

export async function markWithdrawn(
  ctx: TenantContext,
  id: string,
  now: Date,
): Promise<EmbedRow | null> {
  const live = await findLiveEmbed(ctx, id)
  if (!live) return null
  const { kind, targetId } = live
  const withdrawn = await EmbedModel.findOneAndUpdate(
    { _id: id, tenantId: ctx.tenantId, withdrawnAt: null },
    {
      $set: { withdrawnAt: now },
      ...pushEvent(ctx, 'embed.withdrawn', { embedId: id, kind, targetId }),
    },
    { returnDocument: 'after' },
  ).lean()
  if (withdrawn) await EmbedVisitModel.deleteMany({ tenantId: ctx.tenantId, embedId: id })
  return withdrawn
}

export async function insertVisit(visit: EmbedVisit): Promise<void> {
  await EmbedVisitModel.create(visit)
}

export async function findVisit(tokenDigest: string, now: Date): Promise<EmbedVisit | null> {
  return EmbedVisitModel.findOne({ tokenDigest, expiresAt: { $gt: now } }, null, {
    acrossTenants: 'the token of a visit tells its tenant',
  }).lean()
}
