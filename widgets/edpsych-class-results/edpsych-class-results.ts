import { Task } from '@lit/task'
import { css, html, nothing, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { ClassResult, ClassResults, ReviewedAttempt } from '../../shared/api/lti-review.ts'
import { ConnectElement } from '../core/connect-element.ts'
import { type Failure, failureOf } from '../core/failure.ts'
import { emptyState, failureState, loadingState } from '../core/states.ts'
import {
  type Correction,
  correctionForm,
  correctionStyles,
} from '../edpsych-review/correction-form.ts'
import * as review from '../edpsych-review/messages.ts'
import * as messages from './messages.ts'

/**
 * @summary The results of a class for one activity of a course, and whether each grade is in the gradebook.
 * @fires edpsych-error - It could not be shown, or something was refused.
 */
export class ClassResultsElement extends ConnectElement {
  static override styles = [
    ConnectElement.styles,
    correctionStyles,
    css`
      .table {
        overflow-x: auto;
      }
      table {
        width: 100%;
        border-collapse: collapse;
      }
      th,
      td {
        padding: 0.5rem 0.75rem;
        border-bottom: var(--ep-border) solid var(--ep-line);
        text-align: start;
        vertical-align: top;
      }
      .bar {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 1rem;
        align-items: center;
        justify-content: space-between;
      }
      .bar p {
        margin: 0;
      }
    `,
  ]

  /** Level of the title among the headings of the page. */
  @property({ type: Number, attribute: 'heading-level' }) headingLevel = 2
  @state() private editing: string | undefined
  @state() private isBusy = false
  @state() private failure: Failure | undefined
  @state() private changed: readonly ReviewedAttempt[] = []

  private readonly results = new Task(this, {
    args: () => [this.client] as const,
    task: ([client], { signal }) => client('GET /api/v1/lti/class-results', { signal }),
    onComplete: () => {
      this.changed = []
    },
    onError: (error) => {
      this.fail(error)
    },
  })

  protected override render(): TemplateResult {
    return (
      this.results.render({
        complete: (found) => this.list(found),
        error: (error) => failureState(failureOf(error), () => void this.results.run()),
      }) ?? loadingState(messages.loadingResults())
    )
  }

  private list(found: ClassResults): TemplateResult {
    const results = found.results.map((result) => this.latest(result))
    const done = results.filter(({ attempt }) => attempt !== null).length
    const refused = results.filter(({ attempt }) => attempt?.state === 'refused').length
    return html`
      <h2 aria-level=${this.headingLevel}>${messages.results(found.title)}</h2>
      <div class="bar">
        <p>${messages.handedInCount(done, results.length)}</p>
        <button type="button" class="button secondary" data-refresh @click=${() => this.results.run()}>
          ${messages.refresh()}
        </button>
      </div>
      ${found.hasColumn ? nothing : html`<p class="notice">${messages.noColumn()}</p>`}
      ${found.hasMembers || results.length === 0 ? nothing : html`<p class="hint">${messages.noNames()}</p>`}
      ${refused > 0 ? this.refused(refused) : nothing}
      ${this.failure && this.editing === undefined ? failureState(this.failure) : nothing}
      ${results.length === 0 ? emptyState(messages.nobody(), messages.nobodyHelp()) : this.table(results)}
      ${found.isWhole ? nothing : html`<p class="hint">${messages.cut()}</p>`}
    `
  }

  private latest(result: ClassResult): ClassResult {
    const attempt = this.changed.find(({ id }) => id === result.attempt?.id)
    return attempt ? { ...result, attempt } : result
  }

  private refused(count: number): TemplateResult {
    return html`<div class="notice error bar">
      <p>${messages.refused(count)}</p>
      <button type="button" class="button" ?disabled=${this.isBusy} @click=${() => this.resend()}>
        ${messages.resend()}
      </button>
    </div>`
  }

  private table(results: readonly ClassResult[]): TemplateResult {
    return html`<div class="table" role="region" tabindex="0" aria-label=${messages.learner()}>
      <table>
        <thead>
          <tr>
            <th scope="col">${messages.learner()}</th>
            <th scope="col">${messages.pointsHeading()}</th>
            <th scope="col">${messages.grade()}</th>
            <th scope="col"><span class="visually-hidden">${messages.actions()}</span></th>
          </tr>
        </thead>
        <tbody>
          ${results.map((result) => this.row(result))}
        </tbody>
      </table>
    </div>`
  }

  private row({ userId, name, attempt }: ClassResult): TemplateResult {
    const who = name ?? messages.unnamed(userId)
    if (attempt === null) {
      return html`<tr><th scope="row">${who}</th><td colspan="3">${messages.notHandedIn()}</td></tr>`
    }
    const { id, score, maxScore, comment, state, reason } = attempt
    return html`<tr>
        <th scope="row">${who}</th>
        <td>
          ${review.points(score, maxScore)}
          ${comment === null ? nothing : html`<br /><span class="hint">${comment}</span>`}
        </td>
        <td>
          <span class="state ${state}">${review.gradeState(state)}</span>
          ${reason ? html`<br /><span class="hint">${reason}</span>` : nothing}
        </td>
        <td>
          <button
            type="button"
            class="button secondary"
            data-change=${id}
            aria-label=${review.changeOf(who)}
            aria-expanded=${this.editing === id}
            @click=${() => this.edit(id)}
          >
            ${review.change()}
          </button>
        </td>
      </tr>
      ${this.editing === id ? html`<tr><td colspan="4">${this.form(attempt)}</td></tr>` : nothing}`
  }

  private form(attempt: ReviewedAttempt): TemplateResult {
    return correctionForm(attempt, {
      isBusy: this.isBusy,
      failure: this.failure,
      onSave: (correction) => void this.save(attempt.id, correction),
      onCancel: () => void this.close(attempt.id),
    })
  }

  private async edit(id: string): Promise<void> {
    this.failure = undefined
    this.editing = id
    await this.focusOn('[data-start]')
  }

  private async close(id: string): Promise<void> {
    this.editing = undefined
    await this.focusOn(`[data-change="${id}"]`)
  }

  private async save(id: string, body: Correction): Promise<void> {
    await this.act(async () => {
      const attempt = await this.client('PATCH /api/v1/lti/review/attempts/:id', {
        params: { id },
        body,
      })
      this.changed = [...this.changed.filter((one) => one.id !== id), attempt]
      await this.close(id)
      this.announce(attempt.state === 'no-column' ? review.savedNoColumn() : review.saved())
    })
  }

  private async resend(): Promise<void> {
    await this.act(async () => {
      await this.client('POST /api/v1/lti/class-results/resend', {})
      await this.results.run()
      await this.focusOn('[data-refresh]')
      this.announce(messages.resent())
    })
  }

  /** One thing at a time, its failure shown beside it. */
  private async act(what: () => Promise<void>): Promise<void> {
    if (this.isBusy) return
    this.isBusy = true
    this.failure = undefined
    try {
      await what()
    } catch (error) {
      this.failure = this.fail(error)
    } finally {
      this.isBusy = false
    }
  }
}

customElements.define('edpsych-class-results', ClassResultsElement)
