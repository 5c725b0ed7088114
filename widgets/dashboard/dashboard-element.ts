import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import { createClient } from '../../shared/api/client.ts'
import { ConnectElement } from '../core/connect-element.ts'
import { FailureEvent } from '../core/events.ts'
import type { Failure } from '../core/failure.ts'
import type { LiveTopic } from '../core/live.ts'
import { failureState } from '../core/states.ts'
import { dashboardFailure } from './failure.ts'
import { type LiveSource, serverSource } from './live-source.ts'

/** What the elements of the administration share: whose data, live news, rights, and one line for how an act went. */
export abstract class DashboardElement extends ConnectElement {
  /** The server to ask, where it is not the page's own. */
  @property({ attribute: 'api-base' }) apiBase: string | undefined
  /** A bearer token, where there is no session of staff. */
  @property() token: string | undefined
  /** Where the pages of connections, problems and alerts are; links begin with it. */
  @property() base = '/admin'
  @property({ attribute: 'tenant-id' }) tenantId: string | undefined
  /** Rights of the reader; acts beyond them are not offered. Absent: the server decides. */
  @property({ attribute: false }) scopes: readonly string[] | undefined
  @property({ attribute: false }) live: LiveSource | undefined

  @state() protected busy = false
  @state() protected failure: Failure | undefined
  @state() protected success = ''

  private following: AbortController | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.hasUpdated) this.startFollowing()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.following?.abort()
    this.following = undefined
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    if ((changed.has('apiBase') || changed.has('token')) && (this.apiBase || this.token)) {
      const { token } = this
      this.client = createClient({
        baseUrl: this.apiBase ?? location.origin,
        ...(token === undefined ? {} : { headers: () => ({ authorization: `Bearer ${token}` }) }),
      })
    }
  }

  protected override firstUpdated(changed: PropertyValues<this>): void {
    super.firstUpdated(changed)
    this.startFollowing()
  }

  private startFollowing(): void {
    if (this.following || !this.isConnected) return
    const following = new AbortController()
    this.following = following
    const source =
      this.live ??
      serverSource({ baseUrl: this.apiBase, token: this.token, tenantId: this.tenantId })
    for (const topic of this.topics) {
      source(topic, (message) => this.onNews(topic, message), {
        signal: following.signal,
        onGap: () => this.onGap(),
      })
    }
  }

  /** What this element follows while it is on the page. */
  protected get topics(): readonly LiveTopic[] {
    return []
  }

  protected onNews(_topic: LiveTopic, _message: unknown): void {}

  /** News were missed: reads anew. */
  protected onGap(): void {}

  protected may(scope: string): boolean {
    return this.scopes === undefined || this.scopes.includes(scope)
  }

  protected failed(error: unknown): void {
    this.failure = dashboardFailure(error)
    this.dispatchEvent(new FailureEvent(this.failure))
  }

  /** Runs an act of the person: one at a time; how it went is said in a sentence. */
  protected async act(work: () => Promise<string | undefined>): Promise<void> {
    if (this.busy) return
    this.busy = true
    this.failure = undefined
    this.success = ''
    try {
      this.success = (await work()) ?? ''
    } catch (error) {
      this.failed(error)
    } finally {
      this.busy = false
    }
  }

  /** For an act that cannot be done as it is: says why, in place of a success. */
  protected refuse(sentence: string): undefined {
    this.failure = { sentence, code: 'refused', requestId: undefined, canRetry: false }
    return undefined
  }

  protected notices(): TemplateResult {
    return html`
      ${this.failure ? failureState(this.failure) : nothing}
      <div role="status">${this.success === '' ? nothing : html`<p class="notice success">${this.success}</p>`}</div>
    `
  }
}
