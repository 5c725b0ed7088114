import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type { WebhookDelivery } from '../../../shared/api/webhook-deliveries.ts'
import type { Webhook, WebhookHealth } from '../../../shared/api/webhooks.ts'
import { api, sentenceOf } from '../../app/api.ts'
import { confirmAct } from '../../app/confirm.ts'
import '../../app/copy-field.ts'
import { PagedList } from '../../app/paged-list.ts'
import { go, View, when } from '../../app/view.ts'
import { deliveryColumns, deliveryRow } from '../delivery-table.ts'
import { followLive } from '../follow-live.ts'

const healthWords: Record<WebhookHealth['status'], { label: string; pill: string }> = {
  healthy: { label: 'Healthy', pill: 'good' },
  failing: { label: 'Failing', pill: 'bad' },
  paused: { label: 'Paused after failures', pill: 'bad' },
  disabled: { label: 'Off', pill: 'bad' },
}

const reasons = {
  'by-hand': 'Somebody switched it off.',
  failing: 'Nothing but failures for five days: it was switched off.',
  gone: 'The endpoint answered 410 Gone: it was switched off.',
} as const

/** @summary One webhook endpoint: health, deliveries as they happen, secret, test and replay. */
export class WebhookElement extends View {
  @state() private webhook: Webhook | undefined
  @state() private health: WebhookHealth | undefined
  @state() private secret = ''

  private readonly deliveries = new PagedList<WebhookDelivery>(this, (cursor) =>
    api('GET /api/v1/webhook-deliveries', {
      query: { endpointId: this.id_, limit: 25, cursor },
    }),
  )

  private get id_(): string {
    return this.parameters['id'] ?? ''
  }

  override connectedCallback(): void {
    super.connectedCallback()
    void this.load()
    followLive(this, 'deliveries', () => Promise.all([this.deliveries.refresh(), this.load()]))
  }

  private async load(): Promise<void> {
    const params = { id: this.id_ }
    try {
      const [webhook, health] = await Promise.all([
        api('GET /api/v1/webhooks/:id', { params }),
        api('GET /api/v1/webhooks/:id/health', { params }),
      ])
      this.webhook = webhook
      this.health = health
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  /** An act on the endpoint, after which everything shown is read again. */
  private change(work: (params: { id: string }) => Promise<string | undefined>): void {
    void this.act(async () => {
      const done = await work({ id: this.id_ })
      await Promise.all([this.load(), this.deliveries.restart()])
      return done
    })
  }

  private readonly test = (): void =>
    this.change(async (params) => {
      await api('POST /api/v1/webhooks/:id/test', { params })
      return 'A test event is on its way.'
    })

  private readonly toggle = (): void =>
    this.change(async (params) => {
      const enabled = !this.webhook?.enabled
      await api('PATCH /api/v1/webhooks/:id', { params, body: { enabled } })
      return enabled
        ? 'The endpoint is on. Replay the time it was off if you need what happened then.'
        : 'The endpoint is off.'
    })

  private readonly rotate = (): void =>
    this.change(async (params) => {
      const answer = await api('POST /api/v1/webhooks/:id/rotate-secret', { params, body: {} })
      this.secret = answer.secret ?? ''
      return 'There is a new secret. For 24 hours deliveries carry both signatures.'
    })

  private readonly replayFailed = (): void =>
    this.change(async (params) => {
      const { queued, more } = await api('POST /api/v1/webhooks/:id/replay', {
        params,
        body: { failed: true },
      })
      return `${queued} failed deliveries are being sent again${more ? '; some are left, repeat it when these are through' : ''}.`
    })

  private replayRange(event: Event): void {
    event.preventDefault()
    const data = new FormData(event.target as HTMLFormElement)
    this.change(async (params) => {
      const from = new Date(String(data.get('from'))).toISOString()
      const until = String(data.get('to'))
      const to = until === '' ? {} : { to: new Date(until).toISOString() }
      const { matched, queued } = await api('POST /api/v1/webhooks/:id/replay', {
        params,
        body: { from, ...to },
      })
      return `${matched} events happened then; ${queued} are being sent again.`
    })
  }

  private readonly discard = (): void => {
    void this.act(async () => {
      const sure = await confirmAct({
        title: 'Delete this endpoint?',
        text: 'What still waits for it is not sent, and its deliveries are forgotten. To stop only for a while, switch it off instead.',
        button: 'Delete the endpoint',
      })
      if (!sure) return undefined
      await api('DELETE /api/v1/webhooks/:id', { params: { id: this.id_ } })
      go('/developers/console/webhooks')
      return undefined
    })
  }

  protected override render() {
    const { webhook, health } = this
    return html`
      <p class="breadcrumb"><a href="/developers/console/webhooks">Webhooks</a></p>
      <h1>Webhook endpoint</h1>
      ${this.notices()}
      ${webhook && health ? this.details(webhook, health) : this.error ? nothing : html`<p class="loading" role="status">Loading the endpoint …</p>`}
    `
  }

  private details(webhook: Webhook, health: WebhookHealth) {
    const { label, pill } = healthWords[health.status]
    return html`
      <div class="card">
        <dl class="values">
          <dt>Address</dt><dd><code>${webhook.url}</code></dd>
          <dt>State</dt><dd><span class="pill ${pill}">${label}</span> ${webhook.disabledReason ? reasons[webhook.disabledReason] : nothing}
            ${health.pausedUntil ? html`Tried again ${when(health.pausedUntil)}.` : nothing}</dd>
          <dt>Events</dt><dd>${webhook.eventTypes.includes('*') ? 'every type' : webhook.eventTypes.join(', ')}</dd>
          <dt>Payload</dt><dd>${health.payloadInEffect === 'thin' ? 'ids and links' : 'full'}${health.payloadReason ? html` – ${health.payloadReason}` : nothing}</dd>
          <dt>Last delivered</dt><dd>${when(health.lastDeliveredAt)}</dd>
          <dt>Waiting, failed</dt><dd>${health.waiting} waiting, ${health.failed} failed</dd>
          ${webhook.publicKey ? html`<dt>Public key</dt><dd><code>${webhook.publicKey}</code></dd>` : nothing}
        </dl>
        ${this.may('webhooks.write') ? this.acts(webhook, health) : nothing}
      </div>
      ${
        this.secret
          ? html`<div class="card notice success"><h2>Copy the new secret now</h2><admin-copy-field label="Signing secret" .value=${this.secret}></admin-copy-field></div>`
          : nothing
      }
      <h2>Deliveries</h2>
      <p class="small">New ones appear by themselves.</p>
      ${this.deliveries.table({
        caption: 'Deliveries to this endpoint',
        columns: deliveryColumns,
        row: deliveryRow,
        empty: html`<p>Nothing has been sent yet. Send a test event to see one arrive.</p>`,
      })}
      ${this.may('webhooks.write') ? this.replayForm(health) : nothing}
    `
  }

  private acts(webhook: Webhook, health: WebhookHealth) {
    return html`<p class="actions">
      <button class="button" ?disabled=${this.busy || !webhook.enabled} @click=${this.test}>Send a test event</button>
      <button class="button secondary" ?disabled=${this.busy} @click=${this.toggle}>${webhook.enabled ? 'Switch off' : 'Switch on'}</button>
      ${webhook.signature === 'hmac' ? html`<button class="button secondary" ?disabled=${this.busy} @click=${this.rotate}>New secret</button>` : nothing}
      ${health.failed > 0 ? html`<button class="button secondary" ?disabled=${this.busy || !webhook.enabled} @click=${this.replayFailed}>Send failed ones again</button>` : nothing}
      <button class="button danger" ?disabled=${this.busy} @click=${this.discard}>Delete</button>
    </p>`
  }

  private replayForm(health: WebhookHealth) {
    return html`<details class="card"><summary>Send a time again</summary>
      <form class="stack" @submit=${this.replayRange}>
        <p>Every event of the time is sent with the webhook-id it had, so a receiver that remembers ids does nothing twice.</p>
        <div class="field"><label for="replay-from">From</label><input id="replay-from" name="from" type="datetime-local" required /></div>
        <div class="field"><label for="replay-to">To (empty: until now)</label><input id="replay-to" name="to" type="datetime-local" /></div>
        <p><button class="button" ?disabled=${this.busy || health.status === 'disabled'}>Send again</button></p>
      </form>
    </details>`
  }
}

customElements.define('console-webhook', WebhookElement)
