import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type { OAuthClient } from '../../../shared/api/oauth.ts'
import { api, sentenceOf } from '../../app/api.ts'
import { confirmAct } from '../../app/confirm.ts'
import '../../app/copy-field.ts'
import { go, View, when } from '../../app/view.ts'

/** @summary One OAuth application: its rights, secret and end. */
export class ClientElement extends View {
  @state() private client: OAuthClient | undefined
  @state() private secret = ''

  private get params(): { id: string } {
    return { id: this.parameters['id'] ?? '' }
  }

  override connectedCallback(): void {
    super.connectedCallback()
    void this.load()
  }

  private async load(): Promise<void> {
    try {
      this.client = await api('GET /api/v1/oauth-clients/:id', { params: this.params })
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  private readonly rotate = (): void => {
    void this.act(async () => {
      const answer = await api('POST /api/v1/oauth-clients/:id/rotate-secret', {
        params: this.params,
        body: {},
      })
      this.secret = answer.clientSecret ?? ''
      await this.load()
      return 'There is a new secret. The one before works for another 24 hours.'
    })
  }

  private readonly toggle = (): void => {
    void this.act(async () => {
      const disabled = this.client?.disabledAt === null
      await api('PATCH /api/v1/oauth-clients/:id', { params: this.params, body: { disabled } })
      await this.load()
      return disabled
        ? 'The application is off: none of its tokens works.'
        : 'The application is on.'
    })
  }

  private readonly discard = (): void => {
    void this.act(async () => {
      const sure = await confirmAct({
        title: `Delete “${this.client?.name ?? 'this application'}”?`,
        text: 'Its consents and tokens end at once, and people cannot sign in with it any more. This cannot be undone.',
        button: 'Delete the application',
      })
      if (!sure) return undefined
      await api('DELETE /api/v1/oauth-clients/:id', { params: this.params })
      go('/developers/console/applications')
      return undefined
    })
  }

  protected override render() {
    const { client } = this
    return html`
      <p class="breadcrumb"><a href="/developers/console/applications">Applications</a></p>
      <h1>${client?.name ?? 'Application'}</h1>
      ${this.notices()}
      ${client ? this.details(client) : this.error ? nothing : html`<p class="loading" role="status">Loading the application …</p>`}
    `
  }

  private details(client: OAuthClient) {
    return html`<div class="card">
        <dl class="values">
          <dt>Client id</dt><dd><code>${client.id}</code></dd>
          <dt>Purpose</dt><dd>${client.purpose}</dd>
          <dt>Contact</dt><dd>${client.contact}</dd>
          <dt>Kind</dt><dd>${client.kind}, ${client.grantTypes.join(', ')}</dd>
          ${client.redirectUris.length > 0 ? html`<dt>Redirect addresses</dt><dd>${client.redirectUris.map((uri) => html`<code>${uri}</code><br />`)}</dd>` : nothing}
          <dt>Rights</dt><dd>${client.scopes.join(', ')}</dd>
          <dt>Waiting for approval</dt><dd>${client.withheldScopes.join(', ') || 'nothing'}</dd>
          <dt>State</dt><dd>${client.disabledAt ? html`<span class="pill bad">Off</span> since ${when(client.disabledAt)}` : html`<span class="pill good">On</span>`}</dd>
          ${client.previousSecretUntil ? html`<dt>Secret before</dt><dd>works until ${when(client.previousSecretUntil)}</dd>` : nothing}
        </dl>
        ${
          this.may('oauth.write')
            ? html`<p class="actions">
                ${client.kind === 'confidential' ? html`<button class="button secondary" ?disabled=${this.busy} @click=${this.rotate}>New secret</button>` : nothing}
                <button class="button secondary" ?disabled=${this.busy} @click=${this.toggle}>${client.disabledAt ? 'Switch on' : 'Switch off'}</button>
                <button class="button danger" ?disabled=${this.busy} @click=${this.discard}>Delete</button>
              </p>`
            : nothing
        }
      </div>
      ${this.secret ? html`<div class="card notice success"><h2>Copy the new secret now</h2><admin-copy-field label="Client secret" .value=${this.secret}></admin-copy-field></div>` : nothing}`
  }
}

customElements.define('console-client', ClientElement)
