import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { Connection } from '../../shared/api/connections.ts'
import type { LiveTopic } from '../core/live.ts'
import { failureState, loadingState } from '../core/states.ts'
import { askFirst } from '../dashboard/ask-first.ts'
import { DashboardElement } from '../dashboard/dashboard-element.ts'
import { dashboardStyles } from '../dashboard/dashboard-styles.ts'
import { saveFile } from '../dashboard/save-file.ts'
import { offerUndo } from '../dashboard/undo-toast.ts'
import '../state-badge/state-badge.ts'
import { stateWord } from '../state-badge/state-words.ts'
import './connection-clone.ts'
import './connection-configuration.ts'
import './connection-credentials.ts'
import './connection-healing.ts'
import './connection-health.ts'
import './connection-history.ts'
import './connection-log.ts'
import './connection-overview.ts'
import './connection-sync.ts'
import '../edpsych-problems/edpsych-problems.ts'
import { type LifeAct, lifeActs } from './life-acts.ts'
import { tabOf, tabs } from './tabs.ts'

/** `edpsych-connection-deleted`: the connection is gone from the lists; the page should show another. */
export class ConnectionDeletedEvent extends Event {
  static readonly type = 'edpsych-connection-deleted'

  constructor() {
    super(ConnectionDeletedEvent.type, { bubbles: true, composed: true })
  }
}

/**
 * @summary One connection: how it is now, what happened, its settings and credentials.
 * @attr api-base - The server to ask, where it is not the page's own.
 * @attr token - A bearer token with `connections.read`, where there is no session of staff.
 * @attr base - Where the pages of the administration are; links begin with it.
 * @attr connection-id - Which connection.
 * @attr tab - `sync`, `health`, `problems`, `healing`, `history`, `log`, `configuration`, `credentials` or `clone`; the overview without it.
 * @fires edpsych-connection-deleted - It was deleted here.
 * @fires edpsych-error - Something could not be done; the element shows it too.
 */
export class ConnectionElement extends DashboardElement {
  static override styles = [
    dashboardStyles,
    css`
      .head h1 {
        margin-bottom: 0.35rem;
      }
      .state {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.35rem 1.25rem;
        margin: 0;
      }
    `,
  ]

  @property({ attribute: 'connection-id' }) connectionId = ''
  @property() tab = ''
  @state() private connection: Connection | undefined

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    if (changed.has('connectionId')) void this.load()
  }

  protected override get topics(): readonly LiveTopic[] {
    return ['connections']
  }

  protected override onNews(_topic: LiveTopic, message: unknown): void {
    const { connection } = message as { connection?: Connection }
    if (connection?.id !== this.connectionId) return
    if (this.connection && this.connection.state !== connection.state) {
      this.announce(`${connection.name}: ${stateWord('connection', connection.state).word}`)
    }
    // A summary may leave out what only the whole connection has.
    this.connection = { ...this.connection, ...connection }
  }

  protected override onGap(): void {
    void this.load()
  }

  private async load(): Promise<void> {
    const id = this.connectionId
    if (id === '') return
    try {
      const connection = await this.client('GET /api/v1/connections/:id', { params: { id } })
      if (id === this.connectionId) this.connection = connection
      this.failure = undefined
    } catch (error) {
      this.failed(error)
    }
  }

  private changeLife(actOf: LifeAct): void {
    const { connection } = this
    if (!connection) return
    void this.act(async () => {
      const answer = actOf.question
        ? await askFirst(this, actOf.question(connection))
        : { reason: '' }
      if (!answer) return undefined
      await this.client(actOf.route, {
        params: { id: connection.id },
        body: answer.reason === '' ? {} : { reason: answer.reason },
      })
      await this.load()
      return actOf.done
    })
  }

  private readonly test = (): void => {
    void this.act(async () => {
      const { ok, steps } = await this.client('POST /api/v1/connections/:id/test', {
        params: { id: this.connectionId },
      })
      await this.load()
      if (ok) return 'Tested just now: everything answered as it should.'
      const failed = steps.find(({ status }) => status === 'failed')
      throw new Error(
        `${failed?.title ?? 'The test'}: ${failed?.detail ?? 'it failed.'} ${failed?.whatToDo ?? ''}`,
      )
    })
  }

  private readonly export = (): void => {
    void this.act(async () => {
      const document = await this.client('GET /api/v1/connections/export', {
        query: { ids: this.connectionId },
      })
      saveFile(
        `${this.connection?.name ?? 'connection'}.json`,
        [JSON.stringify(document, null, 2)],
        'application/json',
      )
      return 'The settings are saved as a file, without any secret.'
    })
  }

  private readonly discard = (): void => {
    const { connection, client } = this
    if (!connection) return
    void this.act(async () => {
      const sure = await askFirst(this, {
        title: `Delete “${connection.name}”?`,
        effects: [
          'Nothing is fetched, sent or checked any more, and it is gone from every list.',
          'What it brought in stays.',
          'For 30 days it can be brought back; after that its settings and credentials are destroyed.',
        ],
        button: 'Delete it',
        danger: true,
      })
      if (!sure) return undefined
      const params = { id: connection.id }
      await client('DELETE /api/v1/connections/:id', { params })
      offerUndo(this, {
        sentence: `“${connection.name}” is deleted. It can be brought back for 30 days.`,
        button: 'Undo',
        undo: async () => {
          await client('POST /api/v1/connections/:id/restore', { params })
          return `“${connection.name}” is back.`
        },
      })
      this.dispatchEvent(new ConnectionDeletedEvent())
      return undefined
    })
  }

  protected override render(): TemplateResult {
    const { connection } = this
    const crumbs = html`<p class="breadcrumb"><a href="${this.base}/connections">Connections</a></p>`
    if (!connection) {
      return html`${crumbs}${this.failure ? failureState(this.failure, () => void this.load()) : loadingState('Loading the connection …')}`
    }
    return html`${crumbs}${this.head(connection)}${this.notices()}${this.navigation(connection)}${this.content(connection)}`
  }

  private head(connection: Connection): TemplateResult {
    const { theme } = this
    return html`<div class="head">
      <div>
        <h1>${connection.name}</h1>
        <p class="state">
          <edpsych-state-badge state=${connection.state} .theme=${theme}></edpsych-state-badge>
          ${connection.health.state === 'unknown' ? nothing : html`<edpsych-state-badge kind="health" state=${connection.health.state} .theme=${theme}></edpsych-state-badge>`}
        </p>
      </div>
      ${this.may('connections.write') ? this.buttons(connection) : nothing}
    </div>`
  }

  private buttons(connection: Connection): TemplateResult {
    const { busy } = this
    return html`<div class="actions">
      <button type="button" class="button secondary" ?disabled=${busy} @click=${this.test}>Test now</button>
      ${lifeActs
        .filter(({ from }) => from.includes(connection.state))
        .map(
          (act) =>
            html`<button type="button" class="button ${act.isMain ? '' : 'secondary'}" ?disabled=${busy} @click=${() => this.changeLife(act)}>${act.label}</button>`,
        )}
      <edpsych-menu label="More" .theme=${this.theme}>
        <div class="stack">
          <a class="button secondary" href="${this.base}/connections/${connection.id}/clone">Copy to schools</a>
          <button type="button" class="button secondary" ?disabled=${busy} @click=${this.export}>Export settings</button>
          <button type="button" class="button danger" ?disabled=${busy} @click=${this.discard}>Delete</button>
        </div>
      </edpsych-menu>
    </div>`
  }

  private navigation({ id, openProblems }: Connection): TemplateResult {
    const current = tabOf(this.tab)
    const home = `${this.base}/connections/${id}`
    return html`<nav class="tabs" aria-label="Parts of this connection">
      <ul>
        ${tabs.map(
          ([name, label]) =>
            html`<li><a href=${name === '' ? home : `${home}/${name}`} aria-current=${name === current ? 'page' : nothing}>${name === 'problems' && openProblems > 0 ? `${label} (${openProblems})` : label}</a></li>`,
        )}
      </ul>
    </nav>`
  }

  private content(connection: Connection): TemplateResult {
    const { base, client, scopes, theme } = this
    const reload = () => void this.load()
    switch (tabOf(this.tab)) {
      case 'health':
        return html`<edpsych-connection-health .connection=${connection} .client=${client} .scopes=${scopes} .theme=${theme} .live=${this.live} .apiBase=${this.apiBase} .token=${this.token} .tenantId=${this.tenantId}></edpsych-connection-health>`
      case 'sync':
        return html`<edpsych-connection-sync .connection=${connection} .client=${client} .scopes=${scopes} .theme=${theme} .live=${this.live} .apiBase=${this.apiBase} .token=${this.token} .tenantId=${this.tenantId}></edpsych-connection-sync>`
      case 'healing':
        return html`<edpsych-connection-healing .connection=${connection} .client=${client} .theme=${theme}></edpsych-connection-healing>`
      case 'problems':
        return html`<edpsych-problems .connectionId=${connection.id} .client=${client} .base=${base} .theme=${theme} .live=${this.live} .apiBase=${this.apiBase} .token=${this.token} .tenantId=${this.tenantId}></edpsych-problems>`
      case 'history':
        return html`<edpsych-connection-history .connection=${connection} .client=${client} .theme=${theme}></edpsych-connection-history>`
      case 'log':
        return html`<edpsych-connection-log .connection=${connection} .client=${client} .theme=${theme}></edpsych-connection-log>`
      case 'configuration':
        return html`<edpsych-connection-configuration .connection=${connection} .client=${client} .scopes=${scopes} .theme=${theme} @edpsych-connection-changed=${reload}></edpsych-connection-configuration>`
      case 'credentials':
        return html`<edpsych-connection-credentials .connection=${connection} .client=${client} .scopes=${scopes} .theme=${theme} @edpsych-connection-changed=${reload}></edpsych-connection-credentials>`
      case 'clone':
        return html`<edpsych-connection-clone .connection=${connection} .client=${client} .base=${base} .theme=${theme}></edpsych-connection-clone>`
      default:
        return html`<edpsych-connection-overview .connection=${connection} .client=${client} .base=${base} .theme=${theme}></edpsych-connection-overview>`
    }
  }
}

customElements.define('edpsych-connection', ConnectionElement)

declare global {
  interface HTMLElementEventMap {
    'edpsych-connection-deleted': ConnectionDeletedEvent
  }
}
