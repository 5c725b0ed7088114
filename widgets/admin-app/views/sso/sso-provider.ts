import { html, nothing, type TemplateResult } from 'lit'
import { state } from 'lit/decorators.js'
import type { IdentityProvider, SsoIdentity } from '../../../../shared/api/sso.ts'
import { api, sentenceOf } from '../../../app/api.ts'
import { confirmAct } from '../../../app/confirm.ts'
import { PagedList } from '../../../app/paged-list.ts'
import { go, View, when } from '../../../app/view.ts'
import { mappingFields, readMapping } from './provider-form.ts'
import { type grantableRoles, oidcSteps, presetNames, presetSteps, stepNames } from './sso-words.ts'

const linkWords = {
  password: 'by signing in with the password',
  domain: 'by the proven e-mail domain',
  created: 'account made at the first sign-in',
} as const

/** @summary One identity provider: what to enter there, a test that says which step is wrong, roles and linked accounts. */
export class SsoProviderElement extends View {
  @state() private provider: IdentityProvider | undefined

  private readonly identities = new PagedList<SsoIdentity>(this, (cursor) =>
    api('GET /api/v1/sso-identities', {
      query: { limit: 20, cursor, providerId: this.parameters['id'] ?? '' },
    }),
  )

  override connectedCallback(): void {
    super.connectedCallback()
    void this.load()
  }

  private async load(): Promise<void> {
    try {
      const params = { id: this.parameters['id'] ?? '' }
      this.provider = await api('GET /api/v1/identity-providers/:id', { params })
      if (!location.search.includes('tested')) return
      const isFine = this.provider.lastTest?.steps.every(({ passed }) => passed) ?? false
      if (isFine) this.success = 'Tested: people can sign in.'
      else this.error = 'Tested: the steps below say what is not right yet.'
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  private test({ id }: IdentityProvider): void {
    void this.act(async () => {
      const { url } = await api('POST /api/v1/identity-providers/:id/test', { params: { id } })
      location.assign(url)
      return undefined
    })
  }

  private change(body: object, done: string): void {
    const { provider } = this
    if (!provider) return
    void this.act(async () => {
      const params = { id: provider.id }
      this.provider = await api('PATCH /api/v1/identity-providers/:id', { params, body })
      return done
    })
  }

  private saveMapping(event: SubmitEvent): void {
    event.preventDefault()
    // A form's submit event comes from the form.
    const data = new FormData(event.target as HTMLFormElement)
    this.change(
      {
        createsAccounts: data.has('createsAccounts'),
        // The options are the roles of the contract.
        defaultRole: (String(data.get('defaultRole')) || null) as
          | keyof typeof grantableRoles
          | null,
        roleClaim: String(data.get('roleClaim')).trim() || null,
        roleMapping: readMapping(String(data.get('roleMapping'))),
      },
      'Saved. Roles change when people next sign in.',
    )
  }

  private refresh({ id }: IdentityProvider): void {
    void this.act(async () => {
      this.provider = await api('POST /api/v1/identity-providers/:id/refresh', { params: { id } })
      return 'The metadata is read again.'
    })
  }

  private discard({ id, name }: IdentityProvider): void {
    void this.act(async () => {
      const sure = await confirmAct({
        title: `Remove “${name}”?`,
        text: 'Nobody can sign in with it any more, and the links of accounts to it are gone. The accounts stay.',
        button: 'Remove the provider',
      })
      if (!sure) return undefined
      await api('DELETE /api/v1/identity-providers/:id', { params: { id } })
      go('/admin/sso')
      return undefined
    })
  }

  private unlink(identity: SsoIdentity): void {
    void this.act(async () => {
      const sure = await confirmAct({
        title: 'Unlink this account?',
        text: 'The person signs in with a password again, or is linked anew.',
        button: 'Unlink',
      })
      if (!sure) return undefined
      await api('DELETE /api/v1/sso-identities/:id', { params: { id: identity.id } })
      await this.identities.restart()
      return 'The account is unlinked.'
    })
  }

  protected override render() {
    const { provider } = this
    return html`
      <p><a href="/admin/sso">Single sign-on</a></p>
      <h1>${provider?.name ?? 'Identity provider'}</h1>
      ${this.notices()}
      ${provider ? this.details(provider) : this.error ? nothing : html`<p class="loading" role="status">Loading the provider …</p>`}
    `
  }

  private details(provider: IdentityProvider): TemplateResult {
    const mayWrite = this.may('sso.write')
    return html`
      <section class="card" aria-labelledby="sso-set-up">
        <h2 id="sso-set-up">Set it up: ${presetNames[provider.preset]}</h2>
        <ol>${stepsOf(provider).map((step) => html`<li>${step}</li>`)}</ol>
        ${addresses(provider)}
      </section>
      <section class="card" aria-labelledby="sso-test">
        <h2 id="sso-test">Test</h2>
        ${provider.lastTest ? testResult(provider.lastTest) : html`<p>Not tested yet. A test signs nobody in and changes nothing.</p>`}
        ${mayWrite ? html`<p><button class="button" ?disabled=${this.busy} @click=${() => this.test(provider)}>Test a sign-in</button></p>` : nothing}
      </section>
      ${provider.saml ? this.saml(provider, provider.saml, mayWrite) : nothing}
      ${
        mayWrite
          ? html`<form class="card stack" @submit=${this.saveMapping}>
              ${mappingFields(provider)}
              <p><button class="button" ?disabled=${this.busy}>Save accounts and roles</button></p>
            </form>`
          : nothing
      }
      <div>
        <h2>Linked accounts</h2>
        ${this.identities.table({
          caption: 'Linked accounts',
          columns: ['Person', 'At the provider', 'Linked', 'Last sign-in', 'Actions'],
          row: (identity) => html`<tr>
            <th scope="row"><a href="/admin/people"><code>${identity.personId}</code></a></th>
            <td><code>${identity.subject}</code></td>
            <td>${linkWords[identity.linkedBy]}</td>
            <td>${when(identity.lastSignInAt)}</td>
            <td>${mayWrite ? html`<button class="button link" @click=${() => this.unlink(identity)}>Unlink</button>` : nothing}</td>
          </tr>`,
          empty: html`<p>Nobody has signed in with it yet.</p>`,
        })}
      </div>
      ${
        mayWrite
          ? html`<p class="actions">
              <button class="button secondary" ?disabled=${this.busy} @click=${() => this.change({ enabled: !provider.enabled }, provider.enabled ? 'It is switched off.' : 'It is switched on.')}>${provider.enabled ? 'Switch it off' : 'Switch it on'}</button>
              <button class="button danger" ?disabled=${this.busy} @click=${() => this.discard(provider)}>Remove the provider</button>
            </p>`
          : nothing
      }
    `
  }

  private saml(
    provider: IdentityProvider,
    saml: NonNullable<IdentityProvider['saml']>,
    mayWrite: boolean,
  ) {
    return html`<section class="card" aria-labelledby="sso-certificates">
      <h2 id="sso-certificates">Certificates</h2>
      ${saml.metadataProblem ? html`<p class="notice error">The metadata could not be read: ${saml.metadataProblem}</p>` : nothing}
      <ul>${saml.certificates.map(({ fingerprint, validUntil }) => html`<li><code>${fingerprint}</code><br />valid until ${when(validUntil)}</li>`)}</ul>
      <p class="hint">Read ${when(saml.metadataReadAt)}. All of them are good for signatures, so that a new one can take over.</p>
      ${
        mayWrite && saml.metadataUrl
          ? html`<p><button class="button secondary" ?disabled=${this.busy} @click=${() => this.refresh(provider)}>Read the metadata now</button></p>`
          : nothing
      }
    </section>`
  }
}

function stepsOf({ preset, protocol }: IdentityProvider): readonly string[] {
  return (protocol === 'oidc' ? oidcSteps[preset] : undefined) ?? presetSteps[preset]
}

function addresses({ addresses: all }: IdentityProvider): TemplateResult {
  const labels = {
    entityId: 'Identifier (entity ID)',
    acs: 'Reply URL (assertion consumer service)',
    metadata: 'Metadata of this service',
    signOut: 'Sign-out URL',
    redirectUri: 'Redirect URI',
    signIn: 'Sign-on URL',
  } as const
  return html`${Object.entries(labels).map(([name, label]) => {
    const value = all[name as keyof typeof labels]
    return value === null
      ? nothing
      : html`<admin-copy-field label=${label} .value=${value}></admin-copy-field>`
  })}`
}

function testResult({ at, steps, claims }: NonNullable<IdentityProvider['lastTest']>) {
  return html`
    <ol>${steps.map(
      ({ step, passed, detail }) => html`<li>
        <strong>${stepNames[step]}</strong> <span class="pill ${passed ? 'good' : 'bad'}">${passed ? 'Right' : 'Not right'}</span><br />${detail}
      </li>`,
    )}</ol>
    <p class="hint">Tested ${when(at)}. Attributes that came: ${claims.join(', ') || 'none'}.</p>
  `
}

customElements.define('admin-sso-provider', SsoProviderElement)
