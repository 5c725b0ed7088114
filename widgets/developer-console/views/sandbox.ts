import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type { Certification, Inspection, Sandbox } from '../../../shared/api/sandbox.ts'
import { api, sentenceOf } from '../../app/api.ts'
import { confirmAct } from '../../app/confirm.ts'
import '../../app/copy-field.ts'
import { PagedList } from '../../app/paged-list.ts'
import { go, View, when } from '../../app/view.ts'
import '../fault-dial.ts'

/** @summary One sandbox: LMS, inspector, faults, clock, certification, reset. */
export class SandboxElement extends View {
  @state() private sandbox: Sandbox | undefined

  private readonly inspections = new PagedList<Inspection>(this, (cursor) =>
    api('GET /api/v1/sandboxes/:id/inspections', {
      params: this.params,
      query: { limit: 20, cursor },
    }),
  )
  private readonly certifications = new PagedList<Certification>(this, (cursor) =>
    api('GET /api/v1/sandboxes/:id/certifications', {
      params: this.params,
      query: { limit: 10, cursor },
    }),
  )

  private get params(): { id: string } {
    return { id: this.parameters['id'] ?? '' }
  }

  override connectedCallback(): void {
    super.connectedCallback()
    void this.load()
  }

  private async load(): Promise<void> {
    try {
      this.sandbox = await api('GET /api/v1/sandboxes/:id', { params: this.params })
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  private moveClock(event: Event): void {
    event.preventDefault()
    const days = Number(new FormData(event.target as HTMLFormElement).get('days'))
    void this.act(async () => {
      const ahead = this.sandbox?.clock.offsetSeconds ?? 0
      const clock = await api('PUT /api/v1/sandboxes/:id/clock', {
        params: this.params,
        body: { offsetSeconds: ahead + Math.round(days * 86_400) },
      })
      await this.load()
      return `In this sandbox it is now ${when(clock.now)}.`
    })
  }

  private readonly reset = (): void => {
    void this.act(async () => {
      const sure = await confirmAct({
        title: 'Put the data back?',
        text: 'Attempts, launches, deliveries and inspections of this sandbox go; faults and clock are set back. Keys, webhooks and applications stay.',
        button: 'Put the data back',
      })
      if (!sure) return undefined
      await api('POST /api/v1/sandboxes/:id/reset', { params: this.params, body: {} })
      await Promise.all([this.load(), this.inspections.restart()])
      return 'The school is as it was at the start.'
    })
  }

  private readonly discard = (): void => {
    void this.act(async () => {
      const sure = await confirmAct({
        title: 'Delete this sandbox?',
        text: 'Everything in it goes, its keys and accounts included. If you are signed in as its developer, you are signed out.',
        button: 'Delete the sandbox',
      })
      if (!sure) return undefined
      await api('DELETE /api/v1/sandboxes/:id', { params: this.params })
      if (this.session?.tenant.id === this.params.id) location.assign('/developers')
      else go('/developers/console/sandboxes')
      return undefined
    })
  }

  private certify(event: Event): void {
    event.preventDefault()
    const data = new FormData(event.target as HTMLFormElement)
    void this.act(async () => {
      const run = await api('POST /api/v1/sandboxes/:id/certifications', {
        params: this.params,
        body: { endpointUrl: String(data.get('endpointUrl')) },
      })
      go(`/developers/console/sandboxes/${this.params.id}/certifications/${run.id}`)
      return undefined
    })
  }

  protected override render() {
    const { sandbox } = this
    return html`
      <p class="breadcrumb"><a href="/developers/console/sandboxes">Sandboxes</a></p>
      <h1>${sandbox?.tenant.name ?? 'Sandbox'}</h1>
      ${this.notices()}
      ${sandbox ? this.details(sandbox) : this.error ? nothing : html`<p class="loading" role="status">Loading the sandbox …</p>`}
    `
  }

  private details(sandbox: Sandbox) {
    const mayWrite = this.may('sandbox.write')
    return html`
      <div class="card">
        ${sandbox.lms ? html`<p><a class="button" href=${sandbox.lms.url} target="_blank" rel="noopener">Open its LMS <span class="visually-hidden">(new tab)</span></a></p>` : nothing}
        <admin-copy-field label="Inspector address" .value=${sandbox.inspectorUrl}></admin-copy-field>
        <p class="small">Use it as a webhook address: whatever arrives is listed below. Unused, the sandbox ends ${when(sandbox.expiresAt)}.</p>
      </div>
      <h2>What the inspector received</h2>
      <p><button class="button secondary" @click=${() => this.inspections.restart()}>Look again</button></p>
      ${this.inspections.table({
        caption: 'Requests to the inspector',
        columns: ['When', 'Request', 'Signature', 'Answered', 'Body'],
        row: (inspection) => html`<tr>
          <td>${when(inspection.createdAt)}</td>
          <th scope="row">${inspection.method} ${inspection.path || '/'}</th>
          <td>${signature(inspection)}</td>
          <td>${inspection.answeredStatus}</td>
          <td><details><summary>${inspection.bodyBytes} bytes</summary><pre tabindex="0" aria-label="Body">${inspection.body}</pre></details></td>
        </tr>`,
        empty: html`<p>Nothing yet. Add the inspector’s address as a <a href="/developers/console/webhooks">webhook</a> and send it a test event.</p>`,
      })}
      <h2>Faults on purpose</h2>
      <console-fault-dial .sandboxId=${sandbox.id} ?readonly=${!mayWrite}></console-fault-dial>
      <h2>Clock</h2>
      <form class="card stack" @submit=${this.moveClock}>
        <p>Here it is <strong>${when(sandbox.clock.now)}</strong>. Keys and tokens expire by this clock, and webhook retries fall due by it.</p>
        ${
          mayWrite
            ? html`<div class="field"><label for="clock-days">Move it forward by days</label><input id="clock-days" name="days" type="number" min="0.01" max="3650" step="0.01" value="1" required /></div>
        <p><button class="button secondary" ?disabled=${this.busy}>Move the clock</button></p>`
            : nothing
        }
      </form>
      <h2>Certification</h2>
      ${
        mayWrite
          ? html`<form class="card stack" @submit=${this.certify}>
              <p>We send your endpoint right and wrong deliveries and report what it handles badly.</p>
              <div class="field"><label for="certify-url">Address of your endpoint</label><input id="certify-url" name="endpointUrl" type="url" required placeholder="https://example.org/webhooks" /></div>
              <p><button class="button secondary" ?disabled=${this.busy}>Start a run</button></p>
            </form>`
          : nothing
      }
      ${this.certifications.table({
        caption: 'Certification runs',
        columns: ['Started', 'Endpoint', 'Result'],
        row: (run) => html`<tr>
          <th scope="row"><a href="/developers/console/sandboxes/${sandbox.id}/certifications/${run.id}">${when(run.createdAt)}</a></th>
          <td><code>${run.endpointUrl}</code></td>
          <td>${result(run)}</td>
        </tr>`,
        empty: html`<p>No run yet.</p>`,
      })}
      ${
        mayWrite
          ? html`<h2>Start again</h2><p class="actions"><button class="button secondary" ?disabled=${this.busy} @click=${this.reset}>Put the data back</button>
              <button class="button danger" ?disabled=${this.busy} @click=${this.discard}>Delete the sandbox</button></p>`
          : nothing
      }
    `
  }
}

function signature({ signature: seen }: Inspection) {
  if (!seen) return 'none'
  return seen.verified
    ? html`<span class="pill good">Verified</span>`
    : html`<span class="pill bad">Not valid</span> ${seen.reason}`
}

export function result({ status, passed, progress }: Certification) {
  if (status === 'done') {
    return passed
      ? html`<span class="pill good">Passed</span>`
      : html`<span class="pill bad">Something to fix</span>`
  }
  if (status === 'running' || status === 'waiting') return `${Math.round(progress * 100)} %`
  return status === 'cancelled' ? 'Stopped' : 'Could not be finished'
}

customElements.define('console-sandbox', SandboxElement)
