import { html, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { SandboxFaults } from '../../shared/api/sandbox.ts'
import { api, sentenceOf } from '../app/api.ts'
import { View } from '../app/view.ts'

const shares = [0, 0.1, 0.25, 0.5, 1]

function share(label: string, name: string, value: number) {
  const offered = shares.includes(value) ? shares : [...shares, value].sort((a, b) => a - b)
  return html`<div class="field"><label for="fault-${name}">${label}</label>
    <select id="fault-${name}" name=${name}>${offered.map((each) => html`<option value=${each} ?selected=${each === value}>${each === 0 ? 'never' : each === 1 ? 'always' : `${each * 100} %`}</option>`)}</select>
  </div>`
}

function milliseconds(label: string, name: string, value: number, max: number) {
  return html`<div class="field"><label for="fault-${name}">${label}</label><input id="fault-${name}" name=${name} type="number" min="0" max=${max} value=${value} /></div>`
}

/** @summary What goes wrong on purpose in a sandbox. */
export class FaultDialElement extends View {
  @property({ attribute: false }) sandboxId = ''
  @property({ type: Boolean }) readonly = false
  @state() private faults: SandboxFaults | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    void this.load()
  }

  private async load(): Promise<void> {
    try {
      const params = { id: this.sandboxId }
      this.faults = await api('GET /api/v1/sandboxes/:id/faults', { params })
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  private save(event: Event): void {
    event.preventDefault()
    const data = new FormData(event.target as HTMLFormElement)
    const number = (name: string): number => Number(data.get(name))
    void this.act(async () => {
      this.faults = await api('PUT /api/v1/sandboxes/:id/faults', {
        params: { id: this.sandboxId },
        body: {
          pattern: data.has('random') ? 'random' : 'regular',
          api: {
            rate429: number('rate429'),
            rate500: number('rate500'),
            slowRate: number('slowRate'),
            slowMs: number('slowMs'),
            expiredToken: data.has('expiredToken'),
          },
          webhooks: {
            duplicateRate: number('duplicateRate'),
            outOfOrderRate: number('outOfOrderRate'),
            delayMs: number('delayMs'),
          },
        },
      })
      return 'The faults are set.'
    })
  }

  protected override render() {
    const { faults } = this
    if (!faults)
      return html`${this.notices()}<p class="loading" role="status">Loading the dial …</p>`
    const { api: calls, webhooks } = faults
    return html`<form class="card stack" @submit=${this.save}>
      ${this.notices()}
      <fieldset class="split" ?disabled=${this.readonly}><legend>Calls of the API</legend>
        ${share('Too many requests (429)', 'rate429', calls.rate429)}
        ${share('Server failure (500)', 'rate500', calls.rate500)}
        ${share('Slow', 'slowRate', calls.slowRate)}
        ${milliseconds('How slow, in milliseconds', 'slowMs', calls.slowMs, 30_000)}
        <label class="check"><input type="checkbox" name="expiredToken" ?checked=${calls.expiredToken} /> Treat every token as expired</label>
      </fieldset>
      <fieldset class="split" ?disabled=${this.readonly}><legend>Webhooks</legend>
        ${share('Sent twice', 'duplicateRate', webhooks.duplicateRate)}
        ${share('Out of order', 'outOfOrderRate', webhooks.outOfOrderRate)}
        ${milliseconds('Late by milliseconds', 'delayMs', webhooks.delayMs, 600_000)}
      </fieldset>
      <label class="check"><input type="checkbox" name="random" ?checked=${faults.pattern === 'random'} ?disabled=${this.readonly} /> By chance instead of every so-many-th time</label>
      ${this.readonly ? nothing : html`<p><button class="button secondary" ?disabled=${this.busy}>Set the faults</button></p>`}
    </form>`
  }
}

customElements.define('console-fault-dial', FaultDialElement)
