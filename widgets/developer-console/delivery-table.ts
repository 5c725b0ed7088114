import { html } from 'lit'
import type { WebhookDelivery } from '../../shared/api/webhook-deliveries.ts'
import { when } from '../app/view.ts'

const states: Record<WebhookDelivery['status'], { label: string; pill: string }> = {
  waiting: { label: 'Waiting', pill: '' },
  delivered: { label: 'Delivered', pill: 'good' },
  failed: { label: 'Failed', pill: 'bad' },
}

export const deliveryColumns = ['Event', 'State', 'Attempts', 'Answer', 'When', 'Next attempt']

export function deliveryState({ status }: Pick<WebhookDelivery, 'status'>) {
  const { label, pill } = states[status]
  return html`<span class="pill ${pill}">${label}</span>`
}

export function deliveryRow(delivery: WebhookDelivery) {
  return html`<tr>
    <th scope="row"><a href="/developers/console/deliveries/${delivery.id}">${delivery.eventType}</a></th>
    <td>${deliveryState(delivery)}</td>
    <td>${delivery.attemptCount}</td>
    <td>${delivery.lastStatus ?? delivery.lastError ?? '–'}</td>
    <td>${when(delivery.deliveredAt ?? delivery.createdAt)}</td>
    <td>${when(delivery.nextAttemptAt)}</td>
  </tr>`
}
