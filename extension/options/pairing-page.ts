import { msg, str } from '@lit/localize'
import { html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { ConnectElement } from '../../widgets/core/connect-element.ts'
import { loadingState } from '../../widgets/core/states.ts'
import { browser } from '../browser.ts'
import type { PairingStatus } from '../messages.ts'
import { send } from '../send.ts'
import { defaultServer, permissionPattern } from '../server-address.ts'
import { brand } from '../ui/brand.ts'
import { problemNotice, type Trouble } from '../ui/problem-notice.ts'
import { problemSentence } from '../ui/problem-sentence.ts'
import { pairingStyles } from './pairing.styles.ts'
import './pairing-form.ts'
import type { PairedEvent } from './pairing-form.ts'

type Paired = NonNullable<PairingStatus['paired']>

/** @summary Options page of the browser extension: pair, see with whom, unpair. */
@customElement('edpsych-pairing')
export class PairingPageElement extends ConnectElement {
  static override styles = [ConnectElement.styles, pairingStyles]

  @state() private status: PairingStatus | undefined
  @state() private trouble: Trouble | undefined
  @state() private note = ''
  @state() private busy = false

  override connectedCallback(): void {
    super.connectedCallback()
    void this.refresh()
  }

  protected override render(): TemplateResult {
    return html`<header>${brand()}</header>
      <main>${problemNotice(this.trouble)} ${this.renderStatus()}</main>`
  }

  private renderStatus() {
    if (!this.status) return this.trouble ? nothing : loadingState()
    const { paired, server } = this.status
    return paired ? this.renderPaired(paired, server) : this.renderUnpaired(this.status)
  }

  private renderPaired(paired: Paired, server: string | null) {
    return html`
      <h1 tabindex="-1">${msg('This browser is paired', { id: 'extension-paired' })}</h1>
      <div class="card">
        <dl>
          <dt>${msg('Organisation', { id: 'extension-organisation' })}</dt>
          <dd>${paired.tenant}</dd>
          <dt>${msg('Paired by', { id: 'extension-as' })}</dt>
          <dd>${paired.user}</dd>
          <dt>${msg('Server', { id: 'extension-server' })}</dt>
          <dd>${server}</dd>
          <dt>${msg('Until', { id: 'extension-until' })}</dt>
          <dd>${endOf(paired)}</dd>
        </dl>
        <p class="actions">
          <button class="button danger" aria-disabled=${this.busy} @click=${this.unpair}>
            ${msg('Unpair this browser', { id: 'extension-unpair' })}
          </button>
        </p>
      </div>
      <h2>${msg('Find a resource', { id: 'extension-next' })}</h2>
      <p>
        ${msg(
          'Open a class in Google Classroom and choose the EdPsych button in the corner, or the extension’s button in the browser’s toolbar.',
          { id: 'extension-next-text' },
        )}
      </p>
    `
  }

  private renderUnpaired({ ended, server }: PairingStatus) {
    return html`
      <h1 tabindex="-1">${msg('Pair this browser', { id: 'extension-pair-title' })}</h1>
      ${this.note ? html`<p class="notice success">${this.note}</p>` : nothing}
      ${ended ? html`<p class="notice warning">${problemSentence('pairing_ended')}</p>` : nothing}
      <ol class="steps">
        <li>
          ${msg('Sign in to EdPsych Connect in the browser and open “Your account”.', {
            id: 'extension-step-1',
          })}
        </li>
        <li>
          ${msg('Under “Browser extension”, make a pairing code.', { id: 'extension-step-2' })}
        </li>
        <li>
          ${msg(
            'Type it here within ten minutes. It works once; your password stays where it is.',
            {
              id: 'extension-step-3',
            },
          )}
        </li>
      </ol>
      <edpsych-pairing-form
        .server=${server ?? defaultServer}
        @edpsych-paired=${this.showPaired}
      ></edpsych-pairing-form>
    `
  }

  private readonly showPaired = async ({ status }: PairedEvent): Promise<void> => {
    this.note = ''
    this.trouble = undefined
    this.status = status
    await this.focusOn('h1')
  }

  private readonly unpair = async (): Promise<void> => {
    const server = this.status?.server
    if (this.busy || !server) return
    this.busy = true
    const answer = await send({ type: 'unpair' })
    this.busy = false
    if (!answer.ok) {
      this.trouble = { sentence: problemSentence(answer.problem.code) }
      return
    }
    // A host that an administrator granted cannot be given back.
    await browser.permissions.remove({ origins: [permissionPattern(server)] }).catch(() => false)
    this.note = answer.value.told
      ? msg('This browser is no longer paired.', { id: 'extension-unpaired' })
      : msg(
          'This browser is no longer paired, but the server could not be told. Ask an administrator to revoke it under “API keys”.',
          { id: 'extension-unpaired-untold' },
        )
    await this.refresh()
    this.announce(this.note)
    await this.focusOn('h1')
  }

  private async refresh(): Promise<void> {
    const answer = await send({ type: 'pairing' })
    if (answer.ok) this.status = answer.value
    else this.trouble = { sentence: problemSentence(answer.problem.code) }
  }
}

function endOf({ expiresAt, kept }: Paired): string {
  const date = new Date(expiresAt).toLocaleDateString('en-GB', { dateStyle: 'long' })
  return kept
    ? date
    : msg(str`You close the browser, ${date} at the latest`, { id: 'extension-until-closed' })
}

declare global {
  interface HTMLElementTagNameMap {
    'edpsych-pairing': PairingPageElement
  }
}
