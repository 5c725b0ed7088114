import mongoose, { Schema } from 'mongoose'
import type { DeliveryList } from '../../../../shared/api/lti.ts'
import { pushEvent, type WithOutbox, withOutbox } from '../../../core/events/index.ts'
import { newId } from '../../../core/ids.ts'
import {
  type FoundPage,
  findPage,
  given,
  orderedBy,
  timeFilter,
} from '../../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../../core/tenancy.ts'
import { digest } from '../digest.ts'

/** One grade on its way to a gradebook. */
export interface DeliveryRow {
  readonly _id: string
  readonly tenantId: string
  readonly attemptId: string
  readonly platformId: string
  readonly lineItem: string
  readonly subject: string
  /** Grades of one person in one column go one after the other. */
  readonly lane: string
  readonly score: number
  readonly maxScore: number
  readonly submittedAt: Date
  readonly status: 'pending' | 'sent' | 'failed'
  /** The score's timestamp, fixed before it is first sent, so that sending it again is no new score. */
  readonly stampedAt: Date | null
  /** The platform may have taken it although its answer never came. */
  readonly uncertain: boolean
  readonly tries: number
  /** Counts what administrators asked for by hand. */
  readonly runs: number
  readonly detail: string | null
  readonly nextTryAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** Orders in which the list can be asked for: an id tells the time it was made. */
const deliverySort = {
  createdAt: { path: '_id', type: 'text' },
  updatedAt: { path: 'updatedAt', type: 'date' },
} as const

const deliverySchema = new Schema<DeliveryRow & WithOutbox>(
  {
    _id: String,
    attemptId: { type: String, required: true },
    platformId: { type: String, required: true },
    lineItem: { type: String, required: true },
    subject: { type: String, required: true },
    lane: { type: String, required: true },
    score: { type: Number, required: true },
    maxScore: { type: Number, required: true },
    submittedAt: { type: Date, required: true },
    status: { type: String, required: true },
    stampedAt: { type: Date, default: null },
    uncertain: { type: Boolean, required: true },
    tries: { type: Number, required: true },
    runs: { type: Number, required: true },
    detail: { type: String, default: null },
    nextTryAt: { type: Date, default: null },
  },
  { collection: 'ltiScores', timestamps: true, autoIndex: false },
)
deliverySchema.plugin(tenantScoped)
deliverySchema.plugin(withOutbox)
deliverySchema.index({ tenantId: 1, attemptId: 1 }, { unique: true })
deliverySchema.index({ tenantId: 1, lane: 1, stampedAt: -1 })
deliverySchema.index({ tenantId: 1, status: 1, _id: -1 })
orderedBy(deliverySchema, deliverySort)

export const DeliveryModel = mongoose.model('LtiScore', deliverySchema)

export type NewDelivery = Pick<
  DeliveryRow,
  'attemptId' | 'platformId' | 'lineItem' | 'subject' | 'score' | 'maxScore' | 'submittedAt'
>

/** The delivery of an attempt; the same attempt twice is one delivery. */
export async function ensureDelivery(
  ctx: TenantContext,
  delivery: NewDelivery,
): Promise<DeliveryRow> {
  const { tenantId } = ctx
  const { platformId, lineItem, subject, attemptId } = delivery
  const lane = digest([platformId, lineItem, subject].join('\n'))
  const row = await DeliveryModel.findOneAndUpdate(
    { tenantId, attemptId },
    {
      $setOnInsert: {
        ...delivery,
        _id: newId('score'),
        lane,
        status: 'pending',
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
  return row
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

type Change = Partial<
  Pick<
    DeliveryRow,
    'status' | 'stampedAt' | 'uncertain' | 'tries' | 'runs' | 'detail' | 'nextTryAt'
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

/** Makes a failed delivery pending again; null where it is not failed. */
export function reopenDelivery(ctx: TenantContext, id: string): Promise<DeliveryRow | null> {
  return DeliveryModel.findOneAndUpdate(
    { _id: id, tenantId: ctx.tenantId, status: 'failed' },
    { $set: { status: 'pending', detail: null, nextTryAt: null }, $inc: { runs: 1 } },
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
      ...given({ status, platformId, attemptId }),
      ...timeFilter(query),
    },
    query,
    sortFields: deliverySort,
  })
}

export function findStatuses(
  ctx: TenantContext,
  attemptIds: readonly string[],
): Promise<Pick<DeliveryRow, 'attemptId' | 'status'>[]> {
  return DeliveryModel.find(
    { tenantId: ctx.tenantId, attemptId: { $in: attemptIds } },
    { attemptId: 1, status: 1 },
  )
    .lean<DeliveryRow[]>()
    .exec()
}
