import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import { keyed } from 'lit/directives/keyed.js'
import { type RoleName, roles } from '../../../shared/scopes.ts'
import { api, sentenceOf } from '../../app/api.ts'
import { confirmAct } from '../../app/confirm.ts'
import '../../app/copy-field.ts'
import { PagedList } from '../../app/paged-list.ts'
import { View, when } from '../../app/view.ts'
import './person-panel.ts'
import type { Person, PersonChangedEvent } from './person-panel.ts'

/** @summary Staff accounts: add, change, sign out everywhere. */
export class PeopleElement extends View {
  @state() private adding = false
  @state() private added: { email: string; password: string } | undefined

  @state() private chosen: Person | undefined
  @state() private offered: readonly RoleName[] = []

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.may('people.write')) void this.loadRoles()
  }

  /** The roles there are in an organisation of this kind. */
  private async loadRoles(): Promise<void> {
    try {
      const { data } = await api('GET /api/v1/roles', {})
      const kind = this.session?.tenant.kind ?? ''
      this.offered = data
        .filter(({ organisations }) => organisations.includes(kind))
        .map(({ name }) => name)
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  private readonly list = new PagedList<Person>(this, (cursor) =>
    api('GET /api/v1/people', { query: { limit: 50, cursor } }),
  )

  private add(event: Event): void {
    event.preventDefault()
    const data = new FormData(event.target as HTMLFormElement)
    void this.act(async () => {
      const person = await api('POST /api/v1/people', {
        body: {
          name: String(data.get('name')),
          email: String(data.get('email')),
          // The select offers role names only.
          role: String(data.get('role')) as RoleName,
        },
      })
      this.added = { email: person.email, password: person.oneTimePassword }
      this.adding = false
      await this.list.restart()
      return undefined
    })
  }

  private signOut(person: Person): void {
    void this.act(async () => {
      const sure = await confirmAct({
        title: `Sign ${person.name} out everywhere?`,
        text: 'Every open session of this person ends at once. They can sign in again.',
        button: 'Sign out everywhere',
      })
      if (!sure) return undefined
      const { ended } = await api('DELETE /api/v1/people/:id/sessions', {
        params: { id: person.id },
      })
      return `${ended} ${ended === 1 ? 'session' : 'sessions'} ended.`
    })
  }

  private async change({ person }: PersonChangedEvent): Promise<void> {
    if (!person) {
      this.success = `${this.chosen?.name} has no role here any more.`
      await this.close()
    } else this.chosen = person
    await this.list.restart()
  }

  /** Gives the focus back to where the panel was opened. */
  private async close(): Promise<void> {
    const id = this.chosen?.id
    this.chosen = undefined
    await this.updateComplete
    const opener = this.querySelector<HTMLElement>(`[data-person="${id}"]`)
    opener?.focus()
  }

  protected override render() {
    return html`
      <h1>Staff</h1>
      <p class="lead">Who may sign in here, and what they may do.</p>
      ${this.notices()}
      ${
        this.added
          ? html`<section class="card notice success" aria-labelledby="one-time">
              <h2 id="one-time">Pass this password on to ${this.added.email}</h2>
              <p>It is shown this once. They should change it after signing in.</p>
              <admin-copy-field label="One-time password" .value=${this.added.password}></admin-copy-field>
              <button class="button secondary" @click=${() => {
                this.added = undefined
              }}>I have passed it on</button>
            </section>`
          : nothing
      }
      ${
        this.may('people.write')
          ? this.adding
            ? this.form()
            : html`<p><button class="button" @click=${() => {
                this.adding = true
              }}>Add a member of staff</button></p>`
          : nothing
      }
      ${this.chosen ? this.panel(this.chosen) : nothing}
      ${this.list.table({
        caption: 'Staff accounts',
        columns: ['Name', 'E-mail', 'Roles', 'Last signed in', 'Actions'],
        row: (person) => html`<tr>
          <th scope="row">${person.name}${person.disabled ? html` <span class="pill">Disabled</span>` : nothing}</th>
          <td>${person.email}</td>
          <td>${person.roles.map(({ role }) => roles[role].label).join(', ')}</td>
          <td>${person.lastSignInAt ? when(person.lastSignInAt) : 'never'}</td>
          <td>${this.may('people.write') ? this.actions(person) : nothing}</td>
        </tr>`,
        empty: html`<p>No staff accounts.</p>`,
      })}
    `
  }

  private actions(person: Person) {
    const name = html`<span class="visually-hidden"> ${person.name}</span>`
    return html`<button class="button link" data-person=${person.id} @click=${() => {
      this.chosen = person
    }}>Change${name}</button>
      <button class="button link" @click=${() => this.signOut(person)}>Sign out everywhere${name}</button>`
  }

  private panel(person: Person) {
    // Keyed, so that the notices and the password of one person never stand at another's.
    return keyed(
      person.id,
      html`<section class="card stack" aria-label="Change ${person.name}">
        <admin-person-panel
          .session=${this.session}
          .person=${person}
          .offered=${this.offered}
          @person-changed=${this.change}
        ></admin-person-panel>
        <p><button class="button" @click=${this.close}>Done</button></p>
      </section>`,
    )
  }

  private form() {
    return html`<form class="card stack" @submit=${this.add}>
      <h2>Add a member of staff</h2>
      <div class="field"><label for="person-name">Name</label><input id="person-name" name="name" required maxlength="200" autocomplete="off" /></div>
      <div class="field"><label for="person-email">E-mail</label><input id="person-email" name="email" type="email" required autocomplete="off" /></div>
      <div class="field"><label for="person-role">Role</label>
        <select id="person-role" name="role">${this.offered.map((name) => html`<option value=${name} ?selected=${name === 'teacher'}>${roles[name].label}</option>`)}</select></div>
      <p class="actions">
        <button class="button" ?disabled=${this.busy}>Add</button>
        <button type="button" class="button secondary" @click=${() => {
          this.adding = false
        }}>Cancel</button>
      </p>
    </form>`
  }
}

customElements.define('admin-people', PeopleElement)
