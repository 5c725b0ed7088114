import { html, nothing, type TemplateResult } from 'lit'
import { property } from 'lit/decorators.js'
import type { Connection } from '../../shared/api/connections.ts'
import { DashboardElement } from '../dashboard/dashboard-element.ts'
import { dashboardStyles } from '../dashboard/dashboard-styles.ts'
import type { RowOf } from '../dashboard/list-row.ts'
import '../data-table/data-table.ts'
import type { Column, Filter, LoadRows } from '../data-table/table-declaration.ts'

type Exchange = RowOf<'GET /api/v1/connections/:id/exchanges'>

const filters: readonly Filter[] = [
  {
    name: 'failed',
    label: 'Answer',
    options: [
      ['true', 'Failed'],
      ['false', 'Passed'],
    ],
  },
]

/** @summary Every request of a connection to the other system, without its contents. */
export class ConnectionLogElement extends DashboardElement {
  static override styles = dashboardStyles

  @property({ attribute: false }) connection: Connection | undefined

  private readonly load: LoadRows<Exchange> = (query, signal) =>
    this.client('GET /api/v1/connections/:id/exchanges', {
      params: { id: this.connection?.id ?? '' },
      query: { ...query } as object,
      signal,
    })

  private readonly columns: readonly Column<Exchange>[] = [
    {
      id: 'at',
      label: 'When',
      cell: ({ at }) => html`<edpsych-time-ago .datetime=${at} exact></edpsych-time-ago>`,
      text: ({ at }) => at,
    },
    {
      id: 'request',
      label: 'Request',
      cell: ({ method, host, path }) => html`<code>${method} ${host}${path}</code>`,
      text: ({ method, host, path }) => `${method} ${host}${path}`,
    },
    {
      id: 'answer',
      label: 'Answer',
      cell: ({
        status,
        errorCode,
      }) => html`<edpsych-state-badge kind="step" state=${errorCode ? 'failed' : 'passed'} .theme=${this.theme}></edpsych-state-badge>
        <span class="note">${status ?? 'no answer'}${errorCode ? html` · ${errorCode.replaceAll('_', ' ')}` : nothing}</span>`,
      text: ({ status, errorCode }) => [status ?? '', errorCode ?? ''].join(' ').trim(),
    },
    {
      id: 'duration',
      label: 'Took',
      numeric: true,
      cell: ({ durationMs }) => `${Math.round(durationMs)} ms`,
      text: ({ durationMs }) => Math.round(durationMs),
    },
    {
      id: 'attempt',
      label: 'Attempt',
      numeric: true,
      cell: ({ attempt }) => attempt,
      text: ({ attempt }) => attempt,
    },
  ]

  protected override render(): TemplateResult {
    return html`<h2>Log of requests</h2>
      <p class="hint">What this connection asked of the other system in the last 30 days: never what was in it, nor anything after “?” in an address.</p>
      <edpsych-data-table caption="Requests" .theme=${this.theme} .columns=${this.columns} .filters=${filters}
        .rowKey=${({ id }: Exchange) => id} .load=${this.load}>
        <p>Nothing has been asked of the other system yet. “Test now” above asks it something small.</p>
      </edpsych-data-table>`
  }
}

customElements.define('edpsych-connection-log', ConnectionLogElement)
