import { css, html, type TemplateResult } from 'lit'
import type { ReviewedAttempt } from '../../shared/api/lti-review.ts'
import type { Failure } from '../core/failure.ts'
import { failureState } from '../core/states.ts'
import * as messages from './messages.ts'

/** What a teacher entered. */
export interface Correction {
  readonly score: number
  readonly comment: string
}

export const correctionStyles = css`
  .correction {
    display: grid;
    gap: 0.75rem;
    max-width: 32rem;
    margin-block: 0.75rem;
  }
  .correction label {
    display: grid;
    gap: 0.25rem;
    font-weight: 600;
  }
  .correction input {
    max-width: 10rem;
  }
  .correction .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
    margin: 0;
  }
  .state {
    font-weight: 600;
  }
  .state.refused {
    color: var(--ep-danger);
  }
`

/** Points and comment of one attempt; the browser checks the bounds. */
export function correctionForm(
  { score, maxScore, comment }: ReviewedAttempt,
  {
    isBusy,
    failure,
    onSave,
    onCancel,
  }: {
    readonly isBusy: boolean
    readonly failure: Failure | undefined
    onSave(correction: Correction): void
    onCancel(): void
  },
): TemplateResult {
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    // A form's submit event comes from the form.
    const data = new FormData(event.target as HTMLFormElement)
    onSave({ score: Number(data.get('score')), comment: String(data.get('comment') ?? '') })
  }
  const onKey = ({ key }: KeyboardEvent) => {
    if (key === 'Escape') onCancel()
  }
  return html`<form class="correction" @submit=${submit} @keydown=${onKey}>
    <label>
      ${messages.pointsLabel(maxScore)}
      <input
        name="score"
        type="number"
        inputmode="decimal"
        min="0"
        max=${maxScore}
        step="any"
        required
        data-start
        .value=${String(score)}
      />
    </label>
    <label>
      ${messages.commentLabel()}
      <textarea name="comment" rows="3" maxlength="2000" .value=${comment ?? ''}></textarea>
    </label>
    ${failure ? failureState(failure) : ''}
    <p class="actions">
      <button type="submit" class="button" ?disabled=${isBusy}>${messages.save()}</button>
      <button type="button" class="button secondary" @click=${onCancel}>${messages.cancel()}</button>
    </p>
  </form>`
}
