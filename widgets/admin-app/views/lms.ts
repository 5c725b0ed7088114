import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type { z } from 'zod'
import type { Platform, ScoreDelivery as ScoreDeliverySchema } from '../../../shared/api/lti.ts'
import { api } from '../../app/api.ts'
import { confirmAct } from '../../app/confirm.ts'
import { PagedList } from '../../app/paged-list.ts'
import { View, when } from '../../app/view.ts'
import './lms-setup/deployment-requests.ts'
import './lms-setup/lms-platform.ts'
import './lms-setup/lms-setup.ts'
import { platformFields, readPlatformForm } from './platform-form.ts'

type ScoreDelivery = z.output<typeof ScoreDeliverySchema>

const deliveryStates = { pending: 'Waiting', sent: 'Delivered', failed: 'Failed' } as const

/** @summary LMS registrations, deployments that wait for approval, and grades on their way. */
export class LmsElement extends View {
  @state() private editing: Platform | undefined

  private readonly platforms = new PagedList<Platform>(this, (cursor) =>
    api('GET /api/v1/lti/platforms', { query: { limit: 50, cursor } }),
  )
  private readonly deliveries = new PagedList<ScoreDelivery>(this, (cursor) =>
    api('GET /api/v1/lti/score-deliveries', { query: { limit: 20, cursor } }),
  )

  private save(event: Event): void {
    event.preventDefault()
    const body = readPlatformForm(event.target as HTMLFormElement)
    const { editing } = this
    if (!editing) return
    void this.act(async () => {
      await api('PATCH /api/v1/lti/platforms/:id', { params: { id: editing.id }, body })
      this.editing = undefined
      await this.platforms.restart()
      return `${body.name} is saved.`
    })
  }

  private discard(platform: Platform): void {
    void this.act(async () => {
      const sure = await confirmAct({
        title: `Remove “${platform.name}”?`,
        text: 'Every launch from this LMS is refused from now on, and grades that still wait are not delivered. Items and attempts are kept.',
        button: 'Remove the LMS',
      })
      if (!sure) return undefined
      await api('DELETE /api/v1/lti/platforms/:id', { params: { id: platform.id } })
      await this.platforms.restart()
      return `${platform.name} is removed.`
    })
  }

  private retry(delivery: ScoreDelivery): void {
    void this.act(async () => {
      await api('POST /api/v1/lti/score-deliveries/:id/retry', { params: { id: delivery.id } })
      await this.deliveries.restart()
      return 'The grade is being sent again.'
    })
  }

  protected override render() {
    return html`
      <h1>LMSs</h1>
      <p class="lead">Connect Moodle, Canvas, Blackboard or any other LTI 1.3 platform.</p>
      ${this.notices()}
      ${this.editing === undefined ? this.overview() : this.form(this.editing)}
    `
  }

  private overview() {
    return html`
      ${
        this.may('lti.write')
          ? html`<p><a class="button" href="/admin/lms/new">Connect an LMS</a></p>`
          : nothing
      }
      ${this.platforms.table({
        caption: 'Connected LMSs',
        columns: ['Name', 'Issuer', 'Client ID', 'Deployments', 'Actions'],
        row: (platform) => html`<tr>
          <th scope="row"><a href="/admin/lms/${platform.id}">${platform.name}</a></th>
          <td><code>${platform.issuer}</code></td>
          <td><code>${platform.clientId}</code></td>
          <td>${platform.deploymentIds.join(', ') || 'none yet'}</td>
          <td>
            ${
              this.may('lti.write')
                ? html`<button class="button link" @click=${() => this.edit(platform)}>Change</button>
                  <button class="button link" @click=${() => this.discard(platform)}>Remove</button>`
                : nothing
            }
          </td>
        </tr>`,
        empty: html`<h2>No LMS is connected</h2><p>Choose “Connect an LMS”: the next page shows what to enter in Moodle, Canvas, Blackboard or another LMS, step by step.</p>`,
      })}
      <admin-deployment-requests .session=${this.session} @approved=${() => this.platforms.restart()}></admin-deployment-requests>
      <h2>Grades on their way</h2>
      ${this.deliveries.table({
        caption: 'Grade deliveries',
        columns: ['Submitted', 'State', 'Tries', 'What happened', 'Next try', 'Actions'],
        row: (delivery) => html`<tr>
          <td>${when(delivery.createdAt)}</td>
          <td><span class="pill ${delivery.status === 'sent' ? 'good' : delivery.status === 'failed' ? 'bad' : ''}">${deliveryStates[delivery.status]}</span></td>
          <td>${delivery.tries}</td>
          <td>${delivery.detail ?? '–'}</td>
          <td>${when(delivery.nextTryAt)}</td>
          <td>${
            delivery.status !== 'sent' && this.may('lti.write')
              ? html`<button class="button link" @click=${() => this.retry(delivery)}>Send again</button>`
              : nothing
          }</td>
        </tr>`,
        empty: html`<p>No grade has been sent yet. When a student submits an item that was placed with a gradebook column, it appears here.</p>`,
      })}
    `
  }

  private edit(what: Platform): void {
    this.editing = what
    this.error = ''
    this.success = ''
    void this.updateComplete.then(() => this.querySelector<HTMLInputElement>('form input')?.focus())
  }

  private form(platform: Platform) {
    return html`<form class="card stack" @submit=${this.save}>
      <h2>Change ${platform.name}</h2>
      ${platformFields(platform)}
      <p class="actions">
        <button class="button" ?disabled=${this.busy}>Save</button>
        <button type="button" class="button secondary" @click=${() => {
          this.editing = undefined
        }}>Cancel</button>
      </p>
    </form>`
  }
}

customElements.define('admin-lms', LmsElement)
