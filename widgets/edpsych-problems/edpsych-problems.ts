import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { property } from 'lit/decorators.js'
import type { ConnectionProblem } from '../../shared/api/problems.ts'
import { problemCauses } from '../../shared/problem-causes.ts'
import { problemGuide } from '../../shared/problem-guide.ts'
import type { LiveTopic } from '../core/live.ts'
import { DashboardElement } from '../dashboard/dashboard-element.ts'
import { dashboardStyles } from '../dashboard/dashboard-styles.ts'
import '../data-table/data-table.ts'
import type { DataTableElement } from '../data-table/data-table.ts'
import type { Column, Filter, LoadRows } from '../data-table/table-declaration.ts'
import '../state-badge/state-badge.ts'
import { stateChoices, stateWord } from '../state-badge/state-words.ts'
import '../time-ago/time-ago.ts'
import { ownerName, ownerNames } from './problem-words.ts'

const filters: readonly Filter[] = [
  {
    name: 'status',
    label: 'State',
    options: [['unresolved', 'Not resolved'], ...stateChoices('problem')],
  },
  { name: 'severity', label: 'How bad', options: stateChoices('severity') },
  { name: 'owner', label: 'Who can mend it', options: Object.entries(ownerNames) },
  {
    name: 'cause',
    label: 'Kind of problem',
    options: problemCauses.map((cause) => [cause, problemGuide[cause].title]),
  },
]

/**
 * @summary What is wrong with the connections of an organisation, one line for each cause, as it changes.
 * @attr api-base - The server to ask, where it is not the page's own.
 * @attr token - A bearer token with `problems.read`, where there is no session of staff.
 * @attr base - Where the pages of the administration are; links begin with it.
 * @attr tenant-id - The organisation to follow, where the person may switch between several.
 * @attr connection-id - The problems of one connection only.
 * @attr below - Those of the organisations below too.
 * @attr in-address - Keeps filters and order in the address of the page.
 * @attr views-key - Names whose saved views these are.
 * @fires edpsych-error - Something could not be read; the element shows it too.
 */
export class ProblemsElement extends DashboardElement {
  static override styles = dashboardStyles

  @property({ attribute: 'connection-id' }) connectionId: string | undefined
  @property({ type: Boolean }) below = false
  @property({ type: Boolean, attribute: 'in-address' }) inAddress = false
  @property({ attribute: 'views-key' }) viewsKey: string | undefined

  private readonly load: LoadRows<ConnectionProblem> = (query, signal) =>
    this.client('GET /api/v1/problems', {
      // The table asks with the parameters that the columns and filters above declare.
      query: {
        ...query,
        ...(this.below ? { below: 'true' } : {}),
        ...(this.connectionId ? { connectionId: this.connectionId } : {}),
      } as object,
      signal,
    })

  protected override firstUpdated(changed: PropertyValues<this>): void {
    super.firstUpdated(changed)
    // What is over is of less interest, unless the address asks for it.
    const asked = this.inAddress && new URLSearchParams(location.search).has('status')
    if (!asked)
      void this.table?.updateComplete.then(() => this.table?.filterBy('status', 'unresolved'))
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    const isOther = changed.has('connectionId') || changed.has('below')
    if (isOther && this.table?.hasUpdated) void this.table.restart()
  }

  protected override get topics(): readonly LiveTopic[] {
    return ['problems']
  }

  protected override onNews(_topic: LiveTopic, message: unknown): void {
    const { problem } = message as { problem?: ConnectionProblem }
    if (!problem || (this.connectionId && problem.connectionId !== this.connectionId)) return
    if (!this.table?.put(problem)) this.table?.offerNews()
  }

  protected override onGap(): void {
    void this.table?.restart()
  }

  private get table(): DataTableElement<ConnectionProblem> | null {
    return this.renderRoot.querySelector(
      'edpsych-data-table',
    ) as DataTableElement<ConnectionProblem> | null
  }

  private get columns(): readonly Column<ConnectionProblem>[] {
    const { theme } = this
    return [
      {
        id: 'title',
        label: 'Problem',
        cell: ({ title, connectionName }) =>
          html`${title}${connectionName ? html`<span class="note">${connectionName}</span>` : nothing}`,
        text: ({ title }) => title,
      },
      {
        id: 'connection',
        label: 'Connection',
        hidden: true,
        cell: ({ connectionName }) => connectionName ?? '–',
        text: ({ connectionName }) => connectionName,
      },
      {
        id: 'severity',
        label: 'How bad',
        cell: ({ severity }) =>
          html`<edpsych-state-badge kind="severity" state=${severity} .theme=${theme}></edpsych-state-badge>`,
        text: ({ severity }) => stateWord('severity', severity).word,
      },
      {
        id: 'status',
        label: 'State',
        cell: ({ status }) =>
          html`<edpsych-state-badge kind="problem" state=${status} .theme=${theme}></edpsych-state-badge>`,
        text: ({ status }) => stateWord('problem', status).word,
      },
      {
        id: 'owner',
        label: 'Who can mend it',
        cell: ({ owner }) => ownerName(owner),
        text: ({ owner }) => ownerName(owner),
      },
      {
        id: 'first',
        label: 'Since',
        cell: ({ firstSeenAt }) =>
          html`<edpsych-time-ago .datetime=${firstSeenAt}></edpsych-time-ago>`,
        text: ({ firstSeenAt }) => firstSeenAt,
      },
      {
        id: 'last',
        label: 'Last seen',
        sort: 'lastSeenAt',
        cell: ({ lastSeenAt }) =>
          html`<edpsych-time-ago .datetime=${lastSeenAt}></edpsych-time-ago>`,
        text: ({ lastSeenAt }) => lastSeenAt,
      },
      {
        id: 'occurrences',
        label: 'Times seen',
        numeric: true,
        hidden: true,
        cell: ({ occurrences }) => occurrences.toLocaleString('en-GB'),
        text: ({ occurrences }) => occurrences,
      },
      {
        id: 'id',
        label: 'Reference',
        hidden: true,
        cell: ({ id }) => html`<code>${id}</code>`,
        text: ({ id }) => id,
      },
    ]
  }

  protected override render(): TemplateResult {
    return html`<edpsych-data-table
      caption="Problems"
      views-key=${this.viewsKey ?? nothing}
      ?in-address=${this.inAddress}
      .theme=${this.theme}
      .columns=${this.columns}
      .filters=${filters}
      .rowKey=${({ id }: ConnectionProblem) => id}
      .rowHref=${({ id }: ConnectionProblem) => `${this.base}/problems/${id}`}
      .load=${this.load}
    >
      <h2>No problems</h2>
      <p>When something goes wrong with a connection it appears here by itself: what happened, who can mend it, and what to do, step by step. It closes by itself once the connection has been well for a while.</p>
    </edpsych-data-table>`
  }
}

customElements.define('edpsych-problems', ProblemsElement)
