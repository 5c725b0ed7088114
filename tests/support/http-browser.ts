/** One answer as a browser would see it, before anything in the page runs. */
export interface BrowserAnswer {
  readonly url: string
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

type FormFields = Readonly<Record<string, string | undefined>>

export interface HtmlForm {
  readonly action: string
  readonly fields: FormFields
}

interface BrowserRequest {
  readonly method?: 'GET' | 'POST'
  readonly form?: FormFields
  readonly headers?: Readonly<Record<string, string>>
}

/** A browser without script: keeps cookies per host, follows redirects, submits forms. */
export interface HttpBrowser {
  /** One request, redirects not followed. */
  send(url: string, request?: BrowserRequest): Promise<BrowserAnswer>
  /** A request and its redirects; the last answer. */
  open(url: string, request?: BrowserRequest): Promise<BrowserAnswer>
  submit(form: HtmlForm): Promise<BrowserAnswer>
  cookies(url: string): string
  /** Takes over cookies of an answer that was fetched otherwise. */
  remember(url: string, setCookies: readonly string[]): void
}

const redirectLimit = 10

/** A new browser profile; `keepCookies: false` is one that drops every cookie. */
export function createHttpBrowser({ keepCookies = true } = {}): HttpBrowser {
  const jar = new Map<string, Map<string, string>>()

  const cookies = (url: string): string =>
    [...(jar.get(new URL(url).hostname) ?? [])]
      .map(([name, value]) => `${name}=${value}`)
      .join('; ')

  const remember = (url: string, lines: readonly string[]): void => {
    if (!keepCookies) return
    const { hostname } = new URL(url)
    const ofHost = jar.get(hostname) ?? new Map<string, string>()
    jar.set(hostname, ofHost)
    for (const line of lines) {
      // Secure and SameSite are for real browsers; localhost counts as secure there as well.
      const [pair = '', ...attributes] = line.split(';')
      const name = pair.slice(0, pair.indexOf('=')).trim()
      if (isExpired(attributes)) ofHost.delete(name)
      else ofHost.set(name, pair.slice(pair.indexOf('=') + 1).trim())
    }
  }

  const send = async (url: string, request: BrowserRequest = {}): Promise<BrowserAnswer> => {
    const { form, method = form ? 'POST' : 'GET', headers } = request
    const cookie = cookies(url)
    const answer = await fetch(url, {
      method,
      redirect: 'manual',
      headers: { accept: 'text/html', ...(cookie ? { cookie } : {}), ...headers },
      ...(form ? { body: encoded(form) } : {}),
    })
    remember(url, answer.headers.getSetCookie())
    return { url, status: answer.status, headers: answer.headers, body: await answer.text() }
  }

  const open = async (url: string, request: BrowserRequest = {}): Promise<BrowserAnswer> => {
    let answer = await send(url, request)
    for (let hops = 0; hops < redirectLimit; hops++) {
      const location = answer.headers.get('location')
      if (answer.status < 300 || answer.status >= 400 || location === null) return answer
      answer = await send(new URL(location, answer.url).href)
    }
    throw new Error(`more than ${redirectLimit} redirects from ${url}`)
  }

  return {
    send,
    open,
    cookies,
    remember,
    submit: (form) => open(form.action, { form: form.fields }),
  }
}

function encoded(form: FormFields): URLSearchParams {
  const body = new URLSearchParams()
  for (const [name, value] of Object.entries(form)) {
    if (value !== undefined) body.append(name, value)
  }
  return body
}

function isExpired(attributes: readonly string[]): boolean {
  return attributes.some((attribute) => {
    const [name = '', value = ''] = attribute.trim().split('=')
    if (name.toLowerCase() === 'max-age') return Number(value) <= 0
    return name.toLowerCase() === 'expires' && Date.parse(value) <= Date.now()
  })
}

/** The first form of a page with its hidden fields. */
export function formOf({ body, url }: BrowserAnswer): HtmlForm {
  const form = /<form\b([^>]*)>([\s\S]*?)<\/form>/i.exec(body)
  if (!form) throw new Error(`no form in the answer of ${url}: ${textOf(body)}`)
  const fields: Record<string, string> = {}
  for (const [, attributes = ''] of (form[2] ?? '').matchAll(/<input\b([^>]*)>/gi)) {
    const name = attribute(attributes, 'name')
    if (name !== undefined) fields[name] = attribute(attributes, 'value') ?? ''
  }
  const action = new URL(attribute(form[1] ?? '', 'action') ?? '', url).href
  return { action, fields }
}

/** The words of a page, for the message of a failed test. */
export function textOf(body: string): string {
  return body
    .replace(/<(head|header|footer)\b[\s\S]*?<\/\1>|<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .slice(0, 500)
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  '#x27': "'",
}

function attribute(attributes: string, name: string): string | undefined {
  const found = new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'i').exec(attributes)
  const value = found?.[1] ?? found?.[2]
  return value?.replace(
    /&(amp|lt|gt|quot|#39|#x27);/g,
    (_, entity: string) => entities[entity] ?? '',
  )
}
