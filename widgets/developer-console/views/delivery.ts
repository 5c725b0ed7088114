import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type {
  WebhookAttempt,
  WebhookDeliveryDetail,
} from '../../../shared/api/webhook-deliveries.ts'
import { api, sentenceOf } from '../../app/api.ts'
import { View, when } from '../../app/view.ts'
import { deliveryState } from '../delivery-table.ts'
import { followLive } from '../follow-live.ts'

/** @summary One delivery: each attempt with what was sent and what came back. */
export class DeliveryElement extends View {
  @state() private delivery: WebhookDeliveryDetail | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    void this.load()
    followLive(this, 'deliveries', () => this.load())
  }

  private async load(): Promise<void> {
    try {
      const params = { id: this.parameters['id'] ?? '' }
      this.delivery = await api('GET /api/v1/webhook-deliveries/:id', { params })
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  private readonly replay = (): void => {
    void this.act(async () => {
      const params = { id: this.parameters['id'] ?? '' }
      await api('POST /api/v1/webhook-deliveries/:id/replay', { params })
      await this.load()
      return 'It is being sent again, with the same webhook-id.'
    })
  }

  protected override render() {
    const { delivery } = this
    return html`
      <p class="breadcrumb"><a href="/developers/console/deliveries">Deliveries</a></p>
      <h1>${delivery?.eventType ?? 'Delivery'}</h1>
      ${this.notices()}
      ${delivery ? this.details(delivery) : this.error ? nothing : html`<p class="loading" role="status">Loading the delivery …</p>`}
    `
  }

  private details(delivery: WebhookDeliveryDetail) {
    return html`
      <div class="card">
        <dl class="values">
          <dt>State</dt><dd>${deliveryState(delivery)}</dd>
          <dt>webhook-id</dt><dd><code>${delivery.webhookId}</code></dd>
          <dt>Endpoint</dt><dd><a href="/developers/console/webhooks/${delivery.endpointId}">${delivery.endpointId}</a></dd>
          <dt>Next attempt</dt><dd>${when(delivery.nextAttemptAt)}</dd>
        </dl>
        ${this.may('webhooks.write') ? html`<p class="actions"><button class="button" ?disabled=${this.busy} @click=${this.replay}>Send it again now</button></p>` : nothing}
      </div>
      <h2>Attempts</h2>
      ${delivery.attempts.length === 0 ? html`<p>It has not been tried yet.</p>` : [...delivery.attempts].reverse().map(attemptCard)}
    `
  }
}

function attemptCard(attempt: WebhookAttempt) {
  const { request, response } = attempt
  return html`<section class="card">
    <h3>Attempt ${attempt.number} <span class="pill ${attempt.outcome === 'delivered' ? 'good' : 'bad'}">${attempt.status ?? 'no answer'}</span></h3>
    <p>${when(attempt.at)}, ${attempt.durationMs} ms. ${attempt.error ?? ''} ${attempt.note ?? ''}</p>
    <details><summary>What was sent</summary>
      <pre tabindex="0" aria-label="Headers sent">${headerLines(request.headers)}</pre>
      <pre tabindex="0" aria-label="Body sent">${request.body}</pre>
    </details>
    ${
      response
        ? html`<details><summary>What came back</summary>
            <pre tabindex="0" aria-label="Headers received">${headerLines(response.headers)}</pre>
            <pre tabindex="0" aria-label="Body received">${response.body || '(empty)'}</pre>
          </details>`
        : nothing
    }
  </section>`
}

function headerLines(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')
}

customElements.define('console-delivery', DeliveryElement)
