import { html } from 'lit'
import type { ExtensionPairing } from '../../../shared/api/access.ts'
import type { OAuthGrant } from '../../../shared/api/oauth.ts'
import { scopes } from '../../../shared/scopes.ts'
import { api } from '../../app/api.ts'
import { confirmAct } from '../../app/confirm.ts'
import { PagedList } from '../../app/paged-list.ts'
import { View, when } from '../../app/view.ts'

/** @summary What may act in one's name: paired extensions and applications one agreed to. */
export class AccountAccessElement extends View {
  private readonly pairings = new PagedList<ExtensionPairing>(this, (cursor) =>
    api('GET /api/v1/extension/pairings', { query: { limit: 20, cursor } }),
  )
  private readonly grants = new PagedList<OAuthGrant>(this, (cursor) =>
    api('GET /api/v1/session/oauth-grants', { query: { limit: 20, cursor } }),
  )

  private unpair(pairing: ExtensionPairing): void {
    void this.act(async () => {
      await api('DELETE /api/v1/extension/pairings/:id', { params: { id: pairing.id } })
      await this.pairings.restart()
      return `${pairing.name} is no longer paired.`
    })
  }

  private withdraw(grant: OAuthGrant): void {
    void this.act(async () => {
      const sure = await confirmAct({
        title: `Withdraw your consent for “${grant.clientName}”?`,
        text: 'It can no longer act for you. What it already holds is subject to its privacy notice.',
        button: 'Withdraw consent',
      })
      if (!sure) return undefined
      await api('DELETE /api/v1/session/oauth-grants/:id', { params: { id: grant.id } })
      await this.grants.restart()
      return `${grant.clientName} can no longer act for you.`
    })
  }

  protected override render() {
    return html`
      ${this.notices()}
      <h2>Paired extensions</h2>
      ${this.pairings.table({
        caption: 'Browser extensions paired with this account',
        columns: ['Device', 'Last used', 'Ends', 'Action'],
        row: (pairing) => html`<tr>
          <th scope="row">${pairing.name}</th>
          <td>${when(pairing.lastUsedAt)}</td>
          <td>${when(pairing.expiresAt)}</td>
          <td><button class="button link" ?disabled=${this.busy} @click=${() => this.unpair(pairing)}>Unpair<span class="visually-hidden"> ${pairing.name}</span></button></td>
        </tr>`,
        empty: html`<p>No extension is paired.</p>`,
      })}
      <h2>Applications you agreed to</h2>
      ${this.grants.table({
        caption: 'Applications that may act for you',
        columns: ['Application', 'It may', 'Until', 'Action'],
        row: (grant) => html`<tr>
          <th scope="row">${grant.clientName}</th>
          <td>${sentences(grant.scopes)}</td>
          <td>${when(grant.expiresAt)}</td>
          <td><button class="button link" ?disabled=${this.busy} @click=${() => this.withdraw(grant)}>Withdraw<span class="visually-hidden"> consent for ${grant.clientName}</span></button></td>
        </tr>`,
        empty: html`<p>You have not agreed to any application.</p>`,
      })}
    `
  }
}

function sentences(granted: readonly string[]) {
  const known: Readonly<Record<string, string>> = scopes
  return html`<ul>${granted.map((scope) => html`<li>${known[scope] ?? scope}</li>`)}</ul>`
}

customElements.define('admin-account-access', AccountAccessElement)
