import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from '../../core/logging.ts'

interface Flushed {
  flush(): Promise<void>
}

const everyMs = 1000
const lastTries = 5

/** Writes what gathers in memory every second, and what is left at a stop. */
export function createFlushing({
  parts,
  log,
}: {
  readonly parts: readonly Flushed[]
  readonly log: Pick<Logger, 'warn'>
}) {
  let timer: NodeJS.Timeout | undefined
  let isFailing = false

  async function flushAll(): Promise<boolean> {
    const results = await Promise.allSettled(parts.map((part) => part.flush()))
    const failure = results.find((result) => result.status === 'rejected')
    if (failure && !isFailing) log.warn({ err: failure.reason }, 'usage could not be written')
    isFailing = failure !== undefined
    return !isFailing
  }

  return {
    start(): void {
      timer ??= setInterval(() => void flushAll(), everyMs)
      timer.unref()
    },
    async stop(): Promise<void> {
      clearInterval(timer)
      for (let tries = 1; tries <= lastTries; tries++) {
        if (await flushAll()) return
        await wait(100 * tries)
      }
    },
  }
}
