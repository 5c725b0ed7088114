import { html, nothing, type TemplateResult } from 'lit'
import { property } from 'lit/decorators.js'
import type { Alert } from '../../shared/api/alerts.ts'
import type { LiveTopic } from '../core/live.ts'
import { DashboardElement } from '../dashboard/dashboard-element.ts'
import { dashboardStyles } from '../dashboard/dashboard-styles.ts'
import '../data-table/data-table.ts'
import type { DataTableElement } from '../data-table/data-table.ts'
import type { Column, Filter, LoadRows } from '../data-table/table-declaration.ts'
import '../state-badge/state-badge.ts'
import { stateChoices, stateWord } from '../state-badge/state-words.ts'
import '../time-ago/time-ago.ts'
import './alert-routes.ts'
import './alert-rules.ts'
import './alert-silences.ts'
import { channelNames, heldNames, kindNames } from './alert-words.ts'
import { AlertReadEvent } from './read-event.ts'

const parts = [
  ['', 'Sent to you'],
  ['all', 'Everything sent'],
  ['rules', 'Rules'],
  ['routes', 'Ways'],
  ['silences', 'Silences'],
] as const

const filters: readonly Filter[] = [
  { name: 'severity', label: 'How bad', options: stateChoices('severity') },
  { name: 'kind', label: 'Kind', options: Object.entries(kindNames) },
]

const allFilters: readonly Filter[] = [
  ...filters,
  { name: 'status', label: 'State', options: stateChoices('sending') },
  { name: 'channel', label: 'Way', options: Object.entries(channelNames) },
]

/**
 * @summary Alerts of an organisation: what was sent or is held, who is told of what and how, and silences.
 * @attr api-base - The server to ask, where it is not the page's own.
 * @attr token - A bearer token with `alerts.read`, where there is no session of staff.
 * @attr base - Where the pages of the administration are; links begin with it.
 * @attr tenant-id - The organisation to follow, where the person may switch between several.
 * @attr section - `all`, `rules`, `routes` or `silences`; what was sent to the reader without it.
 * @attr in-address - Keeps filters and order in the address of the page.
 * @attr views-key - Names whose saved views these are.
 * @fires edpsych-alert-read - The reader has read an alert.
 * @fires edpsych-error - Something could not be read; the element shows it too.
 */
export class AlertsElement extends DashboardElement {
  static override styles = dashboardStyles

  @property({ attribute: 'section' }) section = ''
  @property({ type: Boolean, attribute: 'in-address' }) inAddress = false
  @property({ attribute: 'views-key' }) viewsKey: string | undefined

  private readonly load: LoadRows<Alert> = (query, signal) =>
    this.client('GET /api/v1/alerts', {
      // The table asks with the parameters that the columns and filters above declare.
      query: { ...query, ...(this.section === 'all' ? {} : { inbox: 'true' }) } as object,
      signal,
    })

  protected override get topics(): readonly LiveTopic[] {
    return ['alerts']
  }

  protected override onNews(_topic: LiveTopic, message: unknown): void {
    const { alert } = message as { alert?: Alert }
    if (alert && !this.table?.put({ ...alert, read: this.readOf(alert) })) this.table?.offerNews()
  }

  /** News are the same for everybody: who has read what comes with the list alone. */
  private readOf({ id }: Alert): boolean {
    return this.table?.rows.find((row) => row.id === id)?.read ?? false
  }

  protected override onGap(): void {
    void this.table?.restart()
  }

  private get table(): DataTableElement<Alert> | null {
    return this.renderRoot.querySelector('edpsych-data-table') as DataTableElement<Alert> | null
  }

  private readonly markRead = (alert: Alert): void => {
    void this.act(async () => {
      const read = await this.client('POST /api/v1/alerts/:id/read', { params: { id: alert.id } })
      this.table?.put(read)
      this.dispatchEvent(new AlertReadEvent())
      return 'Marked as read.'
    })
  }

  private get columns(): readonly Column<Alert>[] {
    const { theme } = this
    return [
      {
        id: 'title',
        label: 'Alert',
        cell: (alert) => this.alertCell(alert),
        text: ({ title }) => title,
      },
      {
        id: 'severity',
        label: 'How bad',
        cell: ({ severity }) =>
          html`<edpsych-state-badge kind="severity" state=${severity} .theme=${theme}></edpsych-state-badge>`,
        text: ({ severity }) => stateWord('severity', severity).word,
      },
      {
        id: 'kind',
        label: 'Kind',
        cell: ({ kind }) => kindNames[kind],
        text: ({ kind }) => kindNames[kind],
      },
      {
        id: 'status',
        label: 'State',
        cell: ({ status, heldBecause, dueAt, lastError }) =>
          html`<edpsych-state-badge kind="sending" state=${status} .theme=${theme}></edpsych-state-badge>
            ${heldBecause ? html`<span class="note">${heldNames[heldBecause]}${dueAt ? html`, until <edpsych-time-ago .datetime=${dueAt}></edpsych-time-ago>` : nothing}</span>` : nothing}
            ${lastError ? html`<span class="note">${lastError}</span>` : nothing}`,
        text: ({ status }) => stateWord('sending', status).word,
      },
      {
        id: 'way',
        label: 'Way',
        hidden: this.section !== 'all',
        cell: ({ routeName, channel }) =>
          html`${routeName}<span class="note">${channelNames[channel]}</span>`,
        text: ({ routeName }) => routeName,
      },
      {
        id: 'at',
        label: 'When',
        sort: 'createdAt',
        cell: ({ createdAt }) =>
          html`<edpsych-time-ago .datetime=${createdAt} exact></edpsych-time-ago>`,
        text: ({ createdAt }) => createdAt,
      },
    ]
  }

  private alertCell(alert: Alert): TemplateResult {
    const { title, text, problemIds, read } = alert
    const [first] = problemIds
    return html`${read ? title : html`<strong>${title}</strong>`}
      <details class="more"><summary>What it said</summary><p class="said">${text}</p></details>
      <span class="actions">
        ${first ? html`<a href="${this.base}/problems/${first}">What to do</a>` : nothing}
        ${read ? nothing : html`<button type="button" class="button link" ?disabled=${this.busy} @click=${() => this.markRead(alert)}>Mark as read<span class="visually-hidden">: ${title}</span></button>`}
      </span>`
  }

  protected override render(): TemplateResult {
    const part = parts.find(([name]) => name === this.section)?.[0] ?? ''
    return html`<nav class="tabs" aria-label="Parts of the alerts"><ul>
        ${parts.map(
          ([name, label]) =>
            html`<li><a href="${this.base}/alerts${name === '' ? '' : `/${name}`}" aria-current=${name === part ? 'page' : nothing}>${label}</a></li>`,
        )}
      </ul></nav>
      ${this.notices()}${this.content(part)}`
  }

  private content(part: (typeof parts)[number][0]): TemplateResult {
    const { client, scopes, theme } = this
    switch (part) {
      case 'rules':
        return html`<edpsych-alert-rules .client=${client} .scopes=${scopes} .base=${this.base} .theme=${theme}></edpsych-alert-rules>`
      case 'routes':
        return html`<edpsych-alert-routes .client=${client} .scopes=${scopes} .base=${this.base} .theme=${theme}></edpsych-alert-routes>`
      case 'silences':
        return html`<edpsych-alert-silences .client=${client} .scopes=${scopes} .theme=${theme}></edpsych-alert-silences>`
      default:
        return html`<edpsych-data-table
          caption="Alerts"
          views-key=${this.viewsKey ?? nothing}
          ?in-address=${this.inAddress}
          .theme=${theme}
          .columns=${this.columns}
          .filters=${part === 'all' ? allFilters : filters}
          .rowKey=${({ id }: Alert) => id}
          .load=${this.load}
        >
          <h2>No alerts</h2>
          <p>When something goes wrong with a connection, you are told here. Add further ways, such as e-mail or Microsoft Teams, under <a href="${this.base}/alerts/routes">Ways</a>, and choose under <a href="${this.base}/alerts/rules">Rules</a> what is told to whom.</p>
        </edpsych-data-table>`
    }
  }
}

customElements.define('edpsych-alerts', AlertsElement)
