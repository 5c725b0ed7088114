import { html, nothing, type TemplateResult } from 'lit'
import { state } from 'lit/decorators.js'
import { type AlertChannel, alertChannels } from '../../shared/alert-channels.ts'
import type { AlertRoute, AlertRouteBody, AlertRouteChange } from '../../shared/api/alerts.ts'
import { roleNames } from '../../shared/scopes.ts'
import { failureState, loadingState } from '../core/states.ts'
import { askFirst } from '../dashboard/ask-first.ts'
import { DashboardElement } from '../dashboard/dashboard-element.ts'
import { dashboardStyles } from '../dashboard/dashboard-styles.ts'
import '../state-badge/state-badge.ts'
import '../time-ago/time-ago.ts'
import { channelNames } from './alert-words.ts'
import { allOf, sentForm, textOf } from './form-values.ts'

/** @summary The ways alerts take: add, change, try, switch off, delete. */
export class AlertRoutesElement extends DashboardElement {
  static override styles = dashboardStyles

  @state() private routes: readonly AlertRoute[] | undefined
  @state() private adding: AlertChannel | undefined
  /** The way that is being changed. */
  @state() private editing: string | undefined
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

  private change(event: SubmitEvent, { id, kind }: AlertRoute): void {
    const body = changeOf(kind, sentForm(event))
    void this.act(async () => {
      const { name } = await this.client('PATCH /api/v1/alert-routes/:id', { params: { id }, body })
      this.editing = undefined
      await this.load()
      return `“${name}” is saved.`
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
      <ul class="plain">${routes.map((route) => (this.editing === route.id ? html`<li>${this.changeForm(route)}</li>` : this.entry(route)))}</ul>`
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

  private changeForm(route: AlertRoute): TemplateResult {
    const { name, kind } = route
    return html`<form class="card narrow-form" @submit=${(event: SubmitEvent) => this.change(event, route)}>
      <h3>Change “${name}”</h3>
      <p class="field"><label>Name <input name="name" required maxlength="100" value=${name} /></label></p>
      ${fieldsOf(kind, route)}
      <p class="actions">
        <button class="button" ?disabled=${this.busy}>Save</button>
        <button type="button" class="button secondary" @click=${() => {
          this.editing = undefined
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
              <button type="button" class="button secondary" @click=${() => {
                this.editing = route.id
              }}>Change<span class="visually-hidden"> ${name}</span></button>
              <button type="button" class="button secondary" ?disabled=${this.busy} @click=${() => this.switch(route)}>${enabled ? 'Switch off' : 'Switch on'}<span class="visually-hidden"> ${name}</span></button>
              ${isDefault ? nothing : html`<button type="button" class="button danger" ?disabled=${this.busy} @click=${() => this.discard(route)}>Delete<span class="visually-hidden"> ${name}</span></button>`}
            </p>`
          : nothing
      }
    </li>`
  }
}

function fieldsOf(kind: AlertChannel, route?: AlertRoute): TemplateResult {
  if (kind === 'email') {
    return html`<p class="field"><label>To <input name="to" required value=${route?.to?.join(', ') ?? ''} placeholder="office@school.example" /></label></p>
      <p class="hint">Several addresses are separated by commas.</p>`
  }
  if (kind === 'in-app') {
    const isChosen = (role: string) => route?.roles?.includes(role) ?? role.endsWith('-admin')
    return html`<fieldset><legend>Shown to</legend>${roleNames.map(
      (role) =>
        html`<label class="check"><input type="checkbox" name="role" value=${role} ?checked=${isChosen(role)} /> ${role.replaceAll('-', ' ')}</label>`,
    )}</fieldset>`
  }
  const where = {
    webhook: 'Messages are signed as Standard Webhooks 1.0.0 says; you get the secret once.',
    teams:
      'In Teams: the channel, Workflows, “Post to a channel when a webhook request is received”.',
    slack: 'In Slack: an app with Incoming Webhooks for the channel.',
  }[kind]
  return html`<p class="field"><label>Address <input name="url" type="url" ?required=${!route} placeholder=${route?.url ?? 'https://'} /></label></p>
    <p class="hint">${route ? 'Left empty, it stays as it is.' : where}</p>`
}

function bodyOf(kind: AlertChannel, data: FormData): AlertRouteBody {
  const named = { name: textOf(data, 'name'), enabled: true }
  if (kind === 'email') return { kind, ...named, to: receiversOf(data) }
  if (kind === 'in-app') return { kind, ...named, roles: rolesOf(data) }
  return { kind, ...named, url: textOf(data, 'url') }
}

function changeOf(kind: AlertChannel, data: FormData): AlertRouteChange {
  const name = textOf(data, 'name')
  if (kind === 'email') return { name, to: receiversOf(data) }
  if (kind === 'in-app') return { name, roles: rolesOf(data) }
  const url = textOf(data, 'url')
  return url === '' ? { name } : { name, url }
}

const receiversOf = (data: FormData) =>
  textOf(data, 'to')
    .split(/[\s,;]+/)
    .filter(Boolean)

function rolesOf(data: FormData) {
  const chosen = new Set(allOf(data, 'role'))
  return roleNames.filter((role) => chosen.has(role))
}

customElements.define('edpsych-alert-routes', AlertRoutesElement)
