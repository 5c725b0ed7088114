import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { Client } from '../../../../shared/api/client.ts'
import type { CourseSync } from '../../../../shared/api/syncs.ts'
import { api, sentenceOf } from '../../../app/api.ts'
import { countOf, View } from '../../../app/view.ts'
import '../../../edpsych-connection/connection-sync.ts'

/** @summary Courses and members of an LMS: when they are fetched, how it goes on, and what waits for a person. */
export class CourseSyncElement extends View {
  @property({ attribute: false }) platformId = ''
  @property({ attribute: false }) client: Client = api
  @state() private sync: CourseSync | undefined

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('platformId') && this.platformId && this.may('connections.read')) {
      void this.load()
    }
  }

  private async load(): Promise<void> {
    try {
      const params = { id: this.platformId }
      this.sync = await this.client('GET /api/v1/lti/platforms/:id/course-sync', { params })
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  private save(event: SubmitEvent): void {
    event.preventDefault()
    const form = new FormData(event.target as HTMLFormElement)
    const scheduled = form.get('scheduled') !== null
    const minutes = String(form.get('everyMinutes') ?? '').trim()
    void this.act(async () => {
      this.sync = await this.client('PATCH /api/v1/lti/platforms/:id/course-sync', {
        params: { id: this.platformId },
        body: { scheduled, everyMinutes: minutes === '' ? null : Number(minutes) },
      })
      return scheduled
        ? 'Courses and members are fetched by themselves.'
        : 'Courses and members are fetched only when somebody asks for it.'
    })
  }

  protected override render() {
    const { sync } = this
    if (!this.may('connections.read')) return nothing
    return html`<section aria-labelledby="course-sync">
      <h2 id="course-sync">Courses and members</h2>
      ${this.notices()}
      ${sync ? this.details(sync) : this.error ? nothing : html`<p class="loading" role="status">Loading …</p>`}
    </section>`
  }

  private details(sync: CourseSync): TemplateResult {
    const { courses, readable, nextAt } = sync
    return html`
      <p>
        Tools were opened from ${countOf(courses, 'course', 'courses')}; the LMS lets us read the members of ${readable}.
        People whom it may know by another name wait under <a href="/admin/roster/matches">Doubtful matches</a>.
      </p>
      ${this.may('syncs.write') ? this.form(sync) : nothing}
      <edpsych-connection-sync platform-id=${this.platformId} next-at=${nextAt ?? nothing}
        .client=${this.client} .scopes=${this.session?.scopes} tenant-id=${this.session?.tenant.id ?? nothing}></edpsych-connection-sync>`
  }

  private form({ scheduled, everyMinutes }: CourseSync): TemplateResult {
    return html`<form class="card stack" @submit=${this.save}>
      <label class="check"><input type="checkbox" name="scheduled" .checked=${scheduled} /> Fetch courses and members by itself</label>
      <label for="course-sync-minutes">Minutes between two runs</label>
      <input id="course-sync-minutes" name="everyMinutes" type="number" min="15" max="10080" .value=${String(everyMinutes ?? '')} aria-describedby="course-sync-hint" />
      <p class="hint" id="course-sync-hint">Empty: as the settings of the organisation say.</p>
      <p class="actions"><button class="button secondary" ?disabled=${this.busy}>Save</button></p>
    </form>`
  }
}

customElements.define('admin-course-sync', CourseSyncElement)
