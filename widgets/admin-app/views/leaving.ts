import { html, nothing, type TemplateResult } from 'lit'
import { state } from 'lit/decorators.js'
import type { TenantSummary } from '../../../shared/api/access.ts'
import type { Offboarding } from '../../../shared/api/offboarding.ts'
import { kindsBelow } from '../../../shared/kinds-below.ts'
import { api, sentenceOf } from '../../app/api.ts'
import { confirmAct } from '../../app/confirm.ts'
import { PagedList } from '../../app/paged-list.ts'
import { countOf, View, when } from '../../app/view.ts'
import { saveFile } from '../../dashboard/save-file.ts'

const stateWords: Readonly<Record<Offboarding['state'], string>> = {
  exporting: 'Being exported',
  waiting: 'Exported, to be deleted',
  deleting: 'Being deleted',
  deleted: 'Deleted',
  cancelled: 'Stays',
  failed: 'Failed',
}

const underWay: readonly Offboarding['state'][] = ['exporting', 'deleting']
const everyMs = 3000

/** @summary Organisations that leave: everything exported, then deleted, with a certificate. */
export class LeavingElement extends View {
  @state() private asking = false
  @state() private organisations: readonly TenantSummary[] = []
  private timer: ReturnType<typeof setTimeout> | undefined

  private readonly list = new PagedList<Offboarding>(this, (cursor) =>
    api('GET /api/v1/offboardings', { query: { limit: 50, cursor } }),
  )

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.timer)
  }

  /** Looks again while something is under way. */
  protected override updated(): void {
    clearTimeout(this.timer)
    if (this.list.rows.some(({ state: at }) => underWay.includes(at))) {
      this.timer = setTimeout(() => void this.list.refresh(), everyMs)
    }
  }

  private async ask(): Promise<void> {
    this.asking = true
    try {
      const { data } = await api('GET /api/v1/tenants', {
        query: { below: this.session?.tenant.id, sort: 'name', limit: 200 },
      })
      this.organisations = data
    } catch (error) {
      this.error = sentenceOf(error)
    }
    await this.updateComplete
    this.querySelector<HTMLElement>('#leaving-organisation')?.focus()
  }

  private begin(event: SubmitEvent): void {
    event.preventDefault()
    const data = new FormData(event.target as HTMLFormElement)
    void this.act(async () => {
      const begun = await api('POST /api/v1/offboardings', {
        body: {
          tenantId: String(data.get('organisation')),
          confirm: String(data.get('confirm')).trim(),
          reason: String(data.get('reason')),
          graceDays: Number(data.get('grace')),
        },
      })
      this.asking = false
      await this.list.restart()
      return `${begun.organisation.name} is being exported. It is deleted on ${when(begun.deleteAt)}; until then you can let it stay.`
    })
  }

  private async stay({ id, organisation }: Offboarding): Promise<void> {
    const sure = await confirmAct({
      title: `Let ${organisation.name} stay?`,
      text: 'It stays as it is, and the export is deleted.',
      button: 'Let it stay',
    })
    if (!sure) return
    await this.act(async () => {
      await api('POST /api/v1/offboardings/:id/cancel', { params: { id } })
      await this.list.restart()
      return `${organisation.name} stays.`
    })
  }

  private download({ id }: Offboarding): void {
    void this.act(async () => {
      const { url } = await api('POST /api/v1/offboardings/:id/archive', { params: { id } })
      location.assign(url)
      return 'The export is being downloaded. It holds personal data: keep it safe.'
    })
  }

  private certificate({ id, organisation }: Offboarding): void {
    void this.act(async () => {
      const found = await api('GET /api/v1/offboardings/:id/certificate', { params: { id } })
      saveFile(
        `${organisation.slug}-certificate.json`,
        [JSON.stringify(found, null, 2)],
        'application/json',
      )
      return 'The certificate is downloaded.'
    })
  }

  protected override render() {
    const kind = this.session?.tenant.kind
    if (!kind || kindsBelow[kind].every((below) => below === 'sandbox')) return nothing
    const mayWrite = this.may('tenants.write')
    return html`
      <h2>Organisations that leave</h2>
      ${this.notices()}
      ${this.asking ? this.form() : mayWrite ? html`<p><button class="button secondary" @click=${this.ask}>Let an organisation leave</button></p>` : nothing}
      ${this.list.table({
        caption: 'Organisations that leave or have left',
        columns: ['Name', 'State', 'Deletion', 'Export', 'Action'],
        row: (row) => this.row(row, mayWrite),
        empty: html`<p>None so far. When a school moves on, everything of it can be exported and then deleted here, with a certificate that it can check.</p>`,
      })}
    `
  }

  private row(row: Offboarding, mayWrite: boolean): TemplateResult {
    const { organisation, archive } = row
    const name = html`<span class="visually-hidden"> ${organisation.name}</span>`
    const documents = archive?.collections.reduce((sum, { count }) => sum + count, 0) ?? 0
    return html`<tr>
      <th scope="row">${organisation.name}</th>
      <td>${stateWords[row.state]}${row.error ? html`<br />${row.error}` : nothing}</td>
      <td>${row.state === 'cancelled' ? '–' : when(row.deletedAt ?? row.deleteAt)}</td>
      <td>${archive ? countOf(documents, 'record', 'records') : '–'}</td>
      <td class="actions">
        ${mayWrite && archive && row.state !== 'deleting' ? html`<button class="button link" ?disabled=${this.busy} @click=${() => this.download(row)}>Download${name}</button>` : nothing}
        ${row.state === 'deleted' ? html`<button class="button link" ?disabled=${this.busy} @click=${() => this.certificate(row)}>Certificate${name}</button>` : nothing}
        ${mayWrite && (row.state === 'waiting' || row.state === 'exporting') ? html`<button class="button link" ?disabled=${this.busy} @click=${() => this.stay(row)}>Let it stay${name}</button>` : nothing}
      </td>
    </tr>`
  }

  private form(): TemplateResult {
    return html`<form class="card stack" @submit=${this.begin}>
      <h3>Let an organisation leave</h3>
      <p>Everything of it and of those below it is exported at once. After the days of grace its keys and accounts end, it is exported once more, and all of it is deleted. That cannot be undone.</p>
      <div class="field"><label for="leaving-organisation">Organisation</label>
        <select id="leaving-organisation" name="organisation" required>
          <option value="">Choose …</option>
          ${this.organisations.map((one) => html`<option value=${one.id}>${one.name} (${one.slug})</option>`)}
        </select></div>
      <div class="field"><label for="leaving-confirm">Its short name, to be sure</label>
        <input id="leaving-confirm" name="confirm" required autocomplete="off" autocapitalize="none" maxlength="63" /></div>
      <div class="field"><label for="leaving-reason">Why</label><input id="leaving-reason" name="reason" required maxlength="500" autocomplete="off" /></div>
      <div class="field"><label for="leaving-grace">Days of grace</label><input id="leaving-grace" name="grace" type="number" min="0" max="365" value="30" required /></div>
      <p class="actions">
        <button class="button danger" ?disabled=${this.busy}>Export, then delete</button>
        <button type="button" class="button secondary" @click=${() => {
          this.asking = false
        }}>Cancel</button>
      </p>
    </form>`
  }
}

customElements.define('admin-leaving', LeavingElement)
