import { html, nothing, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { Client } from '../../../shared/api/client.ts'
import type { PersonSources } from '../../../shared/api/roster.ts'
import { api, sentenceOf } from '../../app/api.ts'
import { View } from '../../app/view.ts'

/** @summary What each connected system says of a person, and whose word holds; read when it is opened. */
export class PersonSourcesElement extends View {
  @property({ attribute: false }) client: Client = api
  @property() personId = ''
  @property() name = ''
  @state() private found: PersonSources | undefined

  private open(event: Event): void {
    if (!(event.currentTarget as HTMLDetailsElement).open || this.found) return
    void this.load()
  }

  private async load(): Promise<void> {
    try {
      const params = { id: this.personId }
      this.found = await this.client('GET /api/v1/users/:id/sources', { params })
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  protected override render() {
    return html`<details @toggle=${this.open}>
      <summary>Sources<span class="visually-hidden"> of ${this.name}</span></summary>
      <div role="status">${this.error || nothing}</div>
      ${this.found ? sources(this.found) : this.error ? nothing : html`<p>Loading …</p>`}
    </details>`
  }
}

function sources({ sources: all, fieldOwners }: PersonSources): TemplateResult {
  if (all.length === 0) return html`<p>Entered here.</p>`
  const owns = (sourceId: string) =>
    [
      fieldOwners.name === sourceId ? 'owns the name' : '',
      fieldOwners.email === sourceId ? 'owns the e-mail address' : '',
    ]
      .filter((words) => words !== '')
      .join(', ')
  return html`<ul>${all.map(
    ({ sourceId, sourceKind, theirId, values }) => html`<li>
      ${sourceKind === 'lms' ? 'Learning platform' : 'Student record system'} (<code>${theirId}</code>):
      ${[values.givenName, values.familyName].filter((part) => part !== null).join(' ') || 'no name'}${values.email ? html`, ${values.email}` : nothing}
      – ${owns(sourceId) || 'kept beside'}
    </li>`,
  )}</ul>`
}

customElements.define('admin-person-sources', PersonSourcesElement)
