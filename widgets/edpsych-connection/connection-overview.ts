import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { Connection } from '../../shared/api/connections.ts'
import { DashboardElement } from '../dashboard/dashboard-element.ts'
import { dashboardStyles } from '../dashboard/dashboard-styles.ts'
import { kindNames, volumeOf } from '../edpsych-connections/connection-columns.ts'
import '../state-badge/state-badge.ts'
import '../time-ago/time-ago.ts'

const capabilityNames: Readonly<Record<string, string>> = {
  'roster.pull': 'Fetches people and classes',
  'courses.pull': 'Fetches courses',
  'grades.push': 'Hands back grades',
  'content.search': 'Searches content',
  'content.get': 'Opens content',
  'assessment.import': 'Imports assessments',
  'assessment.export': 'Exports assessments',
  'webhook.receive': 'Hears of changes at once',
  'timetable.pull': 'Fetches timetables',
  'attendance.pull': 'Fetches attendance',
}

/** @summary How a connection is now: what its state means, what comes next. */
export class ConnectionOverviewElement extends DashboardElement {
  static override styles = dashboardStyles

  @property({ attribute: false }) connection: Connection | undefined
  @state() private connectorName: string | undefined

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    const before = changed.get('connection')
    const { connection } = this
    if (connection && before?.connectorId !== connection.connectorId) {
      void this.nameConnector(connection.connectorId)
    }
  }

  private async nameConnector(id: string): Promise<void> {
    try {
      const { name } = await this.client('GET /api/v1/connectors/:id', { params: { id } })
      this.connectorName = name
    } catch {
      // Without the catalogue, the connector shows by its id.
    }
  }

  protected override render(): TemplateResult | typeof nothing {
    const { connection } = this
    if (!connection) return nothing
    return html`<div class="stack">
      ${this.advice(connection)}
      <section class="card" aria-labelledby="now">
        <h2 id="now">Now</h2>
        ${this.now(connection)}
      </section>
      <section class="card" aria-labelledby="what">
        <h2 id="what">What it does</h2>
        ${this.facts(connection)}
      </section>
      ${connection.addresses.length === 0 ? nothing : this.addresses(connection)}
    </div>`
  }

  /** What the reader should do next, where there is something to do. */
  private advice(connection: Connection): TemplateResult | typeof nothing {
    const { state, stateReason, health, authorisation, id, openProblems } = connection
    const home = `${this.base}/connections/${id}`
    if (state === 'draft') {
      return html`<div class="notice warning"><p>This is a draft: it does nothing yet.</p>
        <p class="actions"><a class="button" href="${this.base}/connections/new?draft=${id}">Go on setting it up</a></p></div>`
    }
    if (authorisation?.state === 'needed' || authorisation?.state === 'expired') {
      return html`<div class="notice error"><p>${authorisation.state === 'expired' ? 'The consent given at the other system has ended.' : 'Somebody has to agree at the other system first.'}</p>
        <p class="actions"><a class="button" href="${home}/credentials">Give consent</a></p></div>`
    }
    if (health.state === 'failing' || state === 'action-needed') {
      return html`<div class="notice error">
        <p>${health.message ?? stateReason?.message ?? 'The other system does not answer as it should.'}</p>
        <p class="actions">
          ${openProblems > 0 ? html`<a class="button" href="${home}/problems">See what to do</a>` : nothing}
          <a class="button secondary" href="${home}/credentials">Credentials</a>
          <a class="button secondary" href="${home}/log">Log of requests</a>
        </p></div>`
    }
    if (state === 'paused' || state === 'disabled') {
      return html`<p class="notice">${stateReason?.message || `It is ${state}.`} ${stateReason ? html`<edpsych-time-ago .datetime=${stateReason.at}></edpsych-time-ago>` : nothing}</p>`
    }
    return nothing
  }

  private now(connection: Connection): TemplateResult {
    const { health, sync } = connection
    const volume = volumeOf(connection)
    const { theme } = this
    return html`<dl class="values">
      <dt>Health</dt>
      <dd><edpsych-state-badge kind="health" state=${health.state} .theme=${theme}></edpsych-state-badge>
        ${health.since ? html`since <edpsych-time-ago .datetime=${health.since} exact></edpsych-time-ago>` : nothing}
        ${health.message ? html`<span class="note">${health.message}</span>` : nothing}</dd>
      <dt>Last checked</dt>
      <dd><edpsych-time-ago .datetime=${health.checkedAt} empty="never" exact></edpsych-time-ago>${health.latencyMs === null ? nothing : html`, answered in ${Math.round(health.latencyMs)} ms`}</dd>
      <dt>Last sync</dt>
      <dd>${
        sync.last
          ? html`<edpsych-state-badge kind="run" state=${sync.last.status} .theme=${theme}></edpsych-state-badge>
              <edpsych-time-ago .datetime=${sync.last.endedAt} exact></edpsych-time-ago>${volume === null ? nothing : html`, ${volume.toLocaleString('en-GB')} records`}`
          : 'never'
      }</dd>
      <dt>Next sync</dt>
      <dd><edpsych-time-ago .datetime=${sync.nextAt} empty="when somebody asks for it" exact></edpsych-time-ago></dd>
      ${connection.credentialsExpireAt ? html`<dt>Credentials expire</dt><dd><edpsych-time-ago .datetime=${connection.credentialsExpireAt} exact></edpsych-time-ago></dd>` : nothing}
    </dl>`
  }

  private addresses({ addresses }: Connection): TemplateResult {
    return html`<section class="card" aria-labelledby="addresses">
      <h2 id="addresses">Addresses</h2>
      <p class="note">To enter in the other system, or to give to its people, as its guide says.</p>
      <dl class="values">${addresses.map(({ title, url }) => html`<dt>${title}</dt><dd><code>${url}</code></dd>`)}</dl>
    </section>`
  }

  private facts(connection: Connection): TemplateResult {
    const { capabilities, kind, connectorId, createdAt, id } = connection
    return html`<dl class="values">
      <dt>Connects to</dt><dd>${this.connectorName ?? connectorId} – ${kindNames[kind] ?? kind}</dd>
      <dt>What for</dt>
      <dd>${capabilities.length === 0 ? '–' : html`<ul class="plain">${capabilities.map((name) => html`<li>${capabilityNames[name] ?? name}</li>`)}</ul>`}</dd>
      <dt>Added</dt><dd><edpsych-time-ago .datetime=${createdAt} exact></edpsych-time-ago></dd>
      <dt>Reference</dt><dd><code>${id}</code></dd>
    </dl>`
  }
}

customElements.define('edpsych-connection-overview', ConnectionOverviewElement)
