import { html, nothing, type TemplateResult } from 'lit'
import { state } from 'lit/decorators.js'
import type { ConnectionDocument, ImportRow } from '../../shared/api/connections.ts'
import { DashboardElement } from '../dashboard/dashboard-element.ts'
import { dashboardStyles } from '../dashboard/dashboard-styles.ts'

const outcomes: Readonly<Record<ImportRow['status'], string>> = {
  created: 'New, as a draft',
  updated: 'Brought up to date',
  unchanged: 'Already the same',
  refused: 'Refused',
}

/**
 * @summary Imports settings of connections: shows first what would become of each, then does it.
 * @attr api-base - The server to ask, where it is not the page's own.
 * @attr token - A bearer token with `connections.write`, where there is no session of staff.
 * @attr base - Where the pages of the administration are; links begin with it.
 * @fires edpsych-error - Something could not be done; the element shows it too.
 */
export class ImportConnectionsElement extends DashboardElement {
  static override styles = dashboardStyles

  @state() private document: ConnectionDocument | undefined
  @state() private results: readonly ImportRow[] | undefined
  @state() private isDone = false

  private choose(event: Event): void {
    const [file] = (event.currentTarget as HTMLInputElement).files ?? []
    this.results = undefined
    this.isDone = false
    if (!file) return
    void this.act(async () => {
      this.document = readDocument(await file.text())
      await this.run(true)
      await this.focusOn('#results')
      return undefined
    })
  }

  private async run(dryRun: boolean): Promise<void> {
    const { document } = this
    if (!document) return
    const { results } = await this.client('POST /api/v1/connections/import', {
      body: { document, dryRun },
    })
    this.results = results
    this.isDone = !dryRun
  }

  private readonly import = (): void => {
    void this.act(async () => {
      await this.run(false)
      await this.focusOn('#results')
      return 'Imported. Drafts still want their credentials.'
    })
  }

  protected override render(): TemplateResult {
    return html`
      <p class="breadcrumb"><a href="${this.base}/connections">Connections</a></p>
      <h1>Import settings</h1>
      <p>Takes a file that was exported here or elsewhere. It never holds secrets, so what is new has to be given its credentials before it works. Importing twice changes nothing.</p>
      ${this.notices()}
      <div class="field narrow-form">
        <label for="file">File with settings</label>
        <input id="file" type="file" accept="application/json,.json" ?disabled=${this.busy} @change=${this.choose} />
      </div>
      ${this.results ? this.table(this.results) : nothing}
    `
  }

  private table(results: readonly ImportRow[]): TemplateResult {
    const willChange = results.some(({ status }) => status === 'created' || status === 'updated')
    return html`<section aria-labelledby="results">
      <h2 id="results" tabindex="-1">${this.isDone ? 'What became of each' : 'What would become of each'}</h2>
      ${this.isDone ? nothing : html`<p class="notice">Nothing has been changed yet.</p>`}
      <div class="scroll" tabindex="0" role="region" aria-label="Result">
        <table>
          <thead><tr><th scope="col">Name</th><th scope="col">Connects to</th><th scope="col">Result</th></tr></thead>
          <tbody>
            ${results.map(
              ({ name, connectorId, connectionId, status, detail }) => html`<tr>
                <th scope="row">${connectionId && this.isDone ? html`<a href="${this.base}/connections/${connectionId}">${name}</a>` : name}</th>
                <td>${connectorId}</td>
                <td><strong>${outcomes[status]}</strong>${detail ? html`<span class="note">${detail}</span>` : nothing}</td>
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${
        this.isDone
          ? nothing
          : willChange
            ? html`<p class="actions"><button type="button" class="button" ?disabled=${this.busy} @click=${this.import}>Import these settings</button></p>`
            : html`<p>There is nothing in this file that would change anything.</p>`
      }
    </section>`
  }
}

/** The server checks the whole of it; here only whether it is such a file at all. */
function readDocument(text: string): ConnectionDocument {
  const wrong = new Error('This is not a file of exported settings. Choose one that ends in .json.')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw wrong
  }
  const document = value as Partial<ConnectionDocument> | null
  if (document?.format !== 'edpsych-connections') throw wrong
  return document as ConnectionDocument
}

customElements.define('edpsych-import-connections', ImportConnectionsElement)
