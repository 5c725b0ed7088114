import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import { api, sentenceOf } from '../../app/api.ts'
import { View } from '../../app/view.ts'

interface Counts {
  readonly keys: number
  readonly webhooks: number
  readonly failed: number
}

const none = { data: [] }

/** @summary The first page of the console: what is set up, what to do next. */
export class ConsoleOverviewElement extends View {
  @state() private counts: Counts | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    void this.load()
  }

  private async load(): Promise<void> {
    const mayHooks = this.may('webhooks.read')
    const query = { limit: 200 }
    try {
      const [keys, webhooks, failed] = await Promise.all([
        this.may('keys.read') ? api('GET /api/v1/keys', { query }) : none,
        mayHooks ? api('GET /api/v1/webhooks', { query }) : none,
        mayHooks
          ? api('GET /api/v1/webhook-deliveries', { query: { ...query, status: 'failed' } })
          : none,
      ])
      this.counts = {
        keys: keys.data.length,
        webhooks: webhooks.data.length,
        failed: failed.data.length,
      }
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  protected override render() {
    const { counts, session } = this
    const isSandbox = session?.tenant.kind === 'sandbox'
    return html`
      <h1>${session?.tenant.name ?? 'Console'}</h1>
      <p class="lead">${isSandbox ? 'A sandbox: everything here is synthetic, so try what you like.' : 'Keys, applications and webhooks of your organisation.'}</p>
      ${this.notices()}
      ${counts ? this.figures(counts) : this.error ? nothing : html`<p class="loading" role="status">Loading the overview …</p>`}
      ${counts ? this.steps(counts, isSandbox) : nothing}
    `
  }

  private figures({ keys, webhooks, failed }: Counts) {
    return html`<div class="figures">
      ${figure('/developers/console/keys', keys, 'API keys')}
      ${figure('/developers/console/webhooks', webhooks, 'webhook endpoints')}
      ${figure('/developers/console/deliveries', failed, 'failed deliveries')}
    </div>`
  }

  private steps({ keys, webhooks }: Counts, isSandbox: boolean) {
    const steps = [
      {
        done: keys > 0,
        href: '/developers/console/keys',
        title: 'Create a key',
        text: 'One for each program, with only the rights it needs.',
      },
      {
        done: false,
        href: '/developers/reference',
        title: 'Make a first call',
        text: 'The reference has it in five languages, with your test key filled in.',
      },
      {
        done: webhooks > 0,
        href: '/developers/console/webhooks',
        title: 'Hear of what happens',
        text: 'Add an endpoint, send it a test event and watch it arrive.',
      },
      ...(isSandbox
        ? []
        : [
            {
              done: false,
              href: '/developers/console/sandboxes',
              title: 'Try it in a sandbox',
              text: 'A synthetic school, faults on purpose and a certification run.',
            },
          ]),
    ]
    return html`<h2>Next steps</h2><ul class="checklist">${steps.map(
      ({ done, href, title, text }) =>
        html`<li class=${done ? 'done' : ''}><a href=${href}>${title}</a>${done ? html`<span class="visually-hidden"> (done)</span>` : nothing}<p>${text}</p></li>`,
    )}</ul>`
  }
}

function figure(href: string, value: number, label: string) {
  return html`<a href=${href}><strong>${value === 200 ? '200+' : value}</strong> ${label}</a>`
}

customElements.define('console-overview', ConsoleOverviewElement)
