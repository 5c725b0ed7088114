import {
  html,
  nothing,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult,
} from 'lit'
import { sentenceOf } from './api.ts'

interface Page<T> {
  data: T[]
  nextCursor: string | null
}

/** Loads a list page by page and draws what every list needs: loading, empty, error, "Show more". */
export class PagedList<T> implements ReactiveController {
  rows: T[] = []
  loading = false
  error = ''
  private nextCursor: string | null = null
  private loaded = false
  private pages = 0
  private generation = 0
  private readonly host: ReactiveControllerHost
  private readonly load: (cursor: string | undefined) => Promise<Page<T>>

  constructor(
    host: ReactiveControllerHost,
    load: (cursor: string | undefined) => Promise<Page<T>>,
  ) {
    this.host = host
    this.load = load
    host.addController(this)
  }

  hostConnected(): void {
    if (!this.loaded) void this.restart()
  }

  /** Loads the first page again, for a new filter or after a change. */
  async restart(): Promise<void> {
    this.generation += 1
    await this.fetch(undefined, this.generation)
  }

  /** Looks for news without disturbing whoever has read on to later pages. */
  async refresh(): Promise<void> {
    if (this.loaded && !this.loading && this.pages === 1) await this.restart()
  }

  private async fetch(cursor: string | undefined, generation: number): Promise<void> {
    this.loading = true
    this.error = ''
    this.host.requestUpdate()
    try {
      const page = await this.load(cursor)
      if (generation !== this.generation) return
      this.rows = cursor === undefined ? page.data : [...this.rows, ...page.data]
      this.nextCursor = page.nextCursor
      this.loaded = true
      this.pages = cursor === undefined ? 1 : this.pages + 1
    } catch (error) {
      if (generation === this.generation) this.error = sentenceOf(error)
    } finally {
      if (generation === this.generation) {
        this.loading = false
        this.host.requestUpdate()
      }
    }
  }

  table(options: {
    caption: string
    columns: readonly string[]
    row: (row: T) => TemplateResult
    empty: TemplateResult
  }): TemplateResult {
    if (this.error) {
      return html`<p class="notice error" role="alert">${this.error}</p>
        <button class="button secondary" @click=${() => this.restart()}>Try again</button>`
    }
    if (!this.loaded)
      return html`<p class="loading" role="status">Loading ${options.caption.toLowerCase()} …</p>`
    if (this.rows.length === 0) return html`<div class="empty">${options.empty}</div>`
    return html`<div class="table-wrap" tabindex="0" role="region" aria-label=${options.caption}>
        <table>
          <caption>${options.caption}</caption>
          <thead><tr>${options.columns.map((label) => html`<th scope="col">${label}</th>`)}</tr></thead>
          <tbody>${this.rows.map(options.row)}</tbody>
        </table>
      </div>
      ${this.more()}`
  }

  /** The button for the next page, where there is one. */
  more(): TemplateResult | typeof nothing {
    if (this.nextCursor === null) return nothing
    return html`<p><button class="button secondary" ?disabled=${this.loading} @click=${() => this.fetch(this.nextCursor ?? undefined, this.generation)}>Show more</button></p>`
  }
}
