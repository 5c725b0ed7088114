import { html, type TemplateResult } from 'lit'
import { property } from 'lit/decorators.js'
import type { Connection } from '../../shared/api/connections.ts'
import { DashboardElement } from '../dashboard/dashboard-element.ts'
import { dashboardStyles } from '../dashboard/dashboard-styles.ts'
import type { RowOf } from '../dashboard/list-row.ts'
import '../data-table/data-table.ts'
import type { Column, LoadRows } from '../data-table/table-declaration.ts'
import { stateWord } from '../state-badge/state-words.ts'

type StateChange = RowOf<'GET /api/v1/connections/:id/history'>

/** @summary Every change of a connection's state: from what to what, who, when and why. */
export class ConnectionHistoryElement extends DashboardElement {
  static override styles = dashboardStyles

  @property({ attribute: false }) connection: Connection | undefined

  private readonly load: LoadRows<StateChange> = (query, signal) =>
    this.client('GET /api/v1/connections/:id/history', {
      params: { id: this.connection?.id ?? '' },
      query: { ...query } as object,
      signal,
    })

  private get columns(): readonly Column<StateChange>[] {
    return [
      {
        id: 'at',
        label: 'When',
        cell: ({ at }) => html`<edpsych-time-ago .datetime=${at} exact></edpsych-time-ago>`,
        text: ({ at }) => at,
      },
      {
        id: 'to',
        label: 'Became',
        cell: ({
          from,
          to,
        }) => html`<edpsych-state-badge state=${to} .theme=${this.theme}></edpsych-state-badge>
          ${from ? html`<span class="note">was ${stateWord('connection', from).word.toLowerCase()}</span>` : ''}`,
        text: ({ to }) => stateWord('connection', to).word,
      },
      { id: 'by', label: 'By', cell: (change) => byOf(change), text: (change) => byOf(change) },
      { id: 'why', label: 'Why', cell: ({ why }) => why ?? '–', text: ({ why }) => why },
    ]
  }

  protected override render(): TemplateResult {
    return html`<h2>History</h2>
      <p class="hint">Each change of state: by whom, or by the monitoring itself, and why.</p>
      <edpsych-data-table caption="Changes of state" .theme=${this.theme} .columns=${this.columns}
        .rowKey=${({ id }: StateChange) => id} .load=${this.load}>
        <p>Nothing has happened to this connection yet.</p>
      </edpsych-data-table>`
  }
}

function byOf({ by }: StateChange): string {
  return by === null ? 'by itself' : by
}

customElements.define('edpsych-connection-history', ConnectionHistoryElement)
