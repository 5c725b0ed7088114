import type { z } from 'zod'
import { ConnectorError } from './connector-error.ts'
import { reasonOf } from './reason-of.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** What a status that is not good means, and what a person does about it; undefined where it is good. */
export function errorOfStatus(
  { status, headers }: Answer,
  host: string,
  now: number,
): ConnectorError | undefined {
  if (status >= 200 && status < 300) return undefined
  if (status === 401) {
    return new ConnectorError(
      'reauthorise',
      `${host} does not accept the credentials. Enter new ones, or authorise the connection again.`,
      { status },
    )
  }
  if (status === 403) {
    return new ConnectorError(
      'reauthorise',
      `${host} knows the account, but does not let it do this. Ask its administrator to give the account the rights that the guide lists.`,
      { code: 'forbidden', status },
    )
  }
  if (status === 429) {
    return new ConnectorError('retry', `${host} asks for a pause: too many requests were made.`, {
      code: 'rate_limited',
      status,
      retryAfterMs: retryAfterMsOf(headers, now) ?? 60_000,
    })
  }
  if (status === 408 || status >= 500) {
    const retryAfterMs = retryAfterMsOf(headers, now)
    return new ConnectorError(
      'retry',
      `${host} has a fault of its own (status ${status}). Nothing needs to be done here; it is tried again.`,
      { status, ...(retryAfterMs !== null && { retryAfterMs }) },
    )
  }
  return new ConnectorError('reject', `${host} ${refusalOf(status)}`, {
    code: status === 404 || status === 410 ? 'not_found' : 'refused',
    status,
  })
}

function refusalOf(status: number): string {
  if (status === 404 || status === 410) {
    return 'has nothing at this address. Check that the address is complete and that the service is switched on there.'
  }
  if (status < 400) {
    return 'sends on to another address. Enter the address that the browser shows in the end.'
  }
  return `refused the request (status ${status}).`
}

/** A date is read by the vendor's own clock where it tells it, so that a wrong one does no harm. */
export function retryAfterMsOf(headers: Answer['headers'], now: number): number | null {
  const value = headers['retry-after']?.trim()
  if (value === undefined) return null
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000
  const at = Date.parse(value)
  if (Number.isNaN(at)) return null
  const vendorNow = Date.parse(headers['date'] ?? '')
  return Math.max(0, at - (Number.isNaN(vendorNow) ? now : vendorNow))
}

/** The body as JSON; undefined where there is none. A web page in its place is said to be one. */
export function readJson({ text, headers }: Answer, host: string): unknown {
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text)
  } catch (cause) {
    const isPage = /html/i.test(String(headers['content-type'])) || /^\s*</.test(text)
    throw new ConnectorError(
      'reject',
      isPage
        ? `${host} answered with a web page where data were expected: often a sign-in or maintenance page. Open the address in a browser and check that it is right.`
        : `${host} answered with something that is not JSON. Check that the address is that of its web service.`,
      { code: 'not_what_it_says', cause },
    )
  }
}

export function parseAnswer<S extends z.ZodType>(
  json: unknown,
  schema: S,
  host: string,
): z.output<S> {
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const reason = issue ? reasonOf(json, issue) : 'is not as expected'
  throw new ConnectorError(
    'reject',
    `${host} answered in a form we do not know: ${jsonPath(issue?.path ?? [])} ${reason}. Its maker has probably changed it; nothing was taken over.`,
    { code: 'schema_changed' },
  )
}

/** `$.users[3].name` */
export function jsonPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => text + (typeof part === 'number' ? `[${part}]` : `.${String(part)}`),
    '$',
  )
}

/** RFC 8288, by relation. */
export function linksOf(header: string | undefined): Record<string, string> {
  const links: Record<string, string> = {}
  for (const [, url = '', parameters = ''] of (header ?? '').matchAll(/<([^>]*)>([^<]*)/g)) {
    const rel = /;\s*rel\s*=\s*"?([^";,]+)"?/i.exec(parameters)?.[1]
    for (const name of rel?.split(/\s+/) ?? []) links[name] ??= url
  }
  return links
}
