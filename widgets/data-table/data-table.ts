import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from 'lit'
import { property, state } from 'lit/decorators.js'
import { ConnectElement } from '../core/connect-element.ts'
import { FailureEvent } from '../core/events.ts'
import type { Failure } from '../core/failure.ts'
import { failureState, loadingState } from '../core/states.ts'
import { dashboardFailure } from '../dashboard/failure.ts'
import '../dashboard/menu.ts'
import { CsvExport } from './csv-export.ts'
import styles from './data-table.css?inline'
import { chosenColumns, keepColumns, type SavedView } from './saved-views.ts'
import {
  addressOfState,
  type Column,
  emptyState,
  type Filter,
  type LoadRows,
  nextSort,
  queryOf,
  stateOfAddress,
  type TableState,
} from './table-declaration.ts'
import { columnMenu, filterFields, pager, viewMenu } from './table-tools.ts'
import { tableOf } from './table-view.ts'

const searchPauseMs = 300
const exportPageSize = 200

/** `edpsych-table-state`: filters, order or search have changed; read them from the table. */
export class TableStateEvent extends Event {
  static readonly type = 'edpsych-table-state'

  constructor() {
    super(TableStateEvent.type)
  }
}

/**
 * @summary A table of a list that the server pages, sorts, filters and searches; columns can be chosen,
 *   views saved, all pages exported as CSV. Narrow, it becomes cards.
 * @attr caption - What the table lists.
 * @attr search-label - Label of the search field; without it there is none.
 * @attr views-key - Names the person and organisation that saved views are kept for, in this browser.
 * @attr in-address - Keeps filters, order and search in the address, so that each state can be linked to.
 * @fires edpsych-error - Rows could not be read.
 * @fires edpsych-table-state - Filters, order or search have changed.
 * @slot - Shown where the list is empty and nothing is filtered.
 */
export class DataTableElement<Row = unknown> extends ConnectElement {
  static override styles = [ConnectElement.styles, unsafeCSS(styles)]

  @property() caption = ''
  @property({ attribute: 'search-label' }) searchLabel: string | undefined
  @property({ attribute: 'views-key' }) viewsKey: string | undefined
  @property({ type: Boolean, attribute: 'in-address' }) inAddress = false
  @property({ type: Number, attribute: 'page-size' }) pageSize = 50
  @property({ attribute: false }) columns: readonly Column<Row>[] = []
  @property({ attribute: false }) filters: readonly Filter[] = []
  @property({ attribute: false }) load: LoadRows<Row> | undefined
  @property({ attribute: false }) rowKey: (row: Row) => string = String
  /** Where a row leads; its first cell is the link. */
  @property({ attribute: false }) rowHref: ((row: Row) => string) | undefined

  @state() rows: readonly Row[] = []
  @state() table: TableState = emptyState
  @state() chosen: readonly string[] | undefined
  @state() count: { readonly value: number; readonly capped: boolean } | undefined
  @state() nextCursor: string | null = null
  @state() busy = false
  @state() private loaded = false
  @state() private failure: Failure | undefined
  /** There are rows that came after this page was read. */
  @state() private stale = false
  /** The cursors of the pages up to this one; the first page has none. */
  @state() cursors: readonly string[] = []

  readonly export = new CsvExport(this)
  private readonly fresh = new Map<string, number>()
  private request: AbortController | undefined
  private searchTimer: ReturnType<typeof setTimeout> | undefined

  private readonly onAddress = (): void => {
    const next = this.stateInAddress()
    if (JSON.stringify(next) === JSON.stringify(this.table)) return
    this.table = next
    void this.restart()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.inAddress) addEventListener('popstate', this.onAddress)
    if (this.hasUpdated && !this.loaded) void this.restart()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('popstate', this.onAddress)
    clearTimeout(this.searchTimer)
    this.request?.abort()
  }

  protected override firstUpdated(changed: PropertyValues<this>): void {
    super.firstUpdated(changed)
    if (this.viewsKey !== undefined) this.chosen = chosenColumns(this.viewsKey)
    if (this.inAddress) this.table = this.stateInAddress()
    void this.restart()
  }

  private stateInAddress(): TableState {
    return stateOfAddress(new URLSearchParams(location.search), this.filters, this.columns)
  }

  get shownColumns(): readonly Column<Row>[] {
    const { chosen, columns } = this
    return columns.filter(({ id, hidden }, index) =>
      index === 0 ? true : chosen ? chosen.includes(id) : !hidden,
    )
  }

  get isFiltered(): boolean {
    return this.table.search !== '' || Object.keys(this.table.filters).length > 0
  }

  /** Reads the first page again. */
  async restart(): Promise<void> {
    this.dispatchEvent(new TableStateEvent())
    await this.read([])
  }

  /** Puts a row that came by itself in its place; answers false where it is not on this page. */
  put(row: Row): boolean {
    const key = this.rowKey(row)
    const index = this.rows.findIndex((known) => this.rowKey(known) === key)
    if (index === -1) return false
    this.rows = this.rows.with(index, row)
    this.fresh.set(key, (this.fresh.get(key) ?? 0) + 1)
    return true
  }

  /** Takes a row off the page that is gone. */
  drop(key: string): void {
    const left = this.rows.filter((row) => this.rowKey(row) !== key)
    if (left.length === this.rows.length) return
    this.rows = left
    if (this.count) this.count = { ...this.count, value: this.count.value - 1 }
    if (left.length === 0) void this.restart()
  }

  /** Offers to read again, without moving rows under the reader's eyes. */
  offerNews(): void {
    if (this.rows.length === 0 && !this.busy) void this.restart()
    else this.stale = true
  }

  /** Filters by a state that a link or a tile names. */
  show(next: TableState): void {
    this.table = next
    this.writeAddress()
    void this.restart()
  }

  private writeAddress(): void {
    if (!this.inAddress) return
    const query = addressOfState(new URLSearchParams(location.search), this.filters, this.table)
    history.replaceState(
      history.state,
      '',
      `${location.pathname}${query === '' ? '' : `?${query}`}`,
    )
  }

  private async read(cursors: readonly string[]): Promise<void> {
    if (!this.load) return
    this.request?.abort()
    const request = new AbortController()
    this.request = request
    this.busy = true
    this.failure = undefined
    const cursor = cursors.at(-1)
    try {
      const page = await this.load(
        {
          ...queryOf(this.table),
          limit: String(this.pageSize),
          ...(cursor === undefined ? { include: 'count' } : { cursor }),
        },
        request.signal,
      )
      if (request.signal.aborted) return
      this.rows = page.data
      this.nextCursor = page.nextCursor
      if (cursor === undefined) this.count = page.count
      this.cursors = cursors
      this.stale = false
      if (this.loaded) this.announce(this.summary)
      this.loaded = true
    } catch (error) {
      if (request.signal.aborted) return
      this.failure = dashboardFailure(error)
      this.dispatchEvent(new FailureEvent(this.failure))
    } finally {
      if (this.request === request) this.busy = false
    }
  }

  get summary(): string {
    const first = this.cursors.length * this.pageSize
    const { count, rows } = this
    if (rows.length === 0) return 'Nothing matches'
    const range = `${first + 1}–${first + rows.length}`
    return count
      ? `${range} of ${count.capped ? 'more than ' : ''}${count.value.toLocaleString('en-GB')}`
      : range
  }

  async turn(cursors: readonly string[]): Promise<void> {
    await this.read(cursors)
    await this.focusOn('.table-wrap')
  }

  readonly sortBy = (field: string): void => {
    this.show({ ...this.table, sort: nextSort(this.table.sort, field) })
  }

  readonly filterBy = (name: string, value: string): void => {
    const { [name]: _, ...others } = this.table.filters
    this.show({ ...this.table, filters: value === '' ? others : { ...others, [name]: value } })
  }

  readonly searchFor = (search: string, at: 'once' | 'soon'): void => {
    clearTimeout(this.searchTimer)
    if (search === this.table.search) return
    const start = () => this.show({ ...this.table, search })
    if (at === 'once') start()
    else this.searchTimer = setTimeout(start, searchPauseMs)
  }

  readonly chooseColumns = (columns: readonly string[]): void => {
    this.chosen = columns
    if (this.viewsKey !== undefined) keepColumns(this.viewsKey, columns)
  }

  readonly openView = (view: SavedView): void => {
    this.chooseColumns(view.columns)
    const query = new URLSearchParams(view.query)
    this.show(stateOfAddress(query, this.filters, this.columns))
  }

  readonly exportAll = async (): Promise<void> => {
    const { load, shownColumns } = this
    if (!load) return
    const query = { ...queryOf(this.table), limit: String(exportPageSize) }
    const saved = await this.export.run<Row>({
      fileName: `${this.caption.toLowerCase().replace(/\W+/g, '-')}.csv`,
      headings: shownColumns.map(({ label }) => label),
      line: (row) => shownColumns.map((column) => column.text(row)),
      load: (cursor, signal) =>
        load({ ...query, ...(cursor === undefined ? { include: 'count' } : { cursor }) }, signal),
    })
    if (saved !== undefined) this.announce(`${saved} rows are saved as a file`)
    else this.failure = this.export.error ? dashboardFailure(this.export.error) : undefined
  }

  freshness(row: Row): number {
    return this.fresh.get(this.rowKey(row)) ?? 0
  }

  protected override render(): TemplateResult {
    return html`
      <div class="tools">
        ${filterFields(this)}
        <div class="menus">
          ${columnMenu(this)} ${this.viewsKey === undefined ? nothing : viewMenu(this, this.viewsKey)}
          ${this.exportButton()}
        </div>
      </div>
      ${
        this.stale
          ? html`<p class="news"><button type="button" class="button secondary" @click=${() => this.restart()}>Show what has changed in this list</button></p>`
          : nothing
      }
      ${this.failure ? failureState(this.failure, () => void this.restart()) : nothing}
      ${this.body()}
    `
  }

  private body(): TemplateResult | typeof nothing {
    if (!this.loaded)
      return this.failure ? nothing : loadingState(`Loading ${this.caption.toLowerCase()} …`)
    if (this.rows.length === 0 && !this.isFiltered)
      return html`<div class="empty"><slot></slot></div>`
    if (this.rows.length === 0) {
      return html`<div class="empty">
        <p>Nothing matches this filter.</p>
        <p><button type="button" class="button secondary" @click=${() => this.show({ ...this.table, search: '', filters: {} })}>Show everything</button></p>
      </div>`
    }
    return html`${tableOf(this)} ${pager(this)}`
  }

  private exportButton(): TemplateResult {
    const { done, total } = this.export
    if (done === undefined) {
      return html`<button type="button" class="button secondary" ?disabled=${this.rows.length === 0} @click=${this.exportAll}>Export CSV</button>`
    }
    const of = total === undefined ? '' : ` of ${total.toLocaleString('en-GB')}`
    return html`<span class="exporting">
      <progress aria-label="Rows exported" .value=${done} max=${Math.max(total ?? done, 1)}></progress>
      <span>${done.toLocaleString('en-GB')}${of} rows</span>
      <button type="button" class="button secondary" @click=${() => this.export.cancel()}>Stop the export</button>
    </span>`
  }
}

customElements.define('edpsych-data-table', DataTableElement)
