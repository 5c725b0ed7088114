import { css, html, nothing } from 'lit'
import { property } from 'lit/decorators.js'
import { ConnectElement } from '../core/connect-element.ts'

export interface Question {
  readonly title: string
  /** What will happen, a sentence each. */
  readonly effects: readonly string[]
  readonly button: string
  readonly danger?: boolean
  /** Asks why, for the history. */
  readonly reason?: boolean
}

/** @summary A dialog that says what an act will do, before it is done. */
export class AskFirstElement extends ConnectElement {
  static override styles = [
    ConnectElement.styles,
    css`
      dialog {
        width: min(34rem, calc(100vw - 2rem));
        max-height: calc(100dvh - 2rem);
        padding: calc(var(--ep-space) * 1.5);
        border: var(--ep-border) solid var(--ep-line);
        border-radius: calc(var(--ep-radius) * 1.4);
        background: var(--ep-surface);
        color: var(--ep-text);
        box-shadow: 0 20px 60px rgb(0 0 0 / 30%);
        overflow: auto;
      }
      dialog::backdrop {
        background: rgb(18 17 38 / 55%);
      }
      input {
        width: 100%;
      }
      .button.danger {
        border-color: var(--ep-danger);
        background: var(--ep-surface);
        color: var(--ep-danger);
      }
      .button.danger:hover {
        background: var(--ep-danger-soft);
      }
    `,
  ]

  @property({ attribute: false }) question: Question | undefined
  settle: (answer: { reason: string } | undefined) => void = () => undefined

  protected override firstUpdated(): void {
    this.renderRoot.querySelector('dialog')?.showModal()
  }

  private onClose(event: Event): void {
    const dialog = event.currentTarget as HTMLDialogElement
    const reason = this.renderRoot.querySelector('input')?.value.trim() ?? ''
    this.settle(dialog.returnValue === 'yes' ? { reason } : undefined)
  }

  protected override render() {
    const { question } = this
    if (!question) return nothing
    const { title, effects, button, danger, reason } = question
    return html`<dialog aria-labelledby="title" @close=${this.onClose}>
      <form method="dialog">
        <h2 id="title">${title}</h2>
        ${effects.length === 1 ? html`<p>${effects[0]}</p>` : html`<ul>${effects.map((effect) => html`<li>${effect}</li>`)}</ul>`}
        ${
          reason
            ? html`<div class="field"><label for="reason">Why? (optional, kept in the history)</label>
                <input id="reason" maxlength="300" autocomplete="off" /></div>`
            : nothing
        }
        <p class="actions">
          <button class="button secondary" value="no" formnovalidate>Keep it as it is</button>
          <button class="button ${danger ? 'danger' : ''}" value="yes">${button}</button>
        </p>
      </form>
    </dialog>`
  }
}

customElements.define('edpsych-ask-first', AskFirstElement)

/** Asks before an act, saying what it will do; answers undefined unless the named button was pressed. */
export async function askFirst(
  host: ConnectElement,
  question: Question,
): Promise<{ reason: string } | undefined> {
  const dialog = new AskFirstElement()
  dialog.question = question
  dialog.theme = host.theme
  const answer = await new Promise<{ reason: string } | undefined>((resolve) => {
    dialog.settle = resolve
    // Inside the asker, so that its page's own colours reach it.
    host.renderRoot.append(dialog)
  })
  dialog.remove()
  return answer
}
