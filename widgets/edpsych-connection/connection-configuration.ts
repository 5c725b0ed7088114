import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import { ApiError } from '../../shared/api/client.ts'
import type { Connection, Connector } from '../../shared/api/connections.ts'
import '../connector-form/connector-form.ts'
import type { ConnectorFormElement, FormSubmitEvent } from '../connector-form/connector-form.ts'
import { type FormField, textOfValue } from '../connector-form/form-field.ts'
import { loadingState } from '../core/states.ts'
import { DashboardElement } from '../dashboard/dashboard-element.ts'
import { dashboardStyles } from '../dashboard/dashboard-styles.ts'
import { inputOf, settingFields, valuesOf } from '../edpsych-connections/connection-fields.ts'
import { ConnectionChangedEvent } from './changed-event.ts'
import './connection-versions.ts'

/** @summary The settings of a connection, to change, and their versions. */
export class ConnectionConfigurationElement extends DashboardElement {
  static override styles = dashboardStyles

  @property({ attribute: false }) connection: Connection | undefined
  @state() private connector: Connector | undefined
  private fields: readonly FormField[] = []
  private values: Record<string, unknown> = {}
  private shownVersion = 0

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    const { connection } = this
    // What somebody types must not go because the health has changed meanwhile.
    if (connection && connection.configVersion !== this.shownVersion) {
      this.shownVersion = connection.configVersion
      this.values = valuesOf(connection)
    }
  }

  protected override firstUpdated(changed: PropertyValues<this>): void {
    super.firstUpdated(changed)
    void this.load()
  }

  private async load(): Promise<void> {
    if (!this.connection) return
    try {
      const connector = await this.client('GET /api/v1/connectors/:id', {
        params: { id: this.connection.connectorId },
      })
      this.fields = settingFields(connector)
      this.connector = connector
    } catch (error) {
      this.failed(error)
    }
  }

  private save(event: FormSubmitEvent): void {
    const { connection, connector } = this
    if (!connection || !connector) return
    void this.act(async () => {
      const { name, config, sync } = inputOf(event.values)
      // Merged into what is there: a field that was emptied has to be named.
      const emptied = connector.config
        .filter((field) => config[field.name] === undefined && field.name in connection.config)
        .map((field) => [field.name, null] as const)
      try {
        await this.client('PATCH /api/v1/connections/:id', {
          params: { id: connection.id },
          body: { name, config: { ...config, ...Object.fromEntries(emptied) }, sync },
        })
      } catch (error) {
        if (!(error instanceof ApiError) || error.errors.length === 0) throw error
        const form = this.renderRoot.querySelector<ConnectorFormElement>('edpsych-connector-form')
        await form?.report(error.errors)
        return undefined
      }
      this.dispatchEvent(new ConnectionChangedEvent())
      return 'The settings are saved. “Test now” shows whether they work.'
    })
  }

  protected override render(): TemplateResult | typeof nothing {
    const { connection, connector } = this
    if (!connection) return nothing
    return html`<h2>Configuration</h2>
      ${this.notices()}
      ${
        connector === undefined
          ? this.failure
            ? nothing
            : loadingState('Loading the settings …')
          : this.may('connections.write')
            ? html`<edpsych-connector-form .theme=${this.theme} .fields=${this.fields} .values=${this.values}
                submit-label="Save settings" ?busy=${this.busy} @edpsych-form-submit=${this.save}></edpsych-connector-form>`
            : this.list(connection, connector)
      }
      <edpsych-connection-versions .connection=${connection} .client=${this.client} .scopes=${this.scopes} .theme=${this.theme}></edpsych-connection-versions>`
  }

  private list(connection: Connection, { config }: Connector): TemplateResult {
    return html`<dl class="values">${config.map(
      ({ name, label }) =>
        html`<dt>${label}</dt><dd>${textOfValue(connection.config[name]) || '–'}</dd>`,
    )}</dl>`
  }
}

customElements.define('edpsych-connection-configuration', ConnectionConfigurationElement)
