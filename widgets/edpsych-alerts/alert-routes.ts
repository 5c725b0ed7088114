import { html, nothing, type TemplateResult } from 'lit'
import { state } from 'lit/decorators.js'
import {
  type AlertChannel,
  type AlertRoute,
  type AlertRouteBody,
  alertChannels,
} from '../../shared/api/alerts.ts'
import { roleNames } from '../../shared/scopes.ts'
import { failureState, loadingState } from '../core/states.ts'
import { askFirst } from '../dashboard/ask-first.ts'
import { DashboardElement } from '../dashboard/dashboard-element.ts'
import { dashboardStyles } from '../dashboard/dashboard-styles.ts'
import '../state-badge/state-badge.ts'
import '../time-ago/time-ago.ts'
import { channelNames } from './alert-words.ts'
import { allOf, sentForm, textOf } from './form-values.ts'

/** @summary The ways alerts take: add, try, switch off, delete. */
export class AlertRoutesElement extends DashboardElement {
  static override styles = dashboardStyles

  @state() private routes: readonly AlertRoute[] | undefined
  @state() private adding: AlertChannel | undefined
  /** The secret of a new webhook, shown once. */
  @state() private secret: string | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    void this.updateComplete.then(() => this.load())
  }

  private async load(): Promise<void> {
    try {
      const { data } = await this.client('GET /api/v1/alert-routes', { query: { limit: 100 } })
      this.routes = data
      this.failure = undefined
    } catch (error) {
      this.failed(error)
    }
  }

  private add(event: SubmitEvent, kind: AlertChannel): void {
    const body = bodyOf(kind, sentForm(event))
    void this.act(async () => {
      const { name, secret } = await this.client('POST /api/v1/alert-routes', { body })
      this.secret = secret ?? undefined
      this.adding = undefined
      await this.load()
      return `“${name}” is added. Try it, then choose it in a rule.`
    })
  }

  private tryOut({ id, name }: AlertRoute): void {
    void this.act(async () => {
      const { ok, detail } = await this.client('POST /api/v1/alert-routes/:id/test', {
        params: { id },
      })
      await this.load()
      if (!ok) return this.refuse(`“${name}” did not work: ${detail}`)
      return `“${name}” works: ${detail}`
    })
  }

  private switch({ id, name, enabled }: AlertRoute): void {
    void this.act(async () => {
      await this.client('PATCH /api/v1/alert-routes/:id', {
        params: { id },
        body: { enabled: !enabled },
      })
      await this.load()
      return enabled ? `“${name}” is switched off; nothing is sent that way.` : `“${name}” is on.`
    })
  }

  private discard({ id, name }: AlertRoute): void {
    void this.act(async () => {
      const sure = await askFirst(this, {
        title: `Delete “${name}”?`,
        effects: ['No alert can be sent this way any more. Its address is forgotten.'],
        button: 'Delete it',
        danger: true,
      })
      if (!sure) return undefined
      await this.client('DELETE /api/v1/alert-routes/:id', { params: { id } })
      await this.load()
      return `“${name}” is deleted.`
    })
  }

  protected override render(): TemplateResult {
    const { routes } = this
    if (!routes) {
      return this.failure
        ? failureState(this.failure, () => void this.load())
        : loadingState('Loading the ways …')
    }
    return html`<h2>Ways</h2>
      <p class="hint">How alerts reach people. Which of them take which way is said by the <a href="${this.base}/alerts/rules">rules</a>.</p>
      ${this.notices()}
      ${this.secret ? html`<div class="notice success"><p>The secret with which messages are signed, shown this once: <code>${this.secret}</code></p></div>` : nothing}
      ${this.may('alerts.write') ? this.toolbar() : nothing}
      ${this.adding ? this.form(this.adding) : nothing}
      <ul class="plain">${routes.map((route) => this.entry(route))}</ul>`
  }

  private toolbar(): TemplateResult {
    return html`<p class="actions">${alertChannels.map(
      (kind) =>
        html`<button type="button" class="button secondary" aria-expanded=${this.adding === kind ? 'true' : 'false'} @click=${() => {
          this.adding = this.adding === kind ? undefined : kind
        }}>Add: ${channelNames[kind]}</button>`,
    )}</p>`
  }

  private form(kind: AlertChannel): TemplateResult {
    return html`<form class="card narrow-form" @submit=${(event: SubmitEvent) => this.add(event, kind)}>
      <h3>${channelNames[kind]}</h3>
      <p class="field"><label>Name <input name="name" required maxlength="100" value=${channelNames[kind]} /></label></p>
      ${fieldsOf(kind)}
      <p class="actions">
        <button class="button" ?disabled=${this.busy}>Add it</button>
        <button type="button" class="button secondary" @click=${() => {
          this.adding = undefined
        }}>Cancel</button>
      </p>
    </form>`
  }

  private entry(route: AlertRoute): TemplateResult {
    const { name, kind, enabled, to, roles, url, ready, isDefault, lastSentAt, lastError } = route
    return html`<li class="entry">
      <div class="entry-head"><strong>${name}</strong><span>${channelNames[kind]}</span>${enabled ? nothing : html`<span class="note">switched off</span>`}</div>
      <p class="hint">${to?.join(', ') ?? roles?.join(', ') ?? url ?? ''}</p>
      ${ready ? nothing : html`<p class="notice warning">This server has no mail server yet: whoever runs it sets EDPSYCH_SMTP_URL. Until then nothing is sent this way.</p>`}
      ${lastError ? html`<p class="notice error">Last time it failed: ${lastError}</p>` : nothing}
      <p class="hint">Last sent: <edpsych-time-ago .datetime=${lastSentAt} empty="never"></edpsych-time-ago></p>
      ${
        this.may('alerts.write')
          ? html`<p class="actions">
              <button type="button" class="button secondary" ?disabled=${this.busy} @click=${() => this.tryOut(route)}>Send a test<span class="visually-hidden"> by ${name}</span></button>
              <button type="button" class="button secondary" ?disabled=${this.busy} @click=${() => this.switch(route)}>${enabled ? 'Switch off' : 'Switch on'}<span class="visually-hidden"> ${name}</span></button>
              ${isDefault ? nothing : html`<button type="button" class="button danger" ?disabled=${this.busy} @click=${() => this.discard(route)}>Delete<span class="visually-hidden"> ${name}</span></button>`}
            </p>`
          : nothing
      }
    </li>`
  }
}

function fieldsOf(kind: AlertChannel): TemplateResult {
  if (kind === 'email') {
    return html`<p class="field"><label>To <input name="to" required placeholder="office@school.example" /></label></p>
      <p class="hint">Several addresses are separated by commas.</p>`
  }
  if (kind === 'in-app') {
    return html`<fieldset><legend>Shown to</legend>${roleNames.map(
      (role) =>
        html`<label class="check"><input type="checkbox" name="role" value=${role} ?checked=${role.endsWith('-admin')} /> ${role.replaceAll('-', ' ')}</label>`,
    )}</fieldset>`
  }
  const where = {
    webhook: 'Messages are signed as Standard Webhooks 1.0.0 says; you get the secret once.',
    teams:
      'In Teams: the channel, Workflows, “Post to a channel when a webhook request is received”.',
    slack: 'In Slack: an app with Incoming Webhooks for the channel.',
  }[kind]
  return html`<p class="field"><label>Address <input name="url" type="url" required placeholder="https://" /></label></p>
    <p class="hint">${where}</p>`
}

function bodyOf(kind: AlertChannel, data: FormData): AlertRouteBody {
  const named = { name: textOf(data, 'name'), enabled: true }
  if (kind === 'email') {
    const to = textOf(data, 'to')
      .split(/[\s,;]+/)
      .filter(Boolean)
    return { kind, ...named, to }
  }
  if (kind === 'in-app') {
    const chosen = new Set(allOf(data, 'role'))
    return { kind, ...named, roles: roleNames.filter((role) => chosen.has(role)) }
  }
  return { kind, ...named, url: textOf(data, 'url') }
}

customElements.define('edpsych-alert-routes', AlertRoutesElement)
