import { html, nothing } from 'lit'
import type { z } from 'zod'
import type { Job as JobSchema } from '../../../shared/api/operations.ts'
import type { RosterClass, RosterUser } from '../../../shared/api/roster.ts'
import { api } from '../../app/api.ts'
import { PagedList } from '../../app/paged-list.ts'
import { View, when } from '../../app/view.ts'
import { type Attempt, attemptColumns, attemptRow, itemTitles } from '../attempt-table.ts'
import './person-sources.ts'

type Job = z.output<typeof JobSchema>

const jobStates: Record<Job['status'], string> = {
  waiting: 'Waiting',
  running: 'Running',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

/** @summary Background jobs: state, progress, cancel. */
export class JobsElement extends View {
  private readonly list = new PagedList<Job>(this, (cursor) =>
    api('GET /api/v1/jobs', { query: { limit: 50, cursor } }),
  )

  private cancel(job: Job): void {
    void this.act(async () => {
      await api('POST /api/v1/jobs/:id/cancel', { params: { id: job.id } })
      await this.list.restart()
      return 'The job is cancelled.'
    })
  }

  protected override render() {
    return html`
      <h1>Jobs</h1>
      <p class="lead">Work done in the background. A job whose worker dies is taken over by another.</p>
      ${this.notices()}
      <p><button class="button secondary" @click=${() => this.list.restart()}>Refresh</button></p>
      ${this.list.table({
        caption: 'Jobs',
        columns: ['Job', 'State', 'Tries', 'Started', 'What happened', 'Actions'],
        row: (job) => html`<tr>
          <th scope="row">${job.name}</th>
          <td><span class="pill ${job.status === 'done' ? 'good' : job.status === 'failed' ? 'bad' : ''}">${jobStates[job.status]}${job.progress === null || job.status !== 'running' ? '' : ` ${Math.round(job.progress * 100)} %`}</span></td>
          <td>${job.attempts}</td>
          <td>${when(job.createdAt)}</td>
          <td>${job.error ?? '–'}</td>
          <td>${
            this.may('jobs.write') && (job.status === 'waiting' || job.status === 'running')
              ? html`<button class="button link" @click=${() => this.cancel(job)}>Cancel</button>`
              : nothing
          }</td>
        </tr>`,
        empty: html`<p>Nothing has run in the background yet.</p>`,
      })}
    `
  }
}

/** @summary All attempts, newest first. */
export class AttemptsElement extends View {
  private titles: ReadonlyMap<string, string> = new Map()

  private readonly list = new PagedList<Attempt>(this, async (cursor) => {
    const [page, titles] = await Promise.all([
      api('GET /api/v1/attempts', { query: { limit: 50, cursor } }),
      this.may('items.read') ? itemTitles() : this.titles,
    ])
    this.titles = titles
    return page
  })

  protected override render() {
    return html`
      <h1>Attempts</h1>
      <p class="lead">Each time someone opened an item to answer it. Learners appear here without names.</p>
      ${this.notices()}
      <p><button class="button secondary" @click=${() => this.list.restart()}>Refresh</button></p>
      ${this.list.table({
        caption: 'Attempts',
        columns: ['Item', ...attemptColumns],
        row: (attempt) => attemptRow(attempt, this.titles),
        empty: html`<h2>Nobody has answered yet</h2><p>Place an item in your LMS and open it as a student.</p>`,
      })}
    `
  }
}

/** @summary People and classes as the school's systems know them. */
export class RosterElement extends View {
  private readonly users = new PagedList<z.output<typeof RosterUser>>(this, (cursor) =>
    api('GET /api/v1/users', { query: { limit: 50, cursor } }),
  )
  private readonly classes = new PagedList<z.output<typeof RosterClass>>(this, (cursor) =>
    api('GET /api/v1/classes', { query: { limit: 50, cursor } }),
  )

  protected override render() {
    return html`
      <h1>Roster</h1>
      <p class="lead">Classes, teachers and learners of this organisation. <a href="/admin/roster/matches">Doubtful matches</a> of learning platforms wait for a decision.</p>
      ${this.classes.table({
        caption: 'Classes',
        columns: ['Class', 'Subjects', 'Year groups'],
        row: (row) =>
          html`<tr><th scope="row">${row.title}</th><td>${row.subjects.join(', ')}</td><td>${row.grades.join(', ')}</td></tr>`,
        empty: html`<p>No classes. Trusts hold theirs in their schools: switch to a school above.</p>`,
      })}
      ${this.users.table({
        caption: 'People',
        columns: ['Name', 'Role', 'Year groups', 'Where from'],
        row: (row) =>
          html`<tr><th scope="row">${row.givenName} ${row.familyName}</th><td>${row.role}</td><td>${row.grades.join(', ') || '–'}</td>
            <td><admin-person-sources personId=${row.id} name="${row.givenName} ${row.familyName}"></admin-person-sources></td></tr>`,
        empty: html`<p>No people.</p>`,
      })}
    `
  }
}

customElements.define('admin-jobs', JobsElement)
customElements.define('admin-attempts', AttemptsElement)
customElements.define('admin-roster', RosterElement)
