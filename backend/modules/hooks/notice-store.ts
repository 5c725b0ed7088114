import mongoose from 'mongoose'
import type { SourceChangeKind } from '../../connector-kit/index.ts'
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
  readonly entity: string | null
  readonly happenedAt: Date | null
  readonly expiresAt: Date
}

const schema = new mongoose.Schema<NoticeRow & WithOutbox>(
  {
    _id: { type: String, required: true },
    connectionId: { type: String, required: true },
    noticeId: { type: String, required: true },
    capability: { type: String, required: true },
    entity: { type: String, default: null },
    happenedAt: { type: Date, default: null },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.plugin(withOutbox)
schema.index({ tenantId: 1, connectionId: 1, noticeId: 1 }, { unique: true })
schema.index({ tenantId: 1, connectionId: 1, entity: 1, happenedAt: -1 })
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
export const NoticeModel = mongoose.model('HookNotice', schema, 'hookNotices')

/** Longer than a message is taken that was sent late, so that none is taken twice. */
const keptMs = 8 * 24 * 3_600_000

export interface NewNotice {
  readonly connectionId: string
  readonly connectorId: string
  readonly noticeId: string
  readonly capability: string
  readonly change?: SourceChangeKind
  readonly courseId?: string
  readonly entity?: string
  readonly happenedAt?: Date
}

/** `late`: something newer about the same thing came before, and what was fetched for it holds this too. */
export type Noted = 'news' | 'late' | 'duplicate'

/** Records what a vendor told, with its event in the same write where it is news. */
export async function insertNotice(
  ctx: TenantContext,
  notice: NewNotice,
  now: Date,
): Promise<Noted> {
  const { connectionId, connectorId, noticeId, capability, change, courseId } = notice
  const { entity = null, happenedAt = null } = notice
  const event = {
    connectionId,
    connectorId,
    capability,
    ...(change && { change }),
    ...(courseId !== undefined && { courseId }),
  }
  const isLate = await isOlder(ctx, notice)
  try {
    await NoticeModel.create({
      _id: newId('ntc', now.getTime()),
      tenantId: ctx.tenantId,
      connectionId,
      noticeId,
      capability,
      entity,
      happenedAt,
      expiresAt: new Date(now.getTime() + keptMs),
      pendingEvents: isLate ? [] : [newEvent(ctx, 'connection.source_changed', event)],
    })
    return isLate ? 'late' : 'news'
  } catch (error) {
    if (isDuplicateKey(error)) return 'duplicate'
    throw error
  }
}

/** Two at once may both be taken for news: then what changed is fetched once more. */
async function isOlder(
  { tenantId }: TenantContext,
  { connectionId, entity, happenedAt }: NewNotice,
): Promise<boolean> {
  if (entity === undefined || happenedAt === undefined) return false
  const newer = { tenantId, connectionId, entity, happenedAt: { $gt: happenedAt } }
  return (await NoticeModel.exists(newer)) !== null
}
