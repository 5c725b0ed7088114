import type { RequestRecord } from '../../../shared/api/usage.ts'
import type { EndedCall } from '../../core/http/index.ts'
import { recordOf } from './call-record.ts'
import { insertRequests, type RequestRow } from './request-store.ts'

/** Successes of one tenant that get a record each, per process and second. */
const wholePerSecond = 20
/** Records that wait while the database is away. */
const mostWaiting = 20_000

interface Second {
  records: number
  /** The last record of each kind of call, which stands for those that follow. */
  readonly last: Map<string, RequestRow>
}

export interface RequestLogOptions {
  readonly insert?: (rows: readonly RequestRow[]) => Promise<void>
  readonly now?: () => number
  /** Shows a record to those who watch. */
  readonly publish?:
    | ((tenantId: string, topic: 'requests', message: RequestRecord) => void)
    | undefined
}

/**
 * Records calls, a batch at a time. Refusals and failures are always recorded one by one, except for 429: of those,
 * and of successes above a rate, one record of the second stands for all that are alike and says how many.
 */
export function createRequestLog({
  insert = insertRequests,
  now = Date.now,
  publish,
}: RequestLogOptions = {}) {
  let waiting: RequestRow[] = []
  let seconds = new Map<string, Second>()
  let dropped = 0
  let flushing: Promise<void> | null = null

  function observe(call: EndedCall): void {
    const { ctx, status } = call
    if (ctx === null || ctx.tenantId === '') return
    const { tenantId } = ctx
    const second = seconds.get(tenantId) ?? { records: 0, last: new Map() }
    if (second.records === 0) seconds.set(tenantId, second)
    const isCounted = status === 429 || (status < 400 && second.records >= wholePerSecond)
    const kind = `${ctx.principal.id}|${call.operation}|${status}`
    const like = isCounted ? second.last.get(kind) : undefined
    if (like) {
      like.count += 1
      return
    }
    const record = recordOf(call, tenantId, now())
    second.records += 1
    second.last.set(kind, record)
    waiting.push(record)
  }

  async function write(): Promise<void> {
    if (waiting.length === 0) return
    const rows = waiting
    waiting = []
    seconds = new Map()
    try {
      await insert(rows)
      if (publish) for (const row of rows) publish(row.tenantId, 'requests', shownRequest(row))
    } catch (error) {
      waiting = [...rows, ...waiting]
      const over = waiting.length - mostWaiting
      if (over > 0) {
        dropped += over
        waiting = waiting.slice(over)
      }
      throw error
    }
  }

  return {
    observe,
    /** Writes what waits; rejects where it could not, and the next flush repeats it. */
    async flush(): Promise<void> {
      flushing ??= write().finally(() => {
        flushing = null
      })
      await flushing
    },
    /** Records lost because the database stayed away. */
    get dropped() {
      return dropped
    },
  }
}

export type RequestLog = ReturnType<typeof createRequestLog>

export function shownRequest({
  _id,
  tenantId: _,
  expiresAt: __,
  ...row
}: RequestRow): RequestRecord {
  const createdAt = row.createdAt.toISOString()
  return { ...row, id: _id, createdAt, updatedAt: createdAt }
}
