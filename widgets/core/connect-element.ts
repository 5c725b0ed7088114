import { updateWhenLocaleChanges } from '@lit/localize'
import { type CSSResultGroup, css, LitElement, type PropertyValues } from 'lit'
import { property } from 'lit/decorators.js'
import type { Client } from '../../shared/api/client.ts'
import { createClient } from '../../shared/api/client.ts'
import { FailureEvent } from './events.ts'
import { type Failure, failureOf } from './failure.ts'
import { currentLocale, useLocale } from './localization.ts'
import { primitives, tokens } from './styles.ts'

const base = css`
  :host {
    display: block;
    color: var(--ep-text);
    font-family: var(--ep-font);
    font-size: var(--ep-size);
    line-height: 1.55;
    overflow-wrap: break-word;
  }
  :host([hidden]) {
    display: none;
  }
`

/** What every element of ours has: the typed client, the language, the theme and a voice for screen readers. */
export abstract class ConnectElement extends LitElement {
  static override styles: CSSResultGroup = [tokens, primitives, base]

  /** Answers this element's questions; without one it asks the page's own origin, without a credential. */
  @property({ attribute: false }) client: Client = createClient({ baseUrl: location.origin })
  /** Follows the reader's system unless it is `light` or `dark`. */
  @property({ reflect: true }) theme: 'light' | 'dark' | undefined
  /** BCP 47 tag of the messages; the page's own language where absent. */
  @property() locale: string | undefined

  private readonly liveRegion = document.createElement('div')

  constructor() {
    super()
    updateWhenLocaleChanges(this)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    void useLocale(this.locale ?? document.documentElement.lang)
  }

  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    const root = super.createRenderRoot()
    this.liveRegion.className = 'visually-hidden'
    this.liveRegion.setAttribute('role', 'status')
    root.append(this.liveRegion)
    this.renderOptions.renderBefore ??= this.liveRegion
    return root
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('locale') && this.hasUpdated) void useLocale(this.locale)
    const locale = currentLocale()
    if (this.lang !== locale) this.lang = locale
  }

  /** Says a sentence to screen readers without moving focus; the same sentence twice is said twice. */
  protected announce(sentence: string): void {
    this.liveRegion.textContent = ''
    requestAnimationFrame(() => {
      this.liveRegion.textContent = sentence
    })
  }

  /** Turns what was thrown into a sentence to show and tells the page. */
  protected fail(error: unknown): Failure {
    const failure = failureOf(error)
    this.dispatchEvent(new FailureEvent(failure))
    return failure
  }

  /** Moves focus to an element of this one after the next rendering. */
  protected async focusOn(selector: string): Promise<void> {
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>(selector)?.focus()
  }
}
