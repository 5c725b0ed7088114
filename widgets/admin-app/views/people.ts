import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type { z } from 'zod'
import type { Person as PersonSchema } from '../../../shared/api/access.ts'
import { type RoleName, roles } from '../../../shared/scopes.ts'
import { api } from '../../app/api.ts'
import { confirmAct } from '../../app/confirm.ts'
import '../../app/copy-field.ts'
import { PagedList } from '../../app/paged-list.ts'
import { View, when } from '../../app/view.ts'

type Person = z.output<typeof PersonSchema>

/** @summary Staff accounts: add, roles, sign out everywhere. */
export class PeopleElement extends View {
  @state() private adding = false
  @state() private added: { email: string; password: string } | undefined

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
      ${this.list.table({
        caption: 'Staff accounts',
        columns: ['Name', 'E-mail', 'Roles', 'Last signed in', 'Actions'],
        row: (person) => html`<tr>
          <th scope="row">${person.name}</th>
          <td>${person.email}</td>
          <td>${person.roles.map(({ role }) => roles[role].label).join(', ')}</td>
          <td>${person.lastSignInAt ? when(person.lastSignInAt) : 'never'}</td>
          <td>${this.may('people.write') ? html`<button class="button link" @click=${() => this.signOut(person)}>Sign out everywhere</button>` : nothing}</td>
        </tr>`,
        empty: html`<p>No staff accounts.</p>`,
      })}
    `
  }

  private form() {
    const offered = Object.entries(roles).filter(([name]) => name !== 'platform-admin')
    return html`<form class="card stack" @submit=${this.add}>
      <h2>Add a member of staff</h2>
      <div class="field"><label for="person-name">Name</label><input id="person-name" name="name" required maxlength="200" autocomplete="off" /></div>
      <div class="field"><label for="person-email">E-mail</label><input id="person-email" name="email" type="email" required autocomplete="off" /></div>
      <div class="field"><label for="person-role">Role</label>
        <select id="person-role" name="role">${offered.map(([name, { label }]) => html`<option value=${name} ?selected=${name === 'teacher'}>${label}</option>`)}</select></div>
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
