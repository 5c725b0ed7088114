import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import { View } from '../../app/view.ts'

/** A page around one of the elements: its heading, and who is looking. */
export abstract class IntegrationView extends View {
  @state() protected below = false

  private readonly onAddress = (): void => this.requestUpdate()

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('popstate', this.onAddress)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('popstate', this.onAddress)
  }

  protected get tenantId(): string {
    return this.session?.tenant.id ?? ''
  }

  protected viewsKey(of: string): string {
    return `${this.tenantId}:${this.session?.user.id ?? ''}:${of}`
  }

  /** Those of a trust see their schools too, if they like. */
  protected belowChoice() {
    const kind = this.session?.tenant.kind
    if (kind === 'school' || kind === 'sandbox') return nothing
    return html`<label class="check">
      <input type="checkbox" .checked=${this.below} @change=${(event: Event) => {
        this.below = (event.currentTarget as HTMLInputElement).checked
      }} />
      With the organisations below
    </label>`
  }
}
