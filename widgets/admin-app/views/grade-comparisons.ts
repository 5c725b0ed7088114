import { html, nothing, type PropertyValues } from 'lit'
import { property } from 'lit/decorators.js'
import type { GradeComparison } from '../../../shared/api/grades.ts'
import { api } from '../../app/api.ts'
import { PagedList } from '../../app/paged-list.ts'
import { countOf, View, when } from '../../app/view.ts'

const kinds = {
  missing: 'Not in the gradebook',
  different: 'Another score in the gradebook',
  unexpected: 'Only in the gradebook',
} as const

const pollMs = 1_500

/** @summary Comparisons of the grades of a course with the gradebook of its LMS. */
export class GradeComparisonsElement extends View {
  @property({ attribute: false }) courseId = ''
  @property({ attribute: false }) titles: ReadonlyMap<string, string> = new Map()
  private timer: ReturnType<typeof setTimeout> | undefined

  private readonly comparisons = new PagedList<GradeComparison>(this, (cursor) =>
    api('GET /api/v1/grade-comparisons', {
      query: { limit: 5, cursor, courseId: this.courseId },
    }),
  )

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('courseId') && this.hasUpdated) void this.comparisons.restart()
  }

  protected override updated(): void {
    clearTimeout(this.timer)
    if (this.comparisons.rows.some(({ status }) => status === 'waiting')) {
      this.timer = setTimeout(() => void this.comparisons.refresh(), pollMs)
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.timer)
  }

  private start(repair: boolean): void {
    void this.act(async () => {
      await api('POST /api/v1/grade-comparisons', { body: { courseId: this.courseId, repair } })
      await this.comparisons.restart()
      return repair
        ? 'Comparing; grades that are missing or different are sent again.'
        : 'Comparing; the result appears below.'
    })
  }

  protected override render() {
    return html`
      <h2>Compare with the gradebook</h2>
      <p>Reads the gradebook of this course in the LMS and holds it against the grades here.</p>
      ${this.notices()}
      ${
        this.may('grades.write')
          ? html`<p class="actions">
              <button class="button" ?disabled=${this.busy} @click=${() => this.start(false)}>Compare</button>
              <button class="button secondary" ?disabled=${this.busy} @click=${() => this.start(true)}>Compare and send again what is wrong</button>
            </p>`
          : nothing
      }
      ${this.comparisons.table({
        caption: 'Comparisons',
        columns: ['Begun', 'Result', 'Equal', 'Differences', 'Sent again'],
        row: (comparison) => this.row(comparison),
        empty: html`<p>This course has not been compared yet.</p>`,
      })}
    `
  }

  private row(comparison: GradeComparison) {
    const { status, missing, different, unexpected, waiting, detail } = comparison
    const found = missing + different + unexpected
    return html`<tr>
      <th scope="row">${when(comparison.createdAt)}</th>
      <td>${
        status === 'waiting'
          ? 'Under way …'
          : status === 'failed'
            ? html`<span class="pill bad">Failed</span> ${detail}`
            : html`<span class="pill ${found === 0 ? 'good' : 'bad'}">${found === 0 ? 'The same' : countOf(found, 'difference', 'differences')}</span>`
      }</td>
      <td>${comparison.equal}${waiting > 0 ? html`<br />${waiting} not sent yet` : nothing}</td>
      <td>${found === 0 ? '–' : this.differences(comparison)}</td>
      <td>${comparison.repaired}</td>
    </tr>`
  }

  private differences({ differences, missing, different, unexpected }: GradeComparison) {
    const left = missing + different + unexpected - differences.length
    return html`<details>
      <summary>${missing} missing, ${different} different, ${unexpected} only there</summary>
      <ul>
        ${differences.map(
          ({ kind, learnerId, itemId, here, there }) => html`<li>
            ${kinds[kind]}: learner <code>${learnerId.slice(learnerId.indexOf('/') + 1)}</code>${itemId ? html`, ${this.titles.get(itemId) ?? itemId}` : nothing}
            (here ${share(here)}, there ${share(there)})
          </li>`,
        )}
      </ul>
      ${left > 0 ? html`<p>${left} more are counted and not listed.</p>` : nothing}
    </details>`
  }
}

const percent = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 1 })

function share(value: number | null): string {
  return value === null ? 'none' : percent.format(value)
}

customElements.define('admin-grade-comparisons', GradeComparisonsElement)
