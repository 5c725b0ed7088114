import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type { CartridgeBody, CartridgeExport } from '../../../shared/api/exports.ts'
import { api } from '../../app/api.ts'
import { countOf, View, when } from '../../app/view.ts'

type Choice = CartridgeBody['choices'][number] & { readonly title: string }

const kindNames = { item: 'assessment', resource: 'resource', path: 'learning path' } as const

/** @summary A selection of content as a Common Cartridge, for an LMS without LTI. */
export class CartridgeExportElement extends View {
  @state() private found: readonly Choice[] = []
  @state() private chosen: readonly Choice[] = []
  @state() private asked: string | undefined
  @state() private made: CartridgeExport | undefined
  private timer = 0

  override connectedCallback(): void {
    super.connectedCallback()
    void this.find('')
  }

  private onSearch(event: Event): void {
    const words = (event.target as HTMLInputElement).value.trim()
    clearTimeout(this.timer)
    this.timer = window.setTimeout(() => void this.find(words), 250)
  }

  private async find(words: string): Promise<void> {
    await this.lookUp(async () => {
      const query = { limit: 15, q: words || undefined }
      const [items, resources, paths] = await Promise.all([
        api('GET /api/v1/items', { query }),
        api('GET /api/v1/resources', { query }),
        api('GET /api/v1/learning-paths', { query }),
      ])
      this.found = [
        ...paths.data.map(({ id, name }) => ({ kind: 'path' as const, id, title: name })),
        ...items.data.map(({ id, title }) => ({ kind: 'item' as const, id, title })),
        ...resources.data.map(({ id, name }) => ({ kind: 'resource' as const, id, title: name })),
      ]
      this.asked = words
      return undefined
    })
  }

  private isChosen({ kind, id }: Choice): boolean {
    return this.chosen.some((one) => one.kind === kind && one.id === id)
  }

  private onChoose(choice: Choice, event: Event): void {
    const others = this.chosen.filter(({ kind, id }) => kind !== choice.kind || id !== choice.id)
    const isChosen = (event.target as HTMLInputElement).checked
    this.chosen = isChosen ? [...others, choice] : others
    this.made = undefined
  }

  private make(event: Event): void {
    event.preventDefault()
    if (this.chosen.length === 0) {
      this.error = 'Choose at least one title first.'
      return
    }
    const data = new FormData(event.target as HTMLFormElement)
    void this.act(async () => {
      const body = {
        title: String(data.get('title')),
        choices: this.chosen.map(({ kind, id }) => ({ kind, id })),
        assessmentsAs: data.get('as') === 'lti' ? ('lti' as const) : ('links' as const),
      }
      this.made = await api('POST /api/v1/exports/common-cartridge', { body })
      return 'The cartridge is ready to download.'
    })
  }

  protected override render() {
    return html`
      <h1>Export</h1>
      <p class="lead">A selection as a Common Cartridge 1.3 (<code>.imscc</code>), which Moodle, Canvas, Blackboard and others import without LTI.</p>
      <div class="toolbar">
        <label for="export-search">Search items, resources and learning paths</label>
        <input id="export-search" type="search" autocomplete="off" @input=${this.onSearch} />
      </div>
      <form class="card stack" @submit=${this.make}>
        ${this.choices()}
        <p role="status">${countOf(this.chosen.length, 'title', 'titles')} chosen${this.chosen.length > 0 ? `: ${this.chosen.map(({ title }) => title).join(', ')}` : ''}</p>
        <div>
          <label for="export-title">Title of the cartridge</label>
          <input id="export-title" name="title" required maxlength="200" />
        </div>
        <fieldset>
          <legend>Assessments become</legend>
          <label><input type="radio" name="as" value="links" checked /> links to public pages: they work everywhere, and no scores come back</label>
          <label><input type="radio" name="as" value="lti" /> LTI links: for an LMS in which EdPsych Connect is registered</label>
        </fieldset>
        ${this.notices()}
        <p class="actions"><button class="button" ?disabled=${this.busy}>Make the cartridge</button></p>
        ${this.made ? this.result(this.made) : nothing}
      </form>
    `
  }

  private choices() {
    if (this.asked === undefined) return html`<p class="loading" role="status">Searching …</p>`
    if (this.found.length === 0) {
      return this.asked === ''
        ? html`<p>There is nothing to export yet.</p>`
        : html`<p>Nothing matches “${this.asked}”.</p>`
    }
    return html`<fieldset>
      <legend>${this.asked === '' ? 'Newest titles' : `Found for “${this.asked}”`}</legend>
      ${this.found.map(
        (choice) => html`<label>
          <input type="checkbox" .checked=${this.isChosen(choice)} @change=${(event: Event) => this.onChoose(choice, event)} />
          ${choice.title} (${kindNames[choice.kind]})
        </label>`,
      )}
    </fieldset>`
  }

  private result({ downloadUrl, fileName, entries, skipped, expiresAt }: CartridgeExport) {
    return html`<p>
        <a class="button" href=${downloadUrl} download=${fileName}>Download ${fileName}</a>
        ${countOf(entries, 'entry', 'entries')}; the link is good until ${when(expiresAt)} for whoever has it.
      </p>
      ${
        skipped.length > 0
          ? html`<p>Left out:</p>
              <ul>${skipped.map(({ id, reason }) => html`<li><code>${id}</code>: ${reason}</li>`)}</ul>`
          : nothing
      }`
  }
}

customElements.define('admin-cartridge-export', CartridgeExportElement)
