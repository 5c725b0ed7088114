import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import { api } from '../../app/api.ts'
import { confirmAct } from '../../app/confirm.ts'
import '../../app/copy-field.ts'
import { View, when } from '../../app/view.ts'
import './account-access.ts'
import './account-providers.ts'

/** @summary One's own account: password, sessions, browser extension. */
export class AccountElement extends View {
  @state() private pairing: { code: string; expiresAt: string } | undefined

  private changePassword(event: Event): void {
    event.preventDefault()
    const form = event.target as HTMLFormElement
    const data = new FormData(form)
    void this.act(async () => {
      await api('POST /api/v1/session/password', {
        body: {
          currentPassword: String(data.get('current')),
          newPassword: String(data.get('new')),
        },
      })
      form.reset()
      return 'Your password is changed. Every other session of yours has ended.'
    })
  }

  private signOutEverywhere(): void {
    void this.act(async () => {
      const sure = await confirmAct({
        title: 'Sign out everywhere?',
        text: 'Every session of yours ends on every device, this one too.',
        button: 'Sign out everywhere',
      })
      if (!sure) return undefined
      await api('DELETE /api/v1/sessions', {})
      location.assign('/sign-in')
      return undefined
    })
  }

  private pair(): void {
    void this.act(async () => {
      this.pairing = await api('POST /api/v1/extension/codes', {})
      return undefined
    })
  }

  protected override render() {
    return html`
      <h1>Your account</h1>
      <p>${this.session?.user.name} · ${this.session?.user.email}</p>
      ${this.notices()}
      <section class="card" aria-labelledby="pair-title">
        <h2 id="pair-title">Browser extension</h2>
        <p>Pair the EdPsych Connect extension to share library resources from Google Classroom. The extension never sees your password.</p>
        ${
          this.pairing
            ? html`<admin-copy-field label="Pairing code" .value=${this.pairing.code}></admin-copy-field>
                <admin-copy-field label="Server address" .value=${location.origin}></admin-copy-field>
                <p>Type both into the extension’s options. The code works once, until ${when(this.pairing.expiresAt)}.</p>`
            : nothing
        }
        <button class="button" ?disabled=${this.busy} @click=${this.pair}>${this.pairing ? 'Make another code' : 'Make a pairing code'}</button>
      </section>
      <admin-account-access .session=${this.session}></admin-account-access>
      <admin-account-providers .session=${this.session}></admin-account-providers>
      <form class="card stack" @submit=${this.changePassword}>
        <h2>Change your password</h2>
        <input type="hidden" autocomplete="username" .value=${this.session?.user.email ?? ''} />
        <div class="field"><label for="password-current">Current password</label><input id="password-current" name="current" type="password" required autocomplete="current-password" /></div>
        <div class="field"><label for="password-new">New password</label><p class="hint" id="password-hint">At least 12 characters; a few unrelated words are good.</p><input id="password-new" name="new" type="password" required minlength="12" autocomplete="new-password" aria-describedby="password-hint" /></div>
        <p><button class="button" ?disabled=${this.busy}>Change password</button></p>
      </form>
      <section class="card" aria-labelledby="sessions-title">
        <h2 id="sessions-title">Sessions</h2>
        <p>Lost a device, or used a shared computer? End every session at once.</p>
        <button class="button danger" ?disabled=${this.busy} @click=${this.signOutEverywhere}>Sign out everywhere</button>
      </section>
    `
  }
}

customElements.define('admin-account', AccountElement)
