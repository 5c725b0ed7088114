import { recordAudit } from '../../../core/audit/index.ts'
import { systemContext } from '../../../core/tenancy.ts'
import { failWaiting } from '../delivery-store.ts'
import type { WebhookDeps } from '../deps.ts'
import type { EndpointHealth, EndpointRow } from '../endpoint-store.ts'
import { disableEndpoint, noteDelivered, noteFailed, noticeFailing } from '../health-store.ts'
import type { Circuit } from './circuit.ts'
import type { Sent } from './send.ts'

const dayMs = 24 * 3600_000
const disabledAfterMs = 5 * dayMs
/** How often the last success is written while all goes well. */
const noteEveryMs = 60_000

export interface HealthChange {
  readonly endpoint: EndpointRow
  readonly circuit: Circuit
  readonly sent: readonly Sent[]
}

/**
 * Keeps an endpoint's record of failures; gives notice after a day of them and disables it after five. Resolves
 * with the health that a success left, where it was written.
 */
export async function recordHealth(
  deps: Pick<WebhookDeps, 'now'>,
  { endpoint, circuit, sent }: HealthChange,
): Promise<EndpointHealth | null> {
  const { health } = endpoint
  const now = deps.now(endpoint.tenantId)
  if (sent.some(({ verdict }) => verdict.kind === 'gone')) {
    await disable(endpoint, 'gone')
    return null
  }
  if (sent.some(({ verdict }) => verdict.kind === 'delivered')) {
    const isNews = health.failingSince !== null || health.failures > 0
    const notedAt = health.lastDeliveredAt?.getTime() ?? 0
    if (!isNews && now - notedAt <= noteEveryMs) return null
    return noteDelivered(endpoint, new Date(now))
  }
  await noteFailed(endpoint, {
    now: new Date(now),
    failures: circuit.failures,
    pausedUntil: circuit.pausedUntil > Date.now() ? new Date(circuit.pausedUntil) : null,
  })
  const { failingSince } = health
  if (failingSince === null) return null
  const failingForMs = now - failingSince.getTime()
  if (failingForMs >= disabledAfterMs) {
    await disable(endpoint, 'failing', new Date(now - disabledAfterMs))
  } else if (failingForMs >= dayMs) {
    await notice(endpoint, failingSince, now)
  }
  return null
}

async function notice(endpoint: EndpointRow, failingSince: Date, now: number): Promise<void> {
  const ctx = systemContext(endpoint.tenantId, 'webhooks')
  if (!(await noticeFailing(ctx, endpoint._id, new Date(now - dayMs), failingSince))) return
  await recordAudit(ctx, {
    action: 'webhook.failing',
    target: { type: 'webhook', id: endpoint._id },
    result: 'failed',
  })
}

async function disable(
  { _id, tenantId }: EndpointRow,
  reason: 'failing' | 'gone',
  failingSinceBefore?: Date,
): Promise<void> {
  const ctx = systemContext(tenantId, 'webhooks')
  if (!(await disableEndpoint(ctx, _id, reason, failingSinceBefore))) return
  await failWaiting(
    { tenantId, endpointId: _id },
    `The endpoint was disabled: ${sentences[reason]}`,
  )
  await recordAudit(ctx, {
    action: 'webhook.disable',
    target: { type: 'webhook', id: _id },
    result: 'success',
    detail: reason,
  })
}

const sentences = {
  failing: 'it refused everything for five days',
  gone: 'it answered 410 Gone',
} as const
