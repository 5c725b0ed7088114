import { html, nothing, type TemplateResult } from 'lit'
import { state } from 'lit/decorators.js'
import type { z } from 'zod'
import type { AuditEntry, AuditVerification } from '../../../shared/api/operations.ts'
import { api, sentenceOf } from '../../app/api.ts'
import { View, when } from '../../app/view.ts'
import { saveFile } from '../../dashboard/save-file.ts'
import '../../data-table/data-table.ts'
import type { Column, Filter, LoadRows } from '../../data-table/table-declaration.ts'
import { trailOf } from './audit-trail.ts'

type Verification = z.output<typeof AuditVerification>

/** The end of an identifier tells entries apart; all of it is on the page of the entry and in the file. */
function short(id: string): string {
  return id.length > 14 ? `…${id.slice(-8)}` : id
}

const columns: readonly Column<AuditEntry>[] = [
  {
    id: 'action',
    label: 'Action',
    cell: (entry) => entry.action,
    text: (entry) => entry.action,
  },
  {
    id: 'at',
    label: 'When',
    sort: 'at',
    cell: (entry) => when(entry.at),
    text: (entry) => entry.at,
  },
  {
    id: 'actor',
    label: 'By',
    cell: ({ actor }) => html`${actor.kind} <code>${short(actor.id)}</code>`,
    text: ({ actor }) => `${actor.kind} ${actor.id}`,
  },
  {
    id: 'target',
    label: 'On',
    cell: ({ target }) => (target ? html`${target.type} <code>${short(target.id)}</code>` : '–'),
    text: ({ target }) => (target ? `${target.type} ${target.id}` : ''),
  },
  {
    id: 'result',
    label: 'Result',
    cell: ({ result }) => result,
    text: ({ result }) => result,
  },
  {
    id: 'fields',
    label: 'Fields',
    hidden: true,
    cell: ({ fields }) => fields.join(', '),
    text: ({ fields }) => fields.join(', '),
  },
  {
    id: 'address',
    label: 'From',
    hidden: true,
    cell: (entry) => entry.remoteAddress ?? '–',
    text: (entry) => entry.remoteAddress,
  },
]

const filters: readonly Filter[] = [
  {
    name: 'result',
    label: 'Result',
    options: [
      ['success', 'Done'],
      ['refused', 'Refused'],
      ['failed', 'Failed'],
    ],
  },
  {
    name: 'action',
    label: 'Kind of action',
    options: [
      ['connection.*', 'Connections'],
      ['session.*', 'Sign-ins'],
      ['person.*', 'Staff'],
      ['role.*', 'Roles'],
      ['key.*', 'API keys'],
      ['settings.*', 'Settings'],
      ['roster.*', 'Roster'],
      ['result.*', 'Results'],
      ['webhook.*', 'Webhooks'],
      ['audit.*', 'The trail itself'],
    ],
  },
]

/** @summary The audit trail: search it, verify it, take it along. */
export class AuditElement extends View {
  @state() private verification: Verification | undefined
  @state() private loaded = 0

  private readonly load: LoadRows<AuditEntry> = (query, signal) =>
    // The table asks with the parameters that the columns and filters above declare.
    api('GET /api/v1/audit', { query: { ...query } as object, signal })

  private verify(): void {
    void this.act(async () => {
      this.verification = await api('POST /api/v1/audit/verify', {})
      return undefined
    })
  }

  private download(): void {
    void this.act(async () => {
      const parts = await trailOf(api, (entries) => {
        this.loaded = entries
      })
      saveFile('audit-trail.ndjson', parts, 'application/x-ndjson')
      const entries = this.loaded
      this.loaded = 0
      return `The trail with ${entries} entries is downloaded. Verify it with: node verify-audit.mjs audit-trail.ndjson`
    })
  }

  protected override render() {
    const { session } = this
    return html`
      <h1>Audit</h1>
      <p class="lead">Who did what, when. Each entry carries the fingerprint of the one before, so a change, a gap or another order shows.</p>
      ${this.notices()}
      <p class="actions">
        <button class="button" ?disabled=${this.busy} @click=${this.verify}>Verify the trail</button>
        <button class="button secondary" ?disabled=${this.busy} @click=${this.download}>${this.loaded > 0 ? `Downloading … ${this.loaded}` : 'Download the trail'}</button>
        <a class="button secondary" href="/assets/verify-audit.mjs" download>Script to verify it elsewhere</a>
      </p>
      ${this.verification ? outcome(this.verification) : nothing}
      <edpsych-data-table
        caption="Audit entries"
        search-label="Search actions, fields, values, codes and identifiers"
        views-key="${session?.tenant.id}:${session?.user.id}:audit"
        in-address
        .client=${api}
        .columns=${columns}
        .filters=${filters}
        .load=${this.load}
        .rowKey=${(entry: AuditEntry) => entry.id}
        .rowHref=${(entry: AuditEntry) => `/admin/audit/${entry.id}`}
      ><p>Nothing has been recorded yet.</p></edpsych-data-table>
    `
  }
}

function outcome({ ok, entries, checkpoints, problems }: Verification): TemplateResult {
  if (ok) {
    return html`<p class="notice success" role="status">The trail is whole: ${entries} entries and ${checkpoints} signed checkpoints agree.</p>`
  }
  return html`<div class="notice error" role="alert">
    <p>The trail was tampered with or damaged:</p>
    <ul>${problems.map((problem) => html`<li>Entry ${problem.seq}: ${problem.detail} (${problem.kind})</li>`)}</ul>
  </div>`
}

/** @summary One entry of the trail, with what was before and after. */
export class AuditEntryElement extends View {
  @state() private entry: AuditEntry | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    void this.load()
  }

  private async load(): Promise<void> {
    try {
      this.entry = await api('GET /api/v1/audit/:id', {
        params: { id: this.parameters['id'] ?? '' },
      })
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  protected override render() {
    const { entry } = this
    if (!entry) {
      return html`<h1>Audit entry</h1>${this.notices()}${this.error ? nothing : html`<p class="loading" role="status">Loading the entry …</p>`}`
    }
    const facts: readonly (readonly [string, unknown])[] = [
      ['When', when(entry.at)],
      [
        'By',
        html`${entry.actor.kind} <a href="/admin/audit?q=${encodeURIComponent(entry.actor.id)}"><code>${entry.actor.id}</code></a>`,
      ],
      [
        'On',
        entry.target
          ? html`${entry.target.type} <a href="/admin/audit?q=${encodeURIComponent(entry.target.id)}"><code>${entry.target.id}</code></a>`
          : '–',
      ],
      ['Result', entry.result],
      ['Fields', entry.fields.join(', ') || '–'],
      ['Purpose', entry.purpose ?? '–'],
      ['From', entry.remoteAddress ?? '–'],
      ['Request', html`<code>${entry.requestId}</code>`],
      ['Number in the trail', entry.seq],
      ['Fingerprint', html`<code>${entry.hash}</code>`],
    ]
    return html`
      <p><a href="/admin/audit">All entries</a></p>
      <h1>${entry.action}</h1>
      <dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
      ${
        entry.changes && entry.changes.length > 0
          ? html`<div class="table-wrap" tabindex="0" role="region" aria-label="What was changed"><table>
            <caption>What was changed</caption>
            <thead><tr><th scope="col">Field</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
            <tbody>${entry.changes.map((change) => html`<tr><th scope="row">${change.field}</th><td>${change.before ?? 'nothing'}</td><td>${change.after ?? 'nothing'}</td></tr>`)}</tbody>
          </table></div>`
          : nothing
      }
    `
  }
}

customElements.define('admin-audit', AuditElement)
customElements.define('admin-audit-entry', AuditEntryElement)
