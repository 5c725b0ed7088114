import mongoose from 'mongoose'
import type { Silence, SilenceBody } from '../../../shared/api/alerts.ts'
import { newEvent, removeWithEvent, type WithOutbox, withOutbox } from '../../core/events/index.ts'
import {
  type FoundPage,
  findPage,
  orderedBy,
  type TimedQuery,
  timeFilter,
} from '../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'

export interface SilenceRow {
  readonly _id: string
  readonly tenantId: string
  readonly reason: string
  readonly match: SilenceBody['match']
  readonly startsAt: Date
  readonly endsAt: Date
  readonly createdBy: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

const schema = new mongoose.Schema<SilenceRow & WithOutbox>(
  {
    _id: { type: String, required: true },
    reason: { type: String, required: true },
    match: { type: mongoose.Schema.Types.Mixed, required: true },
    startsAt: { type: Date, required: true },
    endsAt: { type: Date, required: true },
    createdBy: { type: String, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, minimize: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.plugin(withOutbox)
const sortFields = {
  createdAt: { path: '_id', type: 'date' },
  updatedAt: { path: 'updatedAt', type: 'date' },
} as const
orderedBy(schema, sortFields)
schema.index({ tenantId: 1, endsAt: 1 })
schema.index({ endsAt: 1 }, { expireAfterSeconds: 400 * 24 * 3600 })
export const SilenceModel = mongoose.model('AlertSilence', schema, 'alertSilences')

const seen = { pendingEvents: 0 } as const

export async function insertSilence(ctx: TenantContext, row: SilenceRow): Promise<void> {
  await SilenceModel.create({
    ...row,
    pendingEvents: [
      newEvent(ctx, 'alert.settings_changed', {
        objectId: row._id,
        object: 'silence',
        change: 'created',
        fields: [],
      }),
    ],
  })
}

function inState(state: Silence['state'] | undefined, now: Date): object {
  if (state === 'coming') return { startsAt: { $gt: now } }
  if (state === 'over') return { endsAt: { $lte: now } }
  return state === 'active' ? { startsAt: { $lte: now }, endsAt: { $gt: now } } : {}
}

export function findSilencePage(
  tenantId: string,
  query: TimedQuery & { readonly state?: Silence['state'] | undefined },
  now: Date,
): Promise<FoundPage<SilenceRow>> {
  return findPage<SilenceRow>(SilenceModel, {
    filter: { tenantId, ...timeFilter(query), ...inState(query.state, now) },
    query,
    sortFields,
    projection: seen,
  })
}

export function findSilence(tenantId: string, id: string): Promise<SilenceRow | null> {
  return SilenceModel.findOne({ _id: id, tenantId }, seen).lean<SilenceRow>().exec()
}

export function findActiveSilences(tenantId: string, now: Date): Promise<SilenceRow[]> {
  return SilenceModel.find({ tenantId, ...inState('active', now) }, seen)
    .lean<SilenceRow[]>()
    .exec()
}

export async function removeSilence(ctx: TenantContext, id: string): Promise<boolean> {
  const { matchedCount } = await SilenceModel.updateOne(
    { _id: id, tenantId: ctx.tenantId },
    removeWithEvent(ctx, 'alert.settings_changed', {
      objectId: id,
      object: 'silence',
      change: 'deleted',
      fields: [],
    }),
  )
  return matchedCount === 1
}
