import type {
  WebhookDelivery,
  WebhookDeliveryDetail,
} from '../../../shared/api/webhook-deliveries.ts'
import type { DeliveryRow } from './delivery-store.ts'

type Shown =
  | '_id'
  | 'webhookId'
  | 'endpointId'
  | 'event'
  | 'status'
  | 'attemptCount'
  | 'nextAttemptAt'
  | 'lastStatus'
  | 'lastError'
  | 'deliveredAt'
  | 'createdAt'
  | 'updatedAt'

export function showDelivery(row: Pick<DeliveryRow, Shown>): WebhookDelivery {
  return {
    id: row._id,
    webhookId: row.webhookId,
    endpointId: row.endpointId,
    eventId: row.event.id,
    eventType: row.event.type,
    tenantId: row.event.tenantId,
    status: row.status,
    attemptCount: row.attemptCount,
    nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null,
    lastStatus: row.lastStatus,
    lastError: row.lastError,
    deliveredAt: row.deliveredAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

export function showDeliveryDetail(row: DeliveryRow): WebhookDeliveryDetail {
  const attempts = row.attempts.map((attempt) => ({ ...attempt, at: attempt.at.toISOString() }))
  return { ...showDelivery(row), attempts }
}
