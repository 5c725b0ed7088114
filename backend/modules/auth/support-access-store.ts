import mongoose, { Schema } from 'mongoose'
import type { SupportAccessList } from '../../../shared/api/roles.ts'
import { newEvent, type WithOutbox, withOutbox } from '../../core/events/index.ts'
import { newId } from '../../core/ids.ts'
import { type FoundPage, findPage, timeFilter } from '../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'

export interface SupportAccessRow {
  readonly _id: string
  /** The organisation that was opened. */
  readonly tenantId: string
  readonly personId: string
  readonly personName: string
  readonly reason: string
  readonly until: Date
  readonly endedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

const schema = new Schema<SupportAccessRow & WithOutbox>(
  {
    _id: { type: String, required: true },
    personId: { type: String, required: true },
    personName: { type: String, required: true },
    reason: { type: String, required: true },
    until: { type: Date, required: true },
    endedAt: { type: Date, default: null },
  },
  { timestamps: true, autoIndex: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.plugin(withOutbox)
schema.index({ tenantId: 1, _id: -1 })
export const SupportAccessModel = mongoose.model('SupportAccess', schema, 'supportAccesses')

/** `ctx` names the organisation that is opened. */
export async function insertSupportAccess(
  ctx: TenantContext,
  access: Pick<SupportAccessRow, 'personId' | 'personName' | 'reason' | 'until'>,
): Promise<SupportAccessRow> {
  const _id = newId('sup')
  const event = newEvent(ctx, 'support.access_opened', {
    accessId: _id,
    personId: access.personId,
    until: access.until.toISOString(),
  })
  const created = await SupportAccessModel.create({
    _id,
    tenantId: ctx.tenantId,
    ...access,
    pendingEvents: [event],
  })
  return created.toObject()
}

export async function findSupportAccess(
  ctx: TenantContext,
  id: string,
): Promise<SupportAccessRow | null> {
  return SupportAccessModel.findOne({ _id: id, tenantId: ctx.tenantId }).lean<SupportAccessRow>()
}

export async function findSupportAccessPage(
  ctx: TenantContext,
  query: SupportAccessList,
  now: Date,
): Promise<FoundPage<SupportAccessRow>> {
  const { open } = query
  const isOpen = { endedAt: null, until: { $gt: now } }
  return findPage<SupportAccessRow>(SupportAccessModel, {
    filter: {
      tenantId: ctx.tenantId,
      ...(open === undefined ? {} : open ? isOpen : { $nor: [isOpen] }),
      ...timeFilter(query),
    },
    query,
    sortFields: { createdAt: { path: '_id', type: 'text' } },
  })
}

export async function markEnded(ctx: TenantContext, id: string, now: Date): Promise<void> {
  await SupportAccessModel.updateOne(
    { _id: id, tenantId: ctx.tenantId, endedAt: null },
    { $set: { endedAt: now } },
  )
}
