import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type { Sandbox } from '../../../shared/api/sandbox.ts'
import { api } from '../../app/api.ts'
import '../../app/copy-field.ts'
import { PagedList } from '../../app/paged-list.ts'
import { View, when } from '../../app/view.ts'

/** @summary Sandboxes: synthetic schools to try things in. */
export class SandboxesElement extends View {
  @state() private created: { id: string; apiKey: string } | undefined

  private readonly list = new PagedList<Sandbox>(this, (cursor) =>
    api('GET /api/v1/sandboxes', { query: { limit: 50, cursor } }),
  )

  private create(event: Event): void {
    event.preventDefault()
    const form = event.target as HTMLFormElement
    const data = new FormData(form)
    void this.act(async () => {
      const { id, apiKey, tenant } = await api('POST /api/v1/sandboxes', {
        body: { name: String(data.get('name')) },
      })
      this.created = { id, apiKey }
      form.reset()
      await this.list.restart()
      return `${tenant.name} is ready.`
    })
  }

  protected override render() {
    return html`
      <h1>Sandboxes</h1>
      <p class="lead">A synthetic school with its own key, simulated LMS and webhook inspector. Nothing in it is real, and nothing of it reaches real data.</p>
      ${this.notices()}
      ${
        this.created
          ? html`<section class="card notice success" aria-labelledby="new-sandbox">
              <h2 id="new-sandbox">Copy its test key now</h2>
              <admin-copy-field label="Test key" .value=${this.created.apiKey}></admin-copy-field>
              <p><a class="button secondary" href="/developers/console/sandboxes/${this.created.id}">I have copied it – open the sandbox</a></p>
            </section>`
          : nothing
      }
      ${this.list.table({
        caption: 'Sandboxes',
        columns: ['Name', 'Seed', 'Made', 'Ends'],
        row: (sandbox) => html`<tr>
          <th scope="row"><a href="/developers/console/sandboxes/${sandbox.id}">${sandbox.tenant.name}</a></th>
          <td><code>${sandbox.seed}</code></td>
          <td>${when(sandbox.createdAt)}</td>
          <td>${when(sandbox.expiresAt)}</td>
        </tr>`,
        empty: html`<h2>No sandbox yet</h2><p>Make one to try the API without touching real data.</p>`,
      })}
      ${
        this.may('sandbox.write') && this.session?.tenant.kind !== 'sandbox'
          ? html`<form class="card stack" @submit=${this.create}>
              <h2>Make a sandbox</h2>
              <div class="field"><label for="sandbox-name">Name</label><input id="sandbox-name" name="name" required maxlength="100" value="Sandbox school" /></div>
              <p><button class="button" ?disabled=${this.busy}>Make the sandbox</button></p>
            </form>`
          : nothing
      }
    `
  }
}

customElements.define('console-sandboxes', SandboxesElement)
