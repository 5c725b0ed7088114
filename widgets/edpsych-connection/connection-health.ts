import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { Connection } from '../../shared/api/connections.ts'
import type {
  ConnectionHealth,
  ConnectionMetrics,
  ConnectionSlo,
  SyntheticTest,
} from '../../shared/api/monitoring.ts'
import { failureState, loadingState } from '../core/states.ts'
import { DashboardElement } from '../dashboard/dashboard-element.ts'
import { dashboardStyles } from '../dashboard/dashboard-styles.ts'
import '../health-history/health-history.ts'
import '../state-badge/state-badge.ts'
import { stateWord } from '../state-badge/state-words.ts'
import '../time-ago/time-ago.ts'
import { chosenIn, minutes, nameOf, total, triggers } from './health-words.ts'

type Waiting = NonNullable<ConnectionHealth['pending']>

/** Periods to look at, in hours. */
const periods = [
  [24, 'A day'],
  [24 * 7, 'A week'],
  [24 * 30, 'A month'],
  [24 * 365, 'A year'],
] as const

/** @summary How well a connection works: checks, what is on its way, figures over time, availability, tests. */
export class ConnectionHealthElement extends DashboardElement {
  static override styles = dashboardStyles

  @property({ attribute: false }) connection: Connection | undefined
  @state() private health: ConnectionHealth | undefined
  @state() private metrics: ConnectionMetrics | undefined
  @state() private slo: ConnectionSlo | undefined
  @state() private tests: readonly SyntheticTest[] = []
  @state() private hours: number = periods[0][0]
  @state() private capability = ''

  private get params() {
    return { id: this.connection?.id ?? '' }
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    const before = changed.get('connection')
    const isOther = changed.has('connection') && before?.id !== this.connection?.id
    const isChecked = before?.health.checkedAt !== this.connection?.health.checkedAt
    if (isOther) void this.load()
    else if (changed.has('connection') && isChecked) void this.loadHealth()
  }

  private async load(): Promise<void> {
    try {
      await Promise.all([this.loadHealth(), this.loadFigures(), this.loadTests()])
      this.slo = await this.client('GET /api/v1/connections/:id/slo', { params: this.params })
      this.failure = undefined
    } catch (error) {
      this.failed(error)
    }
  }

  private async loadHealth(): Promise<void> {
    this.health = await this.client('GET /api/v1/connections/:id/health', { params: this.params })
  }

  private async loadFigures(): Promise<void> {
    const to = new Date()
    const from = new Date(to.getTime() - this.hours * 3_600_000)
    this.metrics = await this.client('GET /api/v1/connections/:id/metrics', {
      params: this.params,
      query: {
        from: from.toISOString(),
        to: to.toISOString(),
        ...(this.capability ? { capability: this.capability } : {}),
      },
    })
  }

  private async loadTests(): Promise<void> {
    const { data } = await this.client('GET /api/v1/connections/:id/synthetic-tests', {
      params: this.params,
      query: { limit: 10 },
    })
    this.tests = data
  }

  private check(): void {
    void this.act(async () => {
      const { result, message, latencyMs } = await this.client(
        'POST /api/v1/connections/:id/checks',
        { params: this.params },
      )
      await Promise.all([this.loadHealth(), this.loadFigures()])
      const took = latencyMs === null ? '' : ` in ${Math.round(latencyMs)} ms`
      if (result !== 'ok') return this.refuse(message ?? 'It did not work.')
      return `It answered as it should${took}.`
    })
  }

  private tryOut(): void {
    void this.act(async () => {
      const { results } = await this.client('POST /api/v1/connections/:id/synthetic-tests', {
        params: this.params,
        body: {},
      })
      await this.loadTests()
      if (results.length === 0) return 'This system has no further tests.'
      const failed = results.filter(({ status }) => status === 'failed').length
      return failed === 0
        ? `All ${results.length} tests passed.`
        : this.refuse(`${failed} of ${results.length} tests failed.`)
    })
  }

  private choose(change: { hours?: number; capability?: string }): void {
    Object.assign(this, change)
    void this.act(async () => {
      await this.loadFigures()
      return undefined
    })
  }

  protected override render(): TemplateResult {
    const { health } = this
    if (!health) {
      return this.failure
        ? failureState(this.failure, () => void this.load())
        : loadingState('Loading the health …')
    }
    return html`${this.notices()}<div class="stack">
      ${this.now(health)} ${this.figures(health)} ${this.slo ? this.availability(this.slo) : nothing}
      ${this.checks(health)} ${this.synthetic()}
    </div>`
  }

  private now(health: ConnectionHealth): TemplateResult {
    const { theme } = this
    return html`<section class="card" aria-labelledby="now">
      <div class="head"><h2 id="now">Now</h2>
        ${this.may('connections.write') ? html`<button type="button" class="button secondary" ?disabled=${this.busy} @click=${this.check}>Check now</button>` : nothing}</div>
      <dl class="values">
        <dt>Health</dt>
        <dd><edpsych-state-badge kind="health" state=${health.state} .theme=${theme}></edpsych-state-badge>
          ${health.since ? html`since <edpsych-time-ago .datetime=${health.since} exact></edpsych-time-ago>` : nothing}
          ${health.message ? html`<span class="note">${health.message}</span>` : nothing}</dd>
        ${health.pending ? this.waiting('Looks worse', health.pending) : nothing}
        ${health.recovering ? this.waiting('Recovering', health.recovering) : nothing}
        <dt>Last good answer</dt>
        <dd><edpsych-time-ago .datetime=${health.lastSuccessAt} empty="never" exact></edpsych-time-ago></dd>
        <dt>Checked</dt>
        <dd>every ${health.everyMinutes === 1 ? 'minute' : `${health.everyMinutes} minutes`}, last <edpsych-time-ago .datetime=${health.checkedAt} empty="never" exact></edpsych-time-ago>, next <edpsych-time-ago .datetime=${health.nextCheckAt} empty="when it is in use" exact></edpsych-time-ago></dd>
      </dl>
    </section>`
  }

  private waiting(label: string, { state, since, seen, needed, notBefore }: Waiting) {
    return html`<dt>${label}</dt>
      <dd>since <edpsych-time-ago .datetime=${since} exact></edpsych-time-ago>: ${seen} of ${needed} checks in a row say “${stateWord('health', state).word.toLowerCase()}”${
        notBefore
          ? html`, and it counts <edpsych-time-ago .datetime=${notBefore} exact></edpsych-time-ago> at the earliest`
          : nothing
      }.</dd>`
  }

  private figures(health: ConnectionHealth): TemplateResult {
    const { metrics } = this
    const capabilities = metrics?.capabilities.map(({ capability }) => capability) ?? []
    return html`<section class="card" aria-labelledby="figures">
      <h2 id="figures">Over time</h2>
      <div class="choices">
        <label>Period <select @change=${(event: Event) => this.choose({ hours: Number(chosenIn(event)) })}>
          ${periods.map(([hours, label]) => html`<option value=${hours} ?selected=${hours === this.hours}>${label}</option>`)}
        </select></label>
        <label>Of <select @change=${(event: Event) => this.choose({ capability: chosenIn(event) })}>
          <option value="">everything</option>
          ${[...new Set([...capabilities, ...(this.capability ? [this.capability] : [])])].map((name) => html`<option value=${name} ?selected=${name === this.capability}>${nameOf(name)}</option>`)}
        </select></label>
      </div>
      ${
        metrics
          ? html`${total(metrics)}
            ${
              metrics.points.length === 0
                ? html`<p>Nothing happened in this time.</p>`
                : html`<edpsych-health-history label=${this.connection?.name ?? ''} .points=${metrics.points.map(({ at, ok, failed, rows, latency }) => ({ at, ok, failed, rows, ...latency }))} .theme=${this.theme}></edpsych-health-history>`
            }
            ${this.freshness(health, metrics)}`
          : loadingState('Loading the figures …')
      }
    </section>`
  }

  private freshness({ freshness }: ConnectionHealth, { capabilities }: ConnectionMetrics) {
    if (freshness.length === 0) return nothing
    return html`<div class="scroll" tabindex="0" role="region" aria-label="By what it is used for">
      <table><caption>By what it is used for, in this period</caption>
        <thead><tr><th scope="col">Used for</th><th scope="col">Last success</th><th scope="col">Calls</th><th scope="col">Failed</th><th scope="col">Records</th></tr></thead>
        <tbody>${freshness.map(({ capability, lastSuccessAt }) => {
          const of = capabilities.find((one) => one.capability === capability)
          return html`<tr><th scope="row">${nameOf(capability)}</th>
            <td><edpsych-time-ago .datetime=${lastSuccessAt} empty="never"></edpsych-time-ago></td>
            <td>${((of?.ok ?? 0) + (of?.failed ?? 0)).toLocaleString('en-GB')}</td>
            <td>${(of?.failed ?? 0).toLocaleString('en-GB')}</td>
            <td>${(of?.rows ?? 0).toLocaleString('en-GB')}</td></tr>`
        })}</tbody>
      </table></div>`
  }

  private availability(slo: ConnectionSlo): TemplateResult {
    const { availability, observedMinutes, errorBudget, windowDays, target, burnRate } = slo
    return html`<section class="card" aria-labelledby="slo">
      <h2 id="slo">Availability</h2>
      <dl class="values">
        <dt>In ${windowDays} days</dt>
        <dd>${availability === null ? 'not known yet' : `${availability.toFixed(3)} % of the ${minutes(observedMinutes)} that were watched`} (aim: ${target} %)</dd>
        <dt>Error budget</dt>
        <dd>${minutes(errorBudget.used)} of ${minutes(errorBudget.allowed)} used${errorBudget.left < 0 ? html`, <strong>overdrawn by ${minutes(-errorBudget.left)}</strong>` : `, ${minutes(errorBudget.left)} left`}</dd>
        <dt>Used up at present</dt>
        <dd>${burnRate.hour === null ? 'not known yet' : `${burnRate.hour.toFixed(1)} times as fast as the aim allows, over the last hour`}</dd>
      </dl>
    </section>`
  }

  private checks({ checks }: ConnectionHealth): TemplateResult {
    return html`<section class="card" aria-labelledby="checks">
      <h2 id="checks">Last checks</h2>
      ${
        checks.length === 0
          ? html`<p>It was not checked yet.</p>`
          : html`<div class="scroll" tabindex="0" role="region" aria-label="The last ten checks"><table>
            <caption class="visually-hidden">Last checks</caption>
            <thead><tr><th scope="col">When</th><th scope="col">Found</th><th scope="col">Answered in</th><th scope="col">How</th></tr></thead>
            <tbody>${checks.slice(0, 10).map(
              ({ createdAt, result, latencyMs, trigger, message }) => html`<tr>
                <th scope="row"><edpsych-time-ago .datetime=${createdAt} exact></edpsych-time-ago></th>
                <td><edpsych-state-badge kind="health" state=${result} .theme=${this.theme}></edpsych-state-badge>${message ? html`<span class="note">${message}</span>` : nothing}</td>
                <td>${latencyMs === null ? '–' : `${Math.round(latencyMs)} ms`}</td>
                <td>${triggers[trigger]}</td>
              </tr>`,
            )}</tbody></table></div>`
      }
    </section>`
  }

  private synthetic(): TemplateResult {
    return html`<section class="card" aria-labelledby="tests">
      <div class="head"><h2 id="tests">Tests of what it is used for</h2>
        ${this.may('connections.write') ? html`<button type="button" class="button secondary" ?disabled=${this.busy} @click=${this.tryOut}>Run the tests</button>` : nothing}</div>
      ${
        this.tests.length === 0
          ? html`<p>Small harmless requests, such as a page of the roster or a search. None was run yet.</p>`
          : html`<ul class="plain">${this.tests.map(
              ({ title, status, message, durationMs, createdAt }) => html`<li class="entry">
                <div class="entry-head"><strong>${title}</strong><edpsych-state-badge kind="step" state=${status} .theme=${this.theme}></edpsych-state-badge><edpsych-time-ago .datetime=${createdAt} exact></edpsych-time-ago></div>
                <p class="hint">${message ?? `Done in ${Math.round(durationMs)} ms.`}</p>
              </li>`,
            )}</ul>`
      }
    </section>`
  }
}

customElements.define('edpsych-connection-health', ConnectionHealthElement)
