import { html, nothing, type TemplateResult } from 'lit'
import { state } from 'lit/decorators.js'
import type { CustomRole, SupportAccess } from '../../../shared/api/roles.ts'
import { type Scope, scopes } from '../../../shared/scopes.ts'
import { api } from '../../app/api.ts'
import { confirmAct } from '../../app/confirm.ts'
import { PagedList } from '../../app/paged-list.ts'
import { countOf, View, when } from '../../app/view.ts'

/** @summary Roles that an organisation makes itself, and when support staff could look in. */
export class RolesElement extends View {
  @state() private editing: CustomRole | 'new' | undefined

  private readonly roles = new PagedList<CustomRole>(this, (cursor) =>
    api('GET /api/v1/custom-roles', { query: { limit: 50, cursor } }),
  )
  private readonly accesses = new PagedList<SupportAccess>(this, (cursor) =>
    api('GET /api/v1/support-accesses', { query: { limit: 50, cursor } }),
  )

  private save(event: SubmitEvent): void {
    event.preventDefault()
    const data = new FormData(event.target as HTMLFormElement)
    const { editing } = this
    const body = {
      name: String(data.get('name')),
      description: String(data.get('description')),
      // The boxes are named by rights.
      scopes: data.getAll('scope') as Scope[],
    }
    void this.act(async () => {
      if (editing === 'new' || !editing) await api('POST /api/v1/custom-roles', { body })
      else await api('PATCH /api/v1/custom-roles/:id', { params: { id: editing.id }, body })
      this.editing = undefined
      await this.roles.restart()
      return `The role ${body.name} is saved. Give it to somebody on the page Staff.`
    })
  }

  private async discard(role: CustomRole): Promise<void> {
    const sure = await confirmAct({
      title: `Delete the role ${role.name}?`,
      text: 'Nobody can be given it any more. It can only be deleted when nobody has it.',
      button: 'Delete the role',
    })
    if (!sure) return
    await this.act(async () => {
      await api('DELETE /api/v1/custom-roles/:id', { params: { id: role.id } })
      await this.roles.restart()
      return `The role ${role.name} is deleted.`
    })
  }

  private end(access: SupportAccess): void {
    void this.act(async () => {
      await api('DELETE /api/v1/support-accesses/:id', { params: { id: access.id } })
      await this.accesses.restart()
      return `${access.person.name} can no longer look in.`
    })
  }

  protected override render() {
    const mayWrite = this.may('people.write')
    return html`
      <h1>Roles</h1>
      <p class="lead">A role of your own is made of rights that you hold yourself. Those who have it follow each change at once.</p>
      ${this.notices()}
      ${this.editing ? this.form(this.editing) : mayWrite ? html`<p><button class="button" @click=${() => this.edit('new')}>Make a role</button></p>` : nothing}
      ${this.roles.table({
        caption: 'Roles of your own',
        columns: ['Name', 'For', 'Rights', ...(mayWrite ? ['Action'] : [])],
        row: (role) => this.row(role, mayWrite),
        empty: html`<h2>No role of your own yet</h2><p>The roles of the product are enough for most. Make one where somebody needs less, or another mixture: for example a data manager who may see the roster and the trail, and nothing else.</p>`,
      })}
      <h2>Support staff</h2>
      <p>Support staff of the platform see nothing here, unless they open it for a while and say why. You can end that at any time.</p>
      ${this.accesses.table({
        caption: 'When support staff could look in',
        columns: ['Who', 'Why', 'From', 'Until', ...(mayWrite ? ['Action'] : [])],
        row: (access) => this.accessRow(access, mayWrite),
        empty: html`<p>Never so far.</p>`,
      })}
    `
  }

  private edit(role: CustomRole | 'new'): void {
    this.editing = role
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('#role-name')?.focus())
  }

  private row(role: CustomRole, mayWrite: boolean): TemplateResult {
    const isOwn = role.tenantId === this.session?.tenant.id
    return html`<tr>
      <th scope="row">${role.name}</th>
      <td>${role.description || '–'}</td>
      <td><details><summary>${countOf(role.scopes.length, 'right', 'rights')}</summary><ul>${role.scopes.map((scope) => html`<li>${scopes[scope as Scope] ?? scope}</li>`)}</ul></details></td>
      ${
        mayWrite
          ? html`<td>${
              isOwn
                ? html`<button class="button link" @click=${() => this.edit(role)}>Change<span class="visually-hidden"> ${role.name}</span></button>
                  <button class="button link" @click=${() => this.discard(role)}>Delete<span class="visually-hidden"> ${role.name}</span></button>`
                : 'Made above'
            }</td>`
          : nothing
      }
    </tr>`
  }

  private accessRow(access: SupportAccess, mayWrite: boolean): TemplateResult {
    const isOpen = access.endedAt === null && Date.parse(access.until) > Date.now()
    return html`<tr>
      <th scope="row">${access.person.name}</th>
      <td>${access.reason}</td>
      <td>${when(access.createdAt)}</td>
      <td>${when(access.endedAt ?? access.until)}${isOpen ? ' (open now)' : ''}</td>
      ${mayWrite ? html`<td>${isOpen ? html`<button class="button link" ?disabled=${this.busy} @click=${() => this.end(access)}>End now<span class="visually-hidden">: access of ${access.person.name}</span></button>` : '–'}</td>` : nothing}
    </tr>`
  }

  private form(role: CustomRole | 'new'): TemplateResult {
    const held = role === 'new' ? [] : role.scopes
    const offered = Object.entries(scopes).filter(
      ([scope]) => this.may(scope) && !scope.startsWith('lti.launch') && scope !== 'lti.deep-link',
    )
    return html`<form class="card stack" @submit=${this.save}>
      <h2>${role === 'new' ? 'Make a role' : `Change ${role.name}`}</h2>
      <div class="field"><label for="role-name">Name</label><input id="role-name" name="name" required maxlength="80" autocomplete="off" .value=${role === 'new' ? '' : role.name} /></div>
      <div class="field"><label for="role-description">What it is for</label><input id="role-description" name="description" maxlength="300" autocomplete="off" .value=${role === 'new' ? '' : role.description} /></div>
      <fieldset><legend>Rights</legend>${offered.map(
        ([scope, text]) =>
          html`<label class="check"><input type="checkbox" name="scope" value=${scope} ?checked=${held.includes(scope)} /> ${text}</label>`,
      )}</fieldset>
      <p class="actions">
        <button class="button" ?disabled=${this.busy}>Save</button>
        <button type="button" class="button secondary" @click=${() => {
          this.editing = undefined
        }}>Cancel</button>
      </p>
    </form>`
  }
}

customElements.define('admin-roles', RolesElement)
