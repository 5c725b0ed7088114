const brand = Symbol('html')

/** Markup that is safe to send: every value in it was escaped. */
export interface Html {
  readonly [brand]: string
}

export type HtmlValue = Html | string | number | null | undefined | false | readonly HtmlValue[]

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapeText = (text: string): string =>
  text.replace(/[&<>"']/g, (char) => entities[char] ?? '')

/** A template whose values are escaped, except those that are `html` themselves. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let text = ''
  for (const [index, string] of strings.entries()) text += string + render(values[index])
  return { [brand]: text }
}

function render(value: HtmlValue): string {
  if (value === undefined || value === null || value === false) return ''
  if (typeof value === 'string' || typeof value === 'number') return escapeText(String(value))
  return isHtml(value) ? value[brand] : value.map(render).join('')
}

const isHtml = (value: Html | readonly HtmlValue[]): value is Html => brand in value

/** The markup as text, to be sent. */
export function markup(value: Html): string {
  return value[brand]
}
