/** Why a delivery cannot be trusted; `reason` is stable. */
export type WebhookRefusal =
  | 'missing_header'
  | 'invalid_secret'
  | 'invalid_timestamp'
  | 'too_old'
  | 'too_new'
  | 'no_matching_signature'
  | 'invalid_body'

/** Thrown for a delivery that must not be believed: answer it with 400 and do nothing. */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError'
  readonly reason: WebhookRefusal

  constructor(reason: WebhookRefusal, message: string) {
    super(message)
    this.reason = reason
  }
}

type HeaderBag =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>

export interface VerifyOptions {
  /** The endpoint's `whsec_…`; several while a secret is being replaced. */
  readonly secret: string | readonly string[]
  /** A `Headers` object, or the plain one of Node's `request.headers`. */
  readonly headers: HeaderBag
  /** The body exactly as it arrived: not parsed and serialised again. */
  readonly body: string | Uint8Array
  /** How far the sender's clock may be off; default 300 s. */
  readonly toleranceSeconds?: number
  /** Milliseconds since 1970. */
  readonly now?: number
}

export interface VerifiedWebhook {
  /** The same for every delivery of one event: do the work once for each id. */
  readonly id: string
  readonly timestamp: Date
  readonly type: string
  readonly data: unknown
  /** The whole parsed body. */
  readonly payload: Readonly<Record<string, unknown>>
}

/**
 * Checks a delivery by Standard Webhooks 1.0.0 and answers what it says.
 *
 * @example const { id, type, data } = await verifyWebhook({ secret, headers: request.headers, body })
 */
export async function verifyWebhook(options: VerifyOptions): Promise<VerifiedWebhook> {
  const id = headerOf(options.headers, 'webhook-id')
  const time = headerOf(options.headers, 'webhook-timestamp')
  const signatures = headerOf(options.headers, 'webhook-signature')
  const seconds = checkTime(time, options)
  const body = typeof options.body === 'string' ? encode(options.body) : options.body
  const secrets = typeof options.secret === 'string' ? [options.secret] : options.secret
  const signed = signedBytes(id, time, body)
  if (!(await matches(secrets, signatures, signed))) {
    throw new WebhookVerificationError(
      'no_matching_signature',
      'No signature of the delivery was made with this secret over this body',
    )
  }
  return { id, timestamp: new Date(seconds * 1000), ...readPayload(body) }
}

function headerOf(headers: HeaderBag, name: string): string {
  const value = isHeaders(headers) ? headers.get(name) : headers[name]
  const text = Array.isArray(value) ? value[0] : value
  if (typeof text === 'string' && text !== '') return text
  throw new WebhookVerificationError('missing_header', `The header ${name} is missing`)
}

function isHeaders(headers: HeaderBag): headers is { get(name: string): string | null } {
  return typeof headers['get'] === 'function'
}

function checkTime(text: string, { toleranceSeconds = 300, now = Date.now() }: VerifyOptions) {
  if (!/^\d{1,12}$/.test(text)) {
    throw new WebhookVerificationError('invalid_timestamp', 'webhook-timestamp is not a number')
  }
  const seconds = Number(text)
  const ahead = seconds - now / 1000
  if (ahead < -toleranceSeconds) {
    throw new WebhookVerificationError('too_old', 'The delivery is too old: it may be a replay')
  }
  if (ahead > toleranceSeconds) {
    throw new WebhookVerificationError('too_new', 'The delivery comes from the future')
  }
  return seconds
}

async function matches(
  secrets: readonly string[],
  header: string,
  signed: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  // Other schemes (v1a) may stand beside ours while a sender changes over.
  const given = header.split(' ').flatMap((part) => (part.startsWith('v1,') ? part.slice(3) : []))
  for (const secret of secrets) {
    const key = await keyOf(secret)
    for (const signature of given.slice(0, 8)) {
      const bytes = decodeBase64(signature)
      // Compares in constant time.
      if (bytes && (await crypto.subtle.verify('HMAC', key, bytes, signed))) return true
    }
  }
  return false
}

/** The `webhook-signature` of a body, as a sender makes it; for tests of a receiver. */
export async function signWebhook(options: {
  readonly secret: string
  readonly id: string
  /** Seconds since 1970. */
  readonly timestamp: number
  readonly body: string | Uint8Array
}): Promise<string> {
  const body = typeof options.body === 'string' ? encode(options.body) : options.body
  const signed = signedBytes(options.id, String(options.timestamp), body)
  const mac = await crypto.subtle.sign('HMAC', await keyOf(options.secret), signed)
  return `v1,${encodeBase64(new Uint8Array(mac))}`
}

async function keyOf(secret: string) {
  const bytes = decodeBase64(secret.replace(/^whsec_/, ''))
  if (!bytes || bytes.length === 0) {
    throw new WebhookVerificationError('invalid_secret', 'The secret is not whsec_ and base64')
  }
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ])
}

function readPayload(body: Uint8Array): Pick<VerifiedWebhook, 'type' | 'data' | 'payload'> {
  const payload = parseObject(body)
  const type = payload?.['type']
  if (!payload || typeof type !== 'string') {
    throw new WebhookVerificationError('invalid_body', 'The body is not an event in JSON')
  }
  return { type, data: payload['data'], payload }
}

function parseObject(body: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    // An object of JSON has string keys.
    return isObject ? (value as Record<string, unknown>) : undefined
  } catch {
    // Not JSON, or not UTF-8.
    return undefined
  }
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(text))
}

function signedBytes(id: string, time: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = encode(`${id}.${time}.`)
  const bytes = new Uint8Array(head.length + body.length)
  bytes.set(head)
  bytes.set(body, head.length)
  return bytes
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
  } catch {
    // A length that no bytes give.
    return undefined
  }
}

function encodeBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}
