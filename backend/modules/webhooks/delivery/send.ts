import { AppError } from '../../../../shared/errors.ts'
import type { WebhookDeps } from '../deps.ts'
import { messageFor } from '../message.ts'
import { payloadFor } from '../payload-rights.ts'
import { type SignedMessage, signWithKey, signWithSecrets } from '../signing.ts'
import { loggedAnswer, loggedRequest } from './attempt-log.ts'
import type { ClaimedRow, Completion } from './claim-store.ts'
import type { ReadyEndpoint } from './endpoint-cache.ts'
import type { Answer, Post } from './post.ts'
import { pauseAfter } from './schedule.ts'
import { judgeAnswer, type Verdict } from './verdict.ts'

export interface Sent extends Completion {
  readonly verdict: Verdict
  readonly startedAt: number
}

/** One attempt at one delivery; every outcome, our own failures included, becomes a completion. */
export async function sendDelivery(
  deps: WebhookDeps & { readonly post: Post },
  row: ClaimedRow,
  endpoint: ReadyEndpoint,
): Promise<Sent> {
  const startedAt = Date.now()
  const { url } = endpoint.row
  const payload = await payloadFor(deps, endpoint.row, row.event)
  const { body, contentType } = await messageFor(endpoint.row, row.event, payload, {
    webhookId: row.webhookId,
    publicUrl: deps.settings.publicUrl,
  })
  const message = { id: row.webhookId, timestamp: Math.floor(startedAt / 1000), body }
  const headers = {
    'content-type': contentType,
    'user-agent': `EdPsych-Connect/${deps.settings.version}`,
    'webhook-id': message.id,
    'webhook-timestamp': String(message.timestamp),
    'webhook-signature': await signatureOf(message, endpoint, deps),
  }
  const { answer, verdict } = await exchange(deps.post, url, headers, body)
  const endedAt = Date.now()
  const attempt = {
    number: row.attemptCount + 1,
    at: new Date(startedAt),
    durationMs: endedAt - startedAt,
    outcome: verdict.kind === 'delivered' ? ('delivered' as const) : ('failed' as const),
    status: answer?.status ?? null,
    error: verdict.kind === 'delivered' ? null : verdict.error,
    payload: payload.kind,
    note: payload.note,
    request: loggedRequest(url, headers, body),
    response: answer && loggedAnswer(answer),
  }
  return {
    row,
    attempt,
    verdict,
    startedAt,
    at: new Date(endedAt),
    ...nextStep(row, verdict, endedAt),
  }
}

function nextStep(
  row: ClaimedRow,
  verdict: Verdict,
  now: number,
): Pick<Completion, 'status' | 'nextAttemptAt'> {
  if (verdict.kind === 'delivered') return { status: 'delivered', nextAttemptAt: null }
  if (verdict.kind === 'gone') return { status: 'failed', nextAttemptAt: null }
  const { retryAfterMs } = verdict
  const pauseMs = pauseAfter(row.tries + 1, { retryAfterMs, random: Math.random() })
  if (pauseMs === null) return { status: 'failed', nextAttemptAt: null }
  return { status: 'waiting', nextAttemptAt: new Date(now + pauseMs) }
}

async function signatureOf(
  message: SignedMessage,
  { row, secrets }: ReadyEndpoint,
  { signingKey, now }: Pick<WebhookDeps, 'signingKey' | 'now'>,
): Promise<string> {
  if (row.signature === 'ed25519') return signWithKey(message, (await signingKey()).privateKey)
  return signWithSecrets(message, secrets(now(row.tenantId)))
}

async function exchange(
  post: Post,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<{ answer: Answer | null; verdict: Verdict }> {
  try {
    const answer = await post(url, headers, body)
    return { answer, verdict: judgeAnswer(answer.status, answer.headers, Date.now()) }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { answer: null, verdict: { kind: 'failed', error: error.message, retryAfterMs: null } }
  }
}
