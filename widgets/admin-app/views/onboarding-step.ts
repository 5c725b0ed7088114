import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { Onboarding, OnboardingStep } from '../../../shared/api/onboarding.ts'
import type { EffectiveSetting } from '../../../shared/api/settings.ts'
import { api, sentenceOf } from '../../app/api.ts'
import '../../app/copy-field.ts'
import { View, when } from '../../app/view.ts'
import { rememberReturn } from '../onboarding-return.ts'

/** Something about the step was changed. */
export class StepChangedEvent extends Event {
  readonly message: string
  /** The person has something to read before the next step opens. */
  readonly stays: boolean

  constructor(message: string, { stays = false } = {}) {
    super('step-changed')
    this.message = message
    this.stays = stays
  }
}

const region = 'organisation.dataRegion'
const contact = 'organisation.dataProtectionContact'
const asked = { details: region, 'data-protection': contact } as const

const linkWords: Readonly<Partial<Record<OnboardingStep['key'], string>>> = {
  appearance: 'Change settings',
  connection: 'Connect a system',
  lms: 'Register the LMS',
  roster: 'Look at people and classes',
  alerts: 'Choose where alerts go',
}

/**
 * @summary What one step of the setting up asks for, done here or with a way to where it is done.
 * @fires step-changed
 */
export class OnboardingStepElement extends View {
  @property({ attribute: false }) onboarding: Onboarding | undefined
  @property({ attribute: false }) step: OnboardingStep | undefined
  /** Whether the person works in the organisation itself. */
  @property({ attribute: false }) inside = false
  @state() private setting: EffectiveSetting | undefined
  @state() private added: { name: string; password: string } | undefined

  protected override firstUpdated(changed: PropertyValues<this>): void {
    super.firstUpdated(changed)
    void this.loadSetting()
  }

  private async loadSetting(): Promise<void> {
    const key = this.step?.key
    if (!this.inside || !this.may('settings.read')) return
    if (key !== 'details' && key !== 'data-protection') return
    try {
      const { settings } = await api('GET /api/v1/settings', { query: {} })
      this.setting = settings.find((setting) => setting.key === asked[key])
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  private tell(message: string, options?: { stays: boolean }): void {
    this.dispatchEvent(new StepChangedEvent(message, options))
  }

  private patch(body: {
    skip?: boolean
    confirm?: string
    note?: string | null
  }): Promise<unknown> {
    const { step, onboarding } = this
    if (!step || !onboarding) return Promise.resolve()
    return api('PATCH /api/v1/tenants/:id/onboarding', {
      params: { id: onboarding.id },
      body: { step: step.key, ...body },
    })
  }

  private decide(body: { skip?: boolean; confirm?: string }, message: string): void {
    void this.act(async () => {
      try {
        await this.patch(body)
      } catch (error) {
        // What is shown may be out of date.
        this.tell('', { stays: true })
        throw error
      }
      this.tell(message)
      return undefined
    })
  }

  private saveNote(event: Event): void {
    event.preventDefault()
    const note = String(new FormData(event.target as HTMLFormElement).get('note')).trim()
    void this.act(async () => {
      await this.patch({ note: note === '' ? null : note })
      this.tell(note === '' ? 'The note is deleted.' : 'The note is kept.', { stays: true })
      return undefined
    })
  }

  private saveDetails(event: Event): void {
    event.preventDefault()
    const data = new FormData(event.target as HTMLFormElement)
    void this.act(async () => {
      const { onboarding } = this
      if (!onboarding) return undefined
      const name = String(data.get('name')).trim()
      if (name !== onboarding.organisation.name) {
        await api('PATCH /api/v1/tenants/:id', { params: { id: onboarding.id }, body: { name } })
      }
      await this.saveSetting(data)
      this.tell('The details are saved.')
      return undefined
    })
  }

  private saveContact(event: Event): void {
    event.preventDefault()
    const data = new FormData(event.target as HTMLFormElement)
    void this.act(async () => {
      await this.saveSetting(data)
      this.tell('The contact is saved. Look at the rest and confirm it.', { stays: true })
      return undefined
    })
  }

  private async saveSetting(data: FormData): Promise<void> {
    const { setting } = this
    const value = String(data.get('value') ?? '').trim()
    if (!setting?.changeable || value === (setting.value ?? '')) return
    const { settings } = await api('PATCH /api/v1/settings', {
      body: { changes: [{ key: setting.key, value, inherit: false, locked: false }] },
    })
    this.setting = settings.find(({ key }) => key === setting.key)
  }

  private addAdministrator(event: Event): void {
    event.preventDefault()
    const data = new FormData(event.target as HTMLFormElement)
    void this.act(async () => {
      const person = await api('POST /api/v1/people', {
        body: {
          name: String(data.get('name')),
          email: String(data.get('email')),
          role: this.onboarding?.organisation.kind === 'school' ? 'school-admin' : 'trust-admin',
        },
      })
      this.added = { name: person.name, password: person.oneTimePassword }
      this.tell(`${person.name} is added.`, { stays: true })
      return undefined
    })
  }

  protected override render() {
    const { step } = this
    if (!step) return nothing
    const form = this.form(step)
    // The fields of the form say the rest.
    const isAsked = step.key === 'details' && form !== nothing
    const facts = isAsked ? step.facts.filter(({ label }) => label === 'Kind') : step.facts
    return html`${this.notices()}<div class="stack">
      <p>${step.help}</p>
      ${step.missing.length > 0 && step.state !== 'skipped' ? html`<ul class="onboarding-missing">${step.missing.map((text) => html`<li>${text}</li>`)}</ul>` : nothing}
      ${form}
      <dl class="values">${facts.map(({ label, value }) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>
      ${step.at ? html`<p class="hint">${step.state === 'skipped' ? 'Left out' : 'Done'}${step.by?.name ? ` by ${step.by.name}` : ''}, ${when(step.at)}.</p>` : nothing}
      ${this.may('tenants.write') ? this.acts(step) : nothing}
      ${this.note(step)}
    </div>`
  }

  private form(step: OnboardingStep): TemplateResult | typeof nothing {
    if (!this.inside) return nothing
    if (this.added) return this.password(this.added)
    if (step.key === 'details') return this.details()
    if (step.key === 'data-protection') return this.contact()
    if (step.key === 'administrator' && this.may('people.write')) return this.administrator()
    return nothing
  }

  private details(): TemplateResult | typeof nothing {
    if (!this.setting || !this.may('settings.write') || !this.may('tenants.write')) return nothing
    return html`<form class="stack" @submit=${this.saveDetails}>
      <div class="field"><label for="step-name">Name</label>
        <input id="step-name" name="name" required maxlength="200" autocomplete="off" .value=${this.onboarding?.organisation.name ?? ''} /></div>
      ${this.settingField(this.setting, { type: 'text', required: true })}
      <p class="actions"><button class="button" ?disabled=${this.busy}>Save</button></p>
    </form>`
  }

  private contact(): TemplateResult | typeof nothing {
    if (!this.setting || !this.may('settings.write') || !this.setting.changeable) return nothing
    return html`<form class="stack" @submit=${this.saveContact}>
      ${this.settingField(this.setting, { type: 'email', required: true })}
      <p class="actions"><button class="button secondary" ?disabled=${this.busy}>Save the contact</button></p>
    </form>`
  }

  private settingField(
    { title, help, value, changeable, lockedBy }: EffectiveSetting,
    { type, required }: { type: 'text' | 'email'; required: boolean },
  ): TemplateResult {
    return html`<div class="field"><label for="step-value">${title}</label>
      <p class="hint" id="step-value-hint">${changeable ? help : `Locked by ${lockedBy?.name ?? 'an organisation above'}.`}</p>
      <input id="step-value" name="value" type=${type} ?required=${required} ?readonly=${!changeable} maxlength="300" autocomplete="off" aria-describedby="step-value-hint" .value=${typeof value === 'string' ? value : ''} /></div>`
  }

  private administrator(): TemplateResult {
    return html`<form class="stack" @submit=${this.addAdministrator}>
      <div class="field"><label for="step-person">Name</label><input id="step-person" name="name" required maxlength="200" autocomplete="off" /></div>
      <div class="field"><label for="step-email">E-mail address</label><input id="step-email" name="email" type="email" required maxlength="320" autocomplete="off" /></div>
      <p class="actions"><button class="button" ?disabled=${this.busy}>Add as administrator</button></p>
    </form>`
  }

  private password({ name, password }: { name: string; password: string }): TemplateResult {
    return html`<div class="notice success stack">
      <p>Pass this one-time password on to ${name}. It is shown only now and ends after seven days.</p>
      <admin-copy-field label="One-time password" .value=${password}></admin-copy-field>
      <p class="actions"><button class="button" @click=${() => {
        this.added = undefined
        this.tell('')
      }}>Go on</button></p>
    </div>`
  }

  private acts({ key, state, required, confirmation, link, missing }: OnboardingStep) {
    const words = linkWords[key]
    // What is missing beside the confirmation comes first.
    const canConfirm = confirmation !== null && missing.length === 1
    return html`<p class="actions">
      ${
        canConfirm
          ? html`<button class="button" ?disabled=${this.busy} @click=${() => this.decide({ confirm: confirmation }, 'It is confirmed.')}>Confirm</button>`
          : nothing
      }
      ${this.inside && words ? html`<a class="button ${canConfirm || state !== 'todo' ? 'secondary' : ''}" href=${link} @click=${() => this.remember()}>${words}</a>` : nothing}
      ${
        required || state === 'done'
          ? nothing
          : state === 'skipped'
            ? html`<button class="button secondary" ?disabled=${this.busy} @click=${() => this.decide({ skip: false }, 'The step is to be done.')}>Do it after all</button>`
            : html`<button class="button link" ?disabled=${this.busy} @click=${() => this.decide({ skip: true }, 'The step is left out.')}>Leave it out</button>`
      }
    </p>`
  }

  private remember(): void {
    const { onboarding, step } = this
    if (onboarding && step) rememberReturn(onboarding.organisation, step.key)
  }

  private note({ note }: OnboardingStep): TemplateResult | typeof nothing {
    if (!this.may('tenants.write')) return note ? html`<p>Note: ${note}</p>` : nothing
    return html`<details ?open=${note !== null}>
      <summary>Note for whoever goes on</summary>
      <form class="stack" @submit=${this.saveNote}>
        <div class="field"><label for="step-note">Note</label><textarea id="step-note" name="note" rows="2" maxlength="500" .value=${note ?? ''}></textarea></div>
        <p class="actions"><button class="button secondary" ?disabled=${this.busy}>Keep the note</button></p>
      </form>
    </details>`
  }
}

customElements.define('admin-onboarding-step', OnboardingStepElement)
