import { html } from 'lit'
import type { z } from 'zod'
import type { Attempt as AttemptSchema } from '../../shared/api/items.ts'
import { api } from '../app/api.ts'
import { when } from '../app/view.ts'

export type Attempt = z.output<typeof AttemptSchema>

/** How the state of a grade on its way reads to people. */
const passbackLabels: Record<Attempt['gradePassback'], string> = {
  none: 'No gradebook',
  pending: 'On its way',
  sent: 'In the gradebook',
  failed: 'Could not be delivered',
}

const passbackTones: Partial<Record<Attempt['gradePassback'], string>> = {
  sent: 'good',
  failed: 'bad',
}

/** Titles of the newest items by id; an attempt carries only the id. */
export async function itemTitles(): Promise<ReadonlyMap<string, string>> {
  const { data } = await api('GET /api/v1/items', { query: { limit: 200 } })
  return new Map(data.map(({ id, title }) => [id, title]))
}

export const attemptColumns = ['Started', 'State', 'Score', 'Gradebook'] as const

/** What every table of attempts says of one. */
export function attemptCells(attempt: Attempt) {
  return html`<td>${when(attempt.createdAt)}</td>
    <td>${attempt.status === 'open' ? 'Open' : 'Submitted'}</td>
    <td>${attempt.score === null ? '–' : `${attempt.score} of ${attempt.maxScore}`}</td>
    <td>${attempt.status === 'open' ? '–' : passbackPill(attempt.gradePassback)}</td>`
}

/** A row that begins with the item it is about. */
export function attemptRow(attempt: Attempt, titles: ReadonlyMap<string, string>) {
  return html`<tr>
    <th scope="row"><a href="/admin/items/${attempt.itemId}">${titles.get(attempt.itemId) ?? 'Open the item'}</a></th>
    ${attemptCells(attempt)}
  </tr>`
}

function passbackPill(passback: Attempt['gradePassback']) {
  return html`<span class="pill ${passbackTones[passback] ?? ''}">${passbackLabels[passback]}</span>`
}
