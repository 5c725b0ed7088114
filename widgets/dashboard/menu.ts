import { css, html } from 'lit'
import { property } from 'lit/decorators.js'
import { ConnectElement } from '../core/connect-element.ts'

/**
 * @summary A button that shows a panel below it; Escape, and leaving it, close it again.
 * @attr label - What the button says.
 * @slot - What the panel holds.
 */
export class MenuElement extends ConnectElement {
  static override styles = [
    ConnectElement.styles,
    css`
      :host {
        display: inline-block;
        position: relative;
      }
      summary {
        list-style: none;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      summary::after {
        content: "▾" / "";
      }
      .panel {
        position: absolute;
        z-index: 5;
        inset-inline-start: 0;
        width: max-content;
        min-width: 100%;
        max-width: min(22rem, calc(100vw - 3rem));
        max-height: 70vh;
        margin-top: 0.35rem;
        padding: 0.85rem 1rem;
        border: var(--ep-border) solid var(--ep-line-strong);
        border-radius: var(--ep-radius);
        background: var(--ep-surface);
        box-shadow: var(--ep-shadow);
        overflow: auto;
      }
    `,
  ]

  @property() label = ''

  /** Closes the panel and gives the focus back to the button. */
  close(): void {
    const details = this.renderRoot.querySelector('details')
    if (!details?.open) return
    details.open = false
    this.renderRoot.querySelector('summary')?.focus()
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    this.close()
  }

  private onLeave(event: FocusEvent): void {
    const next = event.relatedTarget
    const details = this.renderRoot.querySelector('details')
    if (details && next instanceof Node && !this.contains(next) && !details.contains(next))
      details.open = false
  }

  /** A panel that would reach beyond the edge of the page moves as far as it has to. */
  private readonly onToggle = (): void => {
    const panel = this.renderRoot.querySelector<HTMLElement>('.panel')
    if (!panel) return
    panel.style.translate = 'none'
    const beyond = panel.getBoundingClientRect().right - (document.documentElement.clientWidth - 8)
    if (beyond > 0) panel.style.translate = `${-beyond}px`
  }

  protected override render() {
    return html`<details @toggle=${this.onToggle} @keydown=${this.onKey} @focusout=${this.onLeave}>
      <summary class="button secondary">${this.label}</summary>
      <div class="panel"><slot></slot></div>
    </details>`
  }
}

customElements.define('edpsych-menu', MenuElement)
