import { html, nothing, type TemplateResult } from 'lit'
import type { DeploymentRequest } from '../../../../shared/api/lti-setup.ts'
import { api } from '../../../app/api.ts'
import { confirmAct } from '../../../app/confirm.ts'
import { PagedList } from '../../../app/paged-list.ts'
import { View, when } from '../../../app/view.ts'
import { decidedEvent } from '../../waiting-deployments.ts'
import { productNames } from './steps.ts'

/** @summary Deployments that launched without being registered, to be approved or declined. */
export class DeploymentRequestsElement extends View {
  private readonly requests = new PagedList<DeploymentRequest>(this, (cursor) =>
    api('GET /api/v1/lti/deployment-requests', { query: { limit: 20, cursor, status: 'waiting' } }),
  )

  private approve(event: SubmitEvent, request: DeploymentRequest): void {
    event.preventDefault()
    const chosen = new FormData(event.target as HTMLFormElement).get('platformId')
    void this.act(async () => {
      await api('POST /api/v1/lti/deployment-requests/:id/approve', {
        params: { id: request.id },
        body: chosen === null ? {} : { platformId: String(chosen) },
      })
      await this.requests.restart()
      this.dispatchEvent(new Event('approved'))
      document.dispatchEvent(new Event(decidedEvent))
      return `${titleOf(request)} is approved: the tool opens from there now.`
    })
  }

  private reject(request: DeploymentRequest): void {
    void this.act(async () => {
      const sure = await confirmAct({
        title: `Decline ${titleOf(request)}?`,
        text: 'Its launches stay refused and it is not shown here again.',
        button: 'Decline it',
      })
      if (!sure) return undefined
      await api('POST /api/v1/lti/deployment-requests/:id/reject', { params: { id: request.id } })
      await this.requests.restart()
      document.dispatchEvent(new Event(decidedEvent))
      return `${titleOf(request)} is declined.`
    })
  }

  protected override render() {
    return html`
      <h2>Deployments that wait for approval</h2>
      ${this.notices()}
      ${this.requests.table({
        caption: 'Deployments that wait',
        columns: ['Opened from', 'LMS', 'Deployment ID', 'Refused so far', 'Last', 'Decision'],
        row: (request) => this.row(request),
        empty: html`<p>Nothing waits. When the tool is opened from a part of an LMS that is not registered, it is refused and listed here for you to approve.</p>`,
      })}
    `
  }

  private row(request: DeploymentRequest): TemplateResult {
    return html`<tr>
      <th scope="row">${titleOf(request)}</th>
      <td>${request.platformName ?? productNames[request.product]}<br /><code>${request.issuer}</code></td>
      <td><code>${request.deploymentId}</code></td>
      <td>${request.count}</td>
      <td>${when(request.lastSeenAt)}</td>
      <td>${this.may('lti.write') ? this.decision(request) : '–'}</td>
    </tr>`
  }

  private decision(request: DeploymentRequest): TemplateResult {
    const title = titleOf(request)
    return html`<form class="actions" @submit=${(event: SubmitEvent) => this.approve(event, request)}>
      ${
        request.platformId === null
          ? html`<label><span class="visually-hidden">Registration for ${title}</span>
            <select name="platformId" required>
              <option value="">Belongs to …</option>
              ${request.candidates.map(({ platformId, name }) => html`<option value=${platformId}>${name}</option>`)}
            </select></label>`
          : nothing
      }
      <button class="button link" ?disabled=${this.busy}>Approve<span class="visually-hidden"> ${title}</span></button>
      <button type="button" class="button link" ?disabled=${this.busy} @click=${() => this.reject(request)}>Decline<span class="visually-hidden"> ${title}</span></button>
    </form>`
  }
}

function titleOf({ contextTitle, platformName, deploymentId }: DeploymentRequest): string {
  return contextTitle ?? platformName ?? `Deployment ${deploymentId}`
}

customElements.define('admin-deployment-requests', DeploymentRequestsElement)
