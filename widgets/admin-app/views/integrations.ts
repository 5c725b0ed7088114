import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import { api } from '../../app/api.ts'
import { go, View } from '../../app/view.ts'
import '../../edpsych-connection/edpsych-connection.ts'
import '../../edpsych-connections/edpsych-connections.ts'
import '../../edpsych-connections/import-connections.ts'
import '../../edpsych-connections/new-connection.ts'

/** A page around one of the elements: its heading, and who is looking. */
abstract class IntegrationView extends View {
  @state() protected below = false

  private readonly onAddress = (): void => this.requestUpdate()

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('popstate', this.onAddress)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('popstate', this.onAddress)
  }

  protected get tenantId(): string {
    return this.session?.tenant.id ?? ''
  }

  protected viewsKey(of: string): string {
    return `${this.tenantId}:${this.session?.user.id ?? ''}:${of}`
  }

  /** Those of a trust see their schools too, if they like. */
  protected belowChoice() {
    const kind = this.session?.tenant.kind
    if (kind === 'school' || kind === 'sandbox') return nothing
    return html`<label class="check">
      <input type="checkbox" .checked=${this.below} @change=${(event: Event) => {
        this.below = (event.currentTarget as HTMLInputElement).checked
      }} />
      With the organisations below
    </label>`
  }
}

/** @summary The page of all connections. */
export class ConnectionsViewElement extends IntegrationView {
  protected override render() {
    return html`<h1>Connections</h1>
      <p class="lead">The systems that are connected here, and how they are at this moment.</p>
      <div class="toolbar">
        ${
          this.may('connections.write')
            ? html`<a class="button" href="/admin/connections/new">Connect a system</a>
              <a class="button secondary" href="/admin/connections/import">Import settings</a>`
            : nothing
        }
        ${this.belowChoice()}
      </div>
      <edpsych-connections in-address .client=${api} .scopes=${this.session?.scopes} .tenantId=${this.tenantId}
        .viewsKey=${this.viewsKey('connections')} .below=${this.below}></edpsych-connections>`
  }
}

customElements.define('admin-connections', ConnectionsViewElement)

/** @summary The page of one connection. */
export class ConnectionViewElement extends IntegrationView {
  protected override render() {
    return html`<edpsych-connection .client=${api} .scopes=${this.session?.scopes} .tenantId=${this.tenantId}
      .connectionId=${this.parameters['id'] ?? ''} .tab=${this.parameters['tab'] ?? ''}
      @edpsych-connection-deleted=${() => go('/admin/connections')}></edpsych-connection>`
  }
}

customElements.define('admin-connection', ConnectionViewElement)

/** @summary The page on which a system is connected. */
export class NewConnectionViewElement extends IntegrationView {
  protected override render() {
    return html`<edpsych-new-connection in-address .client=${api} .scopes=${this.session?.scopes} .tenantId=${this.tenantId}
      @edpsych-connection-saved=${(event: Event & { connectionId?: string }) => go(`/admin/connections/${event.connectionId}`)}></edpsych-new-connection>`
  }
}

customElements.define('admin-new-connection', NewConnectionViewElement)

/** @summary The page on which settings are imported. */
export class ImportConnectionsViewElement extends IntegrationView {
  protected override render() {
    return html`<edpsych-import-connections .client=${api} .scopes=${this.session?.scopes} .tenantId=${this.tenantId}></edpsych-import-connections>`
  }
}

customElements.define('admin-import-connections', ImportConnectionsViewElement)
