import mongoose, { Schema } from 'mongoose'
import { readById } from '../../core/database/read-by-id.ts'
import { type WithOutbox, withOutbox } from '../../core/events/index.ts'
import { orderedBy } from '../../core/lists/index.ts'
import { tenantScoped } from '../../core/tenancy.ts'

export interface ItemRow {
  readonly _id: string
  readonly tenantId: string
  readonly identifier: string
  readonly title: string
  readonly titleSearch: string
  readonly language: string | null
  readonly interactions: string[]
  readonly maxScore: number
  readonly source: { readonly file: string; readonly importId: string }
  /** Names the revision that new attempts use. */
  readonly revisionId: string
  readonly deletedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** The QTI source of one version of an item; attempts stay with the revision they began with. */
export interface RevisionRow {
  readonly _id: string
  readonly tenantId: string
  readonly itemId: string
  readonly contentHash: string
  /** The source's path in its package, from which its assets are found. */
  readonly file: string
  readonly xml: string
  /** Where each asset of the source is kept: path in the package → asset id. */
  readonly assets: { readonly path: string; readonly assetId: string }[]
  readonly createdAt: Date
}

export interface AssetRow {
  readonly _id: string
  readonly tenantId: string
  readonly itemId: string
  readonly sha256: string
  readonly contentType: string
  readonly bytes: Buffer
}

export interface AttemptRow {
  readonly _id: string
  readonly tenantId: string
  readonly itemId: string
  readonly revisionId: string
  /** Keys the names and the order of choices; never sent. */
  readonly salt: string
  /** The launch, embed, key or person that started it. */
  readonly owner: { readonly kind: string; readonly id: string }
  readonly launchSessionId: string | null
  /** Who was launched, as `<platform>/<user>`; absent in attempts of before. */
  readonly learnerId?: string | null
  readonly status: 'open' | 'submitted'
  readonly responses: Record<string, readonly (string | number | boolean)[]> | null
  readonly score: number | null
  readonly maxScore: number
  readonly submittedAt: Date | null
  /** For the learner; absent where nobody wrote one. */
  readonly comment?: string | null
  /** One more with each correction; absent before the first. */
  readonly revision?: number
  /** What the server had scored, once a person corrected it. */
  readonly scoredAs?: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

const times = {
  createdAt: { path: 'createdAt', type: 'date' },
  updatedAt: { path: 'updatedAt', type: 'date' },
} as const

/** Orders in which the lists can be asked for. */
export const itemSort = { ...times, title: { path: 'title', type: 'text' } } as const
export const attemptSort = times
export const resultSort = { ...times, scoreDate: { path: 'submittedAt', type: 'date' } } as const

const itemSchema = new Schema<ItemRow>(
  {
    _id: String,
    identifier: { type: String, required: true },
    title: { type: String, required: true },
    titleSearch: { type: String, required: true },
    language: { type: String, default: null },
    interactions: [String],
    maxScore: { type: Number, required: true },
    source: { file: String, importId: String },
    revisionId: { type: String, required: true },
    deletedAt: { type: Date, default: null },
  },
  { collection: 'items', timestamps: true, autoIndex: false },
)
itemSchema.plugin(tenantScoped)
itemSchema.plugin(withOutbox)
itemSchema.index({ tenantId: 1, identifier: 1, 'source.file': 1 }, { unique: true })
itemSchema.index({ tenantId: 1, deletedAt: 1, _id: -1 })
orderedBy(itemSchema, itemSort, { tenantId: 1, deletedAt: 1 })

const revisionSchema = new Schema<RevisionRow>(
  {
    _id: String,
    itemId: { type: String, required: true },
    contentHash: { type: String, required: true },
    file: { type: String, required: true },
    xml: { type: String, required: true },
    assets: [{ _id: false, path: String, assetId: String }],
    createdAt: { type: Date, required: true },
  },
  { collection: 'itemRevisions', autoIndex: false },
)
revisionSchema.plugin(tenantScoped)
revisionSchema.index({ tenantId: 1, itemId: 1, contentHash: 1 }, { unique: true })

const assetSchema = new Schema<AssetRow>(
  {
    _id: String,
    itemId: { type: String, required: true },
    sha256: { type: String, required: true },
    contentType: { type: String, required: true },
    bytes: { type: Buffer, required: true },
  },
  { collection: 'itemAssets', autoIndex: false },
)
assetSchema.plugin(tenantScoped)
assetSchema.index({ tenantId: 1, itemId: 1, sha256: 1 }, { unique: true })

const attemptSchema = new Schema<AttemptRow & WithOutbox>(
  {
    _id: String,
    itemId: { type: String, required: true },
    revisionId: { type: String, required: true },
    salt: { type: String, required: true },
    owner: { kind: String, id: String },
    launchSessionId: { type: String, default: null },
    learnerId: { type: String, default: null },
    status: { type: String, required: true },
    responses: { type: Schema.Types.Mixed, default: null },
    score: { type: Number, default: null },
    maxScore: { type: Number, required: true },
    submittedAt: { type: Date, default: null },
    comment: String,
    revision: Number,
    scoredAs: Number,
  },
  { collection: 'attempts', timestamps: true, autoIndex: false },
)
attemptSchema.plugin(tenantScoped)
attemptSchema.plugin(withOutbox)
attemptSchema.index({ tenantId: 1, itemId: 1, createdAt: 1, _id: 1 })
attemptSchema.index({ tenantId: 1, learnerId: 1, submittedAt: 1, _id: 1 })
attemptSchema.index({ tenantId: 1, status: 1, submittedAt: 1, _id: 1 })
orderedBy(attemptSchema, attemptSort)

export const ItemModel = mongoose.model('Item', itemSchema)
export const RevisionModel = mongoose.model('ItemRevision', revisionSchema)
export const AssetModel = mongoose.model('ItemAsset', assetSchema)
export const AttemptModel = mongoose.model('Attempt', attemptSchema)

/** The item of a tenant, unless it was deleted. */
export function readItemRow(tenantId: string, id: string): Promise<ItemRow | null> {
  return readById<ItemRow>(ItemModel, id, { tenantId, deletedAt: null })
}

/** Those of the ids that the tenant has and has not deleted. */
export async function findItemsById(
  tenantId: string,
  ids: readonly string[],
): Promise<Pick<ItemRow, '_id' | 'title' | 'maxScore'>[]> {
  if (ids.length === 0) return []
  return ItemModel.find({ tenantId, _id: { $in: ids }, deletedAt: null }, 'title maxScore').lean()
}
