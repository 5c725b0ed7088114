import { html, LitElement, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { Client } from '../../shared/api/client.ts'
import { api, type StaffSession } from '../app/api.ts'

/** Told to the document when somebody approved or declined a deployment. */
export const decidedEvent = 'edpsych-deployment-decided'

/** @summary How many deployments of LMSs wait for approval, beside the link to them. */
export class WaitingDeploymentsElement extends LitElement {
  @property({ attribute: false }) session: StaffSession | undefined
  @property({ attribute: false }) client: Client = api
  @state() private waiting = 0

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    document.addEventListener(decidedEvent, this.load)
    // What is looked at comes first: a number in the navigation can wait for the page.
    void this.updateComplete.then(this.load)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    document.removeEventListener(decidedEvent, this.load)
  }

  private readonly load = async (): Promise<void> => {
    try {
      const { count } = await this.client('GET /api/v1/lti/deployment-requests', {
        query: { status: 'waiting', include: 'count', limit: 1, fields: 'id' },
      })
      this.waiting = count?.value ?? this.waiting
    } catch {
      // The page of LMSs says what is wrong; the navigation keeps the number it had.
    }
  }

  protected override render() {
    if (this.waiting === 0) return nothing
    return html`<span class="nav-count">${this.waiting}<span class="visually-hidden"> waiting for approval</span></span>`
  }
}

customElements.define('admin-waiting-deployments', WaitingDeploymentsElement)
