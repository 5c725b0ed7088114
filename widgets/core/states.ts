import { html, nothing, type TemplateResult } from 'lit'
import type { Failure } from './failure.ts'
import { loading, reference, tryAgain } from './messages.ts'

export function loadingState(label: string = loading()): TemplateResult {
  return html`<p class="loading" role="status">${label}</p>`
}

/** A failure with its reference and, where it can help, a button that does the same again. */
export function failureState(failure: Failure, retry?: () => void): TemplateResult {
  return html`<div class="notice error" role="alert">
    <p>${failure.sentence}</p>
    ${failure.requestId ? html`<p class="hint">${reference(failure.requestId)}</p>` : nothing}
    ${
      retry && failure.canRetry
        ? html`<p class="actions">
            <button type="button" class="button secondary" @click=${retry}>${tryAgain()}</button>
          </p>`
        : nothing
    }
  </div>`
}

export function emptyState(title: string, text: string): TemplateResult {
  return html`<div class="empty"><h2>${title}</h2><p>${text}</p></div>`
}
