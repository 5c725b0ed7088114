import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { signWebhook } from '../../../../shared/client/webhooks.ts'
import { AppError } from '../../../../shared/errors.ts'
import type { Outgoing } from '../../../core/outgoing/index.ts'

/** What the endpoint answered; `status` is null where it did not answer. */
export interface EndpointAnswer {
  readonly status: number | null
  readonly problem: string | null
  readonly durationMs: number
}

export interface Delivery {
  readonly id?: string
  /** Seconds from now, for the timestamp. */
  readonly shiftSeconds?: number
  readonly body?: string
  /** The header to send instead of the right signature; null sends none. */
  readonly signature?: ((right: string) => string | Promise<string>) | null
  /** Signs this body instead of the one that is sent. */
  readonly signedBody?: string
  /** Sends the body in pieces with this long between them. */
  readonly pieceEveryMs?: number
}

/** One run against one endpoint: sends deliveries and remembers what came back. */
export interface CertificationSession {
  readonly answers: readonly EndpointAnswer[]
  deliver(delivery?: Delivery): Promise<EndpointAnswer>
  newDeliveryId(): string
  /** An event of a type that every receiver must take. */
  eventBody(fields?: {
    readonly type?: string
    readonly timestamp?: Date
    readonly data?: unknown
    readonly extra?: Record<string, unknown>
  }): string
  now(): Date
}

const timeoutMs = 15_000
const pieces = 6

/** A secret that the endpoint cannot know. */
export function strangerSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}

export function openSession(options: {
  readonly url: string
  readonly secret: string
  readonly outgoing: Pick<Outgoing, 'request'>
  readonly signal: AbortSignal
  now(): Date
}): CertificationSession {
  const { url, secret, outgoing, signal, now } = options
  const answers: EndpointAnswer[] = []

  function eventBody(fields: Parameters<CertificationSession['eventBody']>[0] = {}): string {
    const { type = 'webhook.test', timestamp = now(), data = {}, extra = {} } = fields
    return JSON.stringify({ type, timestamp: timestamp.toISOString(), data, ...extra })
  }

  async function headersOf(delivery: Delivery, id: string, body: string) {
    const timestamp = Math.floor(now().getTime() / 1000) + (delivery.shiftSeconds ?? 0)
    const right = await signWebhook({ secret, id, timestamp, body: delivery.signedBody ?? body })
    const signature =
      delivery.signature === null ? null : await (delivery.signature?.(right) ?? right)
    return {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      ...(signature === null ? {} : { 'webhook-signature': signature }),
    }
  }

  async function deliver(delivery: Delivery = {}): Promise<EndpointAnswer> {
    const id = delivery.id ?? newDeliveryId()
    const body = delivery.body ?? eventBody()
    const { pieceEveryMs } = delivery
    const headers = await headersOf(delivery, id, body)
    const startedAt = performance.now()
    const answer = await outgoing
      .request({
        url,
        purpose: 'sandbox.certification',
        method: 'POST',
        headers,
        body: pieceEveryMs === undefined ? body : inPieces(body, pieceEveryMs, signal),
        retries: 0,
        timeoutMs,
        maxBytes: 256 * 1024,
        signal,
      })
      .then(
        ({ status }) => ({ status, problem: null }),
        (error: unknown) => {
          if (!(error instanceof AppError)) throw error
          return { status: null, problem: error.message }
        },
      )
    const judged = { ...answer, durationMs: Math.round(performance.now() - startedAt) }
    answers.push(judged)
    return judged
  }

  return { answers, deliver, newDeliveryId, eventBody, now }
}

function newDeliveryId(): string {
  return `msg_certification_${randomBytes(12).toString('hex')}`
}

async function* inPieces(
  body: string,
  everyMs: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(body)
  const size = Math.ceil(bytes.length / pieces)
  for (let start = 0; start < bytes.length; start += size) {
    if (start > 0) await wait(everyMs, undefined, { signal })
    yield bytes.subarray(start, start + size)
  }
}
