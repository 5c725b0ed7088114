import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { ConfigVersionDetail, Connection } from '../../shared/api/connections.ts'
import { askFirst } from '../dashboard/ask-first.ts'
import { DashboardElement } from '../dashboard/dashboard-element.ts'
import { dashboardStyles } from '../dashboard/dashboard-styles.ts'
import type { RowOf } from '../dashboard/list-row.ts'
import '../data-table/data-table.ts'
import type { DataTableElement } from '../data-table/data-table.ts'
import type { Column, LoadRows } from '../data-table/table-declaration.ts'
import '../time-ago/time-ago.ts'
import { ConnectionChangedEvent } from './changed-event.ts'

type Version = RowOf<'GET /api/v1/connections/:id/versions'>
type Difference = ConfigVersionDetail['againstBefore'][number]

/** @summary The versions of a connection's settings: what differs, and back to an earlier one. */
export class ConnectionVersionsElement extends DashboardElement {
  static override styles = [
    dashboardStyles,
    css`
      h3 {
        margin-top: 2rem;
      }
      .chosen {
        margin-top: 1rem;
      }
    `,
  ]

  @property({ attribute: false }) connection: Connection | undefined
  @state() private chosen: ConfigVersionDetail | undefined

  private readonly load: LoadRows<Version> = (query, signal) =>
    this.client('GET /api/v1/connections/:id/versions', {
      params: { id: this.connection?.id ?? '' },
      query: { ...query } as object,
      signal,
    })

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    const before = changed.get('connection')
    if (before && before.configVersion !== this.connection?.configVersion) {
      this.chosen = undefined
      void this.renderRoot.querySelector<DataTableElement>('edpsych-data-table')?.restart()
    }
  }

  private choose(version: number): void {
    void this.act(async () => {
      this.chosen = await this.client('GET /api/v1/connections/:id/versions/:version', {
        params: { id: this.connection?.id ?? '', version: String(version) },
      })
      await this.focusOn('#chosen')
      return undefined
    })
  }

  private goBack(version: number): void {
    void this.act(async () => {
      const answer = await askFirst(this, {
        title: `Go back to version ${version} of the settings?`,
        effects: [
          'The settings become what they were then, as a new version; none is lost.',
          'Credentials stay as they are now.',
          'The next request to the other system already uses them.',
        ],
        button: `Go back to version ${version}`,
        reason: true,
      })
      if (!answer) return undefined
      await this.client('POST /api/v1/connections/:id/rollback', {
        params: { id: this.connection?.id ?? '' },
        body: { version, reason: answer.reason },
      })
      this.dispatchEvent(new ConnectionChangedEvent())
      return `The settings are those of version ${version} again.`
    })
  }

  private readonly columns: readonly Column<Version>[] = [
    {
      id: 'version',
      label: 'Version',
      cell: ({ version }) =>
        html`${version}${version === this.connection?.configVersion ? ' (in use)' : nothing}`,
      text: ({ version }) => version,
    },
    {
      id: 'at',
      label: 'When',
      cell: ({ at }) => html`<edpsych-time-ago .datetime=${at} exact></edpsych-time-ago>`,
      text: ({ at }) => at,
    },
    { id: 'by', label: 'By', cell: ({ by }) => by ?? 'by itself', text: ({ by }) => by },
    {
      id: 'fields',
      label: 'Changed',
      cell: ({ fields, rolledBackFrom }) =>
        html`${fields.join(', ') || '–'}${rolledBackFrom === null ? nothing : html`<span class="note">gone back from version ${rolledBackFrom}</span>`}`,
      text: ({ fields }) => fields.join(', '),
    },
    {
      id: 'look',
      label: 'Differences',
      cell: ({ version }) =>
        html`<button type="button" class="button link" @click=${() => this.choose(version)}>Show<span class="visually-hidden"> those of version ${version}</span></button>`,
      text: () => null,
    },
  ]

  protected override render(): TemplateResult {
    return html`<h3>Versions</h3>
      ${this.notices()}
      <edpsych-data-table caption="Versions of the settings" page-size="10" .theme=${this.theme} .columns=${this.columns}
        .rowKey=${({ id }: Version) => id} .load=${this.load}><p>The settings have not been changed yet.</p></edpsych-data-table>
      ${this.chosen ? this.detail(this.chosen) : nothing}`
  }

  private detail(chosen: ConfigVersionDetail): TemplateResult {
    const isInUse = chosen.version === this.connection?.configVersion
    return html`<section class="card chosen" aria-labelledby="chosen">
      <h4 id="chosen" tabindex="-1">Version ${chosen.version}</h4>
      ${differences('What this version changed', chosen.againstBefore)}
      ${isInUse ? html`<p>This is the one in use.</p>` : differences('Against the one in use', chosen.againstCurrent)}
      ${
        isInUse || !this.may('connections.write')
          ? nothing
          : html`<p class="actions"><button type="button" class="button secondary" ?disabled=${this.busy} @click=${() => this.goBack(chosen.version)}>Go back to version ${chosen.version}</button></p>`
      }
    </section>`
  }
}

function differences(label: string, list: readonly Difference[]): TemplateResult {
  if (list.length === 0) return html`<p>${label}: nothing.</p>`
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${label}>
    <table>
      <caption>${label}</caption>
      <thead><tr><th scope="col">Setting</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
      <tbody>
        ${list.map(
          ({ field, before, after }) =>
            html`<tr><th scope="row">${field}</th><td><code>${asText(before)}</code></td><td><code>${asText(after)}</code></td></tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return '–'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

customElements.define('edpsych-connection-versions', ConnectionVersionsElement)
