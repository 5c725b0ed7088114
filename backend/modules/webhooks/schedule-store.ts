import { retryOnDisconnect } from '../../core/database/retry-write.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { DeliveryModel, type DeliveryRow, keptMs } from './delivery-store.ts'

/** Gives deliveries that have ended all their attempts again; resolves with those that begin anew. */
export async function restartDeliveries(
  ctx: TenantContext,
  rows: readonly Pick<DeliveryRow, '_id' | 'lane'>[],
): Promise<number> {
  const now = new Date()
  const free = rows.filter(({ lane }) => lane === undefined).map(({ _id }) => _id)
  const inLanes = rows.filter(({ lane }) => lane !== undefined).map(({ _id }) => _id)
  const again = {
    status: 'waiting',
    tries: 0,
    nextAttemptAt: now,
    updatedAt: now,
    expiresAt: new Date(now.getTime() + keptMs),
  }
  const ended = {
    tenantId: ctx.tenantId,
    status: { $in: ['delivered' as const, 'failed' as const] },
  }
  const results = await Promise.all([
    retryOnDisconnect(() =>
      DeliveryModel.updateMany(
        { ...ended, _id: { $in: free } },
        { $set: { ...again, dueAt: now } },
      ),
    ),
    retryOnDisconnect(() =>
      DeliveryModel.updateMany(
        { ...ended, _id: { $in: inLanes } },
        { $set: { ...again, laneBlocked: true } },
      ),
    ),
  ])
  return results.reduce((sum, { modifiedCount }) => sum + modifiedCount, 0)
}

/** A delivery that waits for a later attempt is tried now. */
export async function hurryDelivery(ctx: TenantContext, id: string): Promise<void> {
  const now = new Date()
  await DeliveryModel.updateOne(
    {
      _id: id,
      tenantId: ctx.tenantId,
      status: 'waiting',
      claim: { $exists: false },
      dueAt: { $exists: true },
    },
    { $set: { dueAt: now, nextAttemptAt: now, updatedAt: now } },
  )
}

export function findFailed(
  ctx: TenantContext,
  endpointId: string,
  limit: number,
): Promise<Pick<DeliveryRow, '_id' | 'lane'>[]> {
  return DeliveryModel.find(
    { tenantId: ctx.tenantId, endpointId, status: 'failed', expiresAt: { $gt: new Date() } },
    { lane: 1 },
  )
    .sort({ _id: 1 })
    .limit(limit)
    .lean<DeliveryRow[]>()
    .exec()
}

export function findOfEvents(
  ctx: TenantContext,
  endpointId: string,
  eventIds: readonly string[],
): Promise<Pick<DeliveryRow, '_id' | 'lane' | 'event'>[]> {
  return DeliveryModel.find(
    { tenantId: ctx.tenantId, endpointId, 'event.id': { $in: [...eventIds] } },
    { lane: 1, 'event.id': 1 },
  )
    .lean<DeliveryRow[]>()
    .exec()
}

/** Moves what waits in a tenant's plan, after its clock was moved. */
export async function shiftSchedule(tenantId: string, byMs: number): Promise<void> {
  await retryOnDisconnect(() =>
    DeliveryModel.updateMany(
      { tenantId, status: 'waiting', dueAt: { $exists: true }, claim: { $exists: false } },
      [
        {
          $set: {
            dueAt: { $subtract: ['$dueAt', byMs] },
            nextAttemptAt: { $subtract: ['$nextAttemptAt', byMs] },
          },
        },
      ],
      { updatePipeline: true },
    ),
  )
}

/** Lets the first delivery of a lane be sent, unless one already may. */
export async function openLane(tenantId: string, lane: string): Promise<void> {
  try {
    await retryOnDisconnect(() =>
      DeliveryModel.findOneAndUpdate(
        { tenantId, lane, laneBlocked: true },
        [
          {
            $set: {
              laneActive: true,
              laneBlocked: '$$REMOVE',
              dueAt: { $ifNull: ['$nextAttemptAt', '$$NOW'] },
            },
          },
        ],
        { sort: { seq: 1 }, projection: { _id: 1 }, updatePipeline: true },
      ),
    )
  } catch (error) {
    // The unique index on active deliveries: the lane is in use.
    if (!isDuplicateKey(error)) throw error
  }
}

/** Opens lanes whose process died between one delivery's end and the next one's turn. */
export async function openForgottenLanes(): Promise<void> {
  const blocked = await DeliveryModel.find(
    { laneBlocked: true },
    { tenantId: 1, lane: 1 },
    { limit: 500, acrossTenants: 'the sender serves every tenant' },
  ).lean<Pick<DeliveryRow, 'tenantId' | 'lane'>[]>()
  const lanes = new Map(blocked.map(({ tenantId, lane }) => [lane, tenantId]))
  for (const [lane, tenantId] of lanes) if (lane !== undefined) await openLane(tenantId, lane)
}
