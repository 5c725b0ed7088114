import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { state } from 'lit/decorators.js'
import type { TenantLimits } from '../../../shared/api/limits.ts'
import type { Usage } from '../../../shared/api/usage.ts'
import { kindsBelow } from '../../../shared/kinds-below.ts'
import { api, sentenceOf } from '../../app/api.ts'
import { View } from '../../app/view.ts'
import type { CsvValue } from '../../data-table/csv.ts'
import { CsvExport } from '../../data-table/csv-export.ts'
import '../../usage-chart/usage-chart.ts'
import { monthsOf, type Share, sharesOf } from './usage-shares.ts'

const periods = [
  [7, 'Last 7 days'],
  [30, 'Last 30 days'],
  [90, 'Last 90 days'],
  [365, 'Last 12 months'],
] as const
const dayMs = 24 * 3_600_000
const whole = new Intl.NumberFormat('en-GB')
const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' })
const dayOf = (iso: string) => date.format(new Date(iso))
const percent = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 1 })

/** @summary How much the API is used by an organisation and each below it, as charts, tables and a file. */
export class UsageReportElement extends View {
  @state() private days = 30
  /** The organisation looked at; undefined: one's own with all below it. */
  @state() private chosen: string | undefined
  @state() private report: Usage | undefined
  @state() private limits: TenantLimits | undefined
  private readonly csv = new CsvExport(this)

  protected override firstUpdated(changed: PropertyValues<this>): void {
    super.firstUpdated(changed)
    this.chosen = new URLSearchParams(location.search).get('organisation') ?? undefined
    void this.load()
    void this.loadLimits()
  }

  private get hasBelow(): boolean {
    const kind = this.session?.tenant.kind
    return kind !== undefined && kindsBelow[kind].some((below) => below !== 'sandbox')
  }

  private get from(): string {
    return new Date(Date.now() - (this.days - 1) * dayMs).toISOString().slice(0, 10)
  }

  private async load(): Promise<void> {
    const { from } = this
    try {
      const report = await api('GET /api/v1/usage', {
        query: { from, groupBy: 'tenant', splitBy: 'status', below: 'true' },
      })
      if (from === this.from) this.report = report
      this.error = ''
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  private async loadLimits(): Promise<void> {
    try {
      this.limits = await api('GET /api/v1/limits', {
        query: this.chosen ? { tenantId: this.chosen } : {},
      })
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  private choosePeriod(event: Event): void {
    this.days = Number((event.target as HTMLSelectElement).value)
    void this.load()
  }

  private look(event: Event, id: string | undefined): void {
    event.preventDefault()
    this.chosen = id
    history.replaceState(null, '', id ? `?organisation=${id}` : location.pathname)
    void this.loadLimits()
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('#usage-of')?.focus())
  }

  /** A line for each organisation, month, operation and kind of caller, month by month. */
  private async export(): Promise<void> {
    const months = monthsOf(this.from, new Date())
    const scope = this.chosen ? { tenantId: this.chosen } : ({ below: 'true' } as const)
    const saved = await this.csv.run<CsvValue[]>({
      fileName: `usage-${this.from}.csv`,
      headings: ['Month', 'Organisation', 'Name', 'Operation', 'Calls'],
      line: (row) => row,
      load: async (cursor, signal) => {
        const at = cursor === undefined ? 0 : Number(cursor)
        const month = months[at]
        if (!month) return { data: [], nextCursor: null }
        const usage = await api('GET /api/v1/usage', {
          query: { ...scope, ...month, groupBy: 'tenant', splitBy: 'operation' },
          signal,
        })
        return {
          data: usage.data.map(({ group, split, count }) => [
            month.from.slice(0, 7),
            group,
            usage.names?.[group] ?? '',
            split ?? '',
            count,
          ]),
          nextCursor: at + 1 < months.length ? String(at + 1) : null,
        }
      },
    })
    if (saved !== undefined) this.success = `${whole.format(saved)} lines are saved.`
    else if (this.csv.error) this.error = sentenceOf(this.csv.error)
  }

  private nameOf(id: string | undefined): string {
    const tenant = this.session?.tenant
    if (id === undefined || id === tenant?.id) return tenant?.name ?? ''
    return this.report?.names?.[id] ?? id
  }

  protected override render() {
    const isWhole = this.chosen === undefined
    return html`
      <h1>Usage</h1>
      <p class="lead">Calls of keys, applications, staff and launches, counted up to the last second.</p>
      ${this.notices()}
      <div class="toolbar">
        <label for="usage-period">Period</label>
        <select id="usage-period" @change=${this.choosePeriod}>${periods.map(([days, label]) => html`<option value=${days} ?selected=${days === this.days}>${label}</option>`)}</select>
        ${this.exporter()}
      </div>
      <h2 id="usage-of" tabindex="-1">${this.nameOf(this.chosen)}${isWhole && this.hasBelow ? ' and all below it' : ''}</h2>
      ${isWhole ? nothing : html`<p><a href="/admin/usage" @click=${(event: Event) => this.look(event, undefined)}>Back to all organisations</a></p>`}
      <div class="card"><edpsych-usage-chart fixed-period .client=${api} .days=${this.days} ?below=${isWhole && this.hasBelow} .tenantId=${this.chosen}></edpsych-usage-chart></div>
      ${this.hasBelow ? this.breakdown() : nothing}
      ${this.limits ? this.limitTable(this.limits) : nothing}
    `
  }

  private exporter(): TemplateResult {
    const { done } = this.csv
    if (done === undefined) {
      return html`<button class="button secondary" @click=${() => this.export()}>Export as CSV</button>`
    }
    return html`<span role="status">${whole.format(done)} lines so far …</span>
      <button class="button link" @click=${() => this.csv.cancel()}>Stop</button>`
  }

  private breakdown(): TemplateResult {
    const { report } = this
    if (!report) {
      return this.error ? html`${nothing}` : html`<p class="loading" role="status">Counting …</p>`
    }
    const shares = sharesOf(report)
    return html`<h2>By organisation</h2>
      ${
        report.total === 0
          ? html`<div class="empty"><h3>No calls in this period</h3><p>As soon as a key, an application or a launch uses the API, it is counted here for each organisation. <a href="/admin/keys">Create an API key</a> or <a href="/admin/connections">connect a system</a> to begin.</p></div>`
          : html`<div class="table-wrap" tabindex="0" role="region" aria-label="Usage by organisation"><table>
            <caption>Calls by organisation, ${dayOf(report.from)} to ${dayOf(report.to)}</caption>
            <thead><tr><th scope="col">Organisation</th><th scope="col">Calls</th><th scope="col">Share</th><th scope="col">Refused</th><th scope="col">Failed</th></tr></thead>
            <tbody>${shares.map((share) => this.share(share, report.total))}</tbody>
          </table></div>`
      }`
  }

  private share({ id, name, calls, refused, failed }: Share, total: number) {
    return html`<tr>
      <th scope="row"><a href="/admin/usage?organisation=${id}" @click=${(event: Event) => this.look(event, id)}>${name}</a></th>
      <td>${whole.format(calls)}</td>
      <td>${percent.format(calls / total)}</td>
      <td>${whole.format(refused)}</td>
      <td>${whole.format(failed)}</td>
    </tr>`
  }

  private limitTable({ plan, limits }: TenantLimits) {
    return html`<h2>Limits</h2>
      <p>The plan of ${this.nameOf(this.chosen)} is <strong>${plan}</strong>.</p>
      <div class="table-wrap" tabindex="0" role="region" aria-label="Limits"><table>
        <caption>Limits in effect</caption>
        <thead><tr><th scope="col">For</th><th scope="col">Calls a minute</th><th scope="col">At once</th><th scope="col">From</th></tr></thead>
        <tbody>${limits.map(
          ({ kind, perMinute, burst, source }) => html`<tr>
            <th scope="row">${limitWords[kind]}</th>
            <td>${whole.format(perMinute)}</td><td>${whole.format(burst)}</td>
            <td>${source === 'plan' ? 'the plan' : 'set for it'}</td>
          </tr>`,
        )}</tbody>
      </table></div>`
  }
}

const limitWords: Readonly<Record<TenantLimits['limits'][number]['kind'], string>> = {
  key: 'Each API key',
  client: 'Each application',
  session: 'Each signed-in person',
  launch: 'Each launch from an LMS',
  embed: 'Each visit of an embedded widget',
  tenant: 'The organisation as a whole',
}

customElements.define('admin-usage', UsageReportElement)
