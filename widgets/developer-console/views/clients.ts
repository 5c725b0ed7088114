import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type { OAuthApproval, OAuthClient } from '../../../shared/api/oauth.ts'
import { type Scope, scopes } from '../../../shared/scopes.ts'
import { api } from '../../app/api.ts'
import '../../app/copy-field.ts'
import { PagedList } from '../../app/paged-list.ts'
import { View, when } from '../../app/view.ts'

/** @summary OAuth applications: register, and approve the sensitive rights others ask for. */
export class ClientsElement extends View {
  @state() private adding = false
  @state() private created: { id: string; clientSecret: string | null } | undefined

  private readonly list = new PagedList<OAuthClient>(this, (cursor) =>
    api('GET /api/v1/oauth-clients', { query: { limit: 50, cursor } }),
  )
  private readonly approvals = new PagedList<OAuthApproval>(this, (cursor) =>
    api('GET /api/v1/oauth-approvals', { query: { limit: 50, cursor } }),
  )

  private create(event: Event): void {
    event.preventDefault()
    const data = new FormData(event.target as HTMLFormElement)
    const text = (name: string): string => String(data.get(name)).trim()
    const isService = data.get('use') === 'service'
    void this.act(async () => {
      const client = await api('POST /api/v1/oauth-clients', {
        body: {
          name: text('name'),
          purpose: text('purpose'),
          contact: text('contact'),
          privacyNotice: text('privacyNotice') || null,
          kind: data.get('use') === 'public' ? 'public' : 'confidential',
          grantTypes: isService ? ['client_credentials'] : ['authorization_code', 'refresh_token'],
          redirectUris: isService ? [] : text('redirectUris').split(/\s+/).filter(Boolean),
          scopes: data.getAll('scope').map(String),
        },
      })
      this.adding = false
      this.created = { id: client.id, clientSecret: client.clientSecret }
      await this.list.restart()
      return `${client.name} is registered.`
    })
  }

  private approve(approval: OAuthApproval, event: Event): void {
    event.preventDefault()
    const reason = String(new FormData(event.target as HTMLFormElement).get('reason'))
    void this.act(async () => {
      await api('POST /api/v1/oauth-clients/:id/approvals', {
        params: { id: approval.clientId },
        body: { scopes: requested(approval), reason },
      })
      await Promise.all([this.approvals.restart(), this.list.restart()])
      return `${approval.clientName} now has what it asked for.`
    })
  }

  protected override render() {
    return html`
      <h1>Applications</h1>
      <p class="lead">Programs that sign people in or work for your organisation by OAuth 2.</p>
      ${this.notices()}
      ${this.created ? this.createdCard(this.created) : nothing}
      ${
        this.may('oauth.write')
          ? this.adding
            ? this.form()
            : html`<p><button class="button" @click=${this.add}>Register an application</button></p>`
          : nothing
      }
      ${this.list.table({
        caption: 'Applications of this organisation',
        columns: ['Name', 'Client id', 'Rights', 'Waiting for approval', 'State'],
        row: (client) => html`<tr>
          <th scope="row"><a href="/developers/console/applications/${client.id}">${client.name}</a></th>
          <td><code>${client.id}</code></td>
          <td>${client.scopes.join(', ')}</td>
          <td>${client.withheldScopes.join(', ') || '–'}</td>
          <td>${client.disabledAt ? html`<span class="pill bad">Off</span>` : html`<span class="pill good">On</span>`}</td>
        </tr>`,
        empty: html`<h2>No applications yet</h2><p>Register one to let people sign in with EdPsych Connect, or a service to act for your organisation. <a href="/developers/guides/authentication">Read the guide</a></p>`,
      })}
      <h2>Sensitive rights that were asked for</h2>
      ${this.approvals.table({
        caption: 'Sensitive rights',
        columns: ['Application', 'Asked for', 'Approved', 'Decision'],
        row: (approval) => this.approvalRow(approval),
        empty: html`<p>No application has asked for data about people.</p>`,
      })}
    `
  }

  private approvalRow(approval: OAuthApproval) {
    const open = requested(approval)
    const approved = approval.scopes.filter(({ state: given }) => given === 'approved')
    const mayDecide = this.may('oauth.write') && open.length > 0
    return html`<tr>
      <th scope="row">${approval.clientName}</th>
      <td>${open.join(', ') || '–'}</td>
      <td>${approved.map(({ scope, decidedAt }) => html`<code>${scope}</code> ${when(decidedAt)} `)}</td>
      <td>${
        mayDecide
          ? html`<form class="toolbar" @submit=${(event: Event) => this.approve(approval, event)}>
              <label>Why <input name="reason" required maxlength="500" /></label>
              <button class="button secondary" ?disabled=${this.busy}>Approve</button>
            </form>`
          : '–'
      }</td>
    </tr>`
  }

  private readonly add = (): void => {
    this.adding = true
    this.created = undefined
    void this.updateComplete.then(() => this.querySelector<HTMLInputElement>('form input')?.focus())
  }

  private createdCard({ id, clientSecret }: { id: string; clientSecret: string | null }) {
    return html`<section class="card notice success" aria-labelledby="new-client">
      <h2 id="new-client">Copy these now</h2>
      <admin-copy-field label="Client id" .value=${id}></admin-copy-field>
      ${clientSecret ? html`<admin-copy-field label="Client secret, shown this once" .value=${clientSecret}></admin-copy-field>` : nothing}
    </section>`
  }

  private form() {
    const offered = Object.entries(scopes).filter(([scope]) => this.may(scope)) as [Scope, string][]
    return html`<form class="card stack" @submit=${this.create}>
      <h2>Register an application</h2>
      <div class="field"><label for="client-name">Name, as people read it</label><input id="client-name" name="name" required maxlength="100" /></div>
      <div class="field"><label for="client-purpose">What it does with the data, in a sentence</label><input id="client-purpose" name="purpose" required maxlength="500" /></div>
      <div class="field"><label for="client-contact">E-mail where people ask about it</label><input id="client-contact" name="contact" type="email" required /></div>
      <div class="field"><label for="client-notice">Address of its privacy notice (optional)</label><input id="client-notice" name="privacyNotice" type="url" /></div>
      <fieldset><legend>Use</legend>
        <label class="check"><input type="radio" name="use" value="web" checked /> A web application that signs people in and can keep a secret</label>
        <label class="check"><input type="radio" name="use" value="public" /> An app or page that signs people in and cannot keep a secret</label>
        <label class="check"><input type="radio" name="use" value="service" /> A service that acts for this organisation, without people</label>
      </fieldset>
      <div class="field"><label for="client-redirects">Redirect addresses (one a line; not for services)</label><textarea id="client-redirects" name="redirectUris" rows="2" spellcheck="false"></textarea></div>
      <fieldset><legend>Rights</legend>
        ${offered.map(([scope, label]) => html`<label class="check"><input type="checkbox" name="scope" value=${scope} /> ${label} <code>${scope}</code></label>`)}
      </fieldset>
      <p class="actions">
        <button class="button" ?disabled=${this.busy}>Register</button>
        <button type="button" class="button secondary" @click=${() => {
          this.adding = false
        }}>Cancel</button>
      </p>
    </form>`
  }
}

function requested({ scopes: reviewed }: OAuthApproval): string[] {
  return reviewed.filter(({ state: given }) => given === 'requested').map(({ scope }) => scope)
}

customElements.define('console-clients', ClientsElement)
