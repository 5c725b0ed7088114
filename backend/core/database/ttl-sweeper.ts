import type { Logger } from '../logging.ts'
import { type Fields, nativeDb } from './native-collection.ts'

/** Documents that expire `afterSeconds` after the date in `field`. */
export interface ExpiryRule {
  readonly collection: string
  readonly field: string
  readonly afterSeconds: number
  /** The index covers only these documents, so only these expire. */
  readonly only?: Fields
}

/** What the sweeper reads of a model. */
export interface SweptModel {
  readonly schema: {
    indexes(): [
      object,
      { expireAfterSeconds?: number | undefined; partialFilterExpression?: Fields | undefined },
    ][]
  }
  readonly collection: { readonly collectionName: string }
}

export interface TtlSweeperOptions {
  /** Models whose schemas declare `expires`. */
  readonly models?: readonly SweptModel[]
  readonly rules?: readonly ExpiryRule[]
  readonly log: Pick<Logger, 'info' | 'warn'>
  readonly everyMs?: number
  readonly now?: () => number
}

export interface TtlSweeper {
  /** Deletes what has expired and returns how many documents that were. */
  sweep(): Promise<number>
  stop(): Promise<void>
}

/** Deletes expired documents each minute: the embedded engine accepts TTL indexes and never acts on them. */
export function startTtlSweeper(options: TtlSweeperOptions): TtlSweeper {
  const { log, everyMs = 60_000, now = Date.now } = options
  const rules = [...(options.models ?? []).flatMap(expiryRules), ...(options.rules ?? [])]
  let running = Promise.resolve(0)
  let isIdle = true

  async function sweepAll(): Promise<number> {
    let deleted = 0
    for (const rule of rules) deleted += await sweepOne(rule, now(), log)
    return deleted
  }

  function sweep(): Promise<number> {
    if (!isIdle) return running
    isIdle = false
    running = sweepAll().finally(() => {
      isIdle = true
    })
    return running
  }

  const timer = setInterval(() => void sweep(), everyMs)
  timer.unref()
  return {
    sweep,
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}

async function sweepOne(
  rule: ExpiryRule,
  nowMs: number,
  log: TtlSweeperOptions['log'],
): Promise<number> {
  const { collection, field, afterSeconds, only } = rule
  const expired = { ...only, [field]: { $lte: new Date(nowMs - afterSeconds * 1000) } }
  try {
    const { deletedCount } = await nativeDb().collection(collection).deleteMany(expired)
    if (deletedCount > 0) log.info({ collection, deletedCount }, 'expired documents deleted')
    return deletedCount
  } catch (error) {
    // The engine may be restarting; what is left is deleted by the next sweep.
    log.warn({ collection, err: error }, 'expired documents not deleted')
    return 0
  }
}

/** The rules that a schema declares by `expires` or `expireAfterSeconds`. */
function expiryRules({ schema, collection }: SweptModel) {
  return schema.indexes().flatMap(([fields, options]): ExpiryRule[] => {
    const [field, ...others] = Object.keys(fields)
    const afterSeconds = options.expireAfterSeconds
    if (field === undefined || others.length > 0 || afterSeconds === undefined) return []
    const only = options.partialFilterExpression
    return [
      { collection: collection.collectionName, field, afterSeconds, ...(only ? { only } : {}) },
    ]
  })
}
