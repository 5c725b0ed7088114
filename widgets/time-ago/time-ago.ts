import { html, LitElement } from 'lit'
import { property } from 'lit/decorators.js'
import { exactTime, timeWords } from './time-words.ts'

const tickMs = 20_000
const shown = new Set<TimeAgoElement>()
let timer: ReturnType<typeof setInterval> | undefined

/**
 * @summary A time as “3 minutes ago”, kept up to date; the exact time is at hand.
 * @attr datetime - The time, RFC 3339; nothing: what `empty` says.
 * @attr empty - Shown where there is no time.
 * @attr exact - Shows the exact time beside it.
 */
export class TimeAgoElement extends LitElement {
  @property() datetime: string | null = null
  @property() empty = '–'
  @property({ type: Boolean }) exact = false

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    shown.add(this)
    timer ??= setInterval(() => {
      for (const element of shown) element.requestUpdate()
    }, tickMs)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    shown.delete(this)
    if (shown.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  protected override render() {
    if (!this.datetime) return html`${this.empty}`
    const time = new Date(this.datetime)
    const full = exactTime(time)
    const words = timeWords(time, new Date())
    return html`<time datetime=${this.datetime} title=${full}>${words}${this.exact ? ` (${full})` : ''}</time>`
  }
}

customElements.define('edpsych-time-ago', TimeAgoElement)
