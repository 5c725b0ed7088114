import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import { api, sentenceOf } from '../../app/api.ts'
import { countOf, View } from '../../app/view.ts'
import { type Attempt, attemptColumns, attemptRow } from '../attempt-table.ts'
import './organisations.ts'
import './connections-glance.ts'

interface Step {
  readonly done: boolean
  readonly title: string
  readonly text: string
  readonly href: string
}

/** @summary The first page: what there is, what needs attention, and the first steps. */
export class OverviewElement extends View {
  @state() private counts:
    | {
        items: string
        platforms: string
        resources: string
        pending: string
        failed: string
        attempts: string
      }
    | undefined
  @state() private dataNotices: Readonly<Record<string, string>> = {}
  private recent: readonly Attempt[] = []
  private titles: ReadonlyMap<string, string> = new Map()

  override connectedCallback(): void {
    super.connectedCallback()
    void this.load()
    if (this.may('settings.read')) void this.loadNotices()
  }

  /** What parents and staff are told of their data. */
  private async loadNotices(): Promise<void> {
    try {
      const { settings } = await api('GET /api/v1/settings', { query: {} })
      const told = settings.filter(({ group, value }) => group === 'organisation' && value)
      this.dataNotices = Object.fromEntries(told.map(({ title, value }) => [title, String(value)]))
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  private async load(): Promise<void> {
    const query = { limit: 200 }
    try {
      const [items, platforms, resources, pending, failed, attempts] = await Promise.all([
        this.may('items.read') ? api('GET /api/v1/items', { query }) : none,
        this.may('lti.read') ? api('GET /api/v1/lti/platforms', { query }) : none,
        this.may('resources.read') ? api('GET /api/v1/resources', { query }) : none,
        this.may('lti.read')
          ? api('GET /api/v1/lti/score-deliveries', { query: { ...query, status: 'pending' } })
          : none,
        this.may('lti.read')
          ? api('GET /api/v1/lti/score-deliveries', { query: { ...query, status: 'failed' } })
          : none,
        this.may('attempts.read') ? api('GET /api/v1/attempts', { query }) : none,
      ])
      this.recent = attempts.data.slice(0, 5)
      this.titles = new Map(items.data.map(({ id, title }) => [id, title]))
      this.counts = {
        items: count(items),
        platforms: count(platforms),
        resources: count(resources),
        pending: count(pending),
        failed: count(failed),
        attempts: count(attempts),
      }
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  protected override render() {
    const { counts } = this
    return html`
      <h1>${this.session?.tenant.name ?? 'Overview'}</h1>
      ${this.notices()}
      ${this.may('connections.read') ? html`<admin-connections-glance .session=${this.session}></admin-connections-glance>` : nothing}
      ${counts ? this.figures(counts) : html`<p class="loading" role="status">Loading the overview …</p>`}
      ${counts ? this.steps(counts) : nothing}
      ${this.recent.length > 0 ? this.latest() : nothing}
      ${this.told()}
      ${this.may('tenants.write') ? html`<admin-organisations .session=${this.session}></admin-organisations>` : nothing}
    `
  }

  private told() {
    const notices = Object.entries(this.dataNotices)
    if (notices.length === 0) return nothing
    return html`<h2>About its data</h2>
      <dl class="values card">${notices.map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>`
  }

  private latest() {
    return html`<h2>Latest attempts</h2>
      <div class="table-wrap" tabindex="0" role="region" aria-label="Latest attempts">
        <table>
          <thead><tr>${['Item', ...attemptColumns].map((label) => html`<th scope="col">${label}</th>`)}</tr></thead>
          <tbody>${this.recent.map((attempt) => attemptRow(attempt, this.titles))}</tbody>
        </table>
      </div>
      <p><a href="/admin/attempts">All attempts</a></p>`
  }

  private figures(counts: NonNullable<OverviewElement['counts']>) {
    return html`<ul class="figures" aria-label="What there is">
        ${figure('Assessment items', counts.items, '/admin/items')}
        ${figure('Library resources', counts.resources, '/admin/resources')}
        ${figure('Connected LMSs', counts.platforms, '/admin/lms')}
        ${figure('Attempts', counts.attempts, '/admin/attempts')}
      </ul>
      ${
        counts.failed !== '0'
          ? html`<p class="notice error">${countOf(Number.parseInt(counts.failed, 10), 'grade', 'grades')} could not be delivered. <a href="/admin/lms">See why and try again</a>.</p>`
          : nothing
      }
      ${counts.pending !== '0' ? html`<p class="notice">On the way to a gradebook: ${countOf(Number.parseInt(counts.pending, 10), 'grade', 'grades')}.</p>` : nothing}`
  }

  private steps(counts: NonNullable<OverviewElement['counts']>) {
    const steps: Step[] = [
      {
        done: counts.items !== '0',
        title: 'Import items',
        text: 'A QTI 3 item or package.',
        href: '/admin/items',
      },
      {
        done: counts.platforms !== '0',
        title: 'Connect your LMS',
        text: 'Moodle, Canvas, Blackboard or any LTI 1.3 platform.',
        href: '/admin/lms',
      },
      {
        done: counts.attempts !== '0',
        title: 'Place an item and let a student answer',
        text: 'In the LMS: add content from a tool, then open it as a student.',
        href: '/sandbox',
      },
    ]
    if (steps.every(({ done }) => done)) return nothing
    return html`<h2>First steps</h2>
      <ol class="checklist">
        ${steps.map(
          (step) => html`<li class=${step.done ? 'done' : ''}>
            <a href=${step.href}>${step.title}</a>
            <span class="pill ${step.done ? 'good' : ''}">${step.done ? 'Done' : 'To do'}</span>
            <p>${step.text}</p>
          </li>`,
        )}
      </ol>`
  }
}

const none = Promise.resolve({ data: [], nextCursor: null })

function count({ data, nextCursor }: { data: unknown[]; nextCursor: string | null }): string {
  return nextCursor === null ? String(data.length) : `${data.length}+`
}

function figure(label: string, value: string, href: string) {
  return html`<li class="card"><a href=${href}><strong>${value}</strong> ${label}</a></li>`
}

customElements.define('admin-overview', OverviewElement)
