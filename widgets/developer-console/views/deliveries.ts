import { html } from 'lit'
import { state } from 'lit/decorators.js'
import type { WebhookDelivery } from '../../../shared/api/webhook-deliveries.ts'
import { api } from '../../app/api.ts'
import { PagedList } from '../../app/paged-list.ts'
import { View } from '../../app/view.ts'
import { deliveryColumns, deliveryRow } from '../delivery-table.ts'
import { followLive } from '../follow-live.ts'

const statuses = { waiting: 'Waiting', delivered: 'Delivered', failed: 'Failed' } as const
type Status = keyof typeof statuses

/** @summary Deliveries of all endpoints as they happen. */
export class DeliveriesElement extends View {
  @state() private status: Status | undefined
  @state() private eventType = ''

  private readonly list = new PagedList<WebhookDelivery>(this, (cursor) =>
    api('GET /api/v1/webhook-deliveries', {
      query: {
        limit: 50,
        cursor,
        status: this.status,
        eventType: this.eventType === '' ? undefined : this.eventType,
      },
    }),
  )

  override connectedCallback(): void {
    super.connectedCallback()
    followLive(this, 'deliveries', () => this.list.refresh())
  }

  private filter(event: Event): void {
    event.preventDefault()
    const data = new FormData(event.currentTarget as HTMLFormElement)
    const status = String(data.get('status'))
    this.status = status in statuses ? (status as Status) : undefined
    this.eventType = String(data.get('eventType')).trim()
    void this.list.restart()
  }

  protected override render() {
    return html`
      <h1>Deliveries</h1>
      <p class="lead">What we sent, what your endpoints answered. New ones appear by themselves.</p>
      ${this.notices()}
      <form class="toolbar" @submit=${this.filter} @change=${this.filter}>
        <label>State <select name="status"><option value="">any</option>${Object.entries(statuses).map(([value, label]) => html`<option value=${value}>${label}</option>`)}</select></label>
        <label>Event type <input name="eventType" maxlength="100" placeholder="attempt.submitted" /></label>
        <button class="button secondary">Filter</button>
      </form>
      ${this.list.table({
        caption: 'Deliveries',
        columns: deliveryColumns,
        row: deliveryRow,
        empty: html`<h2>No deliveries</h2><p>Nothing here matches. <a href="/developers/console/webhooks">Add an endpoint</a> and send it a test event.</p>`,
      })}
    `
  }
}

customElements.define('console-deliveries', DeliveriesElement)
