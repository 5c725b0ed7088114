import mongoose, { Schema } from 'mongoose'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
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

const embedSchema = new Schema<EmbedRow>(
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
embedSchema.index({ tenantId: 1, targetId: 1, _id: 1 })
embedSchema.index({ tenantId: 1, _id: 1 })

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
  const created = await EmbedModel.create({ ...embed, tenantId: ctx.tenantId })
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
  query: { readonly targetId?: string | undefined; readonly limit: number },
  after: object,
): Promise<EmbedRow[]> {
  const target = query.targetId === undefined ? {} : { targetId: query.targetId }
  return EmbedModel.find({ tenantId: ctx.tenantId, withdrawnAt: null, ...target, ...after })
    .sort({ _id: -1 })
    .limit(query.limit + 1)
    .lean()
}

export async function markWithdrawn(
  ctx: TenantContext,
  id: string,
  now: Date,
): Promise<EmbedRow | null> {
  const withdrawn = await EmbedModel.findOneAndUpdate(
    { _id: id, tenantId: ctx.tenantId, withdrawnAt: null },
    { $set: { withdrawnAt: now } },
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
