import { AppError } from '../../../../shared/errors.ts'
import { redactText } from '../../../core/redaction.ts'
import { secretBytes, signWithSecrets } from '../../webhooks/index.ts'
import type { AlertsDeps } from '../deps.ts'
import type { RouteRow } from '../route-store.ts'
import { slackBody, teamsBody, webhookBody } from './bodies.ts'
import type { Message } from './message.ts'
import { openRoute } from './open-route.ts'

export interface Outcome {
  readonly ok: boolean
  /** In words that administrators may read: never an address or an answer. */
  readonly detail: string
  /** Trying again cannot help. */
  readonly isFinal: boolean
  readonly retryAfterMs: number | null
}

const sent: Outcome = { ok: true, detail: 'Sent.', isFinal: true, retryAfterMs: null }
const timeoutMs = 10_000

/** Sends one message by one way; never throws. */
export async function deliver(
  route: RouteRow,
  message: Message,
  deps: AlertsDeps,
): Promise<Outcome> {
  try {
    if (route.kind === 'in-app') return sent
    return await (route.kind === 'email'
      ? mailTo(route, message, deps)
      : post(route, message, deps))
  } catch (error) {
    return failed(reasonOf(error))
  }
}

function failed(detail: string, more: Partial<Outcome> = {}): Outcome {
  return { ok: false, detail, isFinal: false, retryAfterMs: null, ...more }
}

async function mailTo({ to }: RouteRow, message: Message, { mail }: AlertsDeps): Promise<Outcome> {
  if (!mail) {
    return failed(
      'This installation has no mail server; whoever runs it sets EDPSYCH_SMTP_URL and EDPSYCH_MAIL_FROM.',
      { isFinal: true },
    )
  }
  await mail(message, to ?? [])
  return sent
}

async function post(route: RouteRow, message: Message, deps: AlertsDeps): Promise<Outcome> {
  const { url, secret } = await openRoute(route, deps)
  const body = bodyOf(route.kind, message)
  const { status, retryAfterMs } = await deps.outgoing.request({
    url,
    purpose: 'alert',
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(secret !== null && signature(message, body, secret, deps.now())),
    },
    body,
    timeoutMs,
    retries: 0,
    ownBreaker: true,
  })
  if (status >= 200 && status < 300) return sent
  const isFinal = status === 410
  return failed(`The receiver answered with the status ${status}.`, { isFinal, retryAfterMs })
}

function bodyOf(kind: RouteRow['kind'], message: Message): string {
  if (kind === 'teams') return teamsBody(message)
  return kind === 'slack' ? slackBody(message) : webhookBody(message)
}

/** Standard Webhooks 1.0.0; the id is the alert's, so that each try carries the same. */
function signature({ id }: Message, body: string, secret: string, now: Date) {
  const timestamp = Math.floor(now.getTime() / 1000)
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signWithSecrets({ id, timestamp, body }, [secretBytes(secret)]),
  }
}

/** Mail servers quote addresses in what they refuse. */
function reasonOf(error: unknown): string {
  if (error instanceof AppError) return redactText(error.message).slice(0, 300)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const status =
    error instanceof Error && 'responseCode' in error ? ` ${String(error.responseCode)}` : ''
  return `It could not be sent (${`${code}${status}`.trim() || 'unknown failure'}).`
}
