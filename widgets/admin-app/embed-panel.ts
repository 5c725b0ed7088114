import { html, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { z } from 'zod'
import type { Embed as EmbedSchema } from '../../shared/api/resources.ts'
import { api, sentenceOf } from '../app/api.ts'
import { confirmAct } from '../app/confirm.ts'
import '../app/copy-field.ts'
import { View } from '../app/view.ts'

type Embed = z.output<typeof EmbedSchema>

/** @summary The snippet of one item or resource: made on request, ready to copy, revocable. */
export class EmbedPanelElement extends View {
  @property() kind: 'item' | 'resource' = 'item'
  @property({ attribute: 'target-id' }) targetId = ''
  @state() private embeds: Embed[] | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    void this.load()
  }

  private async load(): Promise<void> {
    try {
      const { data } = await api('GET /api/v1/embeds', { query: { targetId: this.targetId } })
      this.embeds = data
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  private create(event: Event): void {
    event.preventDefault()
    const form = event.target as HTMLFormElement
    const text = String(new FormData(form).get('origins') ?? '')
    const allowedOrigins = text.split(/[\s,]+/).filter((part) => part !== '')
    void this.act(async () => {
      await api('POST /api/v1/embeds', {
        body: { kind: this.kind, targetId: this.targetId, allowedOrigins },
      })
      await this.load()
      return 'The snippet is ready to copy.'
    })
  }

  private withdraw(embed: Embed): void {
    void this.act(async () => {
      const sure = await confirmAct({
        title: 'Withdraw this snippet?',
        text: 'Pages that hold it will show that the content was withdrawn. This cannot be undone; you can make a new snippet.',
        button: 'Withdraw the snippet',
      })
      if (!sure) return undefined
      await api('DELETE /api/v1/embeds/:id', { params: { id: embed.id } })
      await this.load()
      return 'The snippet is withdrawn.'
    })
  }

  protected override render() {
    return html`<h3>On any web page</h3>
      ${this.notices()}
      ${(this.embeds ?? []).map(
        (embed) => html`
          <admin-copy-field multiline label="Snippet to paste" .value=${embed.snippet}></admin-copy-field>
          <p>
            ${embed.allowedOrigins.length > 0 ? `Shown on ${embed.allowedOrigins.join(', ')}.` : 'Shown on any site.'}
            <a href=${embed.pageUrl} target="_blank" rel="noopener">Open its page</a>
            <button class="button link" @click=${() => this.withdraw(embed)}>Withdraw</button>
          </p>
        `,
      )}
      ${
        this.embeds && this.embeds.length === 0
          ? html`<form @submit=${this.create}>
              <label for="origins-${this.targetId}">Sites that may show it (empty: any)</label>
              <input id="origins-${this.targetId}" name="origins" placeholder="https://school.example" />
              <button class="button secondary" ?disabled=${this.busy}>Make a snippet</button>
            </form>`
          : nothing
      }`
  }
}

customElements.define('admin-embed-panel', EmbedPanelElement)
