import { pushEvent } from '../../core/events/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import {
  type EndpointHealth,
  EndpointModel,
  type EndpointRow,
  soundHealth,
} from './endpoint-store.ts'

type Named = Pick<EndpointRow, '_id' | 'tenantId'>
// Health is no change by hand: neither `updatedAt` nor the entity tag move.
const quiet = { timestamps: false }

export async function noteDelivered({ _id, tenantId }: Named, at: Date): Promise<EndpointHealth> {
  const health = { ...soundHealth, lastDeliveredAt: at }
  await EndpointModel.updateOne({ _id, tenantId }, { $set: { health } }, quiet)
  return health
}

export async function noteFailed(
  { _id, tenantId }: Named,
  { now, failures, pausedUntil }: { now: Date; failures: number; pausedUntil: Date | null },
): Promise<void> {
  await EndpointModel.updateOne(
    { _id, tenantId },
    [
      {
        $set: {
          'health.failingSince': { $ifNull: ['$health.failingSince', now] },
          'health.failures': failures,
          'health.pausedUntil': pausedUntil,
        },
      },
    ],
    { ...quiet, updatePipeline: true },
  )
}

/** Tells once of an endpoint that has failed since before `since`; false where that was told before. */
export async function noticeFailing(
  ctx: TenantContext,
  id: string,
  since: Date,
  failingSince: Date,
): Promise<boolean> {
  const { modifiedCount } = await EndpointModel.updateOne(
    {
      _id: id,
      tenantId: ctx.tenantId,
      enabled: true,
      'health.noticed': false,
      'health.failingSince': { $lte: since },
    },
    {
      $set: { 'health.noticed': true },
      ...pushEvent(ctx, 'webhook.failing', {
        endpointId: id,
        failingSince: failingSince.toISOString(),
      }),
    },
    quiet,
  )
  return modifiedCount === 1
}

/** Disables an endpoint; false where it was disabled, deleted or healthy again before. */
export async function disableEndpoint(
  ctx: TenantContext,
  id: string,
  reason: 'failing' | 'gone',
  failingSinceBefore?: Date,
): Promise<boolean> {
  const { modifiedCount } = await EndpointModel.updateOne(
    {
      _id: id,
      tenantId: ctx.tenantId,
      enabled: true,
      ...(failingSinceBefore && { 'health.failingSince': { $lte: failingSinceBefore } }),
    },
    {
      $set: { enabled: false, disabledReason: reason },
      $inc: { revision: 1 },
      ...pushEvent(ctx, 'webhook.disabled', { endpointId: id, reason }),
    },
  )
  return modifiedCount === 1
}
