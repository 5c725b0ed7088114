import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type { RequestRecord } from '../../../shared/api/usage.ts'
import { api, sentenceOf } from '../../app/api.ts'
import { View, when } from '../../app/view.ts'
import { statusPill } from './requests.ts'

/** @summary One call: what was asked, what was answered, and why. */
export class RequestElement extends View {
  @state() private record: RequestRecord | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    void this.load()
  }

  private async load(): Promise<void> {
    try {
      const params = { id: this.parameters['id'] ?? '' }
      this.record = await api('GET /api/v1/requests/:id', { params })
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  protected override render() {
    const { record } = this
    return html`
      <p class="breadcrumb"><a href="/developers/console/requests">Requests</a></p>
      <h1>${record?.operation ?? 'Request'}</h1>
      ${this.notices()}
      ${record ? details(record) : this.error ? nothing : html`<p class="loading" role="status">Loading the request …</p>`}
    `
  }
}

function details(record: RequestRecord) {
  const { problem } = record
  return html`
    <div class="card">
      <dl class="values">
        <dt>Answer</dt><dd>${statusPill(record.status)} in ${Math.round(record.durationMs)} ms</dd>
        <dt>Address</dt><dd><code>${record.method} ${record.path}</code></dd>
        <dt>When</dt><dd>${when(record.createdAt)}</dd>
        <dt>Request id</dt><dd><code>${record.requestId}</code></dd>
        <dt>Credential</dt><dd>${record.credential.kind} <code>${record.credential.id}</code></dd>
        <dt>Version</dt><dd>${record.version ?? 'the newest'}</dd>
        <dt>Program</dt><dd>${record.userAgent || 'not said'}, from ${record.network}</dd>
      </dl>
    </div>
    ${
      problem
        ? html`<h2>The problem</h2><div class="card">
            <p><a href="/developers/errors/${problem.code}"><code>${problem.code}</code></a> ${problem.detail}</p>
            ${problem.errors.length > 0 ? html`<ul>${problem.errors.map(({ pointer, detail }) => html`<li><code>${pointer}</code> ${detail}</li>`)}</ul>` : nothing}
          </div>`
        : nothing
    }
    ${bodyOf('What was sent', record.requestBody)}
    ${bodyOf('What was answered', record.responseBody)}
  `
}

function bodyOf(title: string, text: string | null) {
  return text === null
    ? nothing
    : html`<h2>${title}</h2><pre tabindex="0" aria-label=${title}>${text}</pre>`
}

customElements.define('console-request', RequestElement)
