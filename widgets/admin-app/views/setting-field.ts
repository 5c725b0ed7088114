import { html, type TemplateResult } from 'lit'
import type { EffectiveSetting, SettingContent } from '../../../shared/api/settings.ts'

const emptyWords: Readonly<Partial<Record<EffectiveSetting['type'], string>>> = {
  list: 'All',
  colour: 'The product’s own',
}

/** The value as a person reads it. */
export function shownValue(
  value: SettingContent,
  { type }: Pick<EffectiveSetting, 'type'>,
): TemplateResult | string {
  if (value === null || value === '') return emptyWords[type] ?? 'None'
  if (type === 'image') return html`<img src=${String(value)} alt="The logo" height="40" />`
  if (type === 'colour') {
    return html`<svg class="swatch" width="20" height="20" aria-hidden="true"><rect width="20" height="20" rx="4" fill=${String(value)}></rect></svg> <code>${String(value)}</code>`
  }
  return Array.isArray(value) ? value.join(', ') : String(value)
}

/** The field in which a setting is given; its label is the title of the setting. */
export function settingField(setting: EffectiveSetting): TemplateResult {
  const { key, title, type, value, minimum, maximum } = setting
  const id = `value-${key}`
  const text = value === null ? '' : Array.isArray(value) ? value.join('\n') : String(value)
  return html`<div class="field"><label for=${id}>${title}</label>${field()}</div>`

  function field(): TemplateResult {
    switch (type) {
      case 'number':
        return html`<input data-setting-input id=${id} name="value" type="number" inputmode="numeric" .value=${text} min=${minimum ?? ''} max=${maximum ?? ''} required />`
      case 'colour':
        return html`<input data-setting-input id=${id} name="value" type="color" .value=${text || '#37309b'} />`
      case 'image':
        return html`<p class="hint" id="${id}-hint">PNG, JPEG or WebP, at most 48 kB.</p>
          <input data-setting-input id=${id} name="value" type="file" accept="image/png,image/jpeg,image/webp" aria-describedby="${id}-hint" />`
      case 'list':
        return html`<p class="hint" id="${id}-hint">One a line; empty for all.</p>
          <textarea data-setting-input id=${id} name="value" rows="4" aria-describedby="${id}-hint" .value=${text}></textarea>`
      case 'email':
        return html`<input data-setting-input id=${id} name="value" type="email" autocomplete="off" .value=${text} />`
      case 'text':
        return html`<input data-setting-input id=${id} name="value" type="text" autocomplete="off" .value=${text} />`
    }
  }
}

/** What the form holds, as the API takes it; empty means none. */
export async function readValue(
  form: HTMLFormElement,
  { type }: Pick<EffectiveSetting, 'type'>,
): Promise<SettingContent> {
  const given = new FormData(form).get('value')
  if (given instanceof File) return given.size === 0 ? null : dataAddress(given)
  const text = String(given ?? '').trim()
  switch (type) {
    case 'number':
      return text === '' ? null : Number(text)
    case 'list': {
      const lines = text.split('\n').map((line) => line.trim())
      const entries = lines.filter((line) => line !== '')
      return entries.length === 0 ? null : entries
    }
    case 'email':
    case 'colour':
      return text === '' ? null : text
    default:
      return text
  }
}

function dataAddress(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.addEventListener('load', () => resolve(String(reader.result)))
    reader.addEventListener('error', () => reject(reader.error ?? new Error('cannot be read')))
    reader.readAsDataURL(file)
  })
}
