import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type { Certification } from '../../../shared/api/sandbox.ts'
import { api, sentenceOf } from '../../app/api.ts'
import { View, when } from '../../app/view.ts'
import { result } from './sandbox.ts'

const askAgainMs = 1000

const outcomes = {
  pending: { label: 'To come', pill: '' },
  passed: { label: 'Passed', pill: 'good' },
  failed: { label: 'Failed', pill: 'bad' },
  skipped: { label: 'Skipped', pill: '' },
} as const

/** @summary The report of one certification run, while it grows. */
export class CertificationElement extends View {
  @state() private run: Certification | undefined
  private timer: ReturnType<typeof setTimeout> | undefined

  private get params() {
    return {
      id: this.parameters['id'] ?? '',
      certificationId: this.parameters['certificationId'] ?? '',
    }
  }

  private get isOpen(): boolean {
    return this.run?.status === 'waiting' || this.run?.status === 'running'
  }

  override connectedCallback(): void {
    super.connectedCallback()
    void this.load()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.timer)
  }

  private async load(): Promise<void> {
    try {
      this.run = await api('GET /api/v1/sandboxes/:id/certifications/:certificationId', {
        params: this.params,
      })
      if (this.isOpen && this.isConnected) {
        this.timer = setTimeout(() => void this.load(), askAgainMs)
      }
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  private readonly cancel = (): void => {
    void this.act(async () => {
      this.run = await api('POST /api/v1/sandboxes/:id/certifications/:certificationId/cancel', {
        params: this.params,
      })
      return 'The run is stopped.'
    })
  }

  protected override render() {
    const { run } = this
    return html`
      <p class="breadcrumb"><a href="/developers/console/sandboxes/${this.params.id}">Sandbox</a></p>
      <h1>Certification run</h1>
      ${this.notices()}
      ${run ? this.report(run) : this.error ? nothing : html`<p class="loading" role="status">Loading the report …</p>`}
    `
  }

  private report(run: Certification) {
    return html`
      <p>${when(run.createdAt)}: <code>${run.endpointUrl}</code> <span role="status">${result(run)}</span></p>
      ${
        this.isOpen
          ? html`<p><progress max="1" value=${run.progress} aria-label="Progress"></progress>
              <button class="button secondary" ?disabled=${this.busy} @click=${this.cancel}>Stop</button></p>`
          : nothing
      }
      <div class="table-wrap" tabindex="0" role="region" aria-label="Checks">
        <table><caption>Checks</caption>
          <thead><tr><th scope="col">Check</th><th scope="col">Result</th><th scope="col">What was seen</th><th scope="col">What to change</th></tr></thead>
          <tbody>${run.checks.map(
            (check) => html`<tr>
              <th scope="row">${check.title}</th>
              <td><span class="pill ${outcomes[check.outcome].pill}">${outcomes[check.outcome].label}</span></td>
              <td>${check.why ?? '–'}</td>
              <td>${check.fix ?? '–'}</td>
            </tr>`,
          )}</tbody>
        </table>
      </div>
    `
  }
}

customElements.define('console-certification', CertificationElement)
