import { html, nothing, type TemplateResult } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import type { Client } from '../../shared/api/client.ts'
import type { SyncChange, SyncCounts, SyncKind, SyncRun } from '../../shared/api/syncs.ts'
import '../data-table/data-table.ts'
import type { Column } from '../data-table/table-declaration.ts'
import { kindWord, reasonWord } from './sync-words.ts'

const numbers: readonly (readonly [keyof SyncCounts, string])[] = [
  ['seen', 'Received'],
  ['created', 'New'],
  ['updated', 'Changed'],
  ['unchanged', 'Same'],
  ['removed', 'Removed'],
  ['refused', 'Refused'],
  ['leftOut', 'Not kept'],
]

const columns: readonly Column<SyncChange>[] = [
  {
    id: 'kind',
    label: 'What',
    cell: ({ kind }) => kindWord(kind),
    text: ({ kind }) => kindWord(kind),
  },
  {
    id: 'sourcedId',
    label: 'Identifier there',
    cell: ({ sourcedId }) => (sourcedId === null ? 'not known' : html`<code>${sourcedId}</code>`),
    text: ({ sourcedId }) => sourcedId ?? '',
  },
  {
    id: 'change',
    label: 'What became of it',
    cell: ({ change }) => change,
    text: ({ change }) => change,
  },
  {
    id: 'reason',
    label: 'Why',
    cell: ({ reason }) => reason ?? nothing,
    text: ({ reason }) => reason ?? '',
  },
]

const filters = [
  {
    name: 'change',
    label: 'What became of it',
    options: [
      ['refused', 'Refused'],
      ['lost', 'Lost'],
      ['removed', 'Removed'],
      ['created', 'New'],
      ['updated', 'Changed'],
    ],
  },
] as const

interface Surroundings {
  readonly client: Client
  readonly theme: 'light' | 'dark' | undefined
}

/** Counts of a run, what is missing and why, and what it did record by record. */
export function syncDetail(run: SyncRun, { client, theme }: Surroundings): TemplateResult {
  return html`
    ${progress(run)}
    ${run.error ? html`<p class="notice error">${run.error.message}</p>` : nothing}
    ${held(run)} ${countsTable(run)} ${loss(run)}
    ${
      run.preview
        ? nothing
        : // Another run, or one that has ended since, is another list.
          keyed(
            `${run.id} ${run.status}`,
            html`<edpsych-data-table caption="What became of the records" .theme=${theme} .columns=${columns} .filters=${filters}
        .rowKey=${({ id }: SyncChange) => id}
        .load=${(query: object, signal: AbortSignal) =>
          client('GET /api/v1/syncs/:id/changes', { params: { id: run.id }, query, signal })}>
        <p>Nothing was changed, refused or lost.</p>
      </edpsych-data-table>`,
          )
    }`
}

function progress({
  status,
  progress: done,
  checkpoint,
}: SyncRun): TemplateResult | typeof nothing {
  if (status !== 'running' && status !== 'waiting') return nothing
  const pages = checkpoint ? `${checkpoint.pages} pages are safely written.` : 'It begins.'
  return html`<p>
    ${done === null ? html`<progress aria-label="Progress"></progress>` : html`<progress aria-label="Progress" max="1" .value=${done}></progress>`}
    ${pages}
  </p>`
}

function held({ status, heldBecause }: SyncRun): TemplateResult | typeof nothing {
  if (status !== 'held' || !heldBecause) return nothing
  const { kinds, limitPercent } = heldBecause
  return html`<div class="notice warning">
    <p><strong>It waits for you: nothing was removed.</strong> More than ${limitPercent} % would go:</p>
    <ul>${kinds.map(({ kind, removals, of, percent }) => html`<li>${removals} of ${of} ${kindWord(kind)} (${percent} %)</li>`)}</ul>
  </div>`
}

function countsTable({ counts }: SyncRun): TemplateResult {
  const kinds = (Object.keys(counts) as SyncKind[]).filter((kind) => counts[kind].seen > 0)
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Counts of this run"><table>
    <caption>Counts</caption>
    <thead><tr><th scope="col">What</th>${numbers.map(([, label]) => html`<th scope="col">${label}</th>`)}</tr></thead>
    <tbody>${kinds.map(
      (kind) =>
        html`<tr><th scope="row">${kindWord(kind)}</th>${numbers.map(([field]) => html`<td>${counts[kind][field]}</td>`)}</tr>`,
    )}</tbody>
  </table></div>`
}

function loss({ loss: report }: SyncRun): TemplateResult | typeof nothing {
  if (!report) return nothing
  if (report.whole) {
    return html`<p class="notice success">Counted and compared: everything that came is here.</p>`
  }
  const lossy = report.kinds.filter(({ missingTotal }) => missingTotal > 0)
  return html`<h4>What is missing</h4>
    ${lossy.map(
      ({ kind, vendorSays, received, ours, missing, missingTotal }) => html`<p>
        <strong>${missingTotal} ${kindWord(kind)}</strong>:
        ${vendorSays === null ? 'the other system does not count them' : `the other system counts ${vendorSays}`},
        ${received} came, ${ours} are here.
      </p>
      <ul>${missing
        .slice(0, 20)
        .map(
          ({ sourcedId, why, detail }) =>
            html`<li>${sourcedId === null ? nothing : html`<code>${sourcedId}</code> – `}${reasonWord(why)}. <span class="note">${detail}</span></li>`,
        )}</ul>`,
    )}`
}
