import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type { IdentityProvider, SsoDomain, SsoPolicy } from '../../../../shared/api/sso.ts'
import { api, sentenceOf } from '../../../app/api.ts'
import { confirmAct } from '../../../app/confirm.ts'
import '../../../app/copy-field.ts'
import { PagedList } from '../../../app/paged-list.ts'
import { go, View, when } from '../../../app/view.ts'
import { providerFields, readProviderForm } from './provider-form.ts'
import './sso-provider.ts'
import { presetNames } from './sso-words.ts'

interface Person {
  readonly id: string
  readonly name: string
}

/** @summary Identity providers, e-mail domains, and whether staff must sign in with them. */
export class SsoElement extends View {
  @state() private adding: 'saml' | 'oidc' | undefined
  @state() private policy: SsoPolicy | undefined
  @state() private administrators: readonly Person[] = []

  private readonly providers = new PagedList<IdentityProvider>(this, (cursor) =>
    api('GET /api/v1/identity-providers', { query: { limit: 50, cursor, sort: 'name' } }),
  )
  private readonly domains = new PagedList<SsoDomain>(this, (cursor) =>
    api('GET /api/v1/sso-domains', { query: { limit: 50, cursor } }),
  )

  override connectedCallback(): void {
    super.connectedCallback()
    void this.load()
  }

  private async load(): Promise<void> {
    try {
      this.policy = await api('GET /api/v1/sso-policy', {})
      if (!this.may('people.read')) return
      const { data } = await api('GET /api/v1/people', { query: { limit: 200 } })
      const tenantId = this.session?.tenant.id
      this.administrators = data.filter(({ roles, disabled }) =>
        roles.some(
          (held) => held.tenantId === tenantId && held.role.endsWith('-admin') && !disabled,
        ),
      )
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  private add(event: SubmitEvent): void {
    event.preventDefault()
    // A form's submit event comes from the form.
    const form = event.target as HTMLFormElement
    void this.act(async () => {
      const added = await api('POST /api/v1/identity-providers', await readProviderForm(form))
      go(`/admin/sso/${added.id}`)
      return undefined
    })
  }

  private async open(protocol: 'saml' | 'oidc'): Promise<void> {
    this.adding = protocol
    await this.updateComplete
    this.querySelector<HTMLInputElement>('form input[name=name]')?.focus()
  }

  private addDomain(event: SubmitEvent): void {
    event.preventDefault()
    const form = event.target as HTMLFormElement
    const domain = String(new FormData(form).get('domain'))
    void this.act(async () => {
      await api('POST /api/v1/sso-domains', { body: { domain } })
      form.reset()
      await this.domains.restart()
      return `${domain} is on the list. Make the DNS record, then prove it.`
    })
  }

  private verify({ id, domain }: SsoDomain): void {
    void this.act(async () => {
      await api('POST /api/v1/sso-domains/:id/verify', { params: { id } })
      await this.domains.restart()
      return `${domain} is proven.`
    })
  }

  private discard({ id, domain }: SsoDomain): void {
    void this.act(async () => {
      const sure = await confirmAct({
        title: `Give up ${domain}?`,
        text: 'People with such an address are no longer led to the identity provider, and get no accounts by it.',
        button: 'Give it up',
      })
      if (!sure) return undefined
      await api('DELETE /api/v1/sso-domains/:id', { params: { id } })
      await this.domains.restart()
      return `${domain} is given up.`
    })
  }

  private savePolicy(event: SubmitEvent): void {
    event.preventDefault()
    const data = new FormData(event.target as HTMLFormElement)
    const body = {
      enforced: data.has('enforced'),
      breakGlassPersonId: String(data.get('breakGlass') ?? '') || null,
    }
    void this.act(async () => {
      this.policy = await api('PUT /api/v1/sso-policy', { body })
      return body.enforced
        ? 'Saved: staff now sign in with an identity provider.'
        : 'Saved: staff may sign in with their passwords.'
    })
  }

  protected override render() {
    return html`
      <h1>Single sign-on</h1>
      <p class="lead">Staff sign in with the account they have already: Microsoft, Google, or any SAML 2.0 or OpenID Connect provider.</p>
      ${this.notices()}
      ${this.adding ? this.form(this.adding) : this.overview()}
    `
  }

  private form(protocol: 'saml' | 'oidc') {
    return html`<form class="card stack" @submit=${this.add}>
      <h2>Add a provider by ${protocol === 'saml' ? 'SAML 2.0' : 'OpenID Connect'}</h2>
      ${providerFields(protocol)}
      <p class="hint">The addresses that the provider needs are shown once it is added.</p>
      <p class="actions">
        <button class="button" ?disabled=${this.busy}>Add the provider</button>
        <button type="button" class="button secondary" @click=${() => {
          this.adding = undefined
        }}>Cancel</button>
      </p>
    </form>`
  }

  private overview() {
    const mayWrite = this.may('sso.write')
    return html`
      <div>
        <h2>Identity providers</h2>
        ${
          mayWrite
            ? html`<p class="actions">
                <button class="button" @click=${() => this.open('saml')}>Add by SAML</button>
                <button class="button secondary" @click=${() => this.open('oidc')}>Add by OpenID Connect</button>
              </p>`
            : nothing
        }
        ${this.providers.table({
          caption: 'Identity providers',
          columns: ['Name', 'Product', 'Protocol', 'State', 'Last sign-in'],
          row: (provider) => html`<tr>
            <th scope="row"><a href="/admin/sso/${provider.id}">${provider.name}</a></th>
            <td>${presetNames[provider.preset]}</td>
            <td>${provider.protocol === 'saml' ? 'SAML 2.0' : 'OpenID Connect'}</td>
            <td><span class="pill ${provider.enabled ? 'good' : ''}">${provider.enabled ? 'On' : 'Off'}</span></td>
            <td>${when(provider.lastSignInAt)}</td>
          </tr>`,
          empty: html`<h3>No identity provider yet</h3><p>Staff sign in with a password of this service.</p>`,
        })}
      </div>
      <div>
        <h2>E-mail domains</h2>
        <p>Whoever enters an address of a proven domain on the sign-in page is led to the provider. Only at proven domains are accounts made or linked by themselves.</p>
        ${this.domains.table({
          caption: 'E-mail domains',
          columns: ['Domain', 'State', 'DNS record', 'Actions'],
          row: (domain) => this.domainRow(domain, mayWrite),
          empty: html`<p>No domain yet.</p>`,
        })}
        ${
          mayWrite
            ? html`<form class="actions" @submit=${this.addDomain}>
                <label>Domain <input name="domain" required placeholder="school.sch.uk" autocomplete="off" /></label>
                <button class="button secondary" ?disabled=${this.busy}>Add the domain</button>
              </form>`
            : nothing
        }
      </div>
      ${this.policy ? this.policyForm(this.policy, mayWrite) : nothing}
    `
  }

  private domainRow(domain: SsoDomain, mayWrite: boolean) {
    const isProven = domain.verifiedAt !== null
    return html`<tr>
      <th scope="row">${domain.domain}</th>
      <td><span class="pill ${isProven ? 'good' : ''}">${isProven ? 'Proven' : 'Not proven'}</span></td>
      <td>${
        isProven
          ? '–'
          : html`<code>${domain.record.name}</code> ${domain.record.type}<br /><code>${domain.record.value}</code>`
      }</td>
      <td>${
        mayWrite
          ? html`${
              isProven
                ? nothing
                : html`<button class="button link" ?disabled=${this.busy} @click=${() => this.verify(domain)}>Prove ${domain.domain}</button>`
            }
            <button class="button link" ?disabled=${this.busy} @click=${() => this.discard(domain)}>Give up ${domain.domain}</button>`
          : nothing
      }</td>
    </tr>`
  }

  private policyForm({ enforced, breakGlassPersonId }: SsoPolicy, mayWrite: boolean) {
    return html`<form class="card stack" @submit=${this.savePolicy}>
      <h2>Passwords</h2>
      <p><label class="check"><input type="checkbox" name="enforced" ?checked=${enforced} ?disabled=${!mayWrite} /> <span>Staff must sign in with an identity provider</span></label></p>
      <div class="field">
        <label for="sso-emergency">Account for emergencies</label>
        <p class="hint" id="sso-emergency-hint">It may still use its password when the provider is down. Each use is in the audit trail.</p>
        <select id="sso-emergency" name="breakGlass" aria-describedby="sso-emergency-hint" ?disabled=${!mayWrite}>
          <option value="">Nobody</option>
          ${this.administrators.map(({ id, name }) => html`<option value=${id} ?selected=${id === breakGlassPersonId}>${name}</option>`)}
        </select>
      </div>
      ${mayWrite ? html`<p><button class="button" ?disabled=${this.busy}>Save</button></p>` : nothing}
    </form>`
  }
}

customElements.define('admin-sso', SsoElement)
