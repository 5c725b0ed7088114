import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type { Resource } from '../../../shared/api/resources.ts'
import { openAddress } from '../../../shared/open-address.ts'
import { api, sentenceOf } from '../../app/api.ts'
import { confirmAct } from '../../app/confirm.ts'
import { classroomShare } from '../classroom-share.ts'
import '../../app/copy-field.ts'
import '../embed-panel.ts'
import { PagedList } from '../../app/paged-list.ts'
import { go, View, when } from '../../app/view.ts'
import { readResourceForm, resourceFields } from './resource-form.ts'

/** @summary The resource library: search and add. */
export class ResourcesElement extends View {
  @state() private search = ''
  @state() private adding = false
  private timer = 0

  private readonly list = new PagedList<Resource>(this, (cursor) =>
    api('GET /api/v1/resources', { query: { limit: 50, cursor, q: this.search || undefined } }),
  )

  private onSearch(event: Event): void {
    this.search = (event.target as HTMLInputElement).value.trim()
    clearTimeout(this.timer)
    this.timer = window.setTimeout(() => void this.list.restart(), 250)
  }

  private add(event: Event): void {
    event.preventDefault()
    const body = readResourceForm(event.target as HTMLFormElement)
    void this.act(async () => {
      const resource = await api('POST /api/v1/resources', { body })
      go(`/admin/resources/${resource.id}`)
      return undefined
    })
  }

  protected override render() {
    return html`
      <h1>Library</h1>
      <p class="lead">Resources that teachers pick in their LMS, share in Google Classroom and show on web pages.</p>
      ${this.notices()}
      ${
        this.may('resources.write') && !this.adding
          ? html`<p><button class="button" @click=${() => {
              this.adding = true
            }}>Add a resource</button></p>`
          : nothing
      }
      ${
        this.adding
          ? html`<form class="card stack" @submit=${this.add}>
              <h2>Add a resource</h2>
              ${resourceFields(undefined)}
              <p class="actions">
                <button class="button" ?disabled=${this.busy}>Add</button>
                <button type="button" class="button secondary" @click=${() => {
                  this.adding = false
                }}>Cancel</button>
              </p>
            </form>`
          : nothing
      }
      <div class="toolbar">
        <label for="resource-search">Search resources</label>
        <input id="resource-search" type="search" autocomplete="off" @input=${this.onSearch} />
      </div>
      ${this.list.table({
        caption: 'Resources',
        columns: ['Title', 'Type', 'Level', 'Licence', 'Changed'],
        row: (resource) => html`<tr>
          <th scope="row"><a href="/admin/resources/${resource.id}">${resource.name}</a></th>
          <td>${resource.learningResourceType}</td>
          <td>${resource.educationalLevel ?? '–'}</td>
          <td>${resource.license.name}</td>
          <td>${when(resource.updatedAt)}</td>
        </tr>`,
        empty: this.search
          ? html`<h2>Nothing matches “${this.search}”</h2><p>Try fewer or other words.</p>`
          : html`<h2>The library is empty</h2><p>Add a resource with its licence and the people to be named.</p>`,
      })}
    `
  }
}

/** @summary One resource: preview, change, share, snippet. */
export class ResourceElement extends View {
  @state() private resource: Resource | undefined
  @state() private editing = false

  override connectedCallback(): void {
    super.connectedCallback()
    void this.load()
  }

  private async load(): Promise<void> {
    try {
      this.resource = await api('GET /api/v1/resources/:id', {
        params: { id: this.parameters['id'] ?? '' },
      })
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  private save(event: Event, resource: Resource): void {
    event.preventDefault()
    const body = readResourceForm(event.target as HTMLFormElement)
    void this.act(async () => {
      this.resource = await api('PATCH /api/v1/resources/:id', {
        params: { id: resource.id },
        body,
      })
      this.editing = false
      return 'Saved.'
    })
  }

  private discard(resource: Resource): void {
    void this.act(async () => {
      const sure = await confirmAct({
        title: `Delete “${resource.name}”?`,
        text: 'It disappears from the library, and placed links and snippets show that it was removed.',
        button: 'Delete the resource',
      })
      if (!sure) return undefined
      await api('DELETE /api/v1/resources/:id', { params: { id: resource.id } })
      go('/admin/resources')
      return undefined
    })
  }

  protected override render() {
    const { resource } = this
    return html`
      <p class="breadcrumb"><a href="/admin/resources">Library</a></p>
      ${this.notices()}
      ${resource ? this.details(resource) : this.error ? nothing : html`<p class="loading" role="status">Loading the resource …</p>`}
    `
  }

  private details(resource: Resource) {
    if (this.editing) {
      return html`<form class="card stack" @submit=${(event: Event) => this.save(event, resource)}>
        <h1>Change ${resource.name}</h1>
        ${resourceFields(resource)}
        <p class="actions">
          <button class="button" ?disabled=${this.busy}>Save</button>
          <button type="button" class="button secondary" @click=${() => {
            this.editing = false
          }}>Cancel</button>
        </p>
      </form>`
    }
    return html`
      <h1>${resource.name}</h1>
      <div class="split">
        <section aria-labelledby="preview-title" class="card">
          <h2 id="preview-title">As readers see it</h2>
          <edpsych-resource resource-id=${resource.id} .client=${api}></edpsych-resource>
        </section>
        <section aria-labelledby="place-title" class="card">
          <h2 id="place-title">Place it</h2>
          <admin-copy-field label="Launch address for an LMS (LTI)" .value=${resource.launchUrl}></admin-copy-field>
          <admin-copy-field label="Address for e-mails and portals (staff sign in and land here)" .value=${openAddress(location.origin, 'resource', resource.id, this.session?.tenant.id ?? '')}></admin-copy-field>
          <admin-copy-field label="Address to share" .value=${resource.shareUrl}></admin-copy-field>
          ${classroomShare(resource)}
          ${this.may('embeds.write') ? html`<admin-embed-panel kind="resource" target-id=${resource.id}></admin-embed-panel>` : nothing}
          ${
            this.may('resources.write')
              ? html`<p class="actions apart">
                  <button class="button secondary" @click=${() => {
                    this.editing = true
                  }}>Change</button>
                  <button class="button danger" ?disabled=${this.busy} @click=${() => this.discard(resource)}>Delete</button>
                </p>`
              : nothing
          }
        </section>
      </div>
    `
  }
}

customElements.define('admin-resources', ResourcesElement)
customElements.define('admin-resource', ResourceElement)
