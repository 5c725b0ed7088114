import { html, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { z } from 'zod'
import type { Person as PersonSchema } from '../../../shared/api/access.ts'
import { type RoleName, roles } from '../../../shared/scopes.ts'
import { api } from '../../app/api.ts'
import { confirmAct } from '../../app/confirm.ts'
import '../../app/copy-field.ts'
import { View } from '../../app/view.ts'

export type Person = z.output<typeof PersonSchema>
type Assignment = Person['roles'][number]

/** The account as it is now; none where its last role in this organisation was taken away. */
export class PersonChangedEvent extends Event {
  readonly person: Person | undefined

  constructor(person: Person | undefined) {
    super('person-changed')
    this.person = person
  }
}

/**
 * @summary One staff account: its roles, whether it may sign in, a new one-time password.
 * @fires person-changed
 */
export class PersonPanelElement extends View {
  @property({ attribute: false }) person: Person | undefined
  @property({ attribute: false }) offered: readonly RoleName[] = []
  @state() private oneTimePassword = ''

  protected override firstUpdated(): void {
    this.focusHeading()
  }

  private focusHeading(): void {
    this.querySelector('h2')?.focus()
  }

  private async perform(work: (person: Person) => Promise<string | undefined>): Promise<void> {
    const { person } = this
    if (!person) return
    await this.act(() => work(person))
    // What was pressed may be gone with what it took away.
    if (this.isConnected && document.activeElement === document.body) this.focusHeading()
  }

  private changed(person: Person | undefined): void {
    this.dispatchEvent(new PersonChangedEvent(person))
  }

  private give(event: Event): void {
    event.preventDefault()
    const data = new FormData(event.target as HTMLFormElement)
    // The select offers role names only.
    const role = String(data.get('role')) as RoleName
    void this.perform(async ({ id, name }) => {
      this.changed(await api('POST /api/v1/people/:id/roles', { params: { id }, body: { role } }))
      return `${name} is now ${roles[role].label}.`
    })
  }

  private takeAway({ role, tenantId }: Assignment): void {
    void this.perform(async ({ id, name, roles: held }) => {
      const isLast = held.length === 1
      const { label } = roles[role]
      const sure = await confirmAct({
        title: `Take the role ${label} from ${name}?`,
        text: isLast
          ? 'It is their last role here: they can no longer work in this organisation.'
          : 'They lose the rights of this role at once.',
        button: 'Take the role away',
      })
      if (!sure) return undefined
      await api('DELETE /api/v1/people/:id/roles/:role', {
        params: { id, role },
        query: { tenantId },
      })
      this.changed(isLast ? undefined : await api('GET /api/v1/people/:id', { params: { id } }))
      return `${name} is no longer ${label}.`
    })
  }

  private disable(): void {
    void this.perform(async ({ id, name }) => {
      const sure = await confirmAct({
        title: `Disable the account of ${name}?`,
        text: 'They are signed out everywhere at once and cannot sign in until it is enabled again.',
        button: 'Disable the account',
      })
      if (!sure) return undefined
      this.changed(
        await api('PATCH /api/v1/people/:id', { params: { id }, body: { disabled: true } }),
      )
      return `The account of ${name} is disabled.`
    })
  }

  private enable(): void {
    void this.perform(async ({ id, name }) => {
      this.changed(
        await api('PATCH /api/v1/people/:id', { params: { id }, body: { disabled: false } }),
      )
      return `${name} can sign in again.`
    })
  }

  private resetPassword(): void {
    void this.perform(async ({ id, name }) => {
      const sure = await confirmAct({
        title: `Give ${name} a new one-time password?`,
        text: 'Their present password and every open session of theirs end at once.',
        button: 'Make a new password',
      })
      if (!sure) return undefined
      const made = await api('POST /api/v1/people/:id/one-time-password', { params: { id } })
      this.oneTimePassword = made.oneTimePassword
      return `${name} has a new one-time password.`
    })
  }

  protected override render() {
    const { person } = this
    if (!person) return nothing
    return html`
      <h2 tabindex="-1">${person.name}</h2>
      ${this.notices()}
      ${
        this.oneTimePassword
          ? html`<p>Pass this password on to ${person.email}. It is shown this once and ends after seven days.</p>
            <admin-copy-field label="New one-time password" .value=${this.oneTimePassword}></admin-copy-field>`
          : nothing
      }
      <h3>Roles</h3>
      <ul>${person.roles.map((held) => this.held(held))}</ul>
      ${this.roleForm(person)}
      <h3>Account</h3>
      <p>${person.disabled ? 'Disabled: this person cannot sign in.' : 'This person can sign in.'}</p>
      <p class="actions">
        ${
          person.disabled
            ? html`<button class="button secondary" ?disabled=${this.busy} @click=${this.enable}>Enable the account</button>`
            : html`<button class="button secondary" ?disabled=${this.busy} @click=${this.disable}>Disable the account</button>`
        }
        <button class="button secondary" ?disabled=${this.busy} @click=${this.resetPassword}>New one-time password</button>
      </p>
    `
  }

  private held(held: Assignment) {
    const { label } = roles[held.role]
    const isHere = held.tenantId === this.session?.tenant.id
    const where = this.session?.tenants.find(({ id }) => id === held.tenantId)?.name
    return html`<li>${label}${isHere || !where ? nothing : ` at ${where}`}
      <button class="button link" ?disabled=${this.busy} @click=${() => this.takeAway(held)}>Take away<span class="visually-hidden"> the role ${label}</span></button></li>`
  }

  private roleForm(person: Person) {
    const here = person.roles.filter(({ tenantId }) => tenantId === this.session?.tenant.id)
    const left = this.offered.filter((name) => !here.some(({ role }) => role === name))
    if (left.length === 0) return nothing
    return html`<form @submit=${this.give}>
      <div class="field"><label for="person-new-role">Another role</label>
        <select id="person-new-role" name="role">${left.map((name) => html`<option value=${name}>${roles[name].label}</option>`)}</select></div>
      <p class="actions"><button class="button secondary" ?disabled=${this.busy}>Give this role</button></p>
    </form>`
  }
}

customElements.define('admin-person-panel', PersonPanelElement)
