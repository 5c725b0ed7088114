import type { Page } from '../../../shared/api/contract.ts'
import type { HealingAct } from '../../../shared/api/problems.ts'
import { newId } from '../../core/ids.ts'
import { showPage, type TimedQuery } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { GateEvent, RefreshEvent } from '../connections/index.ts'
import { type ActRow, findActPage, insertActs } from './act-store.ts'
import type { NewAct, ProblemsDeps } from './definition.ts'
import { describeGate, describeRefresh } from './describe-act.ts'
import { showAct } from './show.ts'

const flushEveryMs = 500
const mostWaiting = 5000
/** A system that asks each request to wait is one act, not hundreds. */
const sameActMs = 60_000

/** What was done by itself: noted at once, written in batches, so that no request waits for it. */
export function createActLog(deps: ProblemsDeps) {
  const waiting: ActRow[] = []
  const lastBackOff = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()

  function note(tenantId: string, { at = deps.now(), ...act }: NewAct): void {
    if (waiting.length >= mostWaiting) waiting.shift()
    waiting.push({ _id: newId('act', at.getTime()), tenantId, at, ...act })
    timer ??= setTimeout(() => void flush(), flushEveryMs).unref()
  }

  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const rows = waiting.splice(0)
    if (rows.length > 0) {
      writing = writing
        .then(() => insertActs(rows))
        .catch((error: unknown) => {
          deps.log.warn({ err: error, count: rows.length }, 'healing acts could not be recorded')
        })
    }
    return writing
  }

  function isRepeated({ connectionId, act, at }: GateEvent): boolean {
    if (act !== 'back-off') return false
    const last = lastBackOff.get(connectionId) ?? Number.NEGATIVE_INFINITY
    if (at.getTime() - last < sameActMs) return true
    if (lastBackOff.size >= mostWaiting) lastBackOff.clear()
    lastBackOff.set(connectionId, at.getTime())
    return false
  }

  return {
    flush,
    fromGate(event: GateEvent): void {
      if (isRepeated(event)) return
      const { tenantId, connectionId, act, cause, at } = event
      note(tenantId, { connectionId, act, cause, at, ...describeGate(event) })
    },
    fromRefresh(event: RefreshEvent): void {
      const { tenantId, connectionId, code, at } = event
      note(tenantId, {
        connectionId,
        act: 'refresh-token',
        cause: code ?? 'expiry',
        at,
        ...describeRefresh(event),
      })
    },
    async record(ctx: TenantContext, act: NewAct): Promise<void> {
      note(ctx.tenantId, act)
      await flush()
    },
    async list(
      ctx: TenantContext,
      connectionId: string,
      query: TimedQuery,
    ): Promise<Page<HealingAct>> {
      // Answers as not found what the caller does not reach.
      const { tenantId } = await deps.connections().read(ctx, connectionId)
      await flush()
      return showPage(await findActPage({ tenantId, connectionId }, query), showAct)
    },
  }
}
