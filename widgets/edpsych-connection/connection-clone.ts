import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { CloneResult, Connection } from '../../shared/api/connections.ts'
import { loadingState } from '../core/states.ts'
import { DashboardElement } from '../dashboard/dashboard-element.ts'
import { dashboardStyles } from '../dashboard/dashboard-styles.ts'
import type { RowOf } from '../dashboard/list-row.ts'

type Organisation = RowOf<'GET /api/v1/tenants'>

const mostPages = 20
const outcomes: Readonly<Record<CloneResult['status'], string>> = {
  created: 'Made, as a draft',
  exists: 'Already there',
  refused: 'Refused',
}

/** @summary Makes the same connection for other organisations; each gives its own credentials. */
export class ConnectionCloneElement extends DashboardElement {
  static override styles = dashboardStyles

  @property({ attribute: false }) connection: Connection | undefined
  @state() private organisations: readonly Organisation[] | undefined
  @state() private chosen: ReadonlySet<string> = new Set()
  @state() private search = ''
  @state() private results: readonly CloneResult[] | undefined

  protected override firstUpdated(changed: PropertyValues<this>): void {
    super.firstUpdated(changed)
    void this.load()
  }

  private async load(): Promise<void> {
    try {
      const all: Organisation[] = []
      let cursor: string | undefined
      for (let page = 0; page < mostPages; page += 1) {
        const { data, nextCursor } = await this.client('GET /api/v1/tenants', {
          query: { limit: 200, cursor },
        })
        all.push(...data)
        if (nextCursor === null) break
        cursor = nextCursor
      }
      this.organisations = all.filter(({ id }) => id !== this.connection?.tenantId)
    } catch (error) {
      this.failed(error)
    }
  }

  private toggle(id: string, isWanted: boolean): void {
    const next = new Set(this.chosen)
    if (isWanted) next.add(id)
    else next.delete(id)
    this.chosen = next
  }

  private readonly clone = (event: Event): void => {
    event.preventDefault()
    void this.act(async () => {
      const { results } = await this.client('POST /api/v1/connections/:id/clone', {
        params: { id: this.connection?.id ?? '' },
        body: { tenantIds: [...this.chosen] },
      })
      this.results = results
      await this.focusOn('#results')
      return undefined
    })
  }

  protected override render(): TemplateResult {
    const { organisations, results } = this
    return html`<h2>Copy to schools</h2>
      <p>Each chosen organisation gets the same connection as a draft, with these settings. Secrets are not copied: each gives its own.</p>
      ${this.notices()}
      ${results ? this.outcome(results) : organisations ? this.form(organisations) : this.failure ? nothing : loadingState('Loading the organisations …')}`
  }

  private form(organisations: readonly Organisation[]): TemplateResult {
    if (organisations.length === 0) {
      return html`<div class="empty"><p>There is no organisation below yours to copy it to.</p></div>`
    }
    const found = organisations.filter(({ name }) =>
      name.toLowerCase().includes(this.search.toLowerCase()),
    )
    return html`<form class="narrow-form" @submit=${this.clone}>
      <div class="field"><label for="search">Search for a school</label>
        <input id="search" type="search" autocomplete="off" @input=${(event: Event) => {
          this.search = (event.currentTarget as HTMLInputElement).value
        }} /></div>
      <fieldset>
        <legend>Organisations (${this.chosen.size} chosen)</legend>
        ${found.map(
          ({ id, name }) =>
            html`<label class="check"><input type="checkbox" .checked=${this.chosen.has(id)} @change=${(event: Event) => this.toggle(id, (event.currentTarget as HTMLInputElement).checked)} />${name}</label>`,
        )}
        ${found.length === 0 ? html`<p>None is called that.</p>` : nothing}
      </fieldset>
      <p class="actions">
        <button class="button" ?disabled=${this.busy || this.chosen.size === 0}>Copy to ${this.chosen.size === 1 ? 'one organisation' : `${this.chosen.size} organisations`}</button>
        <button type="button" class="button link" @click=${() => {
          this.chosen = new Set(found.map(({ id }) => id))
        }}>Choose all that are shown</button>
      </p>
    </form>`
  }

  private outcome(results: readonly CloneResult[]): TemplateResult {
    const nameOf = (id: string) => this.organisations?.find((known) => known.id === id)?.name ?? id
    return html`<h3 id="results" tabindex="-1">What became of each</h3>
      <ul class="plain">
        ${results.map(
          ({ tenantId, status, detail }) => html`<li class="entry">
            <div class="entry-head"><strong>${nameOf(tenantId)}</strong><span>${outcomes[status]}</span></div>
            ${detail ? html`<p>${detail}</p>` : nothing}
          </li>`,
        )}
      </ul>
      <p class="actions"><button type="button" class="button secondary" @click=${() => {
        this.results = undefined
        this.chosen = new Set()
      }}>Copy to others</button></p>`
  }
}

customElements.define('edpsych-connection-clone', ConnectionCloneElement)
