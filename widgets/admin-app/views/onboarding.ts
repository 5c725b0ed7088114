import { html, nothing, type TemplateResult } from 'lit'
import { state } from 'lit/decorators.js'
import type {
  Onboarding,
  OnboardingStep,
  OnboardingStepKey,
} from '../../../shared/api/onboarding.ts'
import { api, chooseTenant, sentenceOf } from '../../app/api.ts'
import { go, View, when } from '../../app/view.ts'
import './onboarding-step.ts'
import type { StepChangedEvent } from './onboarding-step.ts'

const stateWords: Readonly<Record<OnboardingStep['state'], string>> = {
  todo: 'To do',
  done: 'Done',
  skipped: 'Left out',
}

/** @summary The guided setting up of one organisation: every step, what is missing and where to do it. */
export class OnboardingElement extends View {
  @state() private onboarding: Onboarding | undefined
  @state() private open: OnboardingStepKey | undefined

  private readonly onReturn = (): void => {
    if (document.visibilityState === 'visible' && this.onboarding) void this.refresh()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    document.addEventListener('visibilitychange', this.onReturn)
    void this.begin()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    document.removeEventListener('visibilitychange', this.onReturn)
  }

  private get tenantId(): string {
    return this.parameters['tenantId'] ?? ''
  }

  /** Whether the signed-in person works in the organisation itself, where the steps are done. */
  private get isInside(): boolean {
    return this.session?.tenant.id === this.tenantId
  }

  private async begin(): Promise<void> {
    await this.refresh()
    const asked = new URLSearchParams(location.search).get('step')
    const known = this.onboarding?.steps.find(({ key }) => key === asked)
    this.open = known?.key ?? this.onboarding?.nextStep ?? undefined
  }

  private async refresh(): Promise<void> {
    try {
      this.onboarding = await api('GET /api/v1/tenants/:id/onboarding', {
        params: { id: this.tenantId },
      })
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  private async changed({ message, stays }: StepChangedEvent): Promise<void> {
    await this.refresh()
    this.success = message
    const next = this.onboarding?.nextStep
    const current = this.onboarding?.steps.find(({ key }) => key === this.open)
    if (stays || current?.state === 'todo') return
    this.open = next ?? undefined
    await this.updateComplete
    this.querySelector<HTMLElement>(next ? `#step-${next}` : '[data-finish]')?.focus()
  }

  private finish(): void {
    void this.act(async () => {
      this.onboarding = await api('POST /api/v1/tenants/:id/onboarding/complete', {
        params: { id: this.tenantId },
      })
      this.open = undefined
      await this.updateComplete
      this.querySelector<HTMLElement>('h1')?.focus()
      return `${this.onboarding.organisation.name} is set up.`
    })
  }

  protected override render() {
    const { onboarding } = this
    if (!onboarding) {
      return html`<h1>Setting up</h1>${this.notices()}${this.error ? nothing : html`<p class="loading" role="status">Loading the steps …</p>`}`
    }
    const { organisation, finished, total, steps } = onboarding
    return html`
      <h1 tabindex="-1">Setting up ${organisation.name}</h1>
      <p class="onboarding-progress">
        <progress max=${total} value=${finished} aria-label="Progress"></progress>
        <span>${finished} of ${total} steps</span>
      </p>
      ${this.notices()}
      ${this.isInside ? nothing : this.outside(onboarding)}
      <ol class="onboarding-steps card">${steps.map((step, index) => this.step(step, index + 1))}</ol>
      ${this.end(onboarding)}
    `
  }

  private outside({ organisation }: Onboarding): TemplateResult {
    const canEnter = this.session?.tenants.some(({ id }) => id === organisation.id)
    return html`<p class="notice">You work in ${this.session?.tenant.name}. The steps are done in ${organisation.name} itself.
      ${
        canEnter
          ? html`<button class="button link" @click=${() => {
              chooseTenant(organisation.id)
              location.reload()
            }}>Work in ${organisation.name}</button>`
          : nothing
      }</p>`
  }

  private step(step: OnboardingStep, no: number): TemplateResult {
    const isOpen = this.open === step.key
    const panel = `panel-${step.key}`
    return html`<li class="onboarding-step">
      <h2>
        <button type="button" id="step-${step.key}" aria-expanded=${isOpen ? 'true' : 'false'} aria-controls=${panel} @click=${() => this.toggle(step.key)}>
          <span class="onboarding-no" aria-hidden="true">${step.state === 'done' ? '✓' : no}</span>
          <span class="onboarding-title">${step.title}</span>
          <span class="pill ${step.state === 'done' ? 'good' : ''}">${stateWords[step.state]}${step.required || step.state !== 'todo' ? '' : ', may be left out'}</span>
        </button>
      </h2>
      <div id=${panel} class="onboarding-panel" ?hidden=${!isOpen}>
        ${
          isOpen
            ? html`<admin-onboarding-step .session=${this.session} .onboarding=${this.onboarding} .step=${step} .inside=${this.isInside} @step-changed=${this.changed}></admin-onboarding-step>`
            : nothing
        }
      </div>
    </li>`
  }

  private toggle(key: OnboardingStepKey): void {
    this.success = ''
    this.open = this.open === key ? undefined : key
  }

  private end({ state, nextStep, completedAt, completedBy, organisation }: Onboarding) {
    if (state === 'completed') {
      return html`<p class="notice success">Set up on ${when(completedAt)}${completedBy?.name ? ` by ${completedBy.name}` : ''}.</p>
        <p class="actions"><a class="button" href="/admin">Go to the overview</a>${this.back(organisation.parentId)}</p>`
    }
    const canFinish = this.may('tenants.write') && nextStep === null
    return html`<p class="actions">
      ${canFinish ? html`<button class="button" data-finish ?disabled=${this.busy} @click=${this.finish}>Finish</button>` : nothing}
      <button class="button secondary" ?disabled=${this.busy} @click=${() => go('/admin')}>Continue later</button>
      ${this.back(organisation.parentId)}
    </p>
    ${canFinish ? nothing : html`<p class="hint">Everything is kept. When no step is left to do, you can finish here.</p>`}`
  }

  /** To the organisation above, where its others are listed. */
  private back(parentId: string | null): TemplateResult | typeof nothing {
    const parent = this.session?.tenants.find(({ id }) => id === parentId)
    if (!parent) return nothing
    return html`<button class="button link" @click=${() => {
      chooseTenant(parent.id)
      location.assign('/admin/onboarding')
    }}>All that ${parent.name} sets up</button>`
  }
}

customElements.define('admin-onboarding', OnboardingElement)
