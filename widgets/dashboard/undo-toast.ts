import { css, html, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import { ConnectElement } from '../core/connect-element.ts'
import { dashboardFailure } from './failure.ts'

export interface Undoable {
  readonly sentence: string
  readonly button: string
  undo(): Promise<string>
}

/** @summary What was just done, with a button that undoes it; it stays until it is closed. */
export class UndoToastElement extends ConnectElement {
  static override styles = [
    ConnectElement.styles,
    css`
      :host {
        position: fixed;
        z-index: 20;
        inset-block-end: 1rem;
        inset-inline: 1rem;
        max-width: 40rem;
        margin-inline: auto;
      }
      .toast {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 0.5rem 1rem;
        padding: 0.75rem 1rem;
        border: 2px solid var(--ep-line-strong);
        border-radius: var(--ep-radius);
        background: var(--ep-surface);
        color: var(--ep-text);
        box-shadow: var(--ep-shadow);
      }
      p {
        flex: 1 1 14rem;
        margin: 0;
      }
    `,
  ]

  @property({ attribute: false }) act: Undoable | undefined
  @state() private sentence = ''
  @state() private isDone = false

  private async undo(): Promise<void> {
    const { act } = this
    if (!act || this.isDone) return
    this.isDone = true
    try {
      this.sentence = await act.undo()
    } catch (error) {
      this.sentence = dashboardFailure(error).sentence
    }
  }

  protected override render() {
    const { act } = this
    if (!act) return nothing
    return html`<div class="toast" role="group" aria-label="Just done">
      <p role="status">${this.sentence || act.sentence}</p>
      ${this.isDone ? nothing : html`<button type="button" class="button secondary" @click=${this.undo}>${act.button}</button>`}
      <button type="button" class="button link" @click=${() => this.remove()}>Close</button>
    </div>`
  }
}

customElements.define('edpsych-undo-toast', UndoToastElement)

/** Says what was done and offers to undo it; outlives the view it was done in. */
export function offerUndo(host: ConnectElement, act: Undoable): void {
  for (const old of document.querySelectorAll('edpsych-undo-toast')) old.remove()
  const toast = new UndoToastElement()
  toast.act = act
  toast.theme = host.theme
  document.body.append(toast)
}
