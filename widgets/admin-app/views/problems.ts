import { html } from 'lit'
import { api } from '../../app/api.ts'
import '../../edpsych-alerts/edpsych-alerts.ts'
import '../../edpsych-problems/edpsych-problem.ts'
import '../../edpsych-problems/edpsych-problems.ts'
import { IntegrationView } from './integration-view.ts'

/** @summary The page of all problems. */
export class ProblemsViewElement extends IntegrationView {
  protected override render() {
    const connectionId = new URLSearchParams(location.search).get('connectionId') ?? undefined
    return html`<h1>Problems</h1>
      <p class="lead">What is wrong, one line for each cause, and what to do about it. <a href="/admin/alerts">Who is told</a></p>
      <div class="toolbar">${this.belowChoice()}</div>
      <edpsych-problems in-address .client=${api} .scopes=${this.session?.scopes} .tenantId=${this.tenantId}
        .viewsKey=${this.viewsKey('problems')} .below=${this.below} .connectionId=${connectionId}></edpsych-problems>`
  }
}

customElements.define('admin-problems', ProblemsViewElement)

/** @summary The page of one problem. */
export class ProblemViewElement extends IntegrationView {
  protected override render() {
    return html`<edpsych-problem .client=${api} .scopes=${this.session?.scopes} .tenantId=${this.tenantId}
      .problemId=${this.parameters['id'] ?? ''}></edpsych-problem>`
  }
}

customElements.define('admin-problem', ProblemViewElement)

/** @summary The page of alerts. */
export class AlertsViewElement extends IntegrationView {
  protected override render() {
    return html`<h1>Alerts</h1>
      <p class="lead">Who is told when something goes wrong, and what was told.</p>
      <edpsych-alerts in-address .client=${api} .scopes=${this.session?.scopes} .tenantId=${this.tenantId}
        .viewsKey=${this.viewsKey('alerts')} .section=${this.parameters['part'] ?? ''}></edpsych-alerts>`
  }
}

customElements.define('admin-alerts', AlertsViewElement)
