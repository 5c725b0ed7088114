import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type { TenantLimits } from '../../../shared/api/limits.ts'
import { api, chosenTenant, sentenceOf } from '../../app/api.ts'
import { View } from '../../app/view.ts'
import '../../usage-chart/usage-chart.ts'

const kindWords: Record<TenantLimits['limits'][number]['kind'], string> = {
  key: 'Each API key',
  client: 'Each application',
  session: 'Each signed-in person',
  launch: 'Each launch from an LMS',
  embed: 'Each visit of an embedded widget',
  tenant: 'The organisation as a whole',
}

/** @summary How much the API is used, and how much it may be. */
export class UsageElement extends View {
  @state() private limits: TenantLimits | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.may('usage.read')) void this.load()
  }

  private async load(): Promise<void> {
    try {
      this.limits = await api('GET /api/v1/limits', { query: {} })
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  protected override render() {
    const { limits } = this
    const tenantId = chosenTenant() ?? this.session?.tenant.id ?? ''
    return html`
      <h1>Usage</h1>
      <p class="lead">Calls of your keys and applications, counted as they are billed.</p>
      ${this.notices()}
      <div class="card"><edpsych-usage-chart .client=${api}></edpsych-usage-chart></div>
      <p><a href="/api/v1/usage.csv?groupBy=day&splitBy=operation" download="usage-${tenantId}.csv">Download the last 30 days as a spreadsheet (CSV)</a></p>
      ${limits ? this.limitTable(limits) : nothing}
    `
  }

  private limitTable({ plan, limits }: TenantLimits) {
    return html`<h2>Limits</h2>
      <p>Your plan is <strong>${plan}</strong>. Every answer says how much is left; <a href="/developers/guides/rate-limits">read how to keep within it</a>.</p>
      <div class="table-wrap" tabindex="0" role="region" aria-label="Limits">
        <table><caption>Limits in effect</caption>
          <thead><tr><th scope="col">For</th><th scope="col">Calls a minute</th><th scope="col">At once</th><th scope="col">From</th></tr></thead>
          <tbody>${limits.map(
            ({ kind, perMinute, burst, source }) => html`<tr>
              <th scope="row">${kindWords[kind]}</th>
              <td>${perMinute}</td>
              <td>${burst}</td>
              <td>${source === 'plan' ? 'the plan' : 'set for you'}</td>
            </tr>`,
          )}</tbody>
        </table>
      </div>`
  }
}

customElements.define('console-usage', UsageElement)
