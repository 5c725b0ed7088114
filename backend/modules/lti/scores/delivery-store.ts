import mongoose, { Schema } from 'mongoose'
import type { DeliveryList } from '../../../../shared/api/lti.ts'
import { pushEvent, type WithOutbox, withOutbox } from '../../../core/events/index.ts'
import { newId } from '../../../core/ids.ts'
import {
  type FoundPage,
  findPage,
  given,
  orderedBy,
  type TimedQuery,
  timeFilter,
} from '../../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../../core/tenancy.ts'
import { digest } from '../digest.ts'
import type { Gradebook } from '../launch-record.ts'

/** One grade on its way to a gradebook. */
export interface DeliveryRow {
  readonly _id: string
  readonly tenantId: string
  readonly attemptId: string
  /** 1 for the result itself, one more with each correction of it. */
  readonly revision: number
  /** The grade of its person and column that counts: the newest attempt's, as corrected last. */
  readonly isCurrent: boolean
  readonly itemId: string
  readonly platformId: string
  /** Absent in rows of before: by LTI. */
  readonly gradebook?: Gradebook
  /** Null where a launch had no course, and in rows of before. */
  readonly courseId: string | null
  readonly resourceLinkId: string | null
  /** Address of the column; null until it is found or made, or where the LMS offers none. */
  readonly lineItem: string | null
  readonly subject: string
  /** Grades of one person in one column go one after the other. */
  readonly lane: string
  readonly score: number
  readonly maxScore: number
  /** For the learner, beside the grade. */
  readonly comment: string | null
  readonly submittedAt: Date
  /** `none`: the LMS offers no column for it. */
  readonly status: 'none' | 'pending' | 'sent' | 'failed'
  /** The score's timestamp, fixed before it is first sent, so that sending it again is no new score. */
  readonly stampedAt: Date | null
  /** The platform may have taken it although its answer never came. */
  readonly uncertain: boolean
  readonly tries: number
  /** Counts what administrators asked for by hand. */
  readonly runs: number
  readonly detail: string | null
  readonly nextTryAt: Date | null
  /** When it was made, or asked for once more; absent in rows of before. */
  readonly openedAt?: Date
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** Nobody looks at more attempts of one person. */
const mostAttempts = 200

/** Orders in which the list can be asked for: an id tells the time it was made. */
const deliverySort = {
  createdAt: { path: '_id', type: 'text' },
  updatedAt: { path: 'updatedAt', type: 'date' },
} as const

const deliverySchema = new Schema<DeliveryRow & WithOutbox>(
  {
    _id: String,
    attemptId: { type: String, required: true },
    revision: { type: Number, default: 1 },
    isCurrent: { type: Boolean, default: true },
    itemId: { type: String, required: true },
    platformId: { type: String, required: true },
    gradebook: String,
    courseId: { type: String, default: null },
    resourceLinkId: { type: String, default: null },
    lineItem: { type: String, default: null },
    subject: { type: String, required: true },
    lane: { type: String, required: true },
    score: { type: Number, required: true },
    maxScore: { type: Number, required: true },
    comment: { type: String, default: null },
    submittedAt: { type: Date, required: true },
    status: { type: String, required: true },
    stampedAt: { type: Date, default: null },
    uncertain: { type: Boolean, required: true },
    tries: { type: Number, required: true },
    runs: { type: Number, required: true },
    detail: { type: String, default: null },
    nextTryAt: { type: Date, default: null },
    openedAt: Date,
  },
  { collection: 'ltiScores', timestamps: true, autoIndex: false },
)
deliverySchema.plugin(tenantScoped)
deliverySchema.plugin(withOutbox)
deliverySchema.index({ tenantId: 1, attemptId: 1, revision: 1 }, { unique: true })
deliverySchema.index({ tenantId: 1, courseId: 1, itemId: 1, isCurrent: 1, _id: 1 })
deliverySchema.index({ tenantId: 1, lane: 1, stampedAt: -1 })
deliverySchema.index({ tenantId: 1, status: 1, _id: -1 })
orderedBy(deliverySchema, deliverySort)

export const DeliveryModel = mongoose.model('LtiScore', deliverySchema)

export type NewDelivery = Pick<
  DeliveryRow,
  | 'attemptId'
  | 'revision'
  | 'itemId'
  | 'platformId'
  | 'gradebook'
  | 'courseId'
  | 'resourceLinkId'
  | 'lineItem'
  | 'subject'
  | 'score'
  | 'maxScore'
  | 'comment'
  | 'submittedAt'
> & { readonly status: 'none' | 'pending' }

/** The delivery of a result; the same revision twice is one delivery. A correction stays in the lane of its result. */
export async function ensureDelivery(
  ctx: TenantContext,
  delivery: NewDelivery,
  lane: string = laneOf(delivery),
): Promise<DeliveryRow> {
  const { tenantId } = ctx
  const { attemptId, revision } = delivery
  const row = await DeliveryModel.findOneAndUpdate(
    { tenantId, attemptId, revision },
    {
      $setOnInsert: {
        ...delivery,
        _id: newId('score'),
        lane,
        isCurrent: false,
        uncertain: false,
        tries: 0,
        runs: 0,
      },
    },
    { upsert: true, returnDocument: 'after', setDefaultsOnInsert: true },
  )
    .lean<DeliveryRow>()
    .exec()
  if (row === null) throw new TypeError('an upsert answered nothing')
  await settleCurrent(ctx, row.lane)
  return row
}

/** One person's place in one column; where the column is still to be found, its link and item stand for it. */
function laneOf({ platformId, lineItem, subject, courseId, resourceLinkId, itemId }: NewDelivery) {
  const column = lineItem === null ? [courseId, resourceLinkId, itemId] : [lineItem]
  return digest([platformId, ...column, subject].join('\n'))
}

/** Exactly one grade of a lane counts; two writers at once come to the same one. */
async function settleCurrent({ tenantId }: TenantContext, lane: string): Promise<void> {
  const newest = await DeliveryModel.findOne({ tenantId, lane }, { _id: 1 })
    .sort({ submittedAt: -1, revision: -1, _id: -1 })
    .lean<Pick<DeliveryRow, '_id'>>()
    .exec()
  if (newest === null) return
  const { _id } = newest
  await Promise.all([
    DeliveryModel.updateOne({ _id, tenantId, isCurrent: false }, { $set: { isCurrent: true } }),
    DeliveryModel.updateMany(
      { tenantId, lane, _id: { $ne: _id }, isCurrent: true },
      { $set: { isCurrent: false } },
    ),
  ])
}

export function findDelivery(ctx: TenantContext, id: string): Promise<DeliveryRow | null> {
  return DeliveryModel.findOne({ _id: id, tenantId: ctx.tenantId }).lean<DeliveryRow>().exec()
}

/** The youngest timestamp that was given to another grade of the same person and column. */
export function findNewest(ctx: TenantContext, row: DeliveryRow): Promise<DeliveryRow | null> {
  return DeliveryModel.findOne({
    tenantId: ctx.tenantId,
    lane: row.lane,
    _id: { $ne: row._id },
    stampedAt: { $ne: null },
  })
    .sort({ stampedAt: -1 })
    .lean<DeliveryRow>()
    .exec()
}

/** Whether a grade that comes after this one has been delivered already. */
export async function wasOvertaken(ctx: TenantContext, row: DeliveryRow): Promise<boolean> {
  const later = await DeliveryModel.exists({
    tenantId: ctx.tenantId,
    lane: row.lane,
    status: 'sent',
    $or: [
      { submittedAt: { $gt: row.submittedAt } },
      { attemptId: row.attemptId, revision: { $gt: row.revision } },
    ],
  })
  return later !== null
}

type Change = Partial<
  Pick<
    DeliveryRow,
    'status' | 'lineItem' | 'stampedAt' | 'uncertain' | 'tries' | 'runs' | 'detail' | 'nextTryAt'
  >
>

export async function changeDelivery(
  ctx: TenantContext,
  delivery: Pick<DeliveryRow, '_id' | 'attemptId' | 'platformId'>,
  change: Change,
): Promise<DeliveryRow> {
  const { _id } = delivery
  const row = await DeliveryModel.findOneAndUpdate(
    { _id, tenantId: ctx.tenantId },
    { $set: change, ...outcomeEvent(ctx, delivery, change) },
    { returnDocument: 'after' },
  )
    .lean<DeliveryRow>()
    .exec()
  if (row === null) throw new TypeError(`score delivery ${_id} vanished`)
  return row
}

function outcomeEvent(
  ctx: TenantContext,
  { _id, attemptId, platformId }: Pick<DeliveryRow, '_id' | 'attemptId' | 'platformId'>,
  { status, detail }: Change,
) {
  const data = { deliveryId: _id, attemptId, platformId }
  if (status === 'sent') return pushEvent(ctx, 'grade.sent', data)
  if (status !== 'failed') return {}
  const reason = (detail ?? 'The grade was refused').slice(0, 500)
  return pushEvent(ctx, 'grade.refused', { ...data, reason })
}

/** Makes a delivery of one of these states pending again; null where it is in another. */
export function reopenDelivery(
  ctx: TenantContext,
  id: string,
  openedAt: Date,
  states: readonly ('sent' | 'failed')[] = ['failed'],
): Promise<DeliveryRow | null> {
  return DeliveryModel.findOneAndUpdate(
    { _id: id, tenantId: ctx.tenantId, status: { $in: states } },
    {
      // Sent once more it is a new score: the LMS takes it only with a newer time.
      $set: {
        status: 'pending',
        detail: null,
        nextTryAt: null,
        stampedAt: null,
        uncertain: false,
        openedAt,
      },
      $inc: { runs: 1 },
    },
    { returnDocument: 'after' },
  )
    .lean<DeliveryRow>()
    .exec()
}

export function findDeliveryPage(
  ctx: TenantContext,
  query: DeliveryList,
): Promise<FoundPage<DeliveryRow>> {
  const { status, platformId, attemptId } = query
  return findPage<DeliveryRow>(DeliveryModel, {
    filter: {
      tenantId: ctx.tenantId,
      status: status ?? { $ne: 'none' },
      ...given({ platformId, attemptId }),
      ...timeFilter(query),
    },
    query,
    sortFields: deliverySort,
  })
}

/** What became of these attempts' grades, as corrected last; those without a column are left out. */
export function findStatuses(
  ctx: TenantContext,
  attemptIds: readonly string[],
): Promise<Pick<DeliveryRow, 'attemptId' | 'status'>[]> {
  return DeliveryModel.find(
    { tenantId: ctx.tenantId, attemptId: { $in: attemptIds }, status: { $ne: 'none' } },
    { attemptId: 1, status: 1 },
  )
    .sort({ revision: 1 })
    .lean<DeliveryRow[]>()
    .exec()
}

/** Everything that was ever to be sent of one attempt, oldest first. */
export function findDeliveriesOf(ctx: TenantContext, attemptId: string): Promise<DeliveryRow[]> {
  return DeliveryModel.find({ tenantId: ctx.tenantId, attemptId })
    .sort({ revision: 1 })
    .lean<DeliveryRow[]>()
    .exec()
}

/** Everything of one person for one item in one course. */
export function findDeliveriesTo(
  { tenantId }: TenantContext,
  work: Pick<DeliveryRow, 'platformId' | 'courseId' | 'itemId' | 'subject'> &
    Partial<Pick<DeliveryRow, 'resourceLinkId'>>,
): Promise<DeliveryRow[]> {
  return DeliveryModel.find({ tenantId, ...work })
    .sort({ _id: -1 })
    .limit(mostAttempts)
    .lean<DeliveryRow[]>()
    .exec()
}

export interface CurrentFilter {
  readonly status?: DeliveryRow['status'] | undefined
  readonly platformId?: string | undefined
  readonly courseId?: string | null | undefined
  readonly resourceLinkId?: string | null | undefined
  readonly itemId?: string | undefined
  readonly subject?: string | undefined
  readonly attemptId?: string | undefined
}

const currentSort = { ...deliverySort, scoreDate: { path: 'submittedAt', type: 'date' } } as const
orderedBy(deliverySchema, { scoreDate: currentSort.scoreDate })

/** Grades that count, a page of them. */
export function findCurrentPage(
  ctx: TenantContext,
  filter: CurrentFilter,
  query: TimedQuery,
): Promise<FoundPage<DeliveryRow>> {
  return findPage<DeliveryRow>(DeliveryModel, {
    filter: {
      tenantId: ctx.tenantId,
      isCurrent: true,
      ...given({ ...filter }),
      ...timeFilter(query),
    },
    query,
    sortFields: currentSort,
  })
}

/** Grades that count, oldest first, at most so many after the id that is given. */
export function findCurrent(
  ctx: TenantContext,
  filter: CurrentFilter & { readonly lineItem?: string | undefined },
  { after = '', most }: { readonly after?: string; readonly most: number },
): Promise<DeliveryRow[]> {
  const current: object = {
    tenantId: ctx.tenantId,
    isCurrent: true,
    _id: { $gt: after },
    ...given({ ...filter }),
  }
  return DeliveryModel.find(current).sort({ _id: 1 }).limit(most).lean<DeliveryRow[]>().exec()
}
