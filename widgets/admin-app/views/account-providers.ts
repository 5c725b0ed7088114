import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type { z } from 'zod'
import type { ssoApi } from '../../../shared/api/sso.ts'
import { api, sentenceOf } from '../../app/api.ts'
import { View } from '../../app/view.ts'

type Provider = z.output<
  (typeof ssoApi)['GET /api/v1/session/providers']['response']
>['providers'][number]

/** @summary Identity providers that one's own account is linked with, or can be. */
export class AccountProvidersElement extends View {
  @state() private providers: readonly Provider[] = []

  override connectedCallback(): void {
    super.connectedCallback()
    void this.load()
  }

  private async load(): Promise<void> {
    try {
      this.providers = (await api('GET /api/v1/session/providers', {})).providers
      if (location.search.includes('linked')) this.success = 'Your account is linked.'
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  protected override render() {
    if (this.providers.length === 0 && !this.error) return nothing
    return html`<section class="card" aria-labelledby="account-sso">
      <h2 id="account-sso">Single sign-on</h2>
      ${this.notices()}
      <p>Sign in with the account of your organisation instead of a password.</p>
      <ul>
        ${this.providers.map(
          ({ name, isLinked, linkUrl, signOutUrl }) => html`<li>
            ${name}:
            ${isLinked ? 'linked' : html`<a href=${linkUrl}>Link ${name}</a>`}
            ${signOutUrl ? html` · <a href=${signOutUrl}>Sign out here and at ${name}</a>` : nothing}
          </li>`,
        )}
      </ul>
    </section>`
  }
}

customElements.define('admin-account-providers', AccountProvidersElement)
