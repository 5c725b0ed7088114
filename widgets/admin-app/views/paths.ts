import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type { LearningPath, LearningPathProgress } from '../../../shared/api/paths.ts'
import { openAddress } from '../../../shared/open-address.ts'
import { api, sentenceOf } from '../../app/api.ts'
import { confirmAct } from '../../app/confirm.ts'
import '../../app/copy-field.ts'
import { PagedList } from '../../app/paged-list.ts'
import { countOf, go, View, when } from '../../app/view.ts'
import './path-form.ts'
import type { PathSaveEvent } from './path-form.ts'

/** @summary The learning paths of an organisation: search and make. */
export class PathsElement extends View {
  @state() private search = ''
  @state() private adding = false
  private timer = 0

  private readonly list = new PagedList<LearningPath>(this, (cursor) =>
    api('GET /api/v1/learning-paths', {
      query: { limit: 50, cursor, q: this.search || undefined },
    }),
  )

  private onSearch(event: Event): void {
    this.search = (event.target as HTMLInputElement).value.trim()
    clearTimeout(this.timer)
    this.timer = window.setTimeout(() => void this.list.restart(), 250)
  }

  private add({ body }: PathSaveEvent): void {
    void this.act(async () => {
      const path = await api('POST /api/v1/learning-paths', { body })
      go(`/admin/paths/${path.id}`)
      return undefined
    })
  }

  protected override render() {
    return html`
      <h1>Learning paths</h1>
      <p class="lead">Assessments and resources in the order in which learners should take them. Teachers place a path in their course like any other activity.</p>
      ${this.notices()}
      ${this.may('paths.write') ? this.maker() : nothing}
      <div class="toolbar">
        <label for="path-search">Search learning paths</label>
        <input id="path-search" type="search" autocomplete="off" @input=${this.onSearch} />
      </div>
      ${this.list.table({
        caption: 'Learning paths',
        columns: ['Title', 'Steps', 'Changed'],
        row: (path) => html`<tr>
          <th scope="row"><a href="/admin/paths/${path.id}">${path.name}</a></th>
          <td>${path.steps.length}</td>
          <td>${when(path.updatedAt)}</td>
        </tr>`,
        empty: this.search
          ? html`<h2>Nothing matches “${this.search}”</h2><p>Try fewer or other words.</p>`
          : html`<h2>No learning paths yet</h2><p>Make one of the items and resources that you have.</p>`,
      })}
    `
  }

  private maker() {
    if (!this.adding) {
      return html`<p><button class="button" @click=${() => {
        this.adding = true
      }}>Make a learning path</button></p>`
    }
    return html`<section class="card">
      <h2>Make a learning path</h2>
      <admin-path-form ?busy=${this.busy} @path-save=${this.add} @path-cancel=${() => {
        this.adding = false
      }}></admin-path-form>
    </section>`
  }
}

/** @summary One learning path: its steps, where to place it, how far learners are. */
export class PathElement extends View {
  @state() private path: LearningPath | undefined
  @state() private editing = false

  private readonly progress = new PagedList<LearningPathProgress>(this, (cursor) =>
    api('GET /api/v1/learning-paths/:id/progress', {
      params: { id: this.pathId() },
      query: { limit: 50, cursor },
    }),
  )

  private pathId(): string {
    return this.parameters['id'] ?? ''
  }

  override connectedCallback(): void {
    super.connectedCallback()
    void this.load()
  }

  private async load(): Promise<void> {
    try {
      this.path = await api('GET /api/v1/learning-paths/:id', { params: { id: this.pathId() } })
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  private save({ body }: PathSaveEvent): void {
    void this.act(async () => {
      const params = { id: this.pathId() }
      this.path = await api('PATCH /api/v1/learning-paths/:id', { params, body })
      this.editing = false
      return 'Saved.'
    })
  }

  private discard({ id, name }: LearningPath): void {
    void this.act(async () => {
      const sure = await confirmAct({
        title: `Delete “${name}”?`,
        text: 'Links in courses show that it was removed. Its items and resources stay, and so do the results of learners.',
        button: 'Delete the learning path',
      })
      if (!sure) return undefined
      await api('DELETE /api/v1/learning-paths/:id', { params: { id } })
      go('/admin/paths')
      return undefined
    })
  }

  protected override render() {
    const { path } = this
    return html`
      <p class="breadcrumb"><a href="/admin/paths">Learning paths</a></p>
      ${this.notices()}
      ${path ? this.details(path) : this.error ? nothing : html`<p class="loading" role="status">Loading the learning path …</p>`}
    `
  }

  private details(path: LearningPath) {
    if (this.editing) {
      return html`<h1>Change ${path.name}</h1>
        <admin-path-form .path=${path} ?busy=${this.busy} @path-save=${this.save} @path-cancel=${() => {
          this.editing = false
        }}></admin-path-form>`
    }
    return html`
      <h1>${path.name}</h1>
      ${path.description ? html`<p class="lead">${path.description}</p>` : nothing}
      <div class="split">
        <section aria-labelledby="steps-title" class="card">
          <h2 id="steps-title">${countOf(path.steps.length, 'step', 'steps')}</h2>
          <ol>${path.steps.map(
            ({ kind, targetId, title }) => html`<li>
              ${title === null ? html`Deleted since` : html`<a href="/admin/${kind}s/${targetId}">${title}</a>`}
              (${kind === 'item' ? 'assessment' : 'resource'})
            </li>`,
          )}</ol>
        </section>
        <section aria-labelledby="place-title" class="card">
          <h2 id="place-title">Place it</h2>
          <admin-copy-field label="Launch address for an LMS (LTI)" .value=${path.launchUrl}></admin-copy-field>
          <admin-copy-field label="Address for e-mails and portals (staff sign in and land here)" .value=${openAddress(location.origin, 'path', path.id, this.session?.tenant.id ?? '')}></admin-copy-field>
          ${
            this.may('paths.write')
              ? html`<p class="actions apart">
                  <button class="button secondary" @click=${() => {
                    this.editing = true
                  }}>Change</button>
                  <button class="button danger" ?disabled=${this.busy} @click=${() => this.discard(path)}>Delete</button>
                </p>`
              : nothing
          }
        </section>
      </div>
      ${this.may('attempts.read') ? this.learners(path) : nothing}
    `
  }

  private learners(path: LearningPath) {
    return html`<h2>How far learners are</h2>
      ${this.progress.table({
        caption: 'Progress',
        columns: ['Learner', 'Course', 'Steps done', 'Last step'],
        row: (row) => html`<tr>
          <th scope="row"><code>${row.learnerId}</code></th>
          <td>${row.contextId ?? '–'}</td>
          <td>${row.stepsDone} of ${path.steps.length}</td>
          <td>${when(row.updatedAt)}</td>
        </tr>`,
        empty: html`<p>Nobody has done a step yet.</p>`,
      })}`
  }
}

customElements.define('admin-paths', PathsElement)
customElements.define('admin-path', PathElement)
