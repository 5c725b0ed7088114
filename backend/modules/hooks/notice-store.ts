import mongoose from 'mongoose'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { newEvent, type WithOutbox, withOutbox } from '../../core/events/index.ts'
import { newId } from '../../core/ids.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'

interface NoticeRow {
  readonly _id: string
  readonly tenantId: string
  readonly connectionId: string
  /** The vendor's id of the event. */
  readonly noticeId: string
  readonly capability: string
  readonly expiresAt: Date
}

const schema = new mongoose.Schema<NoticeRow & WithOutbox>(
  {
    _id: { type: String, required: true },
    connectionId: { type: String, required: true },
    noticeId: { type: String, required: true },
    capability: { type: String, required: true },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.plugin(withOutbox)
schema.index({ tenantId: 1, connectionId: 1, noticeId: 1 }, { unique: true })
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
export const NoticeModel = mongoose.model('HookNotice', schema, 'hookNotices')

/** Longer than a message is taken that was sent late, so that none is taken twice. */
const keptMs = 8 * 24 * 3_600_000

export interface NewNotice {
  readonly connectionId: string
  readonly connectorId: string
  readonly noticeId: string
  readonly capability: string
}

/** Records what a vendor told, with its event in the same write; false: it told us before. */
export async function insertNotice(
  ctx: TenantContext,
  { connectorId, ...notice }: NewNotice,
  now: Date,
): Promise<boolean> {
  const { connectionId, capability } = notice
  const event = { connectionId, connectorId, capability }
  try {
    await NoticeModel.create({
      _id: newId('ntc', now.getTime()),
      tenantId: ctx.tenantId,
      ...notice,
      expiresAt: new Date(now.getTime() + keptMs),
      pendingEvents: [newEvent(ctx, 'connection.source_changed', event)],
    })
    return true
  } catch (error) {
    if (isDuplicateKey(error)) return false
    throw error
  }
}
