import mongoose from 'mongoose'
import type { AlertChannel } from '../../../shared/alert-channels.ts'
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

export interface RouteRow {
  readonly _id: string
  readonly tenantId: string
  readonly name: string
  readonly kind: AlertChannel
  readonly enabled: boolean
  readonly to: readonly string[] | null
  readonly roles: readonly string[] | null
  readonly host: string | null
  /** The whole address, which carries a token. */
  readonly sealedUrl: string | null
  readonly sealedSecret: string | null
  readonly isDefault: boolean
  readonly lastSentAt: Date | null
  readonly lastError: string | null
  readonly revision: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

const { Mixed } = mongoose.Schema.Types
const schema = new mongoose.Schema<RouteRow & WithOutbox>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    kind: { type: String, required: true },
    enabled: { type: Boolean, required: true },
    to: { type: Mixed, default: null },
    roles: { type: Mixed, default: null },
    host: { type: String, default: null },
    sealedUrl: { type: String, default: null },
    sealedSecret: { type: String, default: null },
    isDefault: { type: Boolean, required: true },
    lastSentAt: { type: Date, default: null },
    lastError: { type: String, default: null },
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
export const RouteModel = mongoose.model('AlertRoute', schema, 'alertRoutes')

const seen = { pendingEvents: 0 } as const

export async function insertRoute(ctx: TenantContext, row: RouteRow): Promise<void> {
  await RouteModel.create({
    ...row,
    pendingEvents: [
      newEvent(ctx, 'alert.settings_changed', {
        objectId: row._id,
        object: 'route',
        change: 'created',
        fields: [],
      }),
    ],
  })
}

export function findRoutePage(tenantId: string, query: TimedQuery): Promise<FoundPage<RouteRow>> {
  return findPage<RouteRow>(RouteModel, {
    filter: { tenantId, ...timeFilter(query) },
    query,
    sortFields,
    projection: seen,
  })
}

export function findRoutes(tenantId: string, ids: readonly string[]): Promise<RouteRow[]> {
  return RouteModel.find({ _id: { $in: [...ids] }, tenantId }, seen)
    .lean<RouteRow[]>()
    .exec()
}

/** Null: somebody else changed or deleted it since it was read. */
export function changeRoute(
  ctx: TenantContext,
  { _id, revision }: RouteRow,
  change: Partial<RouteRow>,
  fields: readonly string[],
): Promise<RouteRow | null> {
  return RouteModel.findOneAndUpdate(
    { _id, tenantId: ctx.tenantId, revision },
    {
      $set: change,
      $inc: { revision: 1 },
      ...pushEvent(ctx, 'alert.settings_changed', {
        objectId: _id,
        object: 'route',
        change: 'updated',
        fields: [...fields],
      }),
    },
    { returnDocument: 'after', projection: seen },
  )
    .lean<RouteRow>()
    .exec()
}

export async function removeRoute(ctx: TenantContext, row: RouteRow): Promise<boolean> {
  const { matchedCount } = await RouteModel.updateOne(
    { _id: row._id, tenantId: ctx.tenantId, revision: row.revision },
    removeWithEvent(ctx, 'alert.settings_changed', {
      objectId: row._id,
      object: 'route',
      change: 'deleted',
      fields: [],
    }),
  )
  return matchedCount === 1
}

/** How the last message by a way went; no change that a person made. */
export async function noteRoute(
  { _id, tenantId }: Pick<RouteRow, '_id' | 'tenantId'>,
  last: { readonly lastSentAt?: Date; readonly lastError: string | null },
): Promise<void> {
  await RouteModel.updateOne({ _id, tenantId }, { $set: last })
}

/** The ways that are switched on. */
export async function findEnabledRoutes(
  tenantId: string,
): Promise<Pick<RouteRow, 'name' | 'kind' | 'isDefault'>[]> {
  return RouteModel.find(
    { tenantId, enabled: true },
    { name: 1, kind: 1, isDefault: 1 },
    { sort: { _id: 1 }, limit: 100 },
  ).lean<Pick<RouteRow, 'name' | 'kind' | 'isDefault'>[]>()
}
