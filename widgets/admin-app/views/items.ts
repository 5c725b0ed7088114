import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type { z } from 'zod'
import type {
  ImportReport as ImportReportSchema,
  Item as ItemSchema,
} from '../../../shared/api/items.ts'
import { api } from '../../app/api.ts'
import { PagedList } from '../../app/paged-list.ts'
import { countOf, View, when } from '../../app/view.ts'
import { kindsOf } from './item.ts'

type Item = z.output<typeof ItemSchema>
type ImportReport = z.output<typeof ImportReportSchema>

/** @summary The item bank: search, import of QTI 3, what was imported and what was skipped and why. */
export class ItemsElement extends View {
  @state() private search = ''
  @state() private report: ImportReport | undefined
  @state() private fileName = ''
  @state() private isOver = false
  private timer = 0

  private readonly list = new PagedList<Item>(this, (cursor) =>
    api('GET /api/v1/items', { query: { limit: 50, cursor, q: this.search || undefined } }),
  )

  private onSearch(event: Event): void {
    this.search = (event.target as HTMLInputElement).value.trim()
    clearTimeout(this.timer)
    this.timer = window.setTimeout(() => void this.list.restart(), 250)
  }

  private importFile(file: File | null | undefined): void {
    if (!file) return
    void this.act(async () => {
      this.report = undefined
      this.fileName = file.name
      this.report = await api('POST /api/v1/items/import', { query: { fileName: file.name }, file })
      await this.list.restart()
      return `${this.report.imported.length} imported, ${this.report.skipped.length} skipped.`
    })
  }

  private onDrop(event: DragEvent): void {
    event.preventDefault()
    this.isOver = false
    this.importFile(event.dataTransfer?.files[0])
  }

  protected override render() {
    return html`
      <h1>Items</h1>
      <p class="lead">Assessment items in QTI 3. They are scored on the server; no answer key ever reaches a browser.</p>
      ${this.may('items.write') ? this.importer() : nothing}
      ${this.notices()}
      ${this.report ? this.reportOf(this.report) : nothing}
      <div class="toolbar">
        <label for="item-search">Search items</label>
        <input id="item-search" type="search" autocomplete="off" @input=${this.onSearch} />
      </div>
      ${this.list.table({
        caption: 'Items',
        columns: ['Title', 'Kind', 'Marks', 'File', 'Changed'],
        row: (item) => html`<tr>
          <th scope="row"><a href="/admin/items/${item.id}">${item.title}</a></th>
          <td>${kindsOf(item)}</td>
          <td>${item.maxScore}</td>
          <td><code>${item.source.file}</code></td>
          <td>${when(item.updatedAt)}</td>
        </tr>`,
        empty: this.search
          ? html`<h2>Nothing matches “${this.search}”</h2><p>Try fewer or other words.</p>`
          : html`<h2>No items yet</h2><p>Import a QTI 3 item (XML) or package (zip) above. To try it, download the <a href="/sandbox/sample-package.zip">sample package</a>.</p>`,
      })}
    `
  }

  private importer() {
    return html`<div
      class="dropzone ${this.isOver ? 'over' : ''}"
      @dragover=${(event: DragEvent) => {
        event.preventDefault()
        this.isOver = true
      }}
      @dragleave=${() => {
        this.isOver = false
      }}
      @drop=${this.onDrop}
    >
      <label for="item-file" class="button">${this.busy ? `Importing ${this.fileName} …` : 'Import a QTI 3 item or package'}</label>
      <input
        id="item-file"
        class="visually-hidden"
        type="file"
        accept=".xml,.zip,application/zip,text/xml"
        ?disabled=${this.busy}
        @change=${(event: Event) => {
          const input = event.target as HTMLInputElement
          this.importFile(input.files?.[0])
          input.value = ''
        }}
      />
      <p>or drop a file here. XML or zip, up to 50 MB. No package at hand? Use the <a href="/sandbox/sample-package.zip" download>sample package</a>.</p>
      ${this.busy ? html`<progress aria-label="Importing"></progress>` : nothing}
    </div>`
  }

  private reportOf({ imported, skipped, assets }: ImportReport) {
    return html`<section class="card" aria-labelledby="report-title">
      <h2 id="report-title">What became of ${this.fileName}</h2>
      ${
        imported.length > 0
          ? html`<h3>Imported (${imported.length})</h3>
            <ul>${imported.map((entry) => html`<li><a href="/admin/items/${entry.id}">${entry.title}</a> <code>${entry.file}</code>${entry.unchanged ? ' – unchanged' : ''}${entry.notes.length > 0 ? ` – not shown to learners: ${entry.notes.join('; ')}` : ''}</li>`)}</ul>`
          : html`<p>Nothing was imported.</p>`
      }
      ${
        skipped.length > 0
          ? html`<h3>Skipped (${skipped.length})</h3>
            <ul>${skipped.map(({ file, reason }) => html`<li><code>${file}</code> – ${reason}</li>`)}</ul>`
          : nothing
      }
      ${assets > 0 ? html`<p>${countOf(assets, 'image or sound file', 'image or sound files')} came with them.</p>` : nothing}
    </section>`
  }
}

customElements.define('admin-items', ItemsElement)
