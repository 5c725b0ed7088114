import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type { EventTypeDescription } from '../../../shared/api/events.ts'
import type { Webhook } from '../../../shared/api/webhooks.ts'
import { api, sentenceOf } from '../../app/api.ts'
import '../../app/copy-field.ts'
import { PagedList } from '../../app/paged-list.ts'
import { go, View } from '../../app/view.ts'
import { chosenEventTypes, eventTypeFields } from '../event-type-fields.ts'

/** @summary Webhook endpoints: which addresses hear of which events. */
export class WebhooksElement extends View {
  @state() private adding = false
  @state() private types: readonly EventTypeDescription[] = []
  @state() private created: { id: string; secret: string | null } | undefined

  private readonly list = new PagedList<Webhook>(this, (cursor) =>
    api('GET /api/v1/webhooks', { query: { limit: 50, cursor } }),
  )

  private async loadTypes(): Promise<void> {
    try {
      this.types = (await api('GET /api/v1/event-types', {})).data
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  private create(event: Event): void {
    event.preventDefault()
    const data = new FormData(event.target as HTMLFormElement)
    void this.act(async () => {
      const { id, secret } = await api('POST /api/v1/webhooks', {
        body: {
          url: String(data.get('url')),
          description: String(data.get('description')),
          eventTypes: chosenEventTypes(data),
          signature: data.get('signature') === 'ed25519' ? 'ed25519' : 'hmac',
          payload: data.get('payload') === 'full' ? 'full' : 'thin',
          format: data.get('format') === 'cloudevents' ? 'cloudevents' : 'standard',
          ordering: data.has('ordered') ? 'per-entity' : 'none',
        },
      })
      this.adding = false
      if (secret === null) {
        go(`/developers/console/webhooks/${id}`)
        return undefined
      }
      this.created = { id, secret }
      await this.list.restart()
      return undefined
    })
  }

  protected override render() {
    return html`
      <h1>Webhooks</h1>
      <p class="lead">We send what happens to an address of yours, signed, and again until you have it.</p>
      ${this.notices()}
      ${this.created ? this.secretCard(this.created) : nothing}
      ${
        this.may('webhooks.write')
          ? this.adding
            ? this.form()
            : html`<p><button class="button" @click=${this.add}>Add an endpoint</button></p>`
          : nothing
      }
      ${this.list.table({
        caption: 'Webhook endpoints',
        columns: ['Address', 'Events', 'Payload', 'State'],
        row: (webhook) => html`<tr>
          <th scope="row"><a href="/developers/console/webhooks/${webhook.id}"><code>${webhook.url}</code></a>${webhook.description ? html`<br /><span class="small">${webhook.description}</span>` : nothing}</th>
          <td>${webhook.eventTypes.includes('*') ? 'every type' : webhook.eventTypes.join(', ')}</td>
          <td>${webhook.payload === 'thin' ? 'ids and links' : 'full'}</td>
          <td>${webhook.enabled ? html`<span class="pill good">On</span>` : html`<span class="pill bad">Off</span>`}</td>
        </tr>`,
        empty: html`<h2>No endpoints yet</h2><p>Start the sample receiver of <code>examples/webhook-receiver</code>, or use the inspector of your sandbox, and give its address here. <a href="/developers/guides/webhooks">Read the guide</a></p>`,
      })}
    `
  }

  private readonly add = (): void => {
    this.adding = true
    this.created = undefined
    void this.loadTypes()
    void this.updateComplete.then(() => this.querySelector<HTMLInputElement>('form input')?.focus())
  }

  private secretCard({ id, secret }: { id: string; secret: string | null }) {
    return html`<section class="card notice success" aria-labelledby="new-secret">
      <h2 id="new-secret">Copy the secret now</h2>
      <p>Your receiver checks every signature with it. It is shown this once.</p>
      <admin-copy-field label="Signing secret" .value=${secret ?? ''}></admin-copy-field>
      <p><a class="button secondary" href="/developers/console/webhooks/${id}">I have copied it – open the endpoint</a></p>
    </section>`
  }

  private form() {
    return html`<form class="card stack" @submit=${this.create}>
      <h2>Add an endpoint</h2>
      <div class="field"><label for="hook-url">Address</label><input id="hook-url" name="url" type="url" required maxlength="2000" placeholder="https://example.org/webhooks" /></div>
      <div class="field"><label for="hook-description">What it is for (optional)</label><input id="hook-description" name="description" maxlength="500" /></div>
      ${eventTypeFields(this.types)}
      <details>
        <summary>Signature, payload, format, order</summary>
        <div class="stack">
          ${radios('Signature', 'signature', [
            ['hmac', 'A secret of this endpoint (HMAC, v1)'],
            ['ed25519', 'The public key of this installation (ed25519, v1a)'],
          ])}
          ${radios('Payload', 'payload', [
            ['thin', 'Ids and links: you read the rest with your own rights'],
            ['full', 'Also the data that your rights cover'],
          ])}
          ${radios('Format', 'format', [
            ['standard', 'Standard Webhooks'],
            ['cloudevents', 'CloudEvents 1.0'],
          ])}
          <label class="check"><input type="checkbox" name="ordered" /> Keep the order of one thing’s events (a retry holds the next ones back)</label>
        </div>
      </details>
      <p class="actions">
        <button class="button" ?disabled=${this.busy}>Add the endpoint</button>
        <button type="button" class="button secondary" @click=${() => {
          this.adding = false
        }}>Cancel</button>
      </p>
    </form>`
  }
}

function radios(
  legend: string,
  name: string,
  choices: readonly (readonly [value: string, label: string])[],
) {
  return html`<fieldset><legend>${legend}</legend>${choices.map(
    ([value, label], index) =>
      html`<label class="check"><input type="radio" name=${name} value=${value} ?checked=${index === 0} /> ${label}</label>`,
  )}</fieldset>`
}

customElements.define('console-webhooks', WebhooksElement)
