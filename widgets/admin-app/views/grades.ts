import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type { Grade } from '../../../shared/api/grades.ts'
import type { Course } from '../../../shared/api/lti-courses.ts'
import { api, sentenceOf } from '../../app/api.ts'
import { confirmAct } from '../../app/confirm.ts'
import { PagedList } from '../../app/paged-list.ts'
import { View, when } from '../../app/view.ts'
import { itemTitles } from '../attempt-table.ts'
import './grade-comparisons.ts'

const states = {
  sent: 'In the gradebook',
  waiting: 'On its way',
  refused: 'Refused',
  'no-column': 'No gradebook column',
} as const satisfies Record<Grade['state'], string>

/** @summary Grades, where each is, and what to do about those that are not where they should be. */
export class GradesElement extends View {
  @state() private wanted: Grade['state'] | '' = ''
  @state() private courseId = ''
  @state() private titles: ReadonlyMap<string, string> = new Map()
  @state() private courses: readonly Course[] = []
  @state() private editing: Grade | undefined

  private readonly grades = new PagedList<Grade>(this, (cursor) =>
    api('GET /api/v1/grades', {
      query: {
        limit: 50,
        cursor,
        sort: '-updatedAt',
        ...(this.wanted && { state: this.wanted }),
        ...(this.courseId && { courseId: this.courseId }),
      },
    }),
  )

  override connectedCallback(): void {
    super.connectedCallback()
    void this.load()
  }

  private async load(): Promise<void> {
    try {
      this.titles = this.may('items.read') ? await itemTitles() : new Map()
      if (!this.may('lti.read')) return
      const { data } = await api('GET /api/v1/lti/courses', {
        query: { limit: 200, sort: 'title' },
      })
      this.courses = data
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  private choose(event: Event): void {
    // Both fields are selects.
    const { name, value } = event.target as HTMLSelectElement
    if (name === 'course') this.courseId = value
    else this.wanted = value as Grade['state'] | ''
    void this.grades.restart()
  }

  private resend(grade: Grade): void {
    void this.act(async () => {
      await api('POST /api/v1/grades/:id/resend', { params: { id: grade.id } })
      await this.grades.restart()
      return 'The grade is on its way again.'
    })
  }

  private resendAll(): void {
    const course = this.courses.find(({ id }) => id === this.courseId)
    if (!course) return
    void this.act(async () => {
      const sure = await confirmAct({
        title: `Send all grades of “${course.title ?? course.contextId}” again?`,
        text: 'Each grade that was sent or refused goes to the gradebook once more and replaces what is there, also what a teacher changed there by hand.',
        button: 'Send them again',
      })
      if (!sure) return undefined
      await api('POST /api/v1/grades/resync', { body: { courseId: course.id } })
      await this.grades.restart()
      return 'The grades are being sent again; this list shows how far they are.'
    })
  }

  private correct(event: SubmitEvent): void {
    event.preventDefault()
    const { editing } = this
    if (!editing) return
    // A form's submit event comes from the form.
    const data = new FormData(event.target as HTMLFormElement)
    const score = Number(data.get('score'))
    const comment = String(data.get('comment') ?? '')
    void this.act(async () => {
      const params = { id: editing.attemptId }
      await api('PATCH /api/v1/results/:id', { params, body: { score, comment } })
      this.editing = undefined
      await this.grades.restart()
      return 'The grade is corrected and on its way to the gradebook.'
    })
  }

  private async edit(grade: Grade): Promise<void> {
    this.editing = grade
    await this.updateComplete
    this.querySelector<HTMLInputElement>('input[name=score]')?.focus()
  }

  protected override render() {
    return html`
      <h1>Grades</h1>
      <p class="lead">One grade for each learner and activity, and whether it is in the gradebook of the LMS.</p>
      ${this.notices()}
      ${this.editing ? this.form(this.editing) : this.overview()}
    `
  }

  private overview() {
    return html`
      <div class="actions">
        <label>State
          <select name="state" @change=${this.choose}>
            <option value="">All</option>
            ${Object.entries(states).map(([value, label]) => html`<option value=${value} ?selected=${value === this.wanted}>${label}</option>`)}
          </select>
        </label>
        ${
          this.courses.length === 0
            ? nothing
            : html`<label>Course
                <select name="course" @change=${this.choose}>
                  <option value="">All courses</option>
                  ${this.courses.map(({ id, title, contextId }) => html`<option value=${id} ?selected=${id === this.courseId}>${title ?? contextId}</option>`)}
                </select>
              </label>`
        }
        ${
          this.courseId && this.may('grades.write')
            ? html`<button class="button secondary" ?disabled=${this.busy} @click=${this.resendAll}>Send all of this course again</button>`
            : nothing
        }
      </div>
      ${this.grades.table({
        caption: 'Grades',
        columns: [
          'Activity',
          'Learner',
          'Handed in',
          'Points',
          'State',
          'What happened',
          'Actions',
        ],
        row: (grade) => this.row(grade),
        empty: html`<h2>No grades here</h2><p>Grades appear when learners hand in an activity that they opened from a course of an LMS.</p>`,
      })}
      ${
        this.courseId
          ? html`<admin-grade-comparisons .session=${this.session} .courseId=${this.courseId} .titles=${this.titles}></admin-grade-comparisons>`
          : html`<p class="hint">Choose a course to compare its grades with the gradebook of the LMS.</p>`
      }
    `
  }

  private row(grade: Grade) {
    const tone = grade.state === 'sent' ? 'good' : grade.state === 'refused' ? 'bad' : ''
    const { attemptId, learnerId } = grade
    return html`<tr>
      <th scope="row">${this.titles.get(grade.itemId) ?? grade.itemId}</th>
      <td><code>${learnerId.slice(learnerId.indexOf('/') + 1)}</code></td>
      <td>${when(grade.scoreDate)}</td>
      <td>${grade.score} of ${grade.maxScore}${grade.revision > 1 ? html` <span class="pill">corrected</span>` : nothing}</td>
      <td><span class="pill ${tone}">${states[grade.state]}</span></td>
      <td>${grade.reason ?? '–'}${grade.nextTryAt ? html`<br />Next try: ${when(grade.nextTryAt)}` : nothing}</td>
      <td>${
        this.may('grades.write')
          ? html`<button class="button link" data-correct=${attemptId} @click=${() => this.edit(grade)}>Correct</button>
              ${
                grade.state === 'sent' || grade.state === 'refused'
                  ? html`<button class="button link" ?disabled=${this.busy} @click=${() => this.resend(grade)}>Send again</button>`
                  : nothing
              }`
          : nothing
      }</td>
    </tr>`
  }

  private form(grade: Grade) {
    return html`<form class="card stack" @submit=${this.correct}>
      <h2>Correct: ${this.titles.get(grade.itemId) ?? grade.itemId}</h2>
      <label>Points (0 to ${grade.maxScore})
        <input name="score" type="number" min="0" max=${grade.maxScore} step="any" required .value=${String(grade.score)} />
      </label>
      <label>Comment for the learner (optional)
        <textarea name="comment" rows="3" maxlength="2000" .value=${grade.comment ?? ''}></textarea>
      </label>
      <p class="actions">
        <button class="button" ?disabled=${this.busy}>Save and send</button>
        <button type="button" class="button secondary" @click=${() => {
          this.editing = undefined
        }}>Cancel</button>
      </p>
    </form>`
  }
}

customElements.define('admin-grades', GradesElement)
