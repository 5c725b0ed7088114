import { html, LitElement, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { Client } from '../../shared/api/client.ts'
import { api, type StaffSession } from '../app/api.ts'
import { followTopic } from '../core/live.ts'
import { AlertReadEvent } from '../edpsych-alerts/read-event.ts'

const atMostEveryMs = 2000

/** @summary How many alerts the reader has not read, beside the link to them. */
export class UnreadAlertsElement extends LitElement {
  @property({ attribute: false }) session: StaffSession | undefined
  @property({ attribute: false }) client: Client = api
  @property({ attribute: false }) follow: typeof followTopic = followTopic
  @state() private count = { value: 0, capped: false }
  private following: AbortController | undefined
  private timer: ReturnType<typeof setTimeout> | undefined

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    document.addEventListener(AlertReadEvent.type, this.onNews)
    // What is looked at comes first: a number in the navigation can wait for the page.
    void this.updateComplete.then(() => this.start())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    document.removeEventListener(AlertReadEvent.type, this.onNews)
    this.following?.abort()
    this.following = undefined
    clearTimeout(this.timer)
    this.timer = undefined
  }

  private start(): void {
    if (this.following || !this.isConnected) return
    const following = new AbortController()
    this.following = following
    const { signal } = following
    const tenantId = this.session?.tenant.id
    void this.follow('alerts', this.onNews, {
      signal,
      onGap: this.onNews,
      ...(tenantId === undefined ? {} : { tenantId }),
    })
    void this.load()
  }

  /** A burst of news is one question. */
  private readonly onNews = (): void => {
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      void this.load()
    }, atMostEveryMs)
  }

  private async load(): Promise<void> {
    try {
      const { count } = await this.client('GET /api/v1/alerts', {
        query: { inbox: 'true', unread: 'true', include: 'count', limit: 1, fields: 'id' },
      })
      this.count = count ?? this.count
    } catch {
      // The page of alerts says what is wrong; the navigation keeps the number it had.
    }
  }

  protected override render() {
    const { value, capped } = this.count
    if (value === 0) return nothing
    return html`<span class="nav-count">${value}${capped ? '+' : ''}<span class="visually-hidden"> not read</span></span>`
  }
}

customElements.define('admin-unread-alerts', UnreadAlertsElement)
