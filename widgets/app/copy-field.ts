import { html, LitElement } from 'lit'
import { property, state } from 'lit/decorators.js'

/**
 * @summary A value to copy into another system, with a button that copies it.
 */
export class CopyFieldElement extends LitElement {
  @property() label = ''
  @property() value = ''
  @property({ type: Boolean }) multiline = false
  @state() private copied = false

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  private async copy(): Promise<void> {
    const field = this.querySelector<HTMLInputElement | HTMLTextAreaElement>('input, textarea')
    field?.select()
    await navigator.clipboard.writeText(this.value)
    this.copied = true
    setTimeout(() => {
      this.copied = false
    }, 2000)
  }

  protected override render() {
    const id = `copy-${this.label.toLowerCase().replace(/\W+/g, '-')}`
    return html`<div class="copy-field">
      <label for=${id}>${this.label}</label>
      <div class="copy-row">
        ${
          this.multiline
            ? html`<textarea id=${id} readonly rows="4" spellcheck="false" .value=${this.value}></textarea>`
            : html`<input id=${id} readonly .value=${this.value} />`
        }
        <button type="button" class="button secondary" @click=${() => this.copy()} aria-label="Copy ${this.label}">
          ${this.copied ? 'Copied' : 'Copy'}
        </button>
      </div>
      <span role="status" class="visually-hidden">${this.copied ? `${this.label} copied` : ''}</span>
    </div>`
  }
}

customElements.define('admin-copy-field', CopyFieldElement)
