import { newId } from '../../core/ids.ts'
import type { Logger } from '../../core/logging.ts'
import type { Exchange } from './definition.ts'
import { type ExchangeRow, insertExchanges } from './exchange-store.ts'

const keptMs = 30 * 24 * 3_600_000
const everyMs = 1000
/** Good exchanges of one connection that are kept of each second; failures are kept all. */
const mostGood = 20
/** Rows that wait while the database is away. */
const mostWaiting = 20_000

/** Keeps what connections asked of other systems, a second's worth with each write. */
export function createExchangeLog({
  log,
  insert = insertExchanges,
}: {
  readonly log: Pick<Logger, 'warn'>
  readonly insert?: (rows: readonly ExchangeRow[]) => Promise<void>
}) {
  let waiting: ExchangeRow[] = []
  let good = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | undefined
  let isFailing = false

  function add({ connectorId: _, at, ...exchange }: Exchange): void {
    if (exchange.errorCode === null) {
      const count = (good.get(exchange.connectionId) ?? 0) + 1
      good.set(exchange.connectionId, count)
      if (count > mostGood) return
    }
    if (waiting.length >= mostWaiting) return
    waiting.push({
      ...exchange,
      _id: newId('exc', at.getTime()),
      createdAt: at,
      expiresAt: new Date(at.getTime() + keptMs),
    })
  }

  async function write(): Promise<void> {
    if (waiting.length === 0) return
    const rows = waiting
    waiting = []
    good = new Map()
    try {
      await insert(rows)
      isFailing = false
    } catch (error) {
      waiting = [...rows, ...waiting].slice(0, mostWaiting)
      if (!isFailing) log.warn({ err: error }, 'the log of connections could not be written')
      isFailing = true
    }
  }

  async function flush(): Promise<void> {
    writing ??= write().finally(() => {
      writing = undefined
    })
    await writing
  }

  return {
    add,
    flush,
    start(): void {
      timer ??= setInterval(() => void flush(), everyMs)
      timer.unref()
    },
    async stop(): Promise<void> {
      clearInterval(timer)
      timer = undefined
      await flush()
    },
  }
}
