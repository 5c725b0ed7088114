import { html, nothing, type TemplateResult } from 'lit'
import { state } from 'lit/decorators.js'
import type { Platform } from '../../../../shared/api/lti.ts'
import type { PlatformTest, PlatformTestStep } from '../../../../shared/api/lti-setup.ts'
import { api, sentenceOf } from '../../../app/api.ts'
import { View, when } from '../../../app/view.ts'
import './course-sync.ts'
import { productNames } from './steps.ts'

const stepNames: Readonly<Record<PlatformTestStep['step'], string>> = {
  keys: 'Keys of the LMS',
  token: 'Access to its services',
  authentication: 'Sign-in through the LMS',
  launch: 'Opening the tool',
}

const statusWords = {
  ok: 'Works',
  failed: 'Does not work',
  unclear: 'Not proven',
  skipped: 'Not tried',
}

/** @summary One connected LMS, with the test that says which step is wrong. */
export class LmsPlatformElement extends View {
  @state() private platform: Platform | undefined
  @state() private result: PlatformTest | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    void this.load()
  }

  private async load(): Promise<void> {
    try {
      const params = { id: this.parameters['id'] ?? '' }
      this.platform = await api('GET /api/v1/lti/platforms/:id', { params })
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  private test({ id }: Platform): void {
    void this.act(async () => {
      this.result = await api('POST /api/v1/lti/platforms/:id/test', { params: { id }, body: {} })
      return this.result.ok
        ? 'Tested: nothing is wrong.'
        : 'Tested: something is wrong, and the steps below say what.'
    })
  }

  protected override render() {
    const { platform } = this
    return html`
      <p><a href="/admin/lms">All LMSs</a></p>
      <h1>${platform?.name ?? 'LMS'}</h1>
      ${this.notices()}
      ${platform ? this.details(platform) : this.error ? nothing : html`<p class="loading" role="status">Loading the LMS …</p>`}
    `
  }

  private details(platform: Platform): TemplateResult {
    return html`
      <dl class="card">
        <dt>LMS</dt><dd>${productNames[platform.product]}</dd>
        <dt>Issuer</dt><dd><code>${platform.issuer}</code></dd>
        <dt>Client ID</dt><dd><code>${platform.clientId}</code></dd>
        <dt>Deployments</dt><dd>${platform.deploymentIds.join(', ') || 'None yet: open the tool once from a course, then approve the deployment under “LMSs”.'}</dd>
        <dt>Registered</dt><dd>${when(platform.createdAt)}, ${platform.registeredBy === 'dynamic' ? 'by the LMS itself' : 'by hand'}</dd>
      </dl>
      ${
        this.may('lti.write')
          ? html`<p><button class="button" ?disabled=${this.busy} @click=${() => this.test(platform)}>${this.busy ? 'Testing …' : 'Test the connection'}</button></p>`
          : nothing
      }
      ${this.result ? testResult(this.result) : nothing}
      <admin-course-sync .session=${this.session} .platformId=${platform.id}></admin-course-sync>
    `
  }
}

function testResult({ steps, lastLaunchAt, testedAt }: PlatformTest): TemplateResult {
  return html`<section aria-labelledby="lms-test">
    <h2 id="lms-test">Result of the test</h2>
    <ol class="lms-test">${steps.map(
      ({ step, status, summary, whatToDo }) => html`<li class="card">
        <h3>${stepNames[step]} <span class="pill ${status === 'ok' ? 'good' : status === 'failed' ? 'bad' : ''}">${statusWords[status]}</span></h3>
        <p>${summary}</p>
        ${whatToDo ? html`<p><strong>What to do:</strong> ${whatToDo}</p>` : nothing}
      </li>`,
    )}</ol>
    <p class="hint">Tested ${when(testedAt)}. ${lastLaunchAt ? `Somebody last opened the tool from this LMS ${when(lastLaunchAt)}.` : 'Nobody has opened the tool from this LMS lately.'}</p>
  </section>`
}

customElements.define('admin-lms-platform', LmsPlatformElement)
