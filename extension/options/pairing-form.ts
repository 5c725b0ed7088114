import { msg } from '@lit/localize'
import { html, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { ConnectElement } from '../../widgets/core/connect-element.ts'
import { browser } from '../browser.ts'
import type { PairingStatus } from '../messages.ts'
import { formatWhileTyping, readPairingCode } from '../pairing-code.ts'
import { send } from '../send.ts'
import { defaultServer, permissionPattern, readServerAddress } from '../server-address.ts'
import { problemNotice, type Trouble } from '../ui/problem-notice.ts'
import { problemSentence } from '../ui/problem-sentence.ts'
import { pairingStyles } from './pairing.styles.ts'

type Field = 'server' | 'code'

/** `edpsych-paired`: this browser now holds a token of the server. */
export class PairedEvent extends Event {
  static readonly type = 'edpsych-paired'
  readonly status: PairingStatus

  constructor(status: PairingStatus) {
    super(PairedEvent.type)
    this.status = status
  }
}

/**
 * @summary Asks for a server's address and a short code, and pairs this browser with it.
 * @fires edpsych-paired - the pairing as it now stands
 */
@customElement('edpsych-pairing-form')
export class PairingFormElement extends ConnectElement {
  static override styles = [ConnectElement.styles, pairingStyles]

  @property() server = defaultServer
  @state() private code = ''
  @state() private keep = false
  @state() private busy = false
  @state() private trouble: (Trouble & { readonly field: Field }) | undefined

  protected override render(): TemplateResult {
    return html`<form class="card" novalidate @submit=${this.submit}>
      ${problemNotice(this.trouble)} ${this.renderServerField()} ${this.renderCodeField()}
      <label class="check">
        <input
          type="checkbox"
          aria-describedby="keep-hint"
          .checked=${this.keep}
          @change=${this.readKeep}
        />
        <span>${msg('Stay paired when the browser closes', { id: 'extension-keep' })}</span>
      </label>
      <p class="hint" id="keep-hint">
        ${msg('Only on a computer that nobody else uses under your name.', {
          id: 'extension-keep-hint',
        })}
      </p>
      <p class="actions">
        <button class="button" aria-disabled=${this.busy}>
          ${
            this.busy
              ? msg('Pairing …', { id: 'extension-pairing' })
              : msg('Pair this browser', { id: 'extension-pair' })
          }
        </button>
      </p>
    </form>`
  }

  private renderServerField() {
    return html`<div class="field">
      <label for="server">${msg('Server address', { id: 'extension-address' })}</label>
      <input
        id="server"
        type="url"
        spellcheck="false"
        autocomplete="url"
        required
        aria-describedby="server-hint"
        aria-invalid=${this.trouble?.field === 'server'}
        .value=${this.server}
        @input=${this.readServer}
      />
      <span class="hint" id="server-hint">
        ${msg('Shown beside the code. The browser asks whether the extension may reach it.', {
          id: 'extension-address-hint',
        })}
      </span>
    </div>`
  }

  private renderCodeField() {
    return html`<div class="field">
      <label for="code">${msg('Pairing code', { id: 'extension-code' })}</label>
      <input
        id="code"
        spellcheck="false"
        autocomplete="one-time-code"
        autocapitalize="characters"
        required
        aria-describedby="code-hint"
        aria-invalid=${this.trouble?.field === 'code'}
        .value=${this.code}
        @input=${this.readCode}
      />
      <span class="hint" id="code-hint">
        ${msg('Eight letters and digits, like ABCD-EFGH', { id: 'extension-code-hint' })}
      </span>
    </div>`
  }

  private readonly readServer = (event: Event): void => {
    if (event.target instanceof HTMLInputElement) this.server = event.target.value
  }

  private readonly readCode = (event: Event): void => {
    if (!(event.target instanceof HTMLInputElement)) return
    const { value, selectionStart } = event.target
    // Reformatting while somebody corrects a letter in the middle would move the cursor.
    this.code = selectionStart === value.length ? formatWhileTyping(value) : value
  }

  private readonly readKeep = (event: Event): void => {
    if (event.target instanceof HTMLInputElement) this.keep = event.target.checked
  }

  private readonly submit = (event: Event): void => {
    event.preventDefault()
    if (this.busy) return
    const server = readServerAddress(this.server)
    const code = readPairingCode(this.code)
    if (!server) {
      void this.refuse(
        'server',
        msg('Type the web address of your server, beginning with https://', {
          id: 'extension-address-wrong',
        }),
      )
    } else if (!code) {
      void this.refuse(
        'code',
        msg('Type the eight letters and digits of the code.', { id: 'extension-code-wrong' }),
      )
    } else {
      // Browsers show the permission prompt only while they still handle the click.
      const granted = browser.permissions.request({ origins: [permissionPattern(server)] })
      void this.pair(granted, server, code)
    }
  }

  private async pair(granted: Promise<boolean>, server: string, code: string): Promise<void> {
    this.busy = true
    this.trouble = undefined
    try {
      // A browser that cannot show the prompt rejects; for the person it is the same refusal.
      if (!(await granted.catch(() => false))) {
        await this.refuse('server', problemSentence('permission_missing'))
        return
      }
      const answer = await send({ type: 'pair', server, code, keep: this.keep })
      if (answer.ok) {
        this.dispatchEvent(new PairedEvent(answer.value))
        return
      }
      const { code: problem, requestId } = answer.problem
      const field = problem === 'code_refused' ? 'code' : 'server'
      await this.refuse(field, problemSentence(problem), requestId)
    } finally {
      this.busy = false
    }
  }

  private async refuse(field: Field, sentence: string, reference?: string): Promise<void> {
    this.trouble = { field, sentence, reference }
    await this.focusOn(`#${field}`)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'edpsych-pairing-form': PairingFormElement
  }
}
