import { html, nothing, type TemplateResult } from 'lit'
import { live } from 'lit/directives/live.js'
import { dateTimeOf } from '../time-ago/time-words.ts'
import { type FieldValue, type FormField, idOf, textOfValue } from './form-field.ts'

export interface FieldView {
  readonly field: FormField
  readonly value: FieldValue | undefined
  readonly fault: string | undefined
  readonly kept: { readonly set: boolean; readonly changedAt: string | null } | undefined
  readonly isReplacing: boolean
  onText(text: string): void
  onTick(isTicked: boolean): void
  onReplace(): void
}

// Listeners are on controls of ours, of exactly these kinds.
const textIn = (event: Event) =>
  (event.currentTarget as HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement).value

const inputTypes = { text: 'text', url: 'url', number: 'number', date: 'date', secret: 'password' }

function control(view: FieldView, describedBy: string): TemplateResult {
  const { field, value, fault } = view
  const id = `field-${idOf(field.name)}`
  const invalid = fault === undefined ? nothing : 'true'
  const described = describedBy === '' ? nothing : describedBy
  const onInput = (event: Event) => view.onText(textIn(event))
  const required = field.required ? 'true' : nothing
  if (field.type === 'choice') {
    return html`<select id=${id} aria-invalid=${invalid} aria-required=${required} aria-describedby=${described} @change=${onInput}>
      ${value === undefined ? html`<option value="" selected>Choose …</option>` : nothing}
      ${(field.choices ?? []).map((choice) => html`<option value=${choice.value} ?selected=${choice.value === value}>${choice.label}</option>`)}
    </select>`
  }
  if (field.type === 'list') {
    return html`<textarea id=${id} rows="4" spellcheck="false" aria-invalid=${invalid} aria-required=${required} aria-describedby=${described}
      .value=${textOfValue(value)} @change=${onInput}></textarea>`
  }
  const type = inputTypes[field.type === 'boolean' ? 'text' : field.type]
  return html`<input id=${id} type=${type} step=${type === 'number' ? 'any' : nothing} spellcheck="false"
    autocomplete=${type === 'password' ? 'new-password' : 'off'} placeholder=${field.placeholder ?? nothing}
    aria-invalid=${invalid} aria-required=${required} aria-describedby=${described}
    .value=${live(textOfValue(value))} @input=${onInput} />`
}

function keptSecret(view: FieldView): TemplateResult {
  const { field, kept } = view
  return html`<p class="kept">
    <span>Set${kept?.changedAt ? html` on ${dateTimeOf(kept.changedAt)}` : nothing}. It cannot be read again.</span>
    <button type="button" class="button secondary" id="replace-${idOf(field.name)}" @click=${view.onReplace}>Replace<span class="visually-hidden"> ${field.label}</span></button>
  </p>`
}

/** One field with its label, its help and what is wrong with it. */
export function fieldControl(view: FieldView): TemplateResult {
  const { field, fault, kept } = view
  const id = idOf(field.name)
  const help = field.type === 'list' ? `${field.help ?? ''} One on each line.`.trim() : field.help
  const describedBy = [help ? `help-${id}` : '', fault === undefined ? '' : `fault-${id}`]
    .filter((id) => id !== '')
    .join(' ')
  const notes = html`
    ${help ? html`<span class="hint" id="help-${id}">${help}</span>` : nothing}
    ${fault === undefined ? nothing : html`<span class="fault" id="fault-${id}">${fault}</span>`}
  `
  if (field.type === 'boolean') {
    return html`<div class="field">
      <label class="check">
        <input id="field-${id}" type="checkbox" .checked=${live(view.value === true)} aria-describedby=${describedBy === '' ? nothing : describedBy}
          @change=${(event: Event) => view.onTick((event.currentTarget as HTMLInputElement).checked)} />
        ${field.label}
      </label>
      ${notes}
    </div>`
  }
  if (kept?.set && !view.isReplacing) {
    return html`<div class="field" role="group" aria-label=${field.label}>
      <span class="label">${field.label}</span>
      ${help ? html`<span class="hint">${help}</span>` : nothing}
      ${keptSecret(view)}
    </div>`
  }
  return html`<div class="field">
    <label for="field-${id}">${field.label}${field.required ? nothing : html` <span class="optional">(optional)</span>`}</label>
    ${notes}
    ${control(view, describedBy)}
    ${
      kept?.set
        ? html`<p class="kept"><span>The one that is kept stays until you save.</span>
            <button type="button" class="button link" @click=${view.onReplace}>Keep the old one</button></p>`
        : nothing
    }
  </div>`
}
