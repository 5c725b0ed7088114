import { html, nothing } from 'lit'
import type { Connection } from '../../shared/api/connections.ts'
import type { Column, Filter } from '../data-table/table-declaration.ts'
import '../state-badge/state-badge.ts'
import { stateChoices, stateWord } from '../state-badge/state-words.ts'
import '../time-ago/time-ago.ts'

export const kindNames: Readonly<Record<string, string>> = {
  lms: 'Learning platform (LMS)',
  sis: 'Management information system (MIS)',
  content: 'Content',
  assessment: 'Assessment',
}

/** How many records the last sync saw. */
export function volumeOf({ sync }: Connection): number | null {
  const counts: unknown = sync.last?.counts
  return counts === undefined || counts === null ? null : seenIn(counts)
}

function seenIn(counts: unknown): number {
  if (typeof counts !== 'object' || counts === null) return 0
  let seen = 0
  for (const [name, value] of Object.entries(counts)) {
    if (typeof value === 'object') seen += seenIn(value)
    else if (name === 'seen' && typeof value === 'number') seen += value
  }
  return seen
}

const number = new Intl.NumberFormat('en-GB')

export interface ColumnOptions {
  readonly base: string
  readonly theme: 'light' | 'dark' | undefined
  connectorName(id: string): string
}

/** What the overview shows of each connection. */
export function connectionColumns({
  base,
  theme,
  connectorName,
}: ColumnOptions): readonly Column<Connection>[] {
  return [
    {
      id: 'name',
      label: 'Name',
      sort: 'name',
      cell: ({ name }) => name,
      text: ({ name }) => name,
    },
    {
      id: 'connector',
      label: 'Connects to',
      cell: ({ connectorId }) => connectorName(connectorId),
      text: ({ connectorId }) => connectorName(connectorId),
    },
    {
      id: 'state',
      label: 'State',
      sort: 'state',
      cell: ({
        state,
        stateReason,
      }) => html`<edpsych-state-badge state=${state} .theme=${theme}></edpsych-state-badge>
        ${stateReason && state !== 'active' ? html`<span class="note">${stateReason.message}</span>` : nothing}`,
      text: ({ state }) => stateWord('connection', state).word,
    },
    {
      id: 'health',
      label: 'Health',
      cell: ({
        health,
      }) => html`<edpsych-state-badge kind="health" state=${health.state} .theme=${theme}></edpsych-state-badge>
        ${health.since ? html`<span class="since">since <edpsych-time-ago .datetime=${health.since}></edpsych-time-ago></span>` : nothing}`,
      text: ({ health }) => stateWord('health', health.state).word,
    },
    {
      id: 'last',
      label: 'Last sync',
      cell: ({ sync }) =>
        sync.last
          ? html`<edpsych-state-badge kind="run" state=${sync.last.status} .theme=${theme}></edpsych-state-badge>
              <span class="since"><edpsych-time-ago .datetime=${sync.last.endedAt}></edpsych-time-ago></span>`
          : 'never',
      text: ({ sync }) => sync.last?.endedAt ?? '',
    },
    {
      id: 'next',
      label: 'Next sync',
      cell: ({ sync }) =>
        html`<edpsych-time-ago .datetime=${sync.nextAt} empty="by hand only"></edpsych-time-ago>`,
      text: ({ sync }) => sync.nextAt ?? '',
    },
    {
      id: 'volume',
      label: 'Records',
      numeric: true,
      cell: (connection) => {
        const volume = volumeOf(connection)
        return volume === null ? '–' : number.format(volume)
      },
      text: volumeOf,
    },
    {
      id: 'problems',
      label: 'Problems',
      numeric: true,
      cell: ({ id, name, openProblems }) =>
        openProblems === 0
          ? '0'
          : html`<a href="${base}/problems?connectionId=${id}" aria-label="${openProblems} open problems of ${name}">${openProblems}</a>`,
      text: ({ openProblems }) => openProblems,
    },
    {
      id: 'checked',
      label: 'Last checked',
      hidden: true,
      cell: ({ health }) =>
        html`<edpsych-time-ago .datetime=${health.checkedAt} empty="never"></edpsych-time-ago>`,
      text: ({ health }) => health.checkedAt ?? '',
    },
    {
      id: 'expires',
      label: 'Credentials expire',
      hidden: true,
      cell: ({ credentialsExpireAt }) =>
        html`<edpsych-time-ago .datetime=${credentialsExpireAt}></edpsych-time-ago>`,
      text: ({ credentialsExpireAt }) => credentialsExpireAt ?? '',
    },
    {
      id: 'kind',
      label: 'Kind',
      hidden: true,
      cell: ({ kind }) => kindNames[kind] ?? kind,
      text: ({ kind }) => kindNames[kind] ?? kind,
    },
    {
      id: 'added',
      label: 'Added',
      sort: 'createdAt',
      hidden: true,
      cell: ({ createdAt }) => html`<edpsych-time-ago .datetime=${createdAt}></edpsych-time-ago>`,
      text: ({ createdAt }) => createdAt,
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

export const connectionFilters: readonly Filter[] = [
  { name: 'state', label: 'State', options: stateChoices('connection') },
  { name: 'health', label: 'Health', options: stateChoices('health') },
  { name: 'kind', label: 'Kind', options: Object.entries(kindNames) },
]
