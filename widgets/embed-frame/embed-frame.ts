import { html, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import { ApiError } from '../../shared/api/client.ts'
import type { EmbedMessage } from '../../shared/embed-message.ts'
import type { SessionGrant } from '../../shared/lti.ts'
import { ConnectElement } from '../core/connect-element.ts'
import { watchHeight } from '../core/content-height.ts'
import type { Failure } from '../core/failure.ts'
import { usePageLocale } from '../core/localization.ts'
import { postJson } from '../core/post-json.ts'
import { clientOf, keepSession, keptSession, newSession, type Session } from '../core/session.ts'
import { emptyState, failureState, loadingState } from '../core/states.ts'
import * as messages from './messages.ts'

/**
 * @summary What an embed shows on somebody else's page.
 * @attr embed-id - Which embed.
 */
export class EmbedFrameElement extends ConnectElement {
  @property({ attribute: 'embed-id' }) embedId = ''
  @property({ attribute: false }) fetch: typeof fetch = (...request) => fetch(...request)

  @state() private session: Session | undefined
  @state() private failure: Failure | undefined
  @state() private isGone = false

  protected override firstUpdated(): void {
    void this.open()
  }

  private async open(): Promise<void> {
    const { embedId } = this
    const key = `edpsych-embed:${embedId}`
    this.failure = undefined
    try {
      const session = keptSession(key, Date.now()) ?? (await openVisit(embedId, this.fetch))
      keepSession(key, session)
      this.client = clientOf(session, this.fetch)
      await loadElement(session.grant.launch.target.kind)
      this.session = session
    } catch (error) {
      this.isGone = error instanceof ApiError && error.status === 404
      if (this.isGone) tellParent({ ns: 'edpsych', v: 1, type: 'gone' })
      else this.failure = this.fail(error)
    }
  }

  protected override render(): TemplateResult {
    const { session, client } = this
    if (this.isGone) return emptyState(messages.gone(), messages.goneHelp())
    if (this.failure) return failureState(this.failure, () => void this.open())
    if (!session) return loadingState(messages.opening())
    const { target, user } = session.grant.launch
    const id = target.id ?? ''
    if (target.kind === 'resource') {
      return html`<edpsych-resource heading-level="1" resource-id=${id} .client=${client} .theme=${this.theme}></edpsych-resource>`
    }
    const owner = { userId: user.id, sessionId: session.id }
    return html`<edpsych-assessment heading-level="1" item-id=${id} .client=${client} .draftOwner=${owner} .theme=${this.theme}></edpsych-assessment>`
  }
}

async function openVisit(embedId: string, send: typeof fetch): Promise<Session> {
  // `SessionGrant` is what this address of our own server answers.
  return newSession((await postJson('/embed/session', { embedId }, send)) as SessionGrant)
}

async function loadElement(kind: SessionGrant['launch']['target']['kind']): Promise<void> {
  if (kind === 'item') await import('../edpsych-assessment/edpsych-assessment.ts')
  else await import('../edpsych-resource/edpsych-resource.ts')
}

/** To whichever page embeds this one: heights and states are no secret. */
function tellParent(message: EmbedMessage): void {
  if (window.parent !== window) window.parent.postMessage(message, '*')
}

customElements.define('edpsych-embed-frame', EmbedFrameElement)

const place = document.querySelector<HTMLElement>('main[data-embed-id], main[data-state]')
const settings = new URLSearchParams(location.hash.slice(1))
const theme = settings.get('theme')
if (theme === 'light' || theme === 'dark') document.documentElement.dataset['theme'] = theme
if (place?.dataset['embedId']) {
  await usePageLocale(settings.get('lang'))
  const element = new EmbedFrameElement()
  element.embedId = place.dataset['embedId']
  element.theme = theme === 'light' || theme === 'dark' ? theme : undefined
  const content = place.querySelector('[data-content]') ?? place
  content.replaceChildren(element)
}
if (place) {
  tellParent({ ns: 'edpsych', v: 1, type: place.dataset['state'] ? 'gone' : 'ready' })
  watchHeight(place, (height) => tellParent({ ns: 'edpsych', v: 1, type: 'resize', height }))
}
