import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from 'lit'
import { property, state } from 'lit/decorators.js'
import { ConnectElement } from '../core/connect-element.ts'
import styles from './connector-form.css?inline'
import { type FieldView, fieldControl } from './field-control.ts'
import {
  type FieldValue,
  type FormField,
  type FormValues,
  faultOf,
  faultsByField,
  fieldAt,
  idOf,
  type SecretState,
  valueOfText,
} from './form-field.ts'

/** `edpsych-form-submit`: the form is complete; secrets left alone are not among the values. */
export class FormSubmitEvent extends Event {
  static readonly type = 'edpsych-form-submit'
  readonly values: FormValues

  constructor(values: FormValues) {
    super(FormSubmitEvent.type, { bubbles: true, composed: true })
    this.values = values
  }
}

/** `edpsych-form-input`: something was typed; for keeping drafts. */
export class FormInputEvent extends Event {
  static readonly type = 'edpsych-form-input'

  constructor() {
    super(FormInputEvent.type, { bubbles: true, composed: true })
  }
}

/**
 * @summary A form made of field descriptions: labels, help, faults at the field and in a summary,
 *   secrets that are only ever replaced.
 * @attr submit-label - What the button says.
 * @attr busy - Nothing can be sent now.
 * @fires edpsych-form-submit - The values, once they are without fault.
 * @fires edpsych-form-input - Something was typed.
 * @slot - Further buttons, beside the first.
 */
export class ConnectorFormElement extends ConnectElement {
  static override styles = [ConnectElement.styles, unsafeCSS(styles)]

  @property({ attribute: false }) fields: readonly FormField[] = []
  /** What the fields begin with. */
  @property({ attribute: false }) values: Readonly<Record<string, unknown>> = {}
  @property({ attribute: false }) secrets: SecretState = {}
  @property({ attribute: 'submit-label' }) submitLabel = 'Save'
  @property({ type: Boolean }) busy = false

  @state() private edited: Record<string, FieldValue | undefined> = {}
  @state() private faults: Readonly<Record<string, string>> = {}
  @state() private otherFaults: readonly string[] = []
  @state() private replacing: ReadonlySet<string> = new Set()

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    if (!changed.has('fields') && !changed.has('values')) return
    this.edited = Object.fromEntries(
      this.fields.map(({ name, type, default: preset }) => [
        name,
        // The API says what the field holds; a wrong value shows as a fault on sending.
        (this.values[name] ?? preset ?? (type === 'boolean' ? false : undefined)) as
          | FieldValue
          | undefined,
      ]),
    )
    this.faults = {}
    this.otherFaults = []
    this.replacing = new Set()
  }

  /** The values as they stand, unchecked. */
  get current(): FormValues {
    const entries = Object.entries(this.edited).filter(
      (entry): entry is [string, FieldValue] => entry[1] !== undefined && entry[1] !== '',
    )
    return Object.fromEntries(entries)
  }

  private isKept(field: FormField): boolean {
    return this.secrets[field.name]?.set === true && !this.replacing.has(field.name)
  }

  /** Shows what the server found wrong and moves the reader there. */
  async report(
    errors: readonly { readonly pointer: string; readonly detail: string }[],
  ): Promise<void> {
    this.faults = faultsByField(errors, this.fields)
    this.otherFaults = errors
      .filter(({ pointer }) => fieldAt(pointer, this.fields) === undefined)
      .map(({ detail }) => detail)
    await this.focusOn('.faults')
  }

  /** Checks every field; answers the values, or undefined after showing what is wrong. */
  async check(): Promise<FormValues | undefined> {
    const found: [string, string][] = []
    for (const field of this.fields) {
      const fault = faultOf(field, this.edited[field.name], { isKept: this.isKept(field) })
      if (fault !== undefined) found.push([field.name, fault])
    }
    this.faults = Object.fromEntries(found)
    this.otherFaults = []
    if (found.length === 0) return this.current
    await this.focusOn('.faults')
    return undefined
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault()
    if (this.busy) return
    const values = await this.check()
    if (values) this.dispatchEvent(new FormSubmitEvent(values))
  }

  private set(field: FormField, value: FieldValue | undefined): void {
    this.edited = { ...this.edited, [field.name]: value }
    if (this.faults[field.name] !== undefined) {
      const { [field.name]: _, ...others } = this.faults
      const fault = faultOf(field, value, { isKept: this.isKept(field) })
      this.faults = fault === undefined ? others : { ...others, [field.name]: fault }
    }
    this.dispatchEvent(new FormInputEvent())
  }

  private toggleReplacing(name: string): void {
    const next = new Set(this.replacing)
    if (next.delete(name)) this.edited = { ...this.edited, [name]: undefined }
    else next.add(name)
    this.replacing = next
    void this.focusOn(`#${next.has(name) ? 'field' : 'replace'}-${idOf(name)}`)
  }

  protected override render(): TemplateResult {
    return html`<form novalidate @submit=${this.submit} autocomplete="off">
      ${this.summary()}
      ${this.fields.map(
        (field, index) => html`
          ${field.group && field.group !== this.fields[index - 1]?.group ? html`<h3>${field.group}</h3>` : nothing}
          ${fieldControl(this.viewOf(field))}
        `,
      )}
      <p class="actions">
        <button class="button" ?disabled=${this.busy}>${this.submitLabel}</button>
        <slot></slot>
      </p>
    </form>`
  }

  private viewOf(field: FormField): FieldView {
    return {
      field,
      value: this.edited[field.name],
      fault: this.faults[field.name],
      kept: this.secrets[field.name],
      isReplacing: this.replacing.has(field.name),
      onText: (text) => this.set(field, valueOfText(field, text)),
      onTick: (isTicked) => this.set(field, isTicked),
      onReplace: () => this.toggleReplacing(field.name),
    }
  }

  private summary(): TemplateResult | typeof nothing {
    const entries = Object.entries(this.faults)
    const count = entries.length + this.otherFaults.length
    if (count === 0) return nothing
    return html`<div class="notice error faults" tabindex="-1" role="alert">
      <h3>${count === 1 ? 'One thing is not right yet' : `${count} things are not right yet`}</h3>
      <ul>
        ${entries.map(
          ([name, fault]) =>
            html`<li><button type="button" class="button link" @click=${() => this.focusOn(`#field-${idOf(name)}`)}>${fault}</button></li>`,
        )}
        ${this.otherFaults.map((fault) => html`<li>${fault}</li>`)}
      </ul>
    </div>`
  }
}

customElements.define('edpsych-connector-form', ConnectorFormElement)

declare global {
  interface HTMLElementEventMap {
    'edpsych-form-submit': FormSubmitEvent
    'edpsych-form-input': FormInputEvent
  }
}
