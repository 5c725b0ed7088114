import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from 'lit'
import { property, state } from 'lit/decorators.js'
import { ConnectElement } from '../core/connect-element.ts'
import { CancelEvent, PickEvent } from '../core/events.ts'
import { type Failure, failureOf } from '../core/failure.ts'
import { failureState, loadingState } from '../core/states.ts'
import type { Candidate, Kind } from './candidate.ts'
import { CandidateList } from './candidate-list.ts'
import styles from './edpsych-picker.css?inline'
import type { emptyList } from './empty-list.ts'
import { findCandidates } from './find-candidates.ts'
import * as messages from './messages.ts'
import type { PlacementAccepted } from './placement.ts'
import type { previewPane } from './preview-pane.ts'

const debounceMs = 250

/**
 * @summary Finds what can stand in a course, lets the person look at them and pick one or many.
 * @attr multiple - More than one may be picked.
 * @fires edpsych-pick - What was picked.
 * @fires edpsych-cancel - Nothing was picked.
 * @fires edpsych-error - The list could not be had.
 */
export class PickerElement extends ConnectElement {
  static override styles = [ConnectElement.styles, unsafeCSS(styles)]

  @property({ type: Boolean }) multiple = false
  /** What there is to choose from. */
  @property({ attribute: false }) kinds: readonly Kind[] = ['item', 'resource']
  /** What the LMS takes over of dates, points and the like; absent: none of it is asked for. */
  @property({ attribute: false }) accepted: PlacementAccepted | undefined
  /** Level of the title among the headings of the page. */
  @property({ type: Number, attribute: 'heading-level' }) headingLevel = 2
  /** What was picked is being added. */
  @property({ type: Boolean }) busy = false
  /** Why what was picked could not be added. */
  @property({ attribute: false }) failure: Failure | undefined

  @state() private kind: Kind = 'item'
  @state() private chosen: readonly Candidate[] = []
  @state() private previewed: Candidate | undefined
  @state() private mustChoose = false
  @state() private isPlacing = false
  private words = ''
  private timer = 0
  // Neither is needed before a person asks, or the list is empty.
  private previewPane: typeof previewPane | undefined
  private emptyList: typeof emptyList | undefined

  private readonly results = new CandidateList(this, (question, signal) =>
    findCandidates(this.client, question, signal),
  )

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    if (!this.hasUpdated) void this.search()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.timer)
  }

  private async search(): Promise<void> {
    const { kind, words } = this
    const isDone = await this.results.start({ kind, words })
    if (isDone && this.results.candidates.length === 0 && !this.emptyList) {
      this.emptyList = (await import('./empty-list.ts')).emptyList
      this.requestUpdate()
    }
    this.say(isDone)
  }

  private say(isDone: boolean): void {
    const { candidates, hasMore, error } = this.results
    if (isDone) this.announce(messages.results(candidates.length, hasMore))
    else if (error) this.fail(error)
  }

  private readonly onWords = (event: Event): void => {
    if (!(event.target instanceof HTMLInputElement)) return
    this.words = event.target.value.trim()
    clearTimeout(this.timer)
    this.timer = window.setTimeout(() => void this.search(), debounceMs)
  }

  private readonly onSearch = (event: Event): void => {
    event.preventDefault()
    clearTimeout(this.timer)
    void this.search()
  }

  private onKind(kind: Kind): void {
    this.kind = kind
    this.previewed = undefined
    void this.search()
  }

  private async onMore(): Promise<void> {
    const shown = this.results.candidates.length
    const isDone = await this.results.more()
    this.say(isDone)
    if (isDone) await this.focusOn(`.choices li:nth-child(${shown + 1}) input`)
  }

  private onChoose(candidate: Candidate, event: Event): void {
    const isChosen = event.target instanceof HTMLInputElement && event.target.checked
    const others = this.multiple ? this.chosen.filter((one) => !isSame(one, candidate)) : []
    this.chosen = isChosen ? [...others, candidate] : others
    this.mustChoose = false
    if (this.multiple) this.announce(messages.chosen(this.chosen.length))
  }

  private async onPreview(candidate: Candidate): Promise<void> {
    const pane = await import('./preview-pane.ts')
    this.previewPane = pane.previewPane
    this.previewed = candidate
    await pane.loadPreview(candidate)
    await this.focusOn('.pane h3')
  }

  private async onClosePreview(): Promise<void> {
    const { previewed } = this
    this.previewed = undefined
    if (previewed) await this.focusOn(`[data-id="${CSS.escape(previewed.id)}"] button`)
  }

  private async onPlace(): Promise<void> {
    await import('./placement-form.ts')
    this.isPlacing = true
    await this.focusOn('edpsych-placement-form')
  }

  private onAdd(): void {
    if (this.busy) return
    this.mustChoose = this.chosen.length === 0
    const form = this.renderRoot.querySelector('edpsych-placement-form')
    if (this.mustChoose || form?.isValid() === false) return
    const choices = this.chosen.map(({ kind, id }) => ({
      kind,
      id,
      ...form?.placement({ kind, id }),
    }))
    this.dispatchEvent(new PickEvent(choices))
  }

  protected override render(): TemplateResult {
    return html`
      <h2 aria-level=${this.headingLevel}>${messages.pickerTitle()}</h2>
      <div class=${this.previewed ? 'previewing' : ''}>
        <form class="finder" role="search" @submit=${this.onSearch}>
          <fieldset class="kinds">
            <legend>${messages.kindLegend()}</legend>
            ${this.kinds.map((kind) => this.kindOption(kind))}
          </fieldset>
          <div class="search">
            <label for="words">${messages.searchLabel()}</label>
            <input id="words" type="search" autocomplete="off" placeholder=${messages.searchHint()} @input=${this.onWords} />
          </div>
        </form>
        <div class="panes">
          <div class="list" aria-busy=${this.results.isLoading}>${this.list()}</div>
          <section class="pane" aria-labelledby="pane-title">${this.pane()}</section>
        </div>
      </div>
      ${this.isPlacing ? html`<edpsych-placement-form .chosen=${this.chosen} .accepted=${this.accepted}></edpsych-placement-form>` : nothing}
      ${this.bar()}
    `
  }

  private kindOption(kind: Kind): TemplateResult {
    return html`<label>
      <input type="radio" name="kind" value=${kind} .checked=${this.kind === kind} @change=${() => this.onKind(kind)} />${kindNames[kind]()}
    </label>`
  }

  private list(): TemplateResult {
    const { candidates, isLoading, hasMore, error } = this.results
    if (error) {
      return failureState(
        failureOf(error),
        () => void this.results.again().then((ok) => this.say(ok)),
      )
    }
    if (candidates.length === 0)
      return isLoading || !this.emptyList
        ? loadingState(messages.searching())
        : this.emptyList({ kind: this.kind, words: this.words })
    return html`
      <p class="count">${isLoading ? messages.searching() : messages.results(candidates.length, hasMore)}</p>
      <fieldset class="choices">
        <legend class="visually-hidden">${kindNames[this.kind]()}</legend>
        <ul>
          ${candidates.map((candidate) => this.row(candidate))}
        </ul>
      </fieldset>
      ${
        hasMore
          ? html`<button type="button" class="button secondary" ?disabled=${isLoading} @click=${() => void this.onMore()}>
              ${messages.showMore()}
            </button>`
          : nothing
      }
    `
  }

  private row(candidate: Candidate): TemplateResult {
    const { id, title, facts } = candidate
    const isPreviewed = this.previewed !== undefined && isSame(candidate, this.previewed)
    return html`<li data-id=${id} class=${isPreviewed ? 'previewed' : ''}>
      <label>
        <input
          type=${this.multiple ? 'checkbox' : 'radio'}
          name="choice"
          .checked=${this.chosen.some((one) => isSame(one, candidate))}
          @change=${(event: Event) => this.onChoose(candidate, event)}
        />
        <span><strong>${title}</strong><span class="facts">${facts.join(' · ')}</span></span>
      </label>
      <button type="button" class="button link" aria-label=${messages.previewOf(title)} @click=${() => void this.onPreview(candidate)}>
        ${messages.preview()}
      </button>
    </li>`
  }

  private pane(): TemplateResult {
    const { previewed, client, theme } = this
    if (previewed && this.previewPane) {
      return this.previewPane(previewed, { client, theme, close: () => void this.onClosePreview() })
    }
    return html`<h3 id="pane-title" class="visually-hidden">${messages.preview()}</h3>
      <p class="empty">${messages.choosePreview()}</p>`
  }

  private bar(): TemplateResult {
    return html`<div class="bar">
      ${this.failure ? failureState(this.failure, () => this.onAdd()) : nothing}
      ${this.mustChoose ? html`<p class="notice warning" role="alert">${messages.chooseFirst()}</p>` : nothing}
      <p class="chosen">
        <strong>${messages.chosen(this.chosen.length)}</strong>
        <span class="titles">${this.chosen.map(({ title }) => title).join(', ')}</span>
      </p>
      <div class="actions">
        ${
          this.accepted && !this.isPlacing && this.chosen.length > 0
            ? html`<button type="button" class="button secondary" @click=${this.onPlace}>${messages.placement()}</button>`
            : nothing
        }
        <button type="button" class="button secondary" ?disabled=${this.busy} @click=${() => this.dispatchEvent(new CancelEvent())}>
          ${messages.cancel()}
        </button>
        <button type="button" class="button" aria-disabled=${this.busy} @click=${this.onAdd}>
          ${this.busy ? html`<span class="spinner"></span>${messages.adding()}` : messages.add()}
        </button>
      </div>
    </div>`
  }
}

const kindNames: Record<Kind, () => string> = {
  item: messages.items,
  resource: messages.resources,
  path: messages.paths,
  dashboard: messages.dashboards,
}

function isSame(one: Candidate, other: Candidate): boolean {
  return one.kind === other.kind && one.id === other.id
}

customElements.define('edpsych-picker', PickerElement)

declare global {
  interface HTMLElementTagNameMap {
    'edpsych-picker': PickerElement
  }
}
