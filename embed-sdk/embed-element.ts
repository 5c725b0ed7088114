import { type OpenFrame, openFrame } from './frame.ts'
import type { EmbedProblem } from './messages.ts'

/**
 * @summary Turns a plain link to an embed's page into the content itself.
 * @slot - The link; it stays where scripts do not run and where the address is refused.
 * @attr src - The embed's page; the link's address where absent.
 * @attr title - What the frame holds; the link's text where absent.
 * @attr theme - `light` or `dark`.
 * @attr lang - Language to show it in.
 * @fires edpsych-embed-ready - The content is shown.
 * @fires edpsych-embed-resize - The frame took a new height (`detail.height`).
 * @fires edpsych-embed-error - It cannot be shown (`detail.reason`).
 */
export class EmbedElement extends HTMLElement {
  static readonly observedAttributes = ['src', 'theme', 'lang']
  /** The origin that the loader came from: nothing else may be framed. */
  static origin: string | undefined

  #frame: OpenFrame | undefined
  #waiting = false

  connectedCallback(): void {
    // The parser connects an element before it reads the link inside.
    if (document.readyState === 'loading') {
      document.addEventListener('DOMContentLoaded', () => this.#open(), { once: true })
    } else this.#open()
  }

  disconnectedCallback(): void {
    this.#frame?.close()
    this.#frame = undefined
  }

  attributeChangedCallback(): void {
    if (!this.#frame || this.#waiting) return
    this.#waiting = true
    queueMicrotask(() => {
      this.#waiting = false
      this.disconnectedCallback()
      this.#open()
    })
  }

  #open(): void {
    if (!this.isConnected || this.#frame) return
    const link = this.querySelector('a')
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' })
    root.replaceChildren()
    this.style.display = 'block'
    this.#frame = openFrame(root, {
      src: this.getAttribute('src') ?? link?.getAttribute('href') ?? '',
      title: this.title || link?.textContent?.trim() || 'EdPsych Connect',
      theme: this.getAttribute('theme'),
      locale: this.getAttribute('lang'),
      origin: EmbedElement.origin,
      onReady: () => this.#tell('ready'),
      onResize: (height) => this.#tell('resize', { height }),
      onProblem: (reason: EmbedProblem) => {
        if (reason === 'address') root.append(document.createElement('slot'))
        this.#tell('error', { reason })
      },
    })
  }

  #tell(name: 'ready' | 'resize' | 'error', detail?: object): void {
    this.dispatchEvent(
      new CustomEvent(`edpsych-embed-${name}`, { bubbles: true, composed: true, detail }),
    )
  }
}

/** Defines `<edpsych-embed>` unless the page has it already. */
export function defineEmbedElement(origin?: string): void {
  if (customElements.get('edpsych-embed')) return
  EmbedElement.origin = origin
  customElements.define('edpsych-embed', EmbedElement)
}
