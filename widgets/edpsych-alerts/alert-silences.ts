import { html, nothing, type TemplateResult } from 'lit'
import { state } from 'lit/decorators.js'
import type { Silence } from '../../shared/api/alerts.ts'
import { connectorKinds } from '../../shared/connection-states.ts'
import { failureState, loadingState } from '../core/states.ts'
import { askFirst } from '../dashboard/ask-first.ts'
import { DashboardElement } from '../dashboard/dashboard-element.ts'
import { dashboardStyles } from '../dashboard/dashboard-styles.ts'
import { kindNames } from '../edpsych-connections/connection-columns.ts'
import '../time-ago/time-ago.ts'
import { allOf, sentForm, textOf } from './form-values.ts'

const lengths = [
  [1, 'An hour'],
  [4, 'Four hours'],
  [24, 'A day'],
  [24 * 7, 'A week'],
] as const

const stateNames = { coming: 'Begins later', active: 'Silent now', over: 'Over' } as const

/** @summary Times in which alerts are held back: begin one, end one early. */
export class AlertSilencesElement extends DashboardElement {
  static override styles = dashboardStyles

  @state() private silences: readonly Silence[] | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    void this.updateComplete.then(() => this.load())
  }

  private async load(): Promise<void> {
    try {
      const { data } = await this.client('GET /api/v1/silences', { query: { limit: 50 } })
      this.silences = data
      this.failure = undefined
    } catch (error) {
      this.failed(error)
    }
  }

  private begin(event: SubmitEvent): void {
    const data = sentForm(event)
    const form = event.currentTarget
    const kinds = new Set(allOf(data, 'kind'))
    const endsAt = new Date(Date.now() + Number(textOf(data, 'hours')) * 3_600_000)
    void this.act(async () => {
      await this.client('POST /api/v1/silences', {
        body: {
          reason: textOf(data, 'reason'),
          endsAt: endsAt.toISOString(),
          match: { connectorKinds: connectorKinds.filter((kind) => kinds.has(kind)) },
        },
      })
      if (form instanceof HTMLFormElement) form.reset()
      await this.load()
      return 'Silent from now on. What is held back is told at the end, if it still lasts.'
    })
  }

  private end({ id, reason }: Silence): void {
    void this.act(async () => {
      const sure = await askFirst(this, {
        title: `End the silence “${reason}”?`,
        effects: ['What it held back is sent now, if it still lasts.'],
        button: 'End it',
      })
      if (!sure) return undefined
      await this.client('DELETE /api/v1/silences/:id', { params: { id } })
      await this.load()
      return 'The silence is over.'
    })
  }

  protected override render(): TemplateResult {
    const { silences } = this
    if (!silences) {
      return this.failure
        ? failureState(this.failure, () => void this.load())
        : loadingState('Loading the silences …')
    }
    return html`<h2>Silences</h2>
      <p class="hint">While somebody works on a system, nobody needs to be told that it fails.</p>
      ${this.notices()} ${this.may('alerts.write') ? this.form() : nothing}
      ${
        silences.length === 0
          ? html`<p>There is no silence, and there was none.</p>`
          : html`<ul class="plain">${silences.map((silence) => this.entry(silence))}</ul>`
      }`
  }

  private form(): TemplateResult {
    return html`<form class="card narrow-form" @submit=${this.begin}>
      <h3>Be silent for a while</h3>
      <p class="field"><label>Why <input name="reason" required maxlength="500" placeholder="Moodle is moved to a new server" /></label></p>
      <p><label>For <select name="hours">${lengths.map(([hours, label]) => html`<option value=${hours}>${label}</option>`)}</select></label></p>
      <fieldset><legend>Of these only (none chosen: of everything)</legend>
        ${connectorKinds.map((kind) => html`<label class="check"><input type="checkbox" name="kind" value=${kind} /> ${kindNames[kind] ?? kind}</label>`)}
      </fieldset>
      <p class="actions"><button class="button" ?disabled=${this.busy}>Be silent</button></p>
    </form>`
  }

  private entry(silence: Silence): TemplateResult {
    const { reason, startsAt, endsAt, state, match } = silence
    const kinds = match.connectorKinds.map((kind) => kindNames[kind] ?? kind).join(', ')
    return html`<li class="entry">
      <div class="entry-head"><strong>${reason}</strong><span>${stateNames[state]}</span></div>
      <p class="hint">From <edpsych-time-ago .datetime=${startsAt} exact></edpsych-time-ago> to <edpsych-time-ago .datetime=${endsAt} exact></edpsych-time-ago>${kinds === '' ? '' : `, of ${kinds}`}</p>
      ${state !== 'over' && this.may('alerts.write') ? html`<p class="actions"><button type="button" class="button secondary" ?disabled=${this.busy} @click=${() => this.end(silence)}>End it now<span class="visually-hidden">: ${reason}</span></button></p>` : nothing}
    </li>`
  }
}

customElements.define('edpsych-alert-silences', AlertSilencesElement)
