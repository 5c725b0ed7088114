import mongoose from 'mongoose'
import type { AlertRuleBody } from '../../../shared/api/alerts.ts'
import {
  newEvent,
  pushEvent,
  removeWithEvent,
  type WithOutbox,
  withOutbox,
} from '../../core/events/index.ts'
import {
  type FoundPage,
  findPage,
  orderedBy,
  type TimedQuery,
  timeFilter,
} from '../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'

export interface RuleRow extends AlertRuleBody {
  readonly _id: string
  readonly tenantId: string
  readonly isDefault: boolean
  readonly revision: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

const { Mixed } = mongoose.Schema.Types
const must = { type: Mixed, required: true }
const schema = new mongoose.Schema<RuleRow & WithOutbox>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    enabled: { type: Boolean, required: true },
    match: must,
    includeBelow: { type: Boolean, required: true },
    routeIds: { type: [String], required: true },
    groupWindowSeconds: { type: Number, required: true },
    updateMinutes: { type: Number, required: true },
    pendingMinutes: { type: Number, required: true },
    notifyResolved: { type: Boolean, required: true },
    escalation: { type: Mixed, default: null },
    quietHours: { type: Mixed, default: null },
    digest: { type: Mixed, default: null },
    isDefault: { type: Boolean, required: true },
    revision: { type: Number, required: true },
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
schema.index({ tenantId: 1, routeIds: 1 })
export const RuleModel = mongoose.model('AlertRule', schema, 'alertRules')

const seen = { pendingEvents: 0 } as const

function changed(
  objectId: string,
  change: 'created' | 'updated' | 'deleted',
  fields: readonly string[] = [],
) {
  return { objectId, object: 'rule' as const, change, fields: [...fields] }
}

export async function insertRule(ctx: TenantContext, row: RuleRow): Promise<void> {
  await RuleModel.create({
    ...row,
    pendingEvents: [newEvent(ctx, 'alert.settings_changed', changed(row._id, 'created'))],
  })
}

export function findRulePage(tenantId: string, query: TimedQuery): Promise<FoundPage<RuleRow>> {
  return findPage<RuleRow>(RuleModel, {
    filter: { tenantId, ...timeFilter(query) },
    query,
    sortFields,
    projection: seen,
  })
}

export function findRule(tenantId: string, id: string): Promise<RuleRow | null> {
  return RuleModel.findOne({ _id: id, tenantId }, seen).lean<RuleRow>().exec()
}

/** The rules in force in these organisations. */
export function findRulesInForce(tenantIds: readonly string[]): Promise<RuleRow[]> {
  return RuleModel.find({ tenantId: { $in: [...tenantIds] }, enabled: true }, seen)
    .lean<RuleRow[]>()
    .exec()
}

export async function isRouteUsed(tenantId: string, routeId: string): Promise<boolean> {
  const uses = { $or: [{ routeIds: routeId }, { 'escalation.routeIds': routeId }] }
  return (await RuleModel.countDocuments({ tenantId, ...uses }, { limit: 1 })) > 0
}

/** Null: somebody else changed or deleted it since it was read. */
export function changeRule(
  ctx: TenantContext,
  { _id, revision }: RuleRow,
  change: Partial<RuleRow>,
  fields: readonly string[],
): Promise<RuleRow | null> {
  return RuleModel.findOneAndUpdate(
    { _id, tenantId: ctx.tenantId, revision },
    {
      $set: change,
      $inc: { revision: 1 },
      ...pushEvent(ctx, 'alert.settings_changed', changed(_id, 'updated', fields)),
    },
    { returnDocument: 'after', projection: seen },
  )
    .lean<RuleRow>()
    .exec()
}

export async function removeRule(ctx: TenantContext, row: RuleRow): Promise<boolean> {
  const { matchedCount } = await RuleModel.updateOne(
    { _id: row._id, tenantId: ctx.tenantId, revision: row.revision },
    removeWithEvent(ctx, 'alert.settings_changed', changed(row._id, 'deleted')),
  )
  return matchedCount === 1
}
