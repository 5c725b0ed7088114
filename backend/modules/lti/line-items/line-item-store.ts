import mongoose, { Schema } from 'mongoose'
import type { LineItemList } from '../../../../shared/api/lti-line-items.ts'
import { newId } from '../../../core/ids.ts'
import {
  type FoundPage,
  findPage,
  given,
  orderedBy,
  timeFilter,
} from '../../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../../core/tenancy.ts'
import type { LineItem } from '../services/line-items.ts'

/** A column of a gradebook, as it was seen last. */
export interface LineItemRow {
  readonly _id: string
  readonly tenantId: string
  readonly courseId: string
  readonly url: string
  readonly label: string
  readonly scoreMaximum: number
  readonly resourceLinkId: string | null
  readonly resourceId: string | null
  readonly tag: string | null
  readonly startDateTime: string | null
  readonly endDateTime: string | null
  /** Addresses of columns that the LMS deleted and this one stands for. */
  readonly replaces: readonly string[]
  /** When the LMS was found not to have it any more. */
  readonly goneAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

const lineItemSort = {
  createdAt: { path: 'createdAt', type: 'date' },
  updatedAt: { path: 'updatedAt', type: 'date' },
  label: { path: 'label', type: 'text' },
} as const

const lineItemSchema = new Schema<LineItemRow>(
  {
    _id: String,
    courseId: { type: String, required: true },
    url: { type: String, required: true },
    label: { type: String, default: '' },
    scoreMaximum: { type: Number, required: true },
    resourceLinkId: { type: String, default: null },
    resourceId: { type: String, default: null },
    tag: { type: String, default: null },
    startDateTime: { type: String, default: null },
    endDateTime: { type: String, default: null },
    replaces: [String],
    goneAt: { type: Date, default: null },
  },
  { collection: 'ltiLineItems', timestamps: true, autoIndex: false },
)
lineItemSchema.plugin(tenantScoped)
lineItemSchema.index({ tenantId: 1, courseId: 1, url: 1 }, { unique: true })
lineItemSchema.index({ tenantId: 1, courseId: 1, replaces: 1 })
orderedBy(lineItemSchema, lineItemSort, { tenantId: 1, courseId: 1 })

export const LineItemModel = mongoose.model('LtiLineItem', lineItemSchema)

/** Keeps a column as the LMS has it; `replaces` is added to what it stands for already. */
export async function saveLineItem(
  { tenantId }: Pick<TenantContext, 'tenantId'>,
  courseId: string,
  lineItem: LineItem,
  replaces?: string,
): Promise<LineItemRow> {
  const { raw: _raw, url, ...fields } = lineItem
  const row = await LineItemModel.findOneAndUpdate(
    { tenantId, courseId, url },
    {
      $set: { ...fields, goneAt: null },
      $setOnInsert: { _id: newId('li') },
      ...(replaces === undefined ? {} : { $addToSet: { replaces } }),
    },
    { upsert: true, returnDocument: 'after' },
  )
    .lean<LineItemRow>()
    .exec()
  if (row === null) throw new TypeError('an upsert answered nothing')
  return row
}

export function findLineItem(
  { tenantId }: TenantContext,
  courseId: string,
  id: string,
): Promise<LineItemRow | null> {
  return LineItemModel.findOne({ _id: id, tenantId, courseId, goneAt: null })
    .lean<LineItemRow>()
    .exec()
}

/** The columns of a course that were there when they were read last. */
export function findLineItems(
  { tenantId }: Pick<TenantContext, 'tenantId'>,
  courseId: string,
  filter: { readonly resourceLinkId?: string | null; readonly resourceId?: string } = {},
): Promise<LineItemRow[]> {
  return LineItemModel.find({ tenantId, courseId, goneAt: null, ...filter })
    .lean<LineItemRow[]>()
    .exec()
}

/** The column that stands for a deleted one. */
export function findReplacement(
  { tenantId }: Pick<TenantContext, 'tenantId'>,
  courseId: string,
  url: string,
): Promise<LineItemRow | null> {
  return LineItemModel.findOne({ tenantId, courseId, replaces: url, goneAt: null })
    .lean<LineItemRow>()
    .exec()
}

export async function markGone(
  { tenantId }: Pick<TenantContext, 'tenantId'>,
  courseId: string,
  urls: readonly string[],
  goneAt: Date,
): Promise<void> {
  await LineItemModel.updateMany(
    { tenantId, courseId, url: { $in: urls } },
    { $set: { goneAt } },
  ).exec()
}

export function findLineItemPage(
  { tenantId }: TenantContext,
  courseId: string,
  query: LineItemList,
): Promise<FoundPage<LineItemRow>> {
  const { resourceLinkId, resourceId, tag } = query
  return findPage<LineItemRow>(LineItemModel, {
    filter: {
      tenantId,
      courseId,
      goneAt: null,
      ...given({ resourceLinkId, resourceId, tag }),
      ...timeFilter(query),
    },
    query,
    sortFields: lineItemSort,
  })
}
