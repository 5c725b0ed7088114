import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type { TenantSummary } from '../../../shared/api/access.ts'
import { kindsBelow } from '../../../shared/kinds-below.ts'
import { api, chooseTenant } from '../../app/api.ts'
import { PagedList } from '../../app/paged-list.ts'
import { View, when } from '../../app/view.ts'

type Kind = Exclude<TenantSummary['kind'], 'platform'>

const kindLabels: Readonly<Record<TenantSummary['kind'], string>> = {
  platform: 'Platform',
  trust: 'Trust',
  'local-authority': 'Local authority',
  school: 'School',
  sandbox: 'Sandbox',
}

/** @summary The organisations below one's own: see them, add one, open one. */
export class OrganisationsElement extends View {
  @state() private adding = false

  private readonly list = new PagedList<TenantSummary>(this, (cursor) =>
    api('GET /api/v1/tenants', {
      query: { below: this.session?.tenant.id, sort: 'name', limit: 50, cursor },
    }),
  )

  /** Sandboxes are made for developers, with their own page. */
  private get kinds(): Kind[] {
    const kind = this.session?.tenant.kind
    return kind ? kindsBelow[kind].filter((below) => below !== 'sandbox') : []
  }

  private add(event: Event): void {
    event.preventDefault()
    const data = new FormData(event.target as HTMLFormElement)
    void this.act(async () => {
      const organisation = await api('POST /api/v1/tenants', {
        body: {
          name: String(data.get('name')),
          slug: String(data.get('slug')),
          // The select offers kinds only.
          kind: String(data.get('kind')) as Kind,
        },
      })
      this.adding = false
      await this.list.restart()
      return `${organisation.name} is added. “Set up” leads through the rest.`
    })
  }

  private open(organisation: TenantSummary, path = '/admin'): void {
    chooseTenant(organisation.id)
    location.assign(path)
  }

  protected override render() {
    const { kinds } = this
    if (kinds.length === 0) return nothing
    return html`
      <h2>Organisations below this one</h2>
      ${this.notices()}
      ${
        this.adding
          ? this.form(kinds)
          : html`<p><button class="button" @click=${() => {
              this.adding = true
            }}>Add an organisation</button></p>`
      }
      ${this.list.table({
        caption: 'Organisations below this one',
        columns: ['Name', 'Kind', 'Added', 'Action'],
        row: (one) => html`<tr>
          <th scope="row">${one.name}</th>
          <td>${kindLabels[one.kind]}</td>
          <td>${when(one.createdAt)}</td>
          <td><button class="button link" @click=${() => this.open(one)}>Open<span class="visually-hidden"> ${one.name}</span></button>
            ${one.kind === 'sandbox' ? nothing : html`<button class="button link" @click=${() => this.open(one, `/admin/onboarding/${one.id}`)}>Set up<span class="visually-hidden"> ${one.name}</span></button>`}</td>
        </tr>`,
        empty: html`<p>No organisation is below this one.</p>`,
      })}
    `
  }

  private form(kinds: readonly Kind[]) {
    return html`<form class="card stack" @submit=${this.add}>
      <h3>Add an organisation</h3>
      <div class="field"><label for="organisation-name">Name</label><input id="organisation-name" name="name" required maxlength="200" autocomplete="off" /></div>
      <div class="field"><label for="organisation-slug">Short name</label>
        <p class="hint" id="organisation-slug-hint">Small letters, digits and dashes, as it stands in addresses.</p>
        <input id="organisation-slug" name="slug" required maxlength="63" pattern="[a-z0-9]([a-z0-9\\-]*[a-z0-9])?" autocomplete="off" autocapitalize="none" aria-describedby="organisation-slug-hint" /></div>
      <div class="field"><label for="organisation-kind">Kind</label>
        <select id="organisation-kind" name="kind">${kinds.map((kind) => html`<option value=${kind} ?selected=${kind === 'school'}>${kindLabels[kind]}</option>`)}</select></div>
      <p class="actions">
        <button class="button" ?disabled=${this.busy}>Add</button>
        <button type="button" class="button secondary" @click=${() => {
          this.adding = false
        }}>Cancel</button>
      </p>
    </form>`
  }
}

customElements.define('admin-organisations', OrganisationsElement)
