import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import { ApiError } from '../../shared/api/client.ts'
import type { Connection, ConnectionTest, Connector } from '../../shared/api/connections.ts'
import '../connector-form/connector-form.ts'
import type { ConnectorFormElement, FormSubmitEvent } from '../connector-form/connector-form.ts'
import type { FormField, FormValues } from '../connector-form/form-field.ts'
import { loadingState } from '../core/states.ts'
import { DashboardElement } from '../dashboard/dashboard-element.ts'
import { dashboardStyles } from '../dashboard/dashboard-styles.ts'
import { testSteps } from '../dashboard/test-steps.ts'
import '../state-badge/state-badge.ts'
import {
  credentialFields,
  inputOf,
  secretsOf,
  settingFields,
  valuesOf,
} from './connection-fields.ts'
import { catalogue } from './connector-catalogue.ts'

/** `edpsych-connection-saved`: the connection exists now, as a draft or in use. */
export class ConnectionSavedEvent extends Event {
  static readonly type = 'edpsych-connection-saved'
  readonly connectionId: string

  constructor(connectionId: string) {
    super(ConnectionSavedEvent.type, { bubbles: true, composed: true })
    this.connectionId = connectionId
  }
}

/**
 * @summary Connects a system: choose it, fill in its form, test it, use it; can be left as a draft and gone on with.
 * @attr api-base - The server to ask, where it is not the page's own.
 * @attr token - A bearer token with `connections.write` and `connections.secrets`, where there is no session of staff.
 * @attr base - Where the pages of the administration are; links begin with it.
 * @attr in-address - Keeps the chosen system or draft in the address: `?connector=moodle`, `?draft=con_…`.
 * @attr connector - The system that is chosen.
 * @attr draft - The draft to go on with.
 * @fires edpsych-connection-saved - With `connectionId`: it is saved.
 * @fires edpsych-error - Something could not be done; the element shows it too.
 */
export class NewConnectionElement extends DashboardElement {
  static override styles = [
    dashboardStyles,
    css`
      .catalogue {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr));
        gap: 1rem;
        margin: 0 0 2rem;
        padding: 0;
        list-style: none;
      }
      .search {
        max-width: 26rem;
      }
      .result {
        margin-top: 2rem;
      }
    `,
  ]

  @property({ type: Boolean, attribute: 'in-address' }) inAddress = false
  @property() connector: string | undefined
  @property() draft: string | undefined
  @state() private connectors: readonly Connector[] | undefined
  @state() private search = ''
  @state() private connection: Connection | undefined
  @state() private result: ConnectionTest | undefined
  @state() private isOld = false
  private fields: readonly FormField[] = []
  private fieldsOf: Connector | undefined
  private values: Record<string, unknown> = {}

  private readonly onAddress = (): void => {
    const address = new URLSearchParams(location.search)
    this.connector = address.get('connector') ?? undefined
    this.draft = address.get('draft') ?? undefined
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (!this.inAddress) return
    this.onAddress()
    addEventListener('popstate', this.onAddress)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('popstate', this.onAddress)
  }

  protected override firstUpdated(changed: PropertyValues<this>): void {
    super.firstUpdated(changed)
    void this.load()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    if (changed.has('draft') && this.hasUpdated) void this.load()
    if (changed.has('connector')) this.result = undefined
    const chosen = this.chosen
    if (chosen && chosen !== this.fieldsOf) {
      this.fieldsOf = chosen
      this.fields = [...settingFields(chosen), ...credentialFields(chosen)]
      this.values = this.connection ? valuesOf(this.connection) : { name: chosen.name }
    }
  }

  private get chosen(): Connector | undefined {
    const id = this.connection?.connectorId ?? this.connector
    return this.connectors?.find((connector) => connector.id === id)
  }

  private async load(): Promise<void> {
    try {
      const { draft } = this
      const [{ data }, connection] = await Promise.all([
        this.client('GET /api/v1/connectors', { query: { limit: 200, sort: 'name' } }),
        draft ? this.client('GET /api/v1/connections/:id', { params: { id: draft } }) : undefined,
      ])
      this.connection = connection
      this.connectors = data
      this.failure = undefined
    } catch (error) {
      this.failed(error)
    }
  }

  private go(query: string): void {
    if (this.inAddress) history.pushState(null, '', `${location.pathname}${query}`)
  }

  private choose(connector: Connector): void {
    this.connector = connector.id
    this.go(`?connector=${connector.id}`)
    void this.focusOn('h1')
  }

  private readonly chooseAgain = (): void => {
    this.connector = undefined
    this.result = undefined
    this.go('')
    void this.focusOn('h1')
  }

  private get form(): ConnectorFormElement | null {
    return this.renderRoot.querySelector('edpsych-connector-form')
  }

  /** Runs an act on the form; what the server finds wrong shows at the field. */
  private withForm(work: () => Promise<string | undefined>): void {
    void this.act(async () => {
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof ApiError) || error.errors.length === 0) throw error
        await this.form?.report(error.errors)
        return undefined
      }
    })
  }

  private test(values: FormValues): void {
    const { chosen, connection } = this
    if (!chosen) return
    const { config, credentials } = inputOf(values)
    this.withForm(async () => {
      this.result = undefined
      this.result = await this.client('POST /api/v1/connection-tests', {
        body: {
          connectorId: chosen.id,
          config,
          credentials,
          ...(connection ? { connectionId: connection.id } : {}),
        },
      })
      this.isOld = false
      await this.focusOn('#result')
      return undefined
    })
  }

  /** Saves what the form holds, as a new draft or into the one that is there. */
  private async save(values: FormValues): Promise<Connection> {
    const { chosen, connection, client } = this
    if (!chosen) throw new TypeError('nothing is chosen')
    const { name, config, credentials, credentialsExpireAt, sync } = inputOf(values)
    if (!connection) {
      return client('POST /api/v1/connections', {
        body: { connectorId: chosen.id, name, config, credentials, credentialsExpireAt, sync },
      })
    }
    const params = { id: connection.id }
    const changed = await client('PATCH /api/v1/connections/:id', {
      params,
      body: { name, config, sync },
    })
    if (Object.keys(credentials).length === 0) return changed
    return client('PUT /api/v1/connections/:id/credentials', {
      params,
      body: { values: credentials, expiresAt: credentialsExpireAt },
    })
  }

  private readonly saveDraft = (): void => {
    this.withForm(async () => {
      this.connection = await this.save(this.form?.current ?? {})
      this.dispatchEvent(new ConnectionSavedEvent(this.connection.id))
      return undefined
    })
  }

  private readonly saveAndUse = (): void => {
    this.withForm(async () => {
      const values = await this.form?.check()
      if (!values) return undefined
      const { chosen } = this
      this.connection = await this.save(values)
      const params = { id: this.connection.id }
      if (chosen?.signIn === 'oauth') {
        const { authorizationUrl } = await this.client('POST /api/v1/connections/:id/authorise', {
          params,
        })
        location.assign(authorizationUrl)
        return undefined
      }
      await this.client('POST /api/v1/connections/:id/activate', { params, body: {} })
      this.dispatchEvent(new ConnectionSavedEvent(params.id))
      return undefined
    })
  }

  protected override render(): TemplateResult {
    const { chosen, connectors } = this
    return html`
      <p class="breadcrumb"><a href="${this.base}/connections">Connections</a></p>
      <h1 tabindex="-1">${chosen ? `Connect ${chosen.name}` : 'Connect a system'}</h1>
      ${this.notices()}
      ${connectors ? (chosen ? this.settings(chosen) : this.choice(connectors)) : this.failure ? nothing : loadingState('Loading what can be connected …')}
    `
  }

  private choice(connectors: readonly Connector[]): TemplateResult {
    return html`<div class="field search"><label for="search">Search for a system</label>
        <input id="search" type="search" autocomplete="off" @input=${(event: Event) => {
          this.search = (event.currentTarget as HTMLInputElement).value
        }} /></div>
      ${catalogue(connectors, this.search, (connector) => this.choose(connector))}`
  }

  private settings(chosen: Connector): TemplateResult {
    const { busy, result } = this
    const isOAuth = chosen.signIn === 'oauth'
    return html`<p>${chosen.summary} ${chosen.guide ? html`<a href=${chosen.guide}>Where to find what the form asks for</a>.` : nothing}</p>
      <edpsych-connector-form
        .theme=${this.theme}
        .fields=${this.fields}
        .values=${this.values}
        .secrets=${this.connection ? secretsOf(this.connection) : {}}
        submit-label=${isOAuth ? 'Check the settings' : 'Test the connection'}
        ?busy=${busy}
        @edpsych-form-submit=${(event: FormSubmitEvent) => this.test(event.values)}
        @edpsych-form-input=${() => {
          this.isOld = true
        }}
      >
        <button type="button" class="button secondary" ?disabled=${busy} @click=${this.saveDraft}>Save as a draft and leave</button>
        ${this.connection ? nothing : html`<button type="button" class="button link" @click=${this.chooseAgain}>Choose another system</button>`}
      </edpsych-connector-form>
      ${busy ? loadingState('Asking the other system …') : nothing}
      ${result ? this.outcome(chosen, result) : isOAuth && !busy ? this.consent(chosen) : nothing}`
  }

  private outcome(chosen: Connector, result: ConnectionTest): TemplateResult {
    return html`<section class="result" aria-labelledby="result">
      <h2 id="result" tabindex="-1">${result.ok ? 'It works' : 'It does not work yet'}</h2>
      ${this.isOld ? html`<p class="notice warning">This was before your last change. Test again to see what is true now.</p>` : nothing}
      ${testSteps(result, this.theme)}
      ${chosen.signIn === 'oauth' ? this.consent(chosen) : this.use(result)}
    </section>`
  }

  private use({ ok }: ConnectionTest): TemplateResult | typeof nothing {
    if (!ok) return nothing
    return html`<p class="actions"><button type="button" class="button" ?disabled=${this.busy} @click=${this.saveAndUse}>Save and use it</button></p>`
  }

  private consent({ name }: Connector): TemplateResult {
    return html`<p class="notice">${name} wants a person to agree. You sign in there with an account that may see what is to be fetched, and come back here by yourself. What you filled in is saved as a draft first.</p>
      <p class="actions"><button type="button" class="button" ?disabled=${this.busy} @click=${this.saveAndUse}>Save and sign in at ${name}</button></p>`
  }
}

customElements.define('edpsych-new-connection', NewConnectionElement)

declare global {
  interface HTMLElementTagNameMap {
    'edpsych-connector-form': ConnectorFormElement
  }
  interface HTMLElementEventMap {
    'edpsych-connection-saved': ConnectionSavedEvent
  }
}
