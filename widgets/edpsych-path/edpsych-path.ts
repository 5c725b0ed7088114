import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { LearningPath, OwnProgress, PathStep } from '../../shared/api/paths.ts'
import { ConnectElement } from '../core/connect-element.ts'
import type { AttemptSubmitEvent } from '../core/events.ts'
import type { Failure } from '../core/failure.ts'
import { formatNumber } from '../core/messages.ts'
import { emptyState, failureState, loadingState } from '../core/states.ts'
import type { DraftOwner } from '../edpsych-assessment/drafts.ts'
import styles from './edpsych-path.css?inline'
import * as messages from './messages.ts'

type StepDone = Pick<OwnProgress['steps'][number], 'stepId' | 'score' | 'maxScore'>

/**
 * @summary A learning path: its steps, which of them are done, and the step that is open.
 * @attr path-id - Which path.
 * @attr preview - Shows it to a teacher: assessments without an attempt, no progress.
 * @fires edpsych-error - It could not be shown.
 */
export class PathElement extends ConnectElement {
  static override styles = [ConnectElement.styles, unsafeCSS(styles)]

  @property({ attribute: 'path-id' }) pathId = ''
  @property({ type: Boolean }) preview = false
  /** Level of the title among the headings of the page. */
  @property({ type: Number, attribute: 'heading-level' }) headingLevel = 2
  /** Whose answers these are; where the page knows, answers not sent yet outlive a reload. */
  @property({ attribute: false }) draftOwner: DraftOwner | undefined

  @state() private path: LearningPath | undefined
  @state() private doneSteps: readonly StepDone[] = []
  @state() private opened: PathStep | undefined
  @state() private failure: Failure | undefined
  private work = new AbortController()

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    if (changed.has('pathId')) void this.load()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.work.abort()
  }

  private async load(): Promise<void> {
    this.work.abort()
    this.work = new AbortController()
    const { signal } = this.work
    const params = { id: this.pathId }
    this.failure = undefined
    try {
      const [path, progress] = await Promise.all([
        this.client('GET /api/v1/learning-paths/:id', { params, signal }),
        this.preview
          ? { steps: [] }
          : this.client('GET /api/v1/learning-paths/:id/my-progress', { params, signal }),
      ])
      this.path = path
      this.doneSteps = progress.steps
    } catch (error) {
      if (!signal.aborted) this.failure = this.fail(error)
    }
  }

  private async open(step: PathStep): Promise<void> {
    await (step.kind === 'item'
      ? import('../edpsych-assessment/edpsych-assessment.ts')
      : import('../edpsych-resource/edpsych-resource.ts'))
    this.opened = step
    await this.focusOn('.now')
    if (step.kind === 'resource' && step.title !== null && !this.preview) await this.note(step)
  }

  /** Looking at a resource is its step done; a failure costs a tick, not the resource. */
  private async note(step: PathStep): Promise<void> {
    try {
      const { steps } = await this.client('POST /api/v1/learning-paths/:id/my-progress', {
        params: { id: this.pathId },
        body: { stepId: step.id },
      })
      this.doneSteps = steps
    } catch (error) {
      this.fail(error)
    }
  }

  /** The server notes it by itself; here it is shown at once. */
  private readonly onSubmit = ({ itemId, score, maxScore }: AttemptSubmitEvent): void => {
    const steps = (this.path?.steps ?? []).filter(
      ({ kind, targetId }) => kind === 'item' && targetId === itemId,
    )
    const stepIds = steps.map(({ id }) => id)
    this.doneSteps = [
      ...this.doneSteps.filter(({ stepId }) => !stepIds.includes(stepId)),
      ...stepIds.map((stepId) => ({ stepId, score, maxScore })),
    ]
    this.announce(messages.progress(this.doneSteps.length, this.path?.steps.length ?? 0))
  }

  private async back(): Promise<void> {
    const { opened } = this
    this.opened = undefined
    await this.focusOn(`[data-step="${opened?.id}"]`)
  }

  protected override render(): TemplateResult {
    const { path, failure, opened } = this
    if (failure) return failureState(failure, () => void this.load())
    if (!path) return loadingState(messages.loadingPath())
    return opened ? this.step(path, opened) : this.overview(path)
  }

  private overview(path: LearningPath): TemplateResult {
    const total = path.steps.length
    const done = this.doneSteps.length
    const sentence = messages.progress(done, total)
    return html`
      <h2 aria-level=${this.headingLevel}>${path.name}</h2>
      ${path.description ? html`<p>${path.description}</p>` : nothing}
      ${
        this.preview
          ? html`<p class="notice">${messages.teacherNote()}</p>`
          : html`<p>
              <progress aria-label=${sentence} max=${total} .value=${done}></progress>
              ${done === total ? messages.allDone() : sentence}
            </p>`
      }
      <ol class="steps" aria-label=${messages.steps()}>
        ${path.steps.map((step, index) => this.row(step, index + 1))}
      </ol>
    `
  }

  private row(step: PathStep, no: number): TemplateResult {
    const kind = step.kind === 'item' ? messages.assessment() : messages.resource()
    return html`<li>
      <button type="button" class="step" data-step=${step.id} @click=${() => void this.open(step)}>
        <span class="no">${no}.</span>
        <span>${step.title ?? messages.gone()} <span class="kind">${kind}</span></span>
        <span class="state">${this.stateOf(step)}</span>
      </button>
    </li>`
  }

  private stateOf({ id }: PathStep): string | typeof nothing {
    const done = this.doneSteps.find(({ stepId }) => stepId === id)
    if (!done) return nothing
    const { score, maxScore } = done
    if (score === null || maxScore === null) return messages.done()
    return `${messages.done()}: ${messages.scored(formatNumber(score), formatNumber(maxScore))}`
  }

  private step(path: LearningPath, step: PathStep): TemplateResult {
    const index = path.steps.findIndex(({ id }) => id === step.id)
    const next = path.steps[index + 1]
    return html`
      <h2 class="now" tabindex="-1" aria-level=${this.headingLevel}>
        ${path.name}: ${messages.stepOf(index + 1, path.steps.length)}
      </h2>
      <div @edpsych-attempt-submit=${this.onSubmit}>${this.content(step)}</div>
      <p class="actions">
        <button type="button" class="button secondary" @click=${() => void this.back()}>${messages.back()}</button>
        ${next ? html`<button type="button" class="button" @click=${() => void this.open(next)}>${messages.next()}</button>` : nothing}
      </p>
    `
  }

  private content({ kind, targetId, title }: PathStep): TemplateResult {
    if (title === null) return emptyState(messages.gone(), messages.goneHelp())
    const { client, theme } = this
    const level = this.headingLevel + 1
    return kind === 'item'
      ? html`<edpsych-assessment ?preview=${this.preview} heading-level=${level} item-id=${targetId} .client=${client} .theme=${theme} .draftOwner=${this.draftOwner}></edpsych-assessment>`
      : html`<edpsych-resource heading-level=${level} resource-id=${targetId} .client=${client} .theme=${theme}></edpsych-resource>`
  }
}

customElements.define('edpsych-path', PathElement)

declare global {
  interface HTMLElementTagNameMap {
    'edpsych-path': PathElement
  }
}
