import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type { ApiKey } from '../../../shared/api/keys.ts'
import { type Scope, scopes } from '../../../shared/scopes.ts'
import { api } from '../api.ts'
import { confirmAct } from '../confirm.ts'
import '../copy-field.ts'
import { PagedList } from '../paged-list.ts'
import { View, when } from '../view.ts'

/** @summary API keys: create (shown once), recognise, rotate, revoke. */
export class KeysElement extends View {
  @state() private adding = false
  @state() private newKey = ''

  private readonly list = new PagedList<ApiKey>(this, (cursor) =>
    api('GET /api/v1/keys', { query: { limit: 50, cursor } }),
  )

  private create(event: Event): void {
    event.preventDefault()
    const data = new FormData(event.target as HTMLFormElement)
    void this.act(async () => {
      const days = Number(data.get('days'))
      const created = await api('POST /api/v1/keys', {
        body: {
          name: String(data.get('name')),
          scopes: data.getAll('scope').map(String),
          expiresInDays: days > 0 ? days : null,
          allowedNetworks: String(data.get('networks'))
            .split(/[\s,]+/)
            .filter((network) => network !== ''),
        },
      })
      this.newKey = created.key
      this.adding = false
      await this.list.restart()
      return undefined
    })
  }

  private rotate(key: ApiKey): void {
    void this.act(async () => {
      const rotated = await api('POST /api/v1/keys/:id/rotate', {
        params: { id: key.id },
        body: {},
      })
      this.newKey = rotated.key
      await this.list.restart()
      return `“${key.name}” has a new secret. The one before works for another 24 hours.`
    })
  }

  private revoke(key: ApiKey): void {
    void this.act(async () => {
      const sure = await confirmAct({
        title: `Revoke “${key.name}”?`,
        text: 'Programs that use it stop working at once. This cannot be undone.',
        button: 'Revoke the key',
      })
      if (!sure) return undefined
      await api('DELETE /api/v1/keys/:id', { params: { id: key.id } })
      await this.list.restart()
      return `“${key.name}” is revoked.`
    })
  }

  protected override render() {
    return html`
      <h1>API keys</h1>
      <p class="lead">Give each program its own key, with only the rights it needs.</p>
      ${this.notices()}
      ${
        this.newKey
          ? html`<section class="card notice success" aria-labelledby="new-key">
              <h2 id="new-key">Copy the key now</h2>
              <p>It is shown this once and stored only as a fingerprint.</p>
              <admin-copy-field label="API key" .value=${this.newKey}></admin-copy-field>
              <button class="button secondary" @click=${() => {
                this.newKey = ''
              }}>I have copied it</button>
            </section>`
          : nothing
      }
      ${
        this.may('keys.write')
          ? this.adding
            ? this.form()
            : html`<p><button class="button" @click=${() => {
                this.adding = true
              }}>Create a key</button></p>`
          : nothing
      }
      ${this.list.table({
        caption: 'API keys',
        columns: ['Name', 'Key', 'Rights', 'Last used', 'Expires', 'Actions'],
        row: (key) => html`<tr>
          <th scope="row">${key.name}</th>
          <td><code>${key.hint}</code>${key.previous.map(({ hint, until }) => html`<br /><span class="small"><code>${hint}</code> until ${when(until)}</span>`)}</td>
          <td>${key.scopes.length} ${key.scopes.length === 1 ? 'right' : 'rights'}</td>
          <td>${when(key.lastUsedAt)}</td>
          <td>${key.expiresAt ? when(key.expiresAt) : 'never'}</td>
          <td>${
            key.revokedAt
              ? html`<span class="pill bad">Revoked</span>`
              : this.may('keys.write')
                ? html`<button class="button link" @click=${() => this.rotate(key)}>New secret</button>
                    <button class="button link" @click=${() => this.revoke(key)}>Revoke</button>`
                : nothing
          }</td>
        </tr>`,
        empty: html`<h2>No keys yet</h2><p>Create one to call the API from a program.</p>`,
      })}
    `
  }

  private form() {
    const offered = Object.entries(scopes).filter(([scope]) => this.may(scope)) as [Scope, string][]
    return html`<form class="card stack" @submit=${this.create}>
      <h2>Create a key</h2>
      <div class="field"><label for="key-name">Name</label><input id="key-name" name="name" required maxlength="200" placeholder="Timetable sync" /></div>
      <fieldset><legend>Rights</legend>
        ${offered.map(([scope, label]) => html`<label class="check"><input type="checkbox" name="scope" value=${scope} /> ${label} <code>${scope}</code></label>`)}
      </fieldset>
      <div class="field"><label for="key-days">Days until it expires (0: never)</label><input id="key-days" name="days" type="number" min="0" max="730" value="365" /></div>
      <div class="field"><label for="key-networks">Only from these addresses (optional; addresses or ranges such as 203.0.113.0/24)</label><input id="key-networks" name="networks" autocomplete="off" spellcheck="false" /></div>
      <p class="actions">
        <button class="button" ?disabled=${this.busy}>Create</button>
        <button type="button" class="button secondary" @click=${() => {
          this.adding = false
        }}>Cancel</button>
      </p>
    </form>`
  }
}

customElements.define('admin-keys', KeysElement)
