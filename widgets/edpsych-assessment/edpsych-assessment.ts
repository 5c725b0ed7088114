import { html, nothing, type PropertyValues, svg, type TemplateResult, unsafeCSS } from 'lit'
import { property, state } from 'lit/decorators.js'
import { ApiError } from '../../shared/api/client.ts'
import type { DeliveryItem } from '../../shared/qti/delivery.ts'
import { ConnectElement } from '../core/connect-element.ts'
import { AttemptStartEvent, AttemptSubmitEvent } from '../core/events.ts'
import type { Failure } from '../core/failure.ts'
import { failureState, loadingState } from '../core/states.ts'
import { type AnswerForm, answerForm } from './answer-form.ts'
import { carryOver, type DraftOwner, Drafts } from './drafts.ts'
import styles from './edpsych-assessment.css?inline'
import * as messages from './messages.ts'
import { type Passback, watchPassback } from './passback.ts'

interface Result {
  readonly score: number
  readonly maxScore: number
}

type Phase = 'loading' | 'answering' | 'reviewing' | 'sending' | 'done'

const tick = svg`<path d="M4 12.5l5.5 5.5L20 7" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round" />`

/**
 * @summary An assessment item to answer: questions, a last look at the answers, the score.
 * @attr item-id - Which item.
 * @attr preview - Shows the item without an attempt; nothing can be sent.
 * @fires edpsych-attempt-start - An attempt is open.
 * @fires edpsych-attempt-submit - The answers were taken and scored.
 * @fires edpsych-error - Something could not be done.
 */
export class AssessmentElement extends ConnectElement {
  static override styles = [ConnectElement.styles, unsafeCSS(styles)]

  @property({ attribute: 'item-id' }) itemId = ''
  @property({ type: Boolean }) preview = false
  /** Level of the title among the headings of the page. */
  @property({ type: Number, attribute: 'heading-level' }) headingLevel = 2
  /** Whose answers these are; where the page knows, answers not sent yet outlive a reload. */
  @property({ attribute: false }) draftOwner: DraftOwner | undefined

  @state() private phase: Phase = 'loading'
  @state() private failure: Failure | undefined
  @state() private passback: Passback | undefined
  @state() private wasRestored = false
  private item: DeliveryItem | undefined
  private form: AnswerForm | undefined
  private attemptId: string | undefined
  private result: Result | undefined
  private drafts: Drafts | undefined
  private work = new AbortController()

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.work.signal.aborted) this.work = new AbortController()
    window.addEventListener('beforeunload', this.onLeave)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    window.removeEventListener('beforeunload', this.onLeave)
    this.work.abort()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    if (changed.has('itemId') || changed.has('preview')) void this.open()
  }

  /** Gets the item: the one already begun in this tab, a new attempt, or only a look at it. */
  private async open(): Promise<void> {
    this.work.abort()
    this.work = new AbortController()
    const { signal } = this.work
    this.phase = 'loading'
    this.failure = undefined
    this.result = undefined
    this.attemptId = undefined
    if (this.itemId === '') return
    try {
      if (this.preview) await this.openPreview(signal)
      else await this.openAttempt(signal)
    } catch (error) {
      if (!signal.aborted) this.failure = this.fail(error)
    }
  }

  private async openPreview(signal: AbortSignal): Promise<void> {
    const params = { id: this.itemId }
    const item = await this.client('GET /api/v1/items/:id/preview', { params, signal })
    this.show(asDelivered(item))
  }

  private async openAttempt(signal: AbortSignal): Promise<void> {
    const { itemId, draftOwner } = this
    this.drafts = draftOwner && new Drafts(draftOwner)
    const draft = this.drafts?.load(itemId)
    if (draft?.sameSession) {
      this.attemptId = draft.attemptId
      this.show(draft.item)
      this.form?.restore(draft.responses)
    } else {
      const attempt = await this.client('POST /api/v1/attempts', { body: { itemId }, signal })
      if (signal.aborted) return
      this.attemptId = attempt.id
      const item = asDelivered(attempt.item)
      this.show(item)
      if (draft) this.form?.restore(carryOver(draft, item))
      this.dispatchEvent(new AttemptStartEvent({ attemptId: attempt.id, itemId }))
    }
    this.wasRestored = draft !== undefined && this.hasAnswers()
  }

  private show(item: DeliveryItem): void {
    this.item = item
    this.form = answerForm(item, (sentence) => this.announce(sentence))
    this.phase = 'answering'
  }

  private hasAnswers(): boolean {
    return Object.values(this.form?.responses() ?? {}).some((values) => values.length > 0)
  }

  private keep(): boolean {
    if (!this.item || !this.attemptId || !this.form || !this.drafts) return false
    return this.drafts.save(this.itemId, {
      attemptId: this.attemptId,
      item: this.item,
      responses: this.form.responses(),
    })
  }

  private readonly onLeave = (event: BeforeUnloadEvent): void => {
    const isUnsent = this.phase !== 'done' && !this.preview && this.hasAnswers()
    if (isUnsent && !this.keep()) event.preventDefault()
  }

  private readonly onReview = (event: Event): void => {
    event.preventDefault()
    if (this.preview || !this.form?.check()) return
    this.phase = 'reviewing'
    this.failure = undefined
    void this.focusOn('.title')
  }

  private readonly onChange = (): void => {
    this.phase = 'answering'
    this.failure = undefined
    void this.focusOn('.title')
  }

  private readonly onSend = async (): Promise<void> => {
    const { attemptId, form, itemId } = this
    if (this.phase === 'sending' || !attemptId || !form) return
    this.phase = 'sending'
    this.failure = undefined
    this.announce(messages.sending())
    const { signal } = this.work
    try {
      this.result = await this.client('POST /api/v1/attempts/:id/submit', {
        params: { id: attemptId },
        body: { responses: form.responses() },
        signal,
      })
    } catch (error) {
      if (!signal.aborted) this.onRefusal(error, form)
      return
    }
    this.phase = 'done'
    this.drafts?.clear(itemId)
    void this.focusOn('.title')
    this.dispatchEvent(new AttemptSubmitEvent({ attemptId, itemId, ...this.result }))
    await watchPassback(this.client, attemptId, signal, (passback) => {
      this.passback = passback
    })
  }

  private onRefusal(error: unknown, form: AnswerForm): void {
    this.keep()
    this.failure = this.fail(error)
    this.phase = 'reviewing'
    const problems = problemsOf(error)
    if (problems.size === 0) return
    this.phase = 'answering'
    void this.updateComplete.then(() => form.showProblems(problems))
  }

  protected override render(): TemplateResult {
    if (this.phase === 'loading') {
      return this.failure
        ? failureState(this.failure, () => void this.open())
        : loadingState(messages.loadingItem())
    }
    const isAnswering = this.phase === 'answering'
    return html`
      <h2 class="title" tabindex="-1" aria-level=${this.headingLevel}>${this.heading()}</h2>
      ${this.wasRestored && isAnswering ? html`<p class="notice">${messages.answersRestored()}</p>` : nothing}
      <form ?hidden=${!isAnswering} novalidate @submit=${this.onReview} @input=${() => void this.keep()}>
        ${this.form?.body}
        ${isAnswering && this.failure ? this.notice(this.failure) : nothing}
        ${
          this.preview
            ? html`<p class="foot hint">${messages.previewNote()}</p>`
            : html`<div class="bar"><button class="button">${messages.review()}</button></div>`
        }
      </form>
      ${this.phase === 'reviewing' || this.phase === 'sending' ? this.review() : nothing}
      ${this.phase === 'done' && this.result ? this.outcome(this.result) : nothing}
    `
  }

  private heading(): string {
    if (this.phase === 'answering') return this.item?.title ?? ''
    return this.phase === 'done' ? messages.resultTitle() : messages.reviewTitle()
  }

  private review(): TemplateResult {
    const answers = this.form?.answers() ?? []
    const missing = answers.filter(({ summary }) => summary === '').length
    const isSending = this.phase === 'sending'
    return html`
      ${missing > 0 ? html`<p class="notice warning">${messages.someUnanswered(missing)}</p>` : nothing}
      <dl class="review">
        ${answers.map(
          ({ label, summary, doubt }) => html`<div>
            <dt>${label}</dt>
            <dd class=${summary ? '' : 'missing'}>${summary || messages.notAnswered()}</dd>
            ${doubt ? html`<dd class="doubt">${doubt}</dd>` : nothing}
          </div>`,
        )}
      </dl>
      ${this.failure ? this.notice(this.failure) : nothing}
      <div class="bar">
        <p class="hint">${messages.sendOnce()}</p>
        <div class="actions">
          <button type="button" class="button" aria-disabled=${isSending} @click=${this.onSend}>
            ${isSending ? html`<span class="spinner"></span>${messages.sending()}` : messages.send()}
          </button>
          <button type="button" class="button secondary" ?disabled=${isSending} @click=${this.onChange}>
            ${messages.change()}
          </button>
        </div>
      </div>
    `
  }

  private notice(failure: Failure): TemplateResult {
    return html`${failureState(failure, () => void this.onSend())}
      <p class="hint">${messages.answersKept()}</p>`
  }

  private outcome({ score, maxScore }: Result): TemplateResult {
    return html`<div class="result">
      <svg class="tick" viewBox="0 0 24 24" aria-hidden="true">${tick}</svg>
      <p class="score">${messages.resultScore(score, maxScore)}</p>
      ${this.passback ? html`<p class="notice passback ${passbackTone[this.passback]}">${passbackText[this.passback]()}</p>` : nothing}
    </div>`
  }
}

const passbackText = {
  none: messages.gradeNone,
  pending: messages.gradePending,
  sent: messages.gradeSent,
  failed: messages.gradeFailed,
} satisfies Record<Passback, () => string>

const passbackTone = {
  none: '',
  pending: '',
  sent: 'success',
  failed: 'warning',
} satisfies Record<Passback, string>

/** The contract leaves the item's form to `shared/qti/delivery.ts`. */
function asDelivered(item: unknown): DeliveryItem {
  return item as DeliveryItem
}

/** What the server found wrong, by response identifier. */
function problemsOf(error: unknown): Map<string, string> {
  const problems = new Map<string, string>()
  if (!(error instanceof ApiError)) return problems
  for (const { pointer, detail } of error.errors) {
    const [, identifier] = /^#\/responses\/([^/]+)/.exec(pointer) ?? []
    if (identifier) problems.set(decodeURIComponent(identifier), detail)
  }
  return problems
}

customElements.define('edpsych-assessment', AssessmentElement)

declare global {
  interface HTMLElementTagNameMap {
    'edpsych-assessment': AssessmentElement
  }
}
