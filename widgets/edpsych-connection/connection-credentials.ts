import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import { ApiError } from '../../shared/api/client.ts'
import type { Connection, Connector } from '../../shared/api/connections.ts'
import '../connector-form/connector-form.ts'
import type { ConnectorFormElement, FormSubmitEvent } from '../connector-form/connector-form.ts'
import type { FormField } from '../connector-form/form-field.ts'
import { loadingState } from '../core/states.ts'
import { DashboardElement } from '../dashboard/dashboard-element.ts'
import { dashboardStyles } from '../dashboard/dashboard-styles.ts'
import { credentialFields, inputOf, secretsOf } from '../edpsych-connections/connection-fields.ts'
import '../time-ago/time-ago.ts'
import { ConnectionChangedEvent } from './changed-event.ts'

/** @summary The credentials of a connection: since when they are set, never what they are; replaced here, or consent given. */
export class ConnectionCredentialsElement extends DashboardElement {
  static override styles = dashboardStyles

  @property({ attribute: false }) connection: Connection | undefined
  @state() private connector: Connector | undefined
  private fields: readonly FormField[] = []
  private values: Record<string, unknown> = {}

  protected override firstUpdated(changed: PropertyValues<this>): void {
    super.firstUpdated(changed)
    void this.load()
  }

  private async load(): Promise<void> {
    const { connection } = this
    if (!connection) return
    try {
      const connector = await this.client('GET /api/v1/connectors/:id', {
        params: { id: connection.connectorId },
      })
      this.fields = credentialFields(connector)
      this.values = connection.credentialsExpireAt
        ? { credentialsExpireAt: connection.credentialsExpireAt.slice(0, 10) }
        : {}
      this.connector = connector
    } catch (error) {
      this.failed(error)
    }
  }

  private save(event: FormSubmitEvent): void {
    const { connection } = this
    if (!connection) return
    void this.act(async () => {
      const { credentials, credentialsExpireAt } = inputOf(event.values)
      try {
        await this.client('PUT /api/v1/connections/:id/credentials', {
          params: { id: connection.id },
          body: { values: credentials, expiresAt: credentialsExpireAt },
        })
      } catch (error) {
        if (!(error instanceof ApiError) || error.errors.length === 0) throw error
        const form = this.renderRoot.querySelector<ConnectorFormElement>('edpsych-connector-form')
        // The body of this route calls the values `values`.
        await form?.report(
          error.errors.map(({ pointer, detail }) => ({
            pointer: pointer.replace('#/values/', '#/credentials/'),
            detail,
          })),
        )
        return undefined
      }
      this.values = credentialsExpireAt
        ? { credentialsExpireAt: credentialsExpireAt.slice(0, 10) }
        : {}
      this.dispatchEvent(new ConnectionChangedEvent())
      return 'The credentials are replaced. “Test now” shows whether the other system takes them.'
    })
  }

  private readonly authorise = (): void => {
    const { connection } = this
    if (!connection) return
    void this.act(async () => {
      const { authorizationUrl } = await this.client('POST /api/v1/connections/:id/authorise', {
        params: { id: connection.id },
      })
      location.assign(authorizationUrl)
      return 'On the way to the other system …'
    })
  }

  protected override render(): TemplateResult | typeof nothing {
    const { connection, connector } = this
    if (!connection) return nothing
    const maySet = this.may('connections.secrets')
    return html`<h2>Credentials</h2>
      <p class="hint">Kept sealed. They cannot be read again by anybody, only replaced.</p>
      ${this.notices()}
      ${connection.authorisation && connector ? this.consent(connection, connector, maySet) : nothing}
      ${
        connector === undefined
          ? this.failure
            ? nothing
            : loadingState('Loading the form …')
          : this.fields.length === 0
            ? nothing
            : maySet
              ? html`<edpsych-connector-form .theme=${this.theme} .fields=${this.fields} .values=${this.values}
                  .secrets=${secretsOf(connection)} submit-label="Save credentials" ?busy=${this.busy}
                  @edpsych-form-submit=${this.save}></edpsych-connector-form>`
              : this.list(connection, connector)
      }`
  }

  private consent(
    { authorisation }: Connection,
    { name }: Connector,
    maySet: boolean,
  ): TemplateResult | typeof nothing {
    if (!authorisation) return nothing
    const { state: consent, account, expiresAt } = authorisation
    const isGiven = consent === 'granted'
    return html`<div class="notice ${isGiven ? 'success' : 'warning'}">
      <p>${
        isGiven
          ? html`Consent was given at ${name}${account ? html` by ${account}` : nothing}. It is renewed by itself${expiresAt ? html`, next before <edpsych-time-ago .datetime=${expiresAt} exact></edpsych-time-ago>` : nothing}.`
          : `${consent === 'expired' ? 'The consent has ended.' : 'Nobody has agreed yet.'} Somebody with an account at ${name} that may see what is to be fetched has to agree there; afterwards you come back here by yourself.`
      }</p>
      ${maySet ? html`<p class="actions"><button type="button" class="button ${isGiven ? 'secondary' : ''}" ?disabled=${this.busy} @click=${this.authorise}>${isGiven ? `Sign in at ${name} again` : `Sign in at ${name}`}</button></p>` : nothing}
    </div>`
  }

  private list(connection: Connection, connector: Connector): TemplateResult {
    return html`<dl class="values">${connector.credentials.map(({ name, label }) => {
      const kept = connection.credentials[name]
      return html`<dt>${label}</dt><dd>${kept?.set ? html`set <edpsych-time-ago .datetime=${kept.changedAt} exact></edpsych-time-ago>` : 'not set'}</dd>`
    })}</dl>
      <p class="hint">Your role cannot replace them.</p>`
  }
}

customElements.define('edpsych-connection-credentials', ConnectionCredentialsElement)
