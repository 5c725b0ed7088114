import type { Page } from '../../../shared/api/contract.ts'
import type {
  WebhookDelivery,
  WebhookDeliveryDetail,
} from '../../../shared/api/webhook-deliveries.ts'
import type { WebhookHealth } from '../../../shared/api/webhooks.ts'
import { AppError } from '../../../shared/errors.ts'
import type { DomainEvent } from '../../../shared/events.ts'
import { newId } from '../../core/ids.ts'
import { showPage } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { checkEventType } from './check-event-types.ts'
import {
  countDeliveries,
  type DeliveryQuery,
  type DeliveryRow,
  findDelivery,
  findDeliveryPage,
  newDelivery,
} from './delivery-store.ts'
import { showDelivery, showDeliveryDetail } from './delivery-view.ts'
import type { WebhookDeps } from './deps.ts'
import type { EndpointRow } from './endpoint-store.ts'
import { audit, mustFindEndpoint } from './endpoints.ts'
import { type FanOutDeps, laneOf, putOnRecord } from './fan-out.ts'

export async function listDeliveries(
  ctx: TenantContext,
  query: Omit<DeliveryQuery, 'eventType'> & {
    readonly eventType?: string | undefined
  },
): Promise<Page<WebhookDelivery>> {
  const eventType = query.eventType === undefined ? undefined : checkEventType(query.eventType)
  return showPage(await findDeliveryPage(ctx, { ...query, eventType }), showDelivery)
}

export async function readDelivery(ctx: TenantContext, id: string): Promise<WebhookDeliveryDetail> {
  return showDeliveryDetail(await mustFindDelivery(ctx, id))
}

export async function mustFindDelivery(ctx: TenantContext, id: string): Promise<DeliveryRow> {
  const row = await findDelivery(ctx, id)
  if (!row) throw new AppError('not_found', `The delivery ${id} does not exist`)
  return row
}

/** Sends `webhook.test` to one endpoint, whatever it subscribed to. */
export async function sendTest(
  ctx: TenantContext,
  endpointId: string,
  deps: Pick<FanOutDeps, 'onDue'>,
): Promise<WebhookDelivery> {
  const endpoint = await mustFindEndpoint(ctx, endpointId)
  assertEnabled(endpoint)
  const event: DomainEvent<'webhook.test'> = {
    id: newId('evt'),
    type: 'webhook.test',
    tenantId: ctx.tenantId,
    data: { endpointId },
    occurredAt: new Date(),
    requestId: ctx.requestId,
  }
  const lane = laneOf(endpoint, event)
  const row = newDelivery({ endpoint, event, lane, dueAt: new Date() })
  await putOnRecord([row], deps)
  await audit(ctx, 'webhook.test', endpointId, [])
  return showDelivery(row)
}

export function assertEnabled({ enabled }: Pick<EndpointRow, 'enabled'>): void {
  if (enabled) return
  throw new AppError('webhook_disabled', 'This endpoint is disabled; enable it first')
}

/** How deliveries to an endpoint fare, and which payload its credential still allows. */
export async function readHealth(
  ctx: TenantContext,
  id: string,
  deps: Pick<WebhookDeps, 'currentScopes'>,
): Promise<WebhookHealth> {
  const endpoint = await mustFindEndpoint(ctx, id)
  const [waiting, failed, scopes] = await Promise.all([
    countDeliveries(ctx, id, 'waiting'),
    countDeliveries(ctx, id, 'failed'),
    endpoint.payload === 'full' ? deps.currentScopes(ctx.tenantId, endpoint.createdBy) : null,
  ])
  const isFull = endpoint.payload === 'full' && scopes !== null
  const { failingSince, failures, pausedUntil, lastDeliveredAt } = endpoint.health
  return {
    status: statusOf(endpoint),
    failingSince: failingSince?.toISOString() ?? null,
    consecutiveFailures: failures,
    pausedUntil: pausedUntil?.toISOString() ?? null,
    lastDeliveredAt: lastDeliveredAt?.toISOString() ?? null,
    waiting,
    failed,
    payloadInEffect: isFull ? 'full' : 'thin',
    payloadReason:
      endpoint.payload === 'full' && !isFull
        ? 'The credential that made this endpoint has ended; make the endpoint anew with one that lives'
        : null,
  }
}

function statusOf({ enabled, health }: EndpointRow): WebhookHealth['status'] {
  if (!enabled) return 'disabled'
  if (health.pausedUntil && health.pausedUntil.getTime() > Date.now()) return 'paused'
  return health.failingSince ? 'failing' : 'healthy'
}
