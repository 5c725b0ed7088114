/** What an LMS made of an authentication request, as far as its answer shows. */
export type AuthenticationAnswer =
  | { readonly kind: 'message'; readonly idToken: string; readonly state: string }
  /** Sent to our redirect URI: the LMS knows the client and the address (OIDC Core §3.1.2.6). */
  | { readonly kind: 'error'; readonly error: string; readonly description: string }
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'page'; readonly status: number; readonly text: string }

interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
}

const longestText = 300

/** Reads the form that submits itself, or the redirect, with which platforms answer. */
export function readAnswer(answer: HttpAnswer, redirectUri: string): AuthenticationAnswer {
  const { status, headers, text } = answer
  const location = headers['location']
  if (status >= 300 && status < 400 && location !== undefined) {
    return readRedirect(location, redirectUri)
  }
  for (const form of text.matchAll(/<form\b([^>]*)>([\s\S]*?)(?:<\/form>|$)/gi)) {
    if (attribute(form[1] ?? '', 'action') !== redirectUri) continue
    const found = fromFields(fieldsOf(form[2] ?? ''))
    if (found) return found
  }
  return { kind: 'page', status, text: wordsOf(text) }
}

function readRedirect(location: string, redirectUri: string): AuthenticationAnswer {
  if (!URL.canParse(location, redirectUri)) return { kind: 'elsewhere' }
  const url = new URL(location, redirectUri)
  if (`${url.origin}${url.pathname}` !== redirectUri) return { kind: 'elsewhere' }
  const fields = new Map([...url.searchParams, ...new URLSearchParams(url.hash.slice(1))])
  return fromFields(fields) ?? { kind: 'elsewhere' }
}

function fromFields(fields: ReadonlyMap<string, string>): AuthenticationAnswer | null {
  const error = fields.get('error')
  if (error) {
    const description = (fields.get('error_description') ?? '').slice(0, longestText)
    return { kind: 'error', error: error.slice(0, 80), description }
  }
  const idToken = fields.get('id_token')
  const state = fields.get('state')
  return idToken && state ? { kind: 'message', idToken, state } : null
}

function fieldsOf(form: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const [, attributes = ''] of form.matchAll(/<input\b([^>]*)>/gi)) {
    const name = attribute(attributes, 'name')
    if (name !== null) fields.set(name, attribute(attributes, 'value') ?? '')
  }
  return fields
}

function attribute(attributes: string, name: string): string | null {
  const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'i').exec(attributes)
  return found ? decode(found[1] ?? found[2] ?? '') : null
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

function decode(text: string): string {
  return text.replace(
    /&(?:#x([\da-f]{1,6})|#(\d{1,7})|([a-z]+));/gi,
    (whole, hex, decimal, name) => {
      if (name !== undefined) return entities[String(name).toLowerCase()] ?? whole
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole
    },
  )
}

/** The words of a page or a plain text, for people: without markup, scripts and long tails. */
export function wordsOf(text: string): string {
  const words = text.replace(/<(script|style|head)\b[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' ')
  return decode(words).replace(/\s+/g, ' ').trim().slice(0, longestText)
}
