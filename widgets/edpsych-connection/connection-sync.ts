import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { Connection } from '../../shared/api/connections.ts'
import type { SyncRun } from '../../shared/api/syncs.ts'
import type { LiveTopic } from '../core/live.ts'
import { loadingState } from '../core/states.ts'
import { askFirst } from '../dashboard/ask-first.ts'
import { DashboardElement } from '../dashboard/dashboard-element.ts'
import { dashboardStyles } from '../dashboard/dashboard-styles.ts'
import '../state-badge/state-badge.ts'
import '../time-ago/time-ago.ts'
import { syncDetail } from './sync-detail.ts'
import { kindWord, totalsOf, triggerWord } from './sync-words.ts'

const isUnderWay = ({ status }: SyncRun) => status === 'waiting' || status === 'running'

/** @summary Runs that fetch people and classes: how they go, what they did, what is missing, and what waits for a person. */
export class ConnectionSyncElement extends DashboardElement {
  static override styles = dashboardStyles

  @property({ attribute: false }) connection: Connection | undefined
  /** The registration of an LMS whose courses are fetched, instead of a connection. */
  @property({ attribute: 'platform-id' }) platformId: string | undefined
  /** When the courses of the LMS are fetched next; of a connection it is known. */
  @property({ attribute: 'next-at' }) nextAt: string | undefined
  @state() private runs: readonly SyncRun[] | undefined
  @state() private chosenId = ''
  private loadedFor = ''

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    const id = this.sourceId ?? ''
    if (id === this.loadedFor) return
    this.loadedFor = id
    void this.load()
  }

  private get sourceId(): string | undefined {
    return this.connection?.id ?? this.platformId
  }

  protected override get topics(): readonly LiveTopic[] {
    return ['syncs']
  }

  protected override onNews(_topic: LiveTopic, message: unknown): void {
    const { sync } = message as { sync?: SyncRun }
    if (sync && sync.connectionId === this.sourceId) this.keep(sync)
  }

  protected override onGap(): void {
    void this.load()
  }

  private keep(run: SyncRun): void {
    const before = this.runs?.find(({ id }) => id === run.id)
    if (before && before.updatedAt > run.updatedAt) return
    if (before && isUnderWay(before) && !isUnderWay(run)) {
      this.announce(`The synchronisation has ended: ${run.status}.`)
    }
    const others = (this.runs ?? []).filter(({ id }) => id !== run.id)
    this.runs = [run, ...others].toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
  }

  private async load(): Promise<void> {
    const id = this.sourceId
    if (!id) return
    try {
      const asked = { params: { id }, query: { limit: 20 } }
      const { data } = this.connection
        ? await this.client('GET /api/v1/connections/:id/syncs', asked)
        : await this.client('GET /api/v1/lti/platforms/:id/syncs', asked)
      if (id === this.sourceId) this.runs = data
    } catch (error) {
      this.failed(error)
    }
  }

  private start(preview: boolean): void {
    void this.act(async () => {
      const asked = { params: { id: this.sourceId ?? '' }, body: { preview, full: false } }
      const run = this.connection
        ? await this.client('POST /api/v1/connections/:id/syncs', asked)
        : await this.client('POST /api/v1/lti/platforms/:id/syncs', asked)
      this.keep(run)
      this.chosenId = run.id
      return preview
        ? 'Counting what would change; nothing is written.'
        : 'Fetching people and classes.'
    })
  }

  private cancel({ id, status }: SyncRun): void {
    void this.act(async () => {
      this.keep(await this.client('POST /api/v1/syncs/:id/cancel', { params: { id } }))
      return status === 'held' ? 'Nothing was removed.' : 'Stopped. What had come is kept.'
    })
  }

  private resume({ id }: SyncRun): void {
    void this.act(async () => {
      this.keep(await this.client('POST /api/v1/syncs/:id/resume', { params: { id } }))
      return 'It goes on where it had stopped.'
    })
  }

  /** Asks twice: first what would go, then whether it is meant. */
  private confirm({ id, heldBecause }: SyncRun): void {
    if (!heldBecause) return
    const { removals, kinds } = heldBecause
    void this.act(async () => {
      const seen = await askFirst(this, {
        title: `Remove ${removals} records?`,
        effects: [
          ...kinds.map(
            ({ kind, removals: number, of }) =>
              `${number} of ${of} ${kindWord(kind)} are removed here.`,
          ),
          'If they come back in the other system, the next synchronisation adds them anew.',
        ],
        button: 'Go on',
        danger: true,
      })
      if (!seen) return undefined
      const sure = await askFirst(this, {
        title: 'Are they really gone?',
        effects: ['There is no undo: a filter or a right that hides them would look the same.'],
        button: `Remove ${removals} records`,
        danger: true,
      })
      if (!sure) return undefined
      const body = { removals }
      this.keep(await this.client('POST /api/v1/syncs/:id/confirm', { params: { id }, body }))
      return `${removals} records are being removed.`
    })
  }

  protected override render(): TemplateResult {
    const { runs } = this
    if (!runs) return html`${this.notices()}${loadingState('Loading the synchronisations …')}`
    const chosen = runs.find(({ id }) => id === this.chosenId) ?? runs[0]
    return html`<h2>Synchronisation</h2>
      <p class="hint">Fetches people and classes. Next by itself: ${this.next()}.</p>
      ${this.notices()} ${this.buttons(runs)}
      ${
        chosen
          ? html`${this.table(runs, chosen)}
            <section class="card" aria-labelledby="run">
              <h3 id="run">Run of <edpsych-time-ago .datetime=${chosen.createdAt} exact></edpsych-time-ago></h3>
              ${this.acts(chosen)} ${syncDetail(chosen, { client: this.client, theme: this.theme })}
            </section>`
          : html`<p>Nothing has been fetched yet. A preview counts what would come, and writes nothing.</p>`
      }`
  }

  private next(): TemplateResult | string {
    const at = this.connection?.sync.nextAt ?? this.nextAt
    return at ? html`<edpsych-time-ago .datetime=${at} exact></edpsych-time-ago>` : 'not planned'
  }

  private buttons(runs: readonly SyncRun[]): TemplateResult | typeof nothing {
    if (!this.may('syncs.write')) return nothing
    const disabled = this.busy || runs.some(isUnderWay)
    return html`<div class="actions">
      <button type="button" class="button" ?disabled=${disabled} @click=${() => this.start(false)}>Sync now</button>
      <button type="button" class="button secondary" ?disabled=${disabled} @click=${() => this.start(true)}>Preview</button>
    </div>`
  }

  private table(runs: readonly SyncRun[], chosen: SyncRun): TemplateResult {
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Last runs"><table>
      <caption>Last runs</caption>
      <thead><tr><th scope="col">Begun</th><th scope="col">By</th><th scope="col">State</th>
        <th scope="col">New</th><th scope="col">Changed</th><th scope="col">Removed</th><th scope="col">Refused</th></tr></thead>
      <tbody>${runs.map((run) => {
        const { created, updated, removed, refused } = totalsOf(run)
        return html`<tr>
          <td><button type="button" class="button secondary" aria-pressed=${run.id === chosen.id} @click=${() => {
            this.chosenId = run.id
          }}><edpsych-time-ago .datetime=${run.createdAt} exact></edpsych-time-ago></button></td>
          <td>${run.preview ? 'Preview' : triggerWord(run.trigger)}</td>
          <td><edpsych-state-badge kind="run" state=${run.status} .theme=${this.theme}></edpsych-state-badge></td>
          <td>${created}</td><td>${updated}</td><td>${removed}</td><td>${refused}</td>
        </tr>`
      })}</tbody>
    </table></div>`
  }

  private acts(run: SyncRun): TemplateResult | typeof nothing {
    if (!this.may('syncs.write')) return nothing
    const { busy } = this
    const canResume = (run.status === 'failed' || run.status === 'cancelled') && !run.heldBecause
    return html`<div class="actions">
      ${isUnderWay(run) || run.status === 'held' ? html`<button type="button" class="button secondary" ?disabled=${busy} @click=${() => this.cancel(run)}>${run.status === 'held' ? 'Keep them' : 'Cancel'}</button>` : nothing}
      ${run.status === 'held' ? html`<button type="button" class="button danger" ?disabled=${busy} @click=${() => this.confirm(run)}>Confirm removal</button>` : nothing}
      ${canResume && !run.preview ? html`<button type="button" class="button secondary" ?disabled=${busy} @click=${() => this.resume(run)}>Resume</button>` : nothing}
    </div>`
  }
}

customElements.define('edpsych-connection-sync', ConnectionSyncElement)
