import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type { z } from 'zod'
import type { Item as ItemSchema } from '../../../shared/api/items.ts'
import { openAddress } from '../../../shared/open-address.ts'
import { api, sentenceOf } from '../../app/api.ts'
import { confirmAct } from '../../app/confirm.ts'
import { PagedList } from '../../app/paged-list.ts'
import { type Attempt, attemptCells, attemptColumns } from '../attempt-table.ts'
import '../embed-panel.ts'
import { go, View } from '../../app/view.ts'

type Item = z.output<typeof ItemSchema>

/** The kinds of interaction of an item, each named once. */
export function kindsOf({ interactions }: Item): string {
  const text = [...new Set(interactions)].join(', ').replaceAll('-', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** @summary One item: preview, launch address, embed snippet, attempts. */
export class ItemElement extends View {
  @state() private item: Item | undefined

  private readonly attempts = new PagedList<Attempt>(this, (cursor) =>
    api('GET /api/v1/attempts', { query: { limit: 20, cursor, itemId: this.parameters['id'] } }),
  )

  override connectedCallback(): void {
    super.connectedCallback()
    void this.load()
  }

  private async load(): Promise<void> {
    try {
      this.item = await api('GET /api/v1/items/:id', {
        params: { id: this.parameters['id'] ?? '' },
      })
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  private discard(item: Item): void {
    void this.act(async () => {
      const sure = await confirmAct({
        title: `Delete “${item.title}”?`,
        text: 'It disappears from the chooser, and placed links and snippets show that it was removed. Attempts and scores are kept.',
        button: 'Delete the item',
      })
      if (!sure) return undefined
      await api('DELETE /api/v1/items/:id', { params: { id: item.id } })
      go('/admin/items')
      return undefined
    })
  }

  protected override render() {
    const { item } = this
    return html`
      <p class="breadcrumb"><a href="/admin/items">Items</a></p>
      ${this.notices()}
      ${item ? this.details(item) : this.error ? nothing : html`<p class="loading" role="status">Loading the item …</p>`}
    `
  }

  private details(item: Item) {
    return html`
      <h1>${item.title}</h1>
      <p>${kindsOf(item)} · ${item.maxScore} ${item.maxScore === 1 ? 'mark' : 'marks'} · from <code>${item.source.file}</code></p>
      <div class="split">
        <section aria-labelledby="preview-title" class="card">
          <h2 id="preview-title">As a learner sees it</h2>
          <edpsych-assessment item-id=${item.id} preview .client=${api}></edpsych-assessment>
        </section>
        <section aria-labelledby="place-title" class="card">
          <h2 id="place-title">Place it</h2>
          <admin-copy-field label="Launch address for an LMS (LTI)" .value=${item.launchUrl}></admin-copy-field>
          <admin-copy-field label="Address for e-mails and portals (staff sign in and land here)" .value=${openAddress(location.origin, 'item', item.id, this.session?.tenant.id ?? '')}></admin-copy-field>
          ${
            this.may('embeds.write')
              ? html`<admin-embed-panel kind="item" target-id=${item.id}></admin-embed-panel>`
              : nothing
          }
          ${
            this.may('items.write')
              ? html`<p class="apart"><button class="button danger" ?disabled=${this.busy} @click=${() => this.discard(item)}>Delete this item</button></p>`
              : nothing
          }
        </section>
      </div>
      ${
        this.may('attempts.read')
          ? html`<h2>Attempts</h2>
            ${this.attempts.table({
              caption: 'Attempts',
              columns: attemptColumns,
              row: (attempt) => html`<tr>${attemptCells(attempt)}</tr>`,
              empty: html`<p>Nobody has answered it yet.</p>`,
            })}`
          : nothing
      }
    `
  }
}

customElements.define('admin-item', ItemElement)
