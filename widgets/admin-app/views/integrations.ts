import { html, nothing } from 'lit'
import { api } from '../../app/api.ts'
import { go } from '../../app/view.ts'
import '../../edpsych-connection/edpsych-connection.ts'
import '../../edpsych-connections/edpsych-connections.ts'
import '../../edpsych-connections/import-connections.ts'
import '../../edpsych-connections/new-connection.ts'
import { IntegrationView } from './integration-view.ts'

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
