import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../../../shared/errors.ts'
import type { Logger } from '../logging.ts'
import type { EngineProcess } from './engine-process.ts'

export interface SuperviseOptions {
  readonly start: () => Promise<EngineProcess>
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>
  /** After the last of these the supervisor gives up; an engine that stayed up begins anew. */
  readonly attempts?: number
  readonly firstDelayMs?: number
  /** How long an engine must have served for its end not to count as one more failure in a row. */
  readonly steadyMs?: number
  readonly random?: () => number
}

export interface SupervisedEngine {
  readonly current: EngineProcess
  readonly restarts: number
  /** Called once, when the engine could not be brought back. */
  onFailure(listener: (error: AppError) => void): void
  stop(): Promise<void>
}

const longestDelayMs = 10_000

/** Keeps an engine running: starts it again when it ends by itself, ever more slowly, until it gives up. */
export async function superviseEngine(options: SuperviseOptions): Promise<SupervisedEngine> {
  const { start, log, attempts = 6, firstDelayMs = 100, steadyMs = 1000 } = options
  const random = options.random ?? Math.random
  const stopping = new AbortController()
  const listeners: ((error: AppError) => void)[] = []
  let failure: AppError | undefined
  let current = await start()
  let restarts = 0

  async function watch(): Promise<void> {
    let failuresInRow = 0
    while (!stopping.signal.aborted) {
      const startedAt = performance.now()
      const end = await current.ended
      if (stopping.signal.aborted) return
      if (performance.now() - startedAt >= steadyMs) failuresInRow = 0
      log.warn({ end, restarts }, 'database engine ended, starting it again')
      failuresInRow = await restart(failuresInRow, end)
    }
  }

  /** Returns how many failures in a row it took; throws the one error of giving up. */
  async function restart(failuresInRow: number, end: string): Promise<number> {
    let cause: unknown = new Error(end)
    for (let failures = failuresInRow + 1; failures <= attempts; failures++) {
      const longest = Math.min(firstDelayMs * 2 ** (failures - 1), longestDelayMs)
      await delay(longest * (0.75 + random() / 2), undefined, { signal: stopping.signal })
      try {
        current = await start()
        restarts++
        log.info({ restarts, pid: current.enginePid }, 'database engine serves again')
        return failures
      } catch (error) {
        cause = error
      }
    }
    throw giveUp(cause, attempts)
  }

  const watching = watch().catch((error: unknown) => {
    if (stopping.signal.aborted) return
    failure = error instanceof AppError ? error : giveUp(error, attempts)
    log.error({ err: failure }, 'database engine given up')
    for (const listener of listeners) listener(failure)
  })

  return {
    get current() {
      return current
    },
    get restarts() {
      return restarts
    },
    onFailure(listener) {
      listeners.push(listener)
      if (failure) listener(failure)
    },
    async stop() {
      stopping.abort()
      await current.stop()
      await watching
      await current.stop() // one that was just being started
    },
  }
}

function giveUp(cause: unknown, attempts: number): AppError {
  if (cause instanceof AppError) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new AppError(
    'database_unavailable',
    `the database engine ended ${attempts} times in a row (${reason}): start the server again, or set MONGODB_URI`,
    { cause },
  )
}
