import { html, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { LearningPath, LearningPathBody } from '../../../shared/api/paths.ts'
import { api } from '../../app/api.ts'
import { View } from '../../app/view.ts'

type Step = LearningPathBody['steps'][number] & { readonly title: string }

interface Choice extends Pick<Step, 'kind' | 'targetId' | 'title'> {}

/** `path-save`: the form is complete. */
export class PathSaveEvent extends Event {
  readonly body: LearningPathBody

  constructor(body: LearningPathBody) {
    super('path-save', { bubbles: true })
    this.body = body
  }
}

/** @summary The fields of a learning path; its steps are added, moved and taken out with buttons. */
export class PathFormElement extends View {
  @property({ attribute: false }) path: LearningPath | undefined
  @state() private steps: readonly Step[] = []
  @state() private found: readonly Choice[] = []
  @state() private asked = ''
  private timer = 0

  override connectedCallback(): void {
    super.connectedCallback()
    this.steps = (this.path?.steps ?? []).map(({ id, kind, targetId, title }) => ({
      id,
      kind,
      targetId,
      title: title ?? 'Deleted since',
    }))
  }

  private onSearch(event: Event): void {
    const words = (event.target as HTMLInputElement).value.trim()
    clearTimeout(this.timer)
    this.timer = window.setTimeout(() => void this.find(words), 250)
  }

  private async find(words: string): Promise<void> {
    await this.lookUp(async () => {
      const query = { limit: 10, q: words || undefined }
      const [items, resources] = await Promise.all([
        api('GET /api/v1/items', { query }),
        api('GET /api/v1/resources', { query }),
      ])
      this.found = [
        ...items.data.map(({ id, title }) => ({ kind: 'item' as const, targetId: id, title })),
        ...resources.data.map(({ id, name }) => ({
          kind: 'resource' as const,
          targetId: id,
          title: name,
        })),
      ]
      this.asked = words
      return this.found.length === 0 ? 'Nothing was found.' : undefined
    })
  }

  private add(choice: Choice): void {
    this.steps = [...this.steps, choice]
    this.success = `Added as step ${this.steps.length}: ${choice.title}`
  }

  private move(index: number, by: -1 | 1): void {
    const steps = [...this.steps]
    const [step] = steps.splice(index, 1)
    if (!step) return
    steps.splice(index + by, 0, step)
    this.steps = steps
    this.success = `“${step.title}” is step ${index + by + 1} now.`
  }

  private take(index: number): void {
    const [step] = this.steps.slice(index, index + 1)
    this.steps = this.steps.filter((_, at) => at !== index)
    this.success = `Taken out: ${step?.title ?? ''}`
  }

  private save(event: Event): void {
    event.preventDefault()
    if (this.steps.length === 0) {
      this.error = 'Add at least one step.'
      return
    }
    const data = new FormData(event.target as HTMLFormElement)
    this.dispatchEvent(
      new PathSaveEvent({
        name: String(data.get('name')),
        description: String(data.get('description')),
        steps: this.steps.map(({ id, kind, targetId }) => ({ ...(id && { id }), kind, targetId })),
      }),
    )
  }

  protected override render() {
    return html`<form class="stack" @submit=${this.save}>
      <div>
        <label for="path-name">Title</label>
        <input id="path-name" name="name" required maxlength="200" .value=${this.path?.name ?? ''} />
      </div>
      <div>
        <label for="path-description">Description</label>
        <textarea id="path-description" name="description" rows="2" maxlength="2000" .value=${this.path?.description ?? ''}></textarea>
      </div>
      <h3>Steps</h3>
      ${this.steps.length === 0 ? html`<p>No steps yet. Search below and add some.</p>` : this.list()}
      <div>
        <label for="path-find">Search items and resources to add</label>
        <input id="path-find" type="search" autocomplete="off" @focus=${() => {
          if (this.found.length === 0) void this.find('')
        }} @input=${this.onSearch} @keydown=${(event: KeyboardEvent) => {
          if (event.key === 'Enter') event.preventDefault()
        }} />
      </div>
      ${this.results()}
      ${this.notices()}
      <p class="actions">
        <button class="button" ?disabled=${this.busy}>${this.path ? 'Save' : 'Make the learning path'}</button>
        <button type="button" class="button secondary" @click=${() => this.dispatchEvent(new Event('path-cancel', { bubbles: true }))}>Cancel</button>
      </p>
    </form>`
  }

  private list() {
    const last = this.steps.length - 1
    return html`<ol>${this.steps.map(
      ({ kind, title }, index) => html`<li>
        ${title} (${kind === 'item' ? 'assessment' : 'resource'})
        ${index > 0 ? html`<button type="button" class="button link" aria-label="Move “${title}” up" @click=${() => this.move(index, -1)}>Up</button>` : nothing}
        ${index < last ? html`<button type="button" class="button link" aria-label="Move “${title}” down" @click=${() => this.move(index, 1)}>Down</button>` : nothing}
        <button type="button" class="button link" aria-label="Take out “${title}”" @click=${() => this.take(index)}>Take out</button>
      </li>`,
    )}</ol>`
  }

  private results() {
    if (this.found.length === 0) return nothing
    const label = this.asked === '' ? 'Newest items and resources' : `Found for “${this.asked}”`
    return html`<ul aria-label=${label}>${this.found.map(
      (choice) => html`<li>
        ${choice.title} (${choice.kind === 'item' ? 'assessment' : 'resource'})
        <button type="button" class="button link" aria-label="Add “${choice.title}”" @click=${() => this.add(choice)}>Add</button>
      </li>`,
    )}</ul>`
  }
}

customElements.define('admin-path-form', PathFormElement)
