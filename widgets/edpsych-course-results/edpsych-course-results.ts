import { Task } from '@lit/task'
import { html, nothing, type TemplateResult, unsafeCSS } from 'lit'
import { property } from 'lit/decorators.js'
import type { CourseResults } from '../../shared/api/lti-results.ts'
import { ConnectElement } from '../core/connect-element.ts'
import { failureOf } from '../core/failure.ts'
import { formatNumber } from '../core/messages.ts'
import { emptyState, failureState, loadingState } from '../core/states.ts'
import styles from './edpsych-course-results.css?inline'
import * as messages from './messages.ts'

type Learner = CourseResults['learners'][number]

/**
 * @summary What the learners of a course have done, for who teaches it.
 * @attr course-id - Which course; the one of the launch where absent.
 * @fires edpsych-error - It could not be shown.
 */
export class CourseResultsElement extends ConnectElement {
  static override styles = [ConnectElement.styles, unsafeCSS(styles)]

  @property({ attribute: 'course-id' }) courseId = ''
  /** Level of the title among the headings of the page. */
  @property({ type: Number, attribute: 'heading-level' }) headingLevel = 2

  private readonly results = new Task(this, {
    args: () => [this.client, this.courseId] as const,
    task: ([client, id], { signal }) =>
      id === ''
        ? client('GET /api/v1/lti/dashboards/course-results', { signal })
        : client('GET /api/v1/lti/courses/:id/results', { params: { id }, signal }),
    onError: (error) => {
      this.fail(error)
    },
  })

  protected override render(): TemplateResult {
    return (
      this.results.render({
        complete: (results) => this.page(results),
        error: (error) => failureState(failureOf(error), () => void this.results.run()),
      }) ?? loadingState(messages.loadingResults())
    )
  }

  private page(results: CourseResults): TemplateResult {
    const { title } = results.course
    const heading = title === null ? messages.title() : messages.titleOf(title)
    return html`
      <h2 aria-level=${this.headingLevel}>${heading}</h2>
      ${results.hasMembers ? nothing : html`<p class="notice">${messages.noNames()}</p>`}
      ${results.items.length === 0 ? emptyState(messages.noResults(), messages.noResultsHelp()) : table(results, heading)}
      ${results.isWhole ? nothing : html`<p class="notice warning">${messages.notWhole()}</p>`}
    `
  }
}

function table({ items, learners }: CourseResults, caption: string): TemplateResult {
  const doneBy = (itemId: string) =>
    learners.filter(({ results }) => results.some((result) => result.itemId === itemId)).length
  return html`<div class="wrap" tabindex="0" role="region" aria-label=${caption}>
    <table>
      <caption class="visually-hidden">${caption}</caption>
      <thead>
        <tr>
          <th scope="col">${messages.learner()}</th>
          ${items.map(({ title }) => html`<th scope="col">${title ?? messages.deletedItem()}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${learners.map(
          (learner, index) => html`<tr>
            <th scope="row">${learner.name ?? messages.nameless(index + 1)}</th>
            ${items.map(({ id }) => cell(learner, id))}
          </tr>`,
        )}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">${messages.submitted()}</th>
          ${items.map(({ id }) => html`<td>${messages.submittedBy(doneBy(id), learners.length)}</td>`)}
        </tr>
      </tfoot>
    </table>
  </div>`
}

function cell({ results }: Learner, itemId: string): TemplateResult {
  const result = results.find((one) => one.itemId === itemId)
  return result
    ? html`<td>${formatNumber(result.score)} / ${formatNumber(result.maxScore)}</td>`
    : html`<td class="none">${messages.notYet()}</td>`
}

customElements.define('edpsych-course-results', CourseResultsElement)

declare global {
  interface HTMLElementTagNameMap {
    'edpsych-course-results': CourseResultsElement
  }
}
