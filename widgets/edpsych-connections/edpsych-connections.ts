import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { ReplyOf } from '../../shared/api/client.ts'
import type { Connection } from '../../shared/api/connections.ts'
import type { Api } from '../../shared/api/index.ts'
import type { LiveTopic } from '../core/live.ts'
import { DashboardElement } from '../dashboard/dashboard-element.ts'
import { dashboardStyles } from '../dashboard/dashboard-styles.ts'
import '../data-table/data-table.ts'
import type { DataTableElement } from '../data-table/data-table.ts'
import type { LoadRows } from '../data-table/table-declaration.ts'
import { stateWord } from '../state-badge/state-words.ts'
import { connectionColumns, connectionFilters } from './connection-columns.ts'

type ConnectionSummary = ReplyOf<Api['GET /api/v1/connections/summary']>

const countPauseMs = 1000

/** The tiles above the table: a state each, and what it means for the reader. */
const tiles: readonly (readonly [state: string, meaning: string])[] = [
  ['active', 'work as they should'],
  ['degraded', 'work, but not well'],
  ['action-needed', 'wait for somebody'],
  ['paused', 'rest until resumed'],
  ['draft', 'are not finished'],
]

/**
 * @summary All connections of an organisation with their state, health, syncs and open problems, as they change.
 * @attr api-base - The server to ask, where it is not the page's own.
 * @attr token - A bearer token with `connections.read`, where there is no session of staff.
 * @attr base - Where the pages of the administration are; links begin with it.
 * @attr tenant-id - The organisation to follow, where the person may switch between several.
 * @attr below - Those of the organisations below too.
 * @attr in-address - Keeps filters, order and search in the address of the page.
 * @attr views-key - Names whose saved views these are.
 * @fires edpsych-error - Something could not be read; the element shows it too.
 */
export class ConnectionsElement extends DashboardElement {
  static override styles = [
    dashboardStyles,
    css`
      .tile edpsych-state-badge {
        white-space: normal;
      }
      .tiles.short {
        margin-bottom: 0.75rem;
      }
    `,
  ]

  @property({ type: Boolean }) below = false
  @property({ type: Boolean, attribute: 'in-address' }) inAddress = false
  @property({ attribute: 'views-key' }) viewsKey: string | undefined
  @state() private summary: ConnectionSummary | undefined
  @state() private chosen: string | undefined
  @state() private names: ReadonlyMap<string, string> = new Map()
  private countTimer: ReturnType<typeof setTimeout> | undefined

  private readonly load: LoadRows<Connection> = (query, signal) =>
    this.client('GET /api/v1/connections', {
      // The table asks with the parameters that the columns and filters above declare.
      query: { ...query, ...(this.below ? { below: 'true' } : {}) } as object,
      signal,
    })

  protected override firstUpdated(changed: PropertyValues<this>): void {
    super.firstUpdated(changed)
    void this.count()
    void this.loadNames()
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    if (!changed.has('below') || !this.table?.hasUpdated) return
    void this.table.restart()
    void this.count()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.countTimer)
    this.countTimer = undefined
  }

  protected override get topics(): readonly LiveTopic[] {
    return ['connections']
  }

  protected override onNews(_topic: LiveTopic, message: unknown): void {
    const { table } = this
    const news = message as { kind?: string; connection?: Connection; id?: string }
    if (news.kind === 'connection.deleted') {
      const id = news.connection?.id ?? news.id
      if (id) table?.drop(id)
    } else if (news.connection) this.put(news.connection)
    this.countSoon()
  }

  private put(connection: Connection): void {
    const { table } = this
    const before = table?.rows.find(({ id }) => id === connection.id)
    if (!table?.put(connection)) table?.offerNews()
    else if (before && before.state !== connection.state) {
      this.announce(`${connection.name}: ${stateWord('connection', connection.state).word}`)
    }
  }

  protected override onGap(): void {
    void this.table?.restart()
    void this.count()
  }

  private get table(): DataTableElement<Connection> | null {
    return this.renderRoot.querySelector(
      'edpsych-data-table',
    ) as DataTableElement<Connection> | null
  }

  private countSoon(): void {
    this.countTimer ??= setTimeout(() => {
      this.countTimer = undefined
      void this.count()
    }, countPauseMs)
  }

  private async count(): Promise<void> {
    try {
      this.summary = await this.client('GET /api/v1/connections/summary', {
        query: this.below ? { below: 'true' } : {},
      })
    } catch (error) {
      // The table below says what is wrong; the tiles alone are no reason to stop.
      if (this.summary === undefined) this.failed(error)
    }
  }

  private async loadNames(): Promise<void> {
    try {
      const { data } = await this.client('GET /api/v1/connectors', { query: { limit: 200 } })
      this.names = new Map(data.map(({ id, name }) => [id, name]))
    } catch {
      // Without the catalogue, the connectors show by their ids.
    }
  }

  protected override render(): TemplateResult {
    const columns = connectionColumns({
      base: this.base,
      theme: this.theme,
      connectorName: (id) => this.names.get(id) ?? id,
    })
    return html`
      ${this.notices()}
      ${this.summary && this.summary.total > 0 ? this.tiles(this.summary) : nothing}
      <edpsych-data-table
        caption="Connections"
        search-label="Search by name"
        views-key=${this.viewsKey ?? nothing}
        ?in-address=${this.inAddress}
        .theme=${this.theme}
        .columns=${columns}
        .filters=${connectionFilters}
        .rowKey=${({ id }: Connection) => id}
        .rowHref=${({ id }: Connection) => `${this.base}/connections/${id}`}
        .load=${this.load}
        @edpsych-table-state=${this.onTableState}
      >${this.empty()}</edpsych-data-table>
    `
  }

  private readonly onTableState = (): void => {
    this.chosen = this.table?.table.filters['state']
  }

  private tiles(summary: ConnectionSummary): TemplateResult {
    const byState: Readonly<Record<string, number | undefined>> = summary.byState
    const shown = tiles.filter(([name]) => (byState[name] ?? 0) > 0 || name === 'action-needed')
    return html`<ul class="tiles" aria-label="Connections by state">
      ${shown.map(
        ([name, meaning]) => html`<li>
          <button type="button" class="tile" aria-pressed=${this.chosen === name ? 'true' : 'false'}
            @click=${() => this.table?.filterBy('state', this.chosen === name ? '' : name)}>
            <strong>${byState[name] ?? 0}</strong>
            <edpsych-state-badge state=${name} .theme=${this.theme}></edpsych-state-badge>
            <span class="note">${meaning}</span>
          </button>
        </li>`,
      )}
      ${
        summary.openProblems === 0
          ? nothing
          : html`<li><a class="tile" href="${this.base}/problems">
        <strong>${summary.openProblems}</strong>
        <span>${summary.openProblems === 1 ? 'Open problem' : 'Open problems'}</span>
        <span class="note">what to do about each</span>
      </a></li>`
      }
    </ul>`
  }

  private empty(): TemplateResult {
    return html`<h2>Nothing is connected yet</h2>
      <p>A connection brings in people and classes, or hands results back, by itself. You need the address of the other system and a key or an account there; the form tells you where to find them.</p>
      ${
        this.may('connections.write')
          ? html`<p><a class="button" href="${this.base}/connections/new">Connect a system</a></p>`
          : html`<p>An administrator of your organisation can add one.</p>`
      }`
  }
}

customElements.define('edpsych-connections', ConnectionsElement)
