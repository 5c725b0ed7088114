import { html, type TemplateResult } from 'lit'
import { property } from 'lit/decorators.js'
import type { Connection } from '../../shared/api/connections.ts'
import type { HealingAct } from '../../shared/api/problems.ts'
import { DashboardElement } from '../dashboard/dashboard-element.ts'
import { dashboardStyles } from '../dashboard/dashboard-styles.ts'
import { actName } from '../dashboard/healing-words.ts'
import '../data-table/data-table.ts'
import type { Column, LoadRows } from '../data-table/table-declaration.ts'

/** @summary What was done by itself to keep a connection well: cause, act, result, before and after. */
export class ConnectionHealingElement extends DashboardElement {
  static override styles = dashboardStyles

  @property({ attribute: false }) connection: Connection | undefined

  private readonly load: LoadRows<HealingAct> = (query, signal) =>
    this.client('GET /api/v1/connections/:id/acts', {
      params: { id: this.connection?.id ?? '' },
      query: { ...query } as object,
      signal,
    })

  private readonly columns: readonly Column<HealingAct>[] = [
    {
      id: 'at',
      label: 'When',
      cell: ({ at }) => html`<edpsych-time-ago .datetime=${at} exact></edpsych-time-ago>`,
      text: ({ at }) => at,
    },
    {
      id: 'act',
      label: 'What was done',
      cell: ({ act, explanation }) => html`${actName(act)}<span class="note">${explanation}</span>`,
      text: ({ act }) => actName(act),
    },
    {
      id: 'cause',
      label: 'Because of',
      cell: ({ cause }) => cause.replaceAll('_', ' '),
      text: ({ cause }) => cause,
    },
    {
      id: 'result',
      label: 'Result',
      cell: ({ result }) =>
        html`<edpsych-state-badge kind="act" state=${result} .theme=${this.theme}></edpsych-state-badge>`,
      text: ({ result }) => result,
    },
    {
      id: 'change',
      label: 'Before and after',
      cell: ({ before, after }) => html`${before}<span class="note">${after}</span>`,
      text: ({ before, after }) => `${before} ${after}`,
    },
  ]

  protected override render(): TemplateResult {
    return html`<h2>Self-healing</h2>
      <p class="hint">What was done without anybody having to ask, and whether it helped.</p>
      <edpsych-data-table caption="Automatic acts" .theme=${this.theme} .columns=${this.columns}
        .rowKey=${({ id }: HealingAct) => id} .load=${this.load}>
        <p>Nothing had to be put right yet.</p>
      </edpsych-data-table>`
  }
}

customElements.define('edpsych-connection-healing', ConnectionHealingElement)
