import { html, nothing, type TemplateResult } from 'lit'
import { state } from 'lit/decorators.js'
import type {
  EffectiveSetting,
  SettingChange,
  SettingsPreview,
} from '../../../shared/api/settings.ts'
import { kindsBelow } from '../../../shared/kinds-below.ts'
import { api, sentenceOf } from '../../app/api.ts'
import { countOf, View, when } from '../../app/view.ts'
import { readValue, settingField, shownValue } from './setting-field.ts'

const groups: readonly (readonly [group: string, heading: string])[] = [
  ['branding', 'How widgets look'],
  ['organisation', 'Organisation'],
  ['security', 'Security'],
]

type Key = EffectiveSetting['key']

/** @summary Settings of an organisation: what counts, where it comes from, and what a change would reach. */
export class SettingsElement extends View {
  @state() private settings: readonly EffectiveSetting[] | undefined
  @state() private editing: Key | undefined
  @state() private change: SettingChange | undefined
  @state() private preview: SettingsPreview | undefined
  private returnTo: Key | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    void this.load()
  }

  private async load(): Promise<void> {
    try {
      this.settings = (await api('GET /api/v1/settings', { query: {} })).settings
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  private get hasBelow(): boolean {
    const kind = this.session?.tenant.kind
    return kind !== undefined && kindsBelow[kind].some((below) => below !== 'sandbox')
  }

  private begin(key: Key): void {
    this.editing = key
    this.preview = undefined
    this.success = ''
    void this.updateComplete.then(() => {
      this.querySelector<HTMLElement>('[data-setting-input]')?.focus()
    })
  }

  private stop(key: Key): void {
    this.editing = undefined
    this.preview = undefined
    this.error = ''
    this.returnTo = key
  }

  /** Where the focus goes back to once the buttons can be pressed again. */
  protected override updated(): void {
    if (this.returnTo === undefined || this.busy) return
    this.querySelector<HTMLElement>(`[data-change="${this.returnTo}"]`)?.focus()
    this.returnTo = undefined
  }

  private async submit(event: SubmitEvent, setting: EffectiveSetting): Promise<void> {
    event.preventDefault()
    const form = event.target as HTMLFormElement
    await this.act(async () => {
      const change: SettingChange = {
        key: setting.key,
        inherit: false,
        value: await readValue(form, setting),
        locked: new FormData(form).get('locked') === 'on',
      }
      // A trust first sees which schools a change reaches.
      if (this.hasBelow) return this.lookAhead(change)
      return this.save(change)
    })
  }

  private async lookAhead(change: SettingChange): Promise<undefined> {
    this.change = change
    this.preview = await api('POST /api/v1/settings/preview', { body: { changes: [change] } })
    await this.updateComplete
    this.querySelector<HTMLElement>('[data-preview]')?.focus()
    return undefined
  }

  private async save(change: SettingChange): Promise<string> {
    const { settings } = await api('PATCH /api/v1/settings', { body: { changes: [change] } })
    this.settings = settings
    this.stop(change.key)
    const title = settings.find(({ key }) => key === change.key)?.title ?? ''
    return change.inherit ? `“${title}” is inherited again.` : `“${title}” is changed.`
  }

  private inherit({ key }: EffectiveSetting): void {
    const change: SettingChange = { key, inherit: true, locked: false }
    void this.act(async () => (this.hasBelow ? this.lookAhead(change) : this.save(change)))
    this.editing = key
  }

  protected override render() {
    return html`
      <h1>Settings</h1>
      <p class="lead">Each setting says where its value comes from. What an organisation sets counts for those below it, unless they say otherwise.</p>
      ${this.notices()}
      ${this.settings ? groups.map(([group, heading]) => this.group(group, heading)) : this.error ? nothing : html`<p class="loading" role="status">Loading settings …</p>`}
    `
  }

  private group(group: string, heading: string): TemplateResult {
    const own = this.settings?.filter((setting) => setting.group === group) ?? []
    return html`<h2>${heading}</h2>
      <div class="settings card">${own.map((setting) => this.row(setting))}</div>`
  }

  private row(setting: EffectiveSetting): TemplateResult {
    const { key, title, help, own, lockedBy, changeable } = setting
    const isEditing = this.editing === key
    return html`<section class="setting" aria-labelledby="setting-${key}">
      <div>
        <h3 id="setting-${key}">${title}</h3>
        <p class="hint">${help}</p>
      </div>
      <div>
        ${isEditing ? nothing : html`<p class="setting-value">${shownValue(setting.value, setting)}</p>`}
        <p class="hint">${origin(setting, this.session?.tenant.id)}${lockedBy ? html` <strong>${lockedBy.tenantId === this.session?.tenant.id ? 'Locked for those below.' : `Locked by ${lockedBy.name}.`}</strong>` : nothing}</p>
      </div>
      ${isEditing ? html`<div class="setting-editor">${this.editor(setting)}</div>` : nothing}
      ${
        isEditing || !this.may('settings.write')
          ? nothing
          : html`<p class="actions">
            ${
              changeable
                ? html`<button class="button secondary" data-change=${key} ?disabled=${this.busy} @click=${() => this.begin(key)}>Change<span class="visually-hidden"> ${title}</span></button>`
                : nothing
            }
            ${
              own
                ? html`<button class="button link" ?disabled=${this.busy} @click=${() => this.inherit(setting)}>Inherit again<span class="visually-hidden">: ${title}</span></button>`
                : nothing
            }
          </p>`
      }
    </section>`
  }

  private editor(setting: EffectiveSetting): TemplateResult {
    if (this.preview && this.change) return this.previewOf(setting, this.preview, this.change)
    return html`<form class="stack" novalidate @submit=${(event: SubmitEvent) => this.submit(event, setting)}>
      ${settingField(setting)}
      ${
        this.hasBelow
          ? html`<label class="check"><input type="checkbox" name="locked" ?checked=${setting.own?.locked ?? false} /> Lock it: organisations below cannot say otherwise</label>`
          : nothing
      }
      <p class="actions">
        <button class="button" ?disabled=${this.busy}>${this.hasBelow ? 'See what changes' : 'Save'}</button>
        <button type="button" class="button secondary" @click=${() => this.stop(setting.key)}>Cancel</button>
      </p>
    </form>`
  }

  private previewOf(
    setting: EffectiveSetting,
    { organisations, changing, keepingOwn, effects, truncated }: SettingsPreview,
    change: SettingChange,
  ): TemplateResult {
    return html`<div class="stack">
      <p tabindex="-1" data-preview><strong>${
        changing === 0
          ? 'Nothing would change for anybody.'
          : `Changes for ${countOf(changing, 'organisation', 'organisations')} of ${organisations}.`
      }</strong>
      ${keepingOwn > 0 ? `${countOf(keepingOwn, 'organisation keeps its', 'organisations keep their')} own value.` : ''}</p>
      ${
        effects.length === 0
          ? nothing
          : html`<div class="table-wrap" tabindex="0" role="region" aria-label="What would change"><table>
            <caption>What would change</caption>
            <thead><tr><th scope="col">Organisation</th><th scope="col">Now</th><th scope="col">Then</th><th scope="col">Note</th></tr></thead>
            <tbody>${effects.map(
              (effect) => html`<tr>
                <th scope="row">${effect.name}</th>
                <td>${shownValue(effect.before.value, setting)}</td>
                <td>${shownValue(effect.after.value, setting)}</td>
                <td>${effect.overrules ? 'Its own value stops counting' : effect.after.locked && !effect.before.locked ? 'Can no longer be changed there' : ''}</td>
              </tr>`,
            )}</tbody>
          </table></div>
          ${truncated ? html`<p class="hint">Only the first ${effects.length} are shown.</p>` : nothing}`
      }
      <p class="actions">
        <button class="button" ?disabled=${this.busy} @click=${() => this.act(() => this.save(change))}>${change.inherit ? 'Inherit again' : 'Save'}</button>
        <button class="button secondary" @click=${() => this.stop(setting.key)}>Leave it as it is</button>
      </p>
    </div>`
  }
}

function origin({ source, own }: EffectiveSetting, tenantId: string | undefined): string {
  if (source === null) return 'This is how the product comes.'
  if (source.tenantId === tenantId) return `Set here, ${when(own?.changedAt ?? null)}.`
  return `From ${source.name}.`
}

customElements.define('admin-settings', SettingsElement)
