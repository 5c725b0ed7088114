import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../../../shared/errors.ts'
import type { Logger } from '../logging.ts'
import type { EngineProcess } from './engine-process.ts'

export interface SuperviseOptions {
  readonly start: () => Promise<EngineProcess>
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>
  /** After so many starts in a row that failed the supervisor gives up. */
  readonly attempts?: number
  readonly firstDelayMs?: number
  /** An engine that ends sooner is started again more slowly each time. */
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

/** Shorter than the time a client waits for its server, so that a restart is a pause and not an error. */
const longestDelayMs = 2000

/** Keeps an engine running: starts it again when it ends by itself, ever more slowly, until it gives up. */
export async function superviseEngine(options: SuperviseOptions): Promise<SupervisedEngine> {
  const { start, log, attempts = 6, firstDelayMs = 100, steadyMs = 250 } = options
  const random = options.random ?? Math.random
  const stopping = new AbortController()
  const listeners: ((error: AppError) => void)[] = []
  let failure: AppError | undefined
  let current = await start()
  let restarts = 0

  async function watch(): Promise<void> {
    let quickEnds = 0
    while (!stopping.signal.aborted) {
      const startedAt = performance.now()
      const end = await current.ended
      if (stopping.signal.aborted) return
      quickEnds = performance.now() - startedAt < steadyMs ? quickEnds + 1 : 0
      log.warn({ end, restarts }, 'database engine ended, starting it again')
      await restart(quickEnds)
    }
  }

  async function restart(quickEnds: number): Promise<void> {
    for (let failed = 0; ; ) {
      const longest = Math.min(firstDelayMs * 2 ** (quickEnds + failed), longestDelayMs)
      await delay(longest * (0.75 + random() / 2), undefined, { signal: stopping.signal })
      try {
        current = await start()
        restarts++
        log.info({ restarts, pid: current.enginePid }, 'database engine serves again')
        return
      } catch (error) {
        failed++
        if (failed === attempts || isLasting(error)) throw giveUp(error, attempts)
      }
    }
  }

  const watching = watch().catch((error: unknown) => {
    if (stopping.signal.aborted) return
    failure = giveUp(error, attempts)
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

/** A full or read-only disk does not mend itself between two attempts. */
function isLasting(error: unknown): boolean {
  return error instanceof AppError && error.code !== 'database_unavailable'
}

function giveUp(cause: unknown, attempts: number): AppError {
  if (cause instanceof AppError) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new AppError(
    'database_unavailable',
    `the database engine could not be started again in ${attempts} attempts (${reason}): start the server again, or set MONGODB_URI`,
    { cause },
  )
}
