import { Task } from '@lit/task'
import { css, html, nothing, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { ReviewedAttempt, SubmissionReview } from '../../shared/api/lti-review.ts'
import { ConnectElement } from '../core/connect-element.ts'
import { type Failure, failureOf } from '../core/failure.ts'
import { currentLocale } from '../core/localization.ts'
import { emptyState, failureState, loadingState } from '../core/states.ts'
import { type Correction, correctionForm, correctionStyles } from './correction-form.ts'
import * as messages from './messages.ts'

/**
 * @summary What one learner handed in for an activity, and a way for teachers to correct it.
 * @fires edpsych-error - It could not be shown, or a correction was refused.
 */
export class ReviewElement extends ConnectElement {
  static override styles = [
    ConnectElement.styles,
    correctionStyles,
    css`
      .attempts {
        display: grid;
        gap: 1rem;
        padding: 0;
        list-style: none;
      }
      .attempts > li {
        padding: 1rem;
        border: var(--ep-border) solid var(--ep-line);
        border-radius: var(--ep-radius);
      }
      .attempts p {
        margin: 0 0 0.25rem;
      }
      .points {
        font-size: 1.15em;
        font-weight: 600;
      }
    `,
  ]

  /** Level of the title among the headings of the page. */
  @property({ type: Number, attribute: 'heading-level' }) headingLevel = 2
  @state() private editing: string | undefined
  @state() private isBusy = false
  @state() private failure: Failure | undefined
  @state() private changed: readonly ReviewedAttempt[] = []

  private readonly review = new Task(this, {
    args: () => [this.client] as const,
    task: ([client], { signal }) => client('GET /api/v1/lti/review', { signal }),
    onError: (error) => {
      this.fail(error)
    },
  })

  protected override render(): TemplateResult {
    return (
      this.review.render({
        complete: (review) => this.work(review),
        error: (error) => failureState(failureOf(error), () => void this.review.run()),
      }) ?? loadingState(messages.loadingReview())
    )
  }

  private work({ title, learner, mayCorrect, attempts }: SubmissionReview): TemplateResult {
    const owner = mayCorrect
      ? messages.workOf(learner.name ?? messages.aLearner())
      : messages.yourWork()
    return html`
      <p class="kind">${owner}</p>
      <h2 aria-level=${this.headingLevel}>${title}</h2>
      ${
        attempts.length === 0
          ? emptyState(messages.nothingYet(), messages.nothingYetHelp())
          : html`<ol class="attempts">
              ${attempts.map((attempt) => this.attempt(this.latest(attempt), mayCorrect))}
            </ol>`
      }
    `
  }

  private latest(attempt: ReviewedAttempt): ReviewedAttempt {
    return this.changed.find(({ id }) => id === attempt.id) ?? attempt
  }

  private attempt(attempt: ReviewedAttempt, mayCorrect: boolean): TemplateResult {
    const { id, score, maxScore, comment, submittedAt, counts, state, reason } = attempt
    const when = new Date(submittedAt).toLocaleString(currentLocale(), {
      dateStyle: 'medium',
      timeStyle: 'short',
    })
    return html`<li>
      <p class="points">${messages.points(score, maxScore)}</p>
      <p><time datetime=${submittedAt}>${messages.handedIn(when)}</time></p>
      ${comment === null ? nothing : html`<p>${messages.commented(comment)}</p>`}
      ${
        counts
          ? html`<p><span class="state ${state}">${messages.gradeState(state)}</span>${reason ? html`: ${reason}` : nothing}</p>`
          : html`<p class="hint">${messages.notTheLast()}</p>`
      }
      ${mayCorrect ? this.correction(attempt, this.editing === id) : nothing}
    </li>`
  }

  private correction(attempt: ReviewedAttempt, isEditing: boolean): TemplateResult {
    if (!isEditing) {
      return html`<button
        type="button"
        class="button secondary"
        data-change=${attempt.id}
        @click=${() => this.edit(attempt.id)}
      >
        ${messages.change()}
      </button>`
    }
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
    if (this.isBusy) return
    this.isBusy = true
    this.failure = undefined
    try {
      const attempt = await this.client('PATCH /api/v1/lti/review/attempts/:id', {
        params: { id },
        body,
      })
      this.changed = [...this.changed.filter((one) => one.id !== id), attempt]
      await this.close(id)
      this.announce(attempt.state === 'no-column' ? messages.savedNoColumn() : messages.saved())
    } catch (error) {
      this.failure = this.fail(error)
    } finally {
      this.isBusy = false
    }
  }
}

customElements.define('edpsych-review', ReviewElement)
