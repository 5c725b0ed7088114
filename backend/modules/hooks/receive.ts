import { ConnectorError, type WebhookNotice } from '../../connector-kit/index.ts'
import { systemContext, type TenantContext } from '../../core/tenancy.ts'
import type { WorkingConnection } from '../connections/index.ts'
import { noteHeard, noteRefused } from './line-store.ts'
import { insertNotice, type Noted } from './notice-store.ts'
import type { Refusals } from './refusals.ts'
import { resume, type WatchDeps } from './watch.ts'

export interface Delivery {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly requestId: string
}

/** `absent`: there is nothing here that takes messages; `later`: it cannot be told now whether it is genuine. */
export type Outcome = 'taken' | 'late' | 'duplicate' | 'ignored' | 'refused' | 'absent' | 'later'

const verifyWithinMs = 8000

/** Takes what a vendor says, once it has shown that it is the vendor; everything else happens later. */
export async function receive(
  connection: WorkingConnection,
  delivery: Delivery,
  deps: WatchDeps,
  refusals: Refusals,
): Promise<Outcome> {
  const ctx = systemContext(connection.tenantId, 'hooks', delivery.requestId)
  try {
    const notices = await verify(ctx, connection, delivery, deps)
    if (notices === null) return 'absent'
    return await take(ctx, connection, notices, deps)
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    if (error.kind === 'unsupported') return 'absent'
    if (error.kind !== 'reject') return 'later'
    await noteRefusal(ctx, connection, error, deps, refusals)
    return 'refused'
  }
}

async function verify(
  ctx: TenantContext,
  { id }: WorkingConnection,
  { headers, body }: Delivery,
  { connections }: WatchDeps,
): Promise<readonly WebhookNotice[] | null> {
  const signal = AbortSignal.timeout(verifyWithinMs)
  const { connector, context } = await connections.open(ctx, id, {
    signal,
    purpose: 'webhook.receive',
    timeoutMs: verifyWithinMs / 2,
    retries: 1,
  })
  const { webhook } = connector.capabilities
  return webhook ? webhook.receive(context, { headers, body }) : null
}

async function take(
  ctx: TenantContext,
  { id: connectionId, tenantId, connectorId }: WorkingConnection,
  notices: readonly WebhookNotice[],
  deps: WatchDeps,
): Promise<Outcome> {
  const at = deps.now()
  const noted = new Set<Noted>()
  for (const { id: noticeId, detail: _, ...rest } of notices) {
    noted.add(await insertNotice(ctx, { connectionId, connectorId, noticeId, ...rest }, at))
  }
  const isDuplicate = noted.size === 1 && noted.has('duplicate')
  // Somebody who saw a message could send it again: that is no sign that the vendor still does.
  if (isDuplicate) return 'duplicate'
  const capabilities = [...new Set(notices.map(({ capability }) => capability))]
  const heard = { connectionId, tenantId, connectorId, capabilities, at }
  const before = await noteHeard(heard)
  await deps.clocks.messageIsRight(ctx, connectionId)
  if (before === null || before.refusedAt) {
    await deps.problems.recovered(ctx, { connectionId, cause: 'webhook_refused' })
  }
  if (before?.state === 'stopped') await resume(ctx, before, deps)
  if (notices.length === 0) return 'ignored'
  return noted.has('news') ? 'taken' : 'late'
}

async function noteRefusal(
  ctx: TenantContext,
  { id: connectionId, tenantId }: WorkingConnection,
  error: ConnectorError,
  deps: WatchDeps,
  refusals: Refusals,
): Promise<void> {
  if (error.code === 'clock_skew') {
    await deps.clocks.messageIsWrong(ctx, connectionId, error.message)
    return
  }
  const count = refusals.add(connectionId, deps.now().getTime())
  if (count === null) return
  await noteRefused({ connectionId, tenantId }, deps.now())
  await deps.problems.report(ctx, {
    connectionId,
    cause: 'webhook_refused',
    evidence: { kind: 'webhooks', detail: `${count} messages were refused. ${error.message}` },
  })
}
