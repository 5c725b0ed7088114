import { html, nothing, type TemplateResult } from 'lit'
import { state } from 'lit/decorators.js'
import type { AlertRoute, AlertRule } from '../../shared/api/alerts.ts'
import { failureState, loadingState } from '../core/states.ts'
import { askFirst } from '../dashboard/ask-first.ts'
import { DashboardElement } from '../dashboard/dashboard-element.ts'
import { dashboardStyles } from '../dashboard/dashboard-styles.ts'
import { offerUndo } from '../dashboard/undo-toast.ts'
import { stateWord } from '../state-badge/state-words.ts'
import { dayNames } from './alert-words.ts'
import { sentForm } from './form-values.ts'
import { changeOf, ruleFields } from './rule-fields.ts'

/** @summary Who is told of what: rules, their quiet hours, escalation and summaries. */
export class AlertRulesElement extends DashboardElement {
  static override styles = dashboardStyles

  @state() private rules: readonly AlertRule[] | undefined
  @state() private routes: readonly AlertRoute[] = []
  /** The rule that is being changed; `new` for one that is made. */
  @state() private editing: string | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    void this.updateComplete.then(() => this.load())
  }

  private async load(): Promise<void> {
    try {
      const query = { limit: 100 } as const
      const [rules, routes] = await Promise.all([
        this.client('GET /api/v1/alert-rules', { query }),
        this.client('GET /api/v1/alert-routes', { query }),
      ])
      this.rules = rules.data
      this.routes = routes.data
      this.failure = undefined
    } catch (error) {
      this.failed(error)
    }
  }

  private save(event: SubmitEvent, rule: AlertRule | undefined): void {
    const change = changeOf(sentForm(event))
    void this.act(async () => {
      if (change.routeIds.length === 0) return this.refuse('Choose at least one way to be told.')
      if (rule) {
        await this.client('PATCH /api/v1/alert-rules/:id', {
          params: { id: rule.id },
          body: change,
        })
      } else {
        await this.client('POST /api/v1/alert-rules', { body: change })
      }
      this.editing = undefined
      await this.load()
      return `“${change.name}” is saved.`
    })
  }

  private switch({ id, name, enabled }: AlertRule): void {
    void this.act(async () => {
      await this.client('PATCH /api/v1/alert-rules/:id', {
        params: { id },
        body: { enabled: !enabled },
      })
      await this.load()
      return enabled ? `“${name}” is switched off.` : `“${name}” is on.`
    })
  }

  private discard(rule: AlertRule): void {
    void this.act(async () => {
      const sure = await askFirst(this, {
        title: `Delete “${rule.name}”?`,
        effects: [
          'Nobody is told because of it any more.',
          'What waits because of it is not sent.',
        ],
        button: 'Delete it',
        danger: true,
      })
      if (!sure) return undefined
      await this.client('DELETE /api/v1/alert-rules/:id', { params: { id: rule.id } })
      await this.load()
      const { id: _, createdAt: _c, updatedAt: _u, isDefault: _d, ...body } = rule
      offerUndo(this, {
        sentence: `“${rule.name}” is deleted.`,
        button: 'Undo',
        undo: async () => {
          await this.client('POST /api/v1/alert-rules', { body })
          await this.load()
          return `“${rule.name}” is back.`
        },
      })
      return undefined
    })
  }

  protected override render(): TemplateResult {
    const { rules } = this
    if (!rules) {
      return this.failure
        ? failureState(this.failure, () => void this.load())
        : loadingState('Loading the rules …')
    }
    return html`<h2>Rules</h2>
      <p class="hint">A problem is told by each rule that it matches. Many connections that fail at once are one alert.</p>
      ${this.notices()}
      ${
        this.may('alerts.write') && this.editing !== 'new'
          ? html`<p class="actions"><button type="button" class="button" @click=${() => {
              this.editing = 'new'
            }}>Make a rule</button></p>`
          : nothing
      }
      ${this.editing === 'new' ? this.form(undefined) : nothing}
      <ul class="plain">${rules.map((rule) => (this.editing === rule.id ? html`<li>${this.form(rule)}</li>` : this.entry(rule)))}</ul>`
  }

  private form(rule: AlertRule | undefined): TemplateResult {
    return html`<form class="card narrow-form" @submit=${(event: SubmitEvent) => this.save(event, rule)}>
      <h3>${rule ? `Change “${rule.name}”` : 'A new rule'}</h3>
      ${ruleFields(rule, this.routes)}
      <p class="actions">
        <button class="button" ?disabled=${this.busy}>Save</button>
        <button type="button" class="button secondary" @click=${() => {
          this.editing = undefined
        }}>Cancel</button>
      </p>
    </form>`
  }

  private entry(rule: AlertRule): TemplateResult {
    const { name, enabled, isDefault } = rule
    return html`<li class="entry">
      <div class="entry-head"><strong>${name}</strong>${enabled ? nothing : html`<span class="note">switched off</span>`}</div>
      <ul class="hint">${this.sentences(rule).map((sentence) => html`<li>${sentence}</li>`)}</ul>
      ${
        this.may('alerts.write')
          ? html`<p class="actions">
              <button type="button" class="button secondary" @click=${() => {
                this.editing = rule.id
              }}>Change<span class="visually-hidden"> ${name}</span></button>
              <button type="button" class="button secondary" ?disabled=${this.busy} @click=${() => this.switch(rule)}>${enabled ? 'Switch off' : 'Switch on'}<span class="visually-hidden"> ${name}</span></button>
              ${isDefault ? nothing : html`<button type="button" class="button danger" ?disabled=${this.busy} @click=${() => this.discard(rule)}>Delete<span class="visually-hidden"> ${name}</span></button>`}
            </p>`
          : nothing
      }
    </li>`
  }

  /** The rule, read aloud. */
  private sentences(rule: AlertRule): string[] {
    const { match, includeBelow, escalation, quietHours, digest, pendingMinutes } = rule
    const bad = match.severities.map((name) => stateWord('severity', name).word.toLowerCase())
    const ways = (ids: readonly string[]) =>
      ids.map((id) => this.routes.find((route) => route.id === id)?.name ?? id).join(', ')
    return [
      `${bad.length === 0 ? 'Every problem' : `Problems graded ${bad.join(' or ')}`}${includeBelow ? ', also of the organisations below' : ''}, to: ${ways(rule.routeIds)}`,
      ...(pendingMinutes > 0 ? [`Only what lasts longer than ${pendingMinutes} minutes`] : []),
      ...(escalation
        ? [
            `If nobody looks into it within ${escalation.afterMinutes} minutes, also to: ${ways(escalation.routeIds)}`,
          ]
        : []),
      ...(quietHours
        ? [
            `Held back from ${quietHours.from} to ${quietHours.to} (${quietHours.days.map((day) => dayNames[day - 1] ?? day).join(', ')})${quietHours.criticalPasses ? ', but for what is critical' : ''}`,
          ]
        : []),
      ...(digest ? [`One summary a day at ${digest.at}; what is critical at once`] : []),
      ...(rule.notifyResolved ? ['Says when all is clear'] : []),
    ]
  }
}

customElements.define('edpsych-alert-rules', AlertRulesElement)
