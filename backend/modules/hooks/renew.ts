import { ConnectorError } from '../../connector-kit/index.ts'
import { systemContext } from '../../core/tenancy.ts'
import type { WorkingConnection } from '../connections/index.ts'
import { findOrder, saveOrder } from './order-store.ts'
import { hookUrlOf, type WatchDeps } from './watch.ts'

const hourMs = 3_600_000
/** Vendors end what nobody renews after a week: there is time for several tries. */
const renewEveryMs = 3 * 24 * hourMs
/** After a failure, and where the settings do not provide for messages yet. */
const againMs = hourMs
const withinMs = 10 * 60_000
const atOnce = 200

/** Orders the messages of every connection whose connector can, again and again before they would end. */
export async function renewOrders(deps: WatchDeps, signal: AbortSignal): Promise<void> {
  let after: string | null = null
  for (;;) {
    const working: WorkingConnection[] = await deps.connections.listWorking(after, atOnce)
    for (const connection of working) {
      if (signal.aborted) return
      if (connection.capabilities.includes('webhook.subscribe'))
        await renew(connection, deps, signal)
    }
    if (working.length < atOnce) return
    after = working.at(-1)?.id ?? null
  }
}

async function renew(
  { id, tenantId }: WorkingConnection,
  deps: WatchDeps,
  signal: AbortSignal,
): Promise<void> {
  const which = { _id: id, tenantId }
  const order = await findOrder(which)
  const now = deps.now()
  if (order && order.renewAt > now) return
  const failures = order?.failures ?? 0
  const failure = await tryToOrder({ id, tenantId }, deps, signal)
  if (signal.aborted) return
  const isUnwanted = failure instanceof ConnectorError && failure.kind === 'unsupported'
  const isFailed = failure !== undefined && !isUnwanted
  const afterMs = failure === undefined ? renewEveryMs : againMs
  const renewAt = new Date(now.getTime() + afterMs)
  await saveOrder(which, { renewAt, failures: isFailed ? failures + 1 : 0 })
  // The first of several failures in a row, and that they are over.
  if (isFailed === failures > 0 || isUnwanted) return
  await tell({ id, tenantId }, isFailed ? reasonOf(failure, deps) : null, deps)
}

/** What went wrong; undefined: nothing. */
async function tryToOrder(
  { id, tenantId }: Pick<WorkingConnection, 'id' | 'tenantId'>,
  deps: WatchDeps,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    const { connector, context } = await deps.connections.open(
      systemContext(tenantId, 'hooks'),
      id,
      {
        signal: AbortSignal.any([signal, AbortSignal.timeout(withinMs)]),
        purpose: 'webhook.subscribe',
      },
    )
    await connector.capabilities.webhook?.subscribe?.(context, hookUrlOf(deps.publicUrl, id))
    return undefined
  } catch (error) {
    return error
  }
}

function reasonOf(failure: unknown, { log }: WatchDeps): string {
  if (failure instanceof ConnectorError) return failure.message
  log.warn({ err: failure }, 'messages could not be ordered')
  return 'Something went wrong here.'
}

function tell(
  { id: connectionId, tenantId }: Pick<WorkingConnection, 'id' | 'tenantId'>,
  failure: string | null,
  deps: WatchDeps,
): Promise<void> {
  return deps.problems.recordAct(systemContext(tenantId, 'hooks'), {
    connectionId,
    cause: 'webhooks_stopped',
    act: 'resubscribe',
    result: failure === null ? 'worked' : 'failed',
    before: 'The other system sends messages until the order ends.',
    after:
      failure === null
        ? 'Messages were ordered anew.'
        : `Messages end in a few days unless this works again. ${failure}`,
    explanation:
      'The order is renewed every three days, and every hour after a failure; changes are asked for in any case.',
    at: deps.now(),
  })
}
