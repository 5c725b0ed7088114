import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type { z } from 'zod'
import type {
  Platform,
  ScoreDelivery as ScoreDeliverySchema,
  ToolConfiguration,
} from '../../../shared/api/lti.ts'
import { api, sentenceOf } from '../../app/api.ts'
import { confirmAct } from '../../app/confirm.ts'
import '../../app/copy-field.ts'
import { PagedList } from '../../app/paged-list.ts'
import { View, when } from '../../app/view.ts'
import { platformFields, readPlatformForm } from './platform-form.ts'

type Configuration = z.output<typeof ToolConfiguration>
type ScoreDelivery = z.output<typeof ScoreDeliverySchema>

const configurationLabels: Record<keyof Configuration, string> = {
  toolUrl: 'Tool URL',
  loginUrl: 'Initiate login URL',
  redirectUri: 'Redirection URI',
  keysetUrl: 'Public keyset URL',
  deepLinkUrl: 'Content selection (deep linking) URL',
}

const deliveryStates = { pending: 'Waiting', sent: 'Delivered', failed: 'Failed' } as const

/** @summary LMS registrations, the addresses an LMS asks for, and grades on their way. */
export class LmsElement extends View {
  @state() private configuration: Configuration | undefined
  @state() private editing: Platform | 'new' | undefined

  private readonly platforms = new PagedList<Platform>(this, (cursor) =>
    api('GET /api/v1/lti/platforms', { query: { limit: 50, cursor } }),
  )
  private readonly deliveries = new PagedList<ScoreDelivery>(this, (cursor) =>
    api('GET /api/v1/lti/score-deliveries', { query: { limit: 20, cursor } }),
  )

  override connectedCallback(): void {
    super.connectedCallback()
    void this.load()
  }

  private async load(): Promise<void> {
    try {
      this.configuration = await api('GET /api/v1/lti/configuration', {})
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  private save(event: Event): void {
    event.preventDefault()
    const body = readPlatformForm(event.target as HTMLFormElement)
    const { editing } = this
    void this.act(async () => {
      if (editing === 'new' || editing === undefined)
        await api('POST /api/v1/lti/platforms', { body })
      else await api('PATCH /api/v1/lti/platforms/:id', { params: { id: editing.id }, body })
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
          ? html`<p><button class="button" @click=${() => this.edit('new')}>Connect an LMS</button></p>`
          : nothing
      }
      ${this.platforms.table({
        caption: 'Connected LMSs',
        columns: ['Name', 'Issuer', 'Client ID', 'Deployments', 'Actions'],
        row: (platform) => html`<tr>
          <th scope="row">${platform.name}</th>
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
        empty: html`<h2>No LMS is connected</h2><p>Give your LMS the addresses below, then enter here what it gives you in return.</p>`,
      })}
      <h2>What your LMS asks for</h2>
      <div class="card">
        ${
          this.configuration
            ? Object.entries(this.configuration).map(
                ([name, value]) =>
                  html`<admin-copy-field label=${configurationLabels[name as keyof Configuration]} .value=${value}></admin-copy-field>`,
              )
            : html`<p class="loading" role="status">Loading addresses …</p>`
        }
      </div>
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

  private edit(what: Platform | 'new'): void {
    this.editing = what
    this.error = ''
    this.success = ''
    void this.updateComplete.then(() => this.querySelector<HTMLInputElement>('form input')?.focus())
  }

  private form(editing: Platform | 'new') {
    const platform = editing === 'new' ? undefined : editing
    return html`<form class="card stack" @submit=${this.save}>
      <h2>${platform ? `Change ${platform.name}` : 'Connect an LMS'}</h2>
      <p>Your LMS shows these values after you registered EdPsych Connect there as an external tool (LTI 1.3).</p>
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
