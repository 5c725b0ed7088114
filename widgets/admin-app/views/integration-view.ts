import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import { kindsBelow } from '../../../shared/kinds-below.ts'
import { View } from '../../app/view.ts'

/** A page around one of the elements: its heading, and who is looking. */
export abstract class IntegrationView extends View {
  @state() private chosenBelow: boolean | undefined

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

  private get hasBelow(): boolean {
    const kind = this.session?.tenant.kind
    return kind !== undefined && kindsBelow[kind].some((below) => below !== 'sandbox')
  }

  /** Those of a trust see their schools too, unless they would rather not. */
  protected get below(): boolean {
    return this.chosenBelow ?? this.hasBelow
  }

  protected belowChoice() {
    if (!this.hasBelow) return nothing
    return html`<label class="check">
      <input type="checkbox" .checked=${this.below} @change=${(event: Event) => {
        this.chosenBelow = (event.currentTarget as HTMLInputElement).checked
      }} />
      With the organisations below
    </label>`
  }
}
