import { css, html, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { PlacedChoice } from '../../shared/api/lti.ts'
import type { TargetKind } from '../../shared/lti.ts'
import { ConnectElement } from '../core/connect-element.ts'
import type { Choice, PickEvent } from '../core/events.ts'
import type { Failure } from '../core/failure.ts'
import { usePageLocale } from '../core/localization.ts'
import { clientOf, type Session } from '../core/session.ts'
import { failureState, loadingState } from '../core/states.ts'
import { postDeepLink } from './deep-link-form.ts'
import { type Entrance, openSession, readEntrance } from './launch-session.ts'
import { type LaunchView, type Purpose, viewOf } from './launch-view.ts'
import * as messages from './messages.ts'

type View =
  | LaunchView
  | { readonly kind: 'opening' | 'returning' | 'cancelled' | 'no-session' }
  | { readonly kind: 'trying' | 'results'; readonly id: string }
  | { readonly kind: 'chosen'; readonly choice: Choice }

/** @summary What a launch from an LMS opens: an activity, a resource, or the chooser for those who teach. */
export class LtiAppElement extends ConnectElement {
  static override styles = [
    ConnectElement.styles,
    css`
      edpsych-assessment,
      edpsych-resource,
      edpsych-review,
      edpsych-path,
      edpsych-class-results,
      .way-back,
      .notice,
      .page {
        max-width: 50rem;
        margin-inline: auto;
      }
      .page {
        padding-block: clamp(1rem, 6vh, 4rem);
      }
      .teacher {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 0.75rem 1.5rem;
      }
      .teacher p {
        flex: 1 1 18rem;
        margin: 0;
      }
    `,
  ]

  /** Where the code of the launch, or the session of an earlier load, is found. */
  @property({ attribute: false }) entrance: Entrance | undefined
  @property({ attribute: false }) fetch: typeof fetch = (...request) => fetch(...request)
  /** Leaves this page with the answer to a deep-linking request. */
  @property({ attribute: false }) leave = postDeepLink

  @state() private view: View = { kind: 'opening' }
  @state() private failure: Failure | undefined
  @state() private isBusy = false
  private session: Session | undefined
  /** Words that most launches never show. */
  @state() private pages: typeof import('./pages.ts') | undefined
  private notes: typeof import('./teacher-notes.ts') | undefined

  protected override firstUpdated(): void {
    void this.open()
  }

  private async open(): Promise<void> {
    if (!this.entrance) return
    this.failure = undefined
    try {
      const session = await openSession(this.entrance, this.fetch)
      this.session = session
      if (session) await this.begin(session)
      else await this.change({ kind: 'no-session' })
    } catch (error) {
      this.failure = this.fail(error)
    }
  }

  private async begin(session: Session): Promise<void> {
    const { launch } = session.grant
    this.client = clientOf(session, this.fetch)
    if (session.grant.stylesheetUrl) wear(session.grant.stylesheetUrl)
    const view = viewOf(launch)
    await Promise.all([usePageLocale(launch.locale), elements[view.kind]?.(), this.loadPages(view)])
    this.view = view
    if (window.parent === window) return
    // A frame that keeps its height still scrolls.
    this.followHeight(launch.platformOrigin ?? '*').catch(() => undefined)
  }

  private async followHeight(targetOrigin: string): Promise<void> {
    // Only when there is something to see: it is no part of what must come first.
    const { followHeight } = await import('./platform-frame.ts')
    const content = this.parentElement ?? this
    await followHeight({ parent: window.parent, targetOrigin, content })
  }

  private async loadPages(view: View): Promise<void> {
    const { kind } = view
    if (kind === 'chosen' || ('as' in view && view.as === 'teacher') || this.copy) {
      this.notes ??= await import('./teacher-notes.ts')
    }
    if (window.parent !== window && !plainKinds.has(kind)) return
    this.pages ??= await import('./pages.ts')
  }

  private async change(view: View): Promise<void> {
    this.failure = undefined
    await this.loadPages(view)
    this.view = view
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>('[data-start]')?.focus()
  }

  private async answerDeepLink(choices: readonly PlacedChoice[]): Promise<void> {
    const body = { choices: [...choices] }
    const answer = await this.client('POST /api/v1/lti/deep-linking', { body })
    this.view = { kind: 'returning' }
    this.leave(answer)
  }

  private async chooseForLink(choice: Choice | undefined): Promise<void> {
    if (!choice) return this.change({ kind: 'cancelled' })
    await this.client('POST /api/v1/lti/resource-link', { body: choice })
    await elements[choice.kind]?.()
    await this.change({ kind: 'chosen', choice })
  }

  /** What was picked, or nothing: one answer at a time, its failure shown beside the choice. */
  private async answer(purpose: Purpose, choices: readonly PlacedChoice[]): Promise<void> {
    if (this.isBusy) return
    this.isBusy = true
    this.failure = undefined
    try {
      await (purpose === 'deep-link'
        ? this.answerDeepLink(choices)
        : this.chooseForLink(choices[0]))
    } catch (error) {
      this.failure = this.fail(error)
    } finally {
      this.isBusy = false
    }
  }

  protected override render(): TemplateResult {
    const { copy } = this
    return html`${copy && this.notes?.copyNote(copy)}${this.content()}${this.wayBack()}`
  }

  private get copy() {
    return this.session?.grant.launch.copy
  }

  /** A page of its own leads back to the course; within a frame the course is all around it. */
  private wayBack(): TemplateResult | undefined {
    const returnUrl = this.session?.grant.launch.returnUrl
    const { kind } = this.view
    if (!returnUrl || kind === 'picker' || kind === 'returning') return undefined
    return this.pages?.wayBack(kind, returnUrl)
  }

  private content(): TemplateResult {
    const { view } = this
    switch (view.kind) {
      case 'opening':
        return this.failure
          ? html`<div class="page">
              <h2 aria-level="1">${messages.notOpened()}</h2>
              ${failureState(this.failure, () => void this.open())}
            </div>`
          : loadingState(messages.opening())
      case 'item':
        return view.as === 'teacher' ? this.teacherItem(view.id) : this.learnerItem(view.id)
      case 'trying':
        return html`${this.notes?.tryingNote(() => this.change({ kind: 'item', id: view.id, as: 'teacher' }))}
          <edpsych-assessment heading-level="1" item-id=${view.id} .client=${this.client}></edpsych-assessment>`
      case 'results':
        return html`${this.notes?.resultsNote(() => this.change({ kind: 'item', id: view.id, as: 'teacher' }))}
          <edpsych-class-results heading-level="1" .client=${this.client}></edpsych-class-results>`
      case 'review':
        return html`<edpsych-review heading-level="1" .client=${this.client}></edpsych-review>`
      case 'resource':
        return this.resource(view.id)
      case 'chosen':
        return html`${this.notes?.chosenNote()}
          ${this.previewOf(view.choice)}`
      case 'path':
        return this.path(view.id, view.as === 'teacher')
      case 'dashboard':
        return html`<edpsych-course-results heading-level="1" .client=${this.client}></edpsych-course-results>`
      case 'picker':
        return this.picker(view.purpose)
      case 'returning':
        return loadingState(messages.returning())
      default:
        return (
          this.pages?.plainPage(view.kind, () =>
            this.change({ kind: 'picker', purpose: 'front-door' }),
          ) ?? html``
        )
    }
  }

  /** Under whose name this browser may keep answers that are not sent yet. */
  private owner() {
    const { session } = this
    return session && { userId: session.grant.launch.user.id, sessionId: session.id }
  }

  private learnerItem(id: string): TemplateResult {
    return html`<edpsych-assessment heading-level="1" item-id=${id} .client=${this.client} .draftOwner=${this.owner()}></edpsych-assessment>`
  }

  private path(id: string, isPreview: boolean): TemplateResult {
    return html`<edpsych-path ?preview=${isPreview} heading-level="1" path-id=${id} .client=${this.client} .draftOwner=${this.owner()}></edpsych-path>`
  }

  /** What a link opens from now on; the right to read results comes with its next launch. */
  private previewOf({ kind, id }: Choice): TemplateResult | undefined {
    if (kind === 'item') return this.previewItem(id)
    if (kind === 'resource') return this.resource(id)
    return kind === 'path' ? this.path(id, true) : undefined
  }

  private teacherItem(id: string): TemplateResult {
    const hasGrade = this.session?.grant.launch.lineItem.present ?? false
    const acts = {
      tryIt: () => this.change({ kind: 'trying', id }),
      results: () => this.showResults(id),
    }
    return html`${this.notes?.teacherNote(hasGrade, acts)} ${this.previewItem(id)}`
  }

  private previewItem(id: string): TemplateResult {
    return html`<edpsych-assessment preview heading-level="1" item-id=${id} .client=${this.client}></edpsych-assessment>`
  }

  private resource(id: string): TemplateResult {
    return html`<edpsych-resource heading-level="1" resource-id=${id} .client=${this.client}></edpsych-resource>`
  }

  private async showResults(id: string): Promise<void> {
    await elements.results?.()
    await this.change({ kind: 'results', id })
  }

  private picker(purpose: Purpose): TemplateResult {
    const asked = this.session?.grant.launch.deepLinking
    const accepted = asked && { lineItem: asked.acceptLineItem, targets: asked.acceptTargets ?? [] }
    return html`<edpsych-picker
      heading-level="1"
      .kinds=${kinds}
      .accepted=${accepted}
      ?multiple=${asked?.acceptMultiple ?? false}
      ?busy=${this.isBusy}
      .failure=${this.failure}
      .client=${this.client}
      @edpsych-pick=${({ choices }: PickEvent) => this.answer(purpose, choices)}
      @edpsych-cancel=${() => this.answer(purpose, [])}
    ></edpsych-picker>`
  }
}

const plainKinds: ReadonlySet<View['kind']> = new Set([
  'cancelled',
  'no-session',
  'nothing-chosen',
  'no-role',
  'no-links',
  'teachers-only',
])

/** What a link in a course can open. */
const kinds: readonly TargetKind[] = ['item', 'resource', 'path', 'dashboard']

/** Takes on the colours of the organisation; the widgets read them from the page. */
function wear(stylesheetUrl: string): void {
  const link = document.createElement('link')
  link.rel = 'stylesheet'
  link.href = stylesheetUrl
  document.head.append(link)
}

/** The elements of views; only what this launch shows is loaded. */
const elements: { readonly [Kind in View['kind']]?: () => Promise<unknown> } = {
  item: () => import('../edpsych-assessment/edpsych-assessment.ts'),
  resource: () => import('../edpsych-resource/edpsych-resource.ts'),
  path: () => import('../edpsych-path/edpsych-path.ts'),
  dashboard: () => import('../edpsych-course-results/edpsych-course-results.ts'),
  results: () => import('../edpsych-class-results/edpsych-class-results.ts'),
  review: () => import('../edpsych-review/edpsych-review.ts'),
  picker: () => import('../edpsych-picker/edpsych-picker.ts'),
}

customElements.define('edpsych-lti-app', LtiAppElement)

const app = document.querySelector<HTMLElement>('main#app')
if (app) {
  const element = new LtiAppElement()
  element.entrance = readEntrance({ location, history })
  app.replaceChildren(element)
}
