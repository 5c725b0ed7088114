import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import { api } from '../../app/api.ts'
import { View } from '../../app/view.ts'

interface Glance {
  readonly total: number
  readonly byState: Readonly<Record<string, number | undefined>>
  readonly openProblems: number
}

/** @summary How the connections are, first thing on the overview; nothing where there are none. */
export class ConnectionsGlanceElement extends View {
  @state() private glance: Glance | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    void this.load()
  }

  private async load(): Promise<void> {
    try {
      this.glance = await api('GET /api/v1/connections/summary', { query: {} })
    } catch {
      // The rest of the overview does not depend on it; the page of connections says what is wrong.
    }
  }

  protected override render() {
    const { glance } = this
    if (!glance || glance.total === 0) return nothing
    const { active = 0, degraded = 0, 'action-needed': waiting = 0 } = glance.byState
    return html`<section aria-labelledby="connections-glance">
      <h2 id="connections-glance">Connections</h2>
      <ul class="figures">
        <li class="card"><a href="/admin/connections?state=active"><strong>${active}</strong> work as they should</a></li>
        <li class="card"><a href="/admin/connections?state=degraded"><strong>${degraded}</strong> work, but not well</a></li>
        <li class="card"><a href="/admin/connections?state=action-needed"><strong>${waiting}</strong> wait for somebody</a></li>
      </ul>
    </section>`
  }
}

customElements.define('admin-connections-glance', ConnectionsGlanceElement)
