import { html } from 'lit'
import { state } from 'lit/decorators.js'
import type { RequestRecord } from '../../../shared/api/usage.ts'
import { api } from '../../app/api.ts'
import { PagedList } from '../../app/paged-list.ts'
import { View, when } from '../../app/view.ts'
import { followLive } from '../follow-live.ts'

const statusChoices = [
  ['', 'any'],
  ['2xx', 'succeeded (2xx)'],
  ['4xx', 'refused (4xx)'],
  ['5xx', 'failed (5xx)'],
] as const

interface Filter {
  readonly status?: string
  readonly operation?: string
  readonly keyId?: string
  readonly requestId?: string
}

/** @summary The calls of the organisation's credentials, with the problem each was answered. */
export class RequestsElement extends View {
  @state() private filter: Filter = {}

  private readonly list = new PagedList<RequestRecord>(this, (cursor) =>
    api('GET /api/v1/requests', { query: { limit: 50, cursor, ...this.filter } }),
  )

  override connectedCallback(): void {
    super.connectedCallback()
    followLive(this, 'requests', () => this.list.refresh())
  }

  private choose(event: Event): void {
    event.preventDefault()
    const data = new FormData(event.currentTarget as HTMLFormElement)
    const given = ['status', 'operation', 'keyId', 'requestId']
      .map((name) => [name, String(data.get(name)).trim()] as const)
      .filter(([, value]) => value !== '')
    this.filter = Object.fromEntries(given)
    void this.list.restart()
  }

  protected override render() {
    return html`
      <h1>Requests</h1>
      <p class="lead">Every call of your keys and applications for 30 days. New ones appear by themselves.</p>
      ${this.notices()}
      <form class="toolbar" @submit=${this.choose}>
        <label>Answer <select name="status">${statusChoices.map(([value, label]) => html`<option value=${value}>${label}</option>`)}</select></label>
        <label>Operation <input name="operation" maxlength="200" placeholder="GET /api/v1/items" /></label>
        <label>Key <input name="keyId" maxlength="64" placeholder="key_…" /></label>
        <label>Request id <input name="requestId" maxlength="100" /></label>
        <button class="button secondary">Filter</button>
      </form>
      ${this.list.table({
        caption: 'Requests',
        columns: ['Answer', 'Operation', 'Problem', 'Time taken', 'When'],
        row: (record) => html`<tr>
          <td>${statusPill(record.status)}</td>
          <th scope="row"><a href="/developers/console/requests/${record.id}">${record.operation}</a>${record.count > 1 ? ` × ${record.count}` : ''}</th>
          <td>${record.code ? html`<a href="/developers/errors/${record.code}">${record.code}</a>` : '–'}</td>
          <td>${Math.round(record.durationMs)} ms</td>
          <td>${when(record.createdAt)}</td>
        </tr>`,
        empty: html`<h2>No requests</h2><p>Nothing here matches. Make a first call: <a href="/developers">the start page has one to copy</a>.</p>`,
      })}
    `
  }
}

export function statusPill(status: number) {
  return html`<span class="pill ${status < 400 ? 'good' : 'bad'}">${status}</span>`
}

customElements.define('console-requests', RequestsElement)
