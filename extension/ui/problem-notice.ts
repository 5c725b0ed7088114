import { msg, str } from '@lit/localize'
import { html, nothing } from 'lit'

export interface Trouble {
  readonly sentence: string
  readonly reference?: string | undefined
}

/** A sentence about what went wrong, read out at once, with the number support asks for. */
export function problemNotice(trouble: Trouble | undefined) {
  if (!trouble) return nothing
  const { sentence, reference } = trouble
  return html`<div class="notice error" role="alert" id="problem">
    <p>${sentence}</p>
    ${
      reference
        ? html`<p class="hint">${msg(str`Reference: ${reference}`, { id: 'reference' })}</p>`
        : nothing
    }
  </div>`
}
