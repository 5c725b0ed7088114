import { AppError } from '../../../shared/errors.ts'
import { ConnectorError } from '../../connector-kit/index.ts'
import { systemContext } from '../../core/tenancy.ts'
import type { HealthReport } from '../connections/index.ts'
import type { MonitoringDeps } from './deps.ts'
import type { CheckResult } from './hysteresis.ts'

/** What one look at a connection found. */
export interface Look {
  readonly result: CheckResult
  readonly code: string | null
  readonly message: string | null
  readonly latencyMs: number | null
  readonly at: Date
}

/** `gone`: it is not in use any more; `none`: nothing can be said, and the fault is ours. */
export type LookOutcome = Look | 'gone' | 'none'

const usualTimeoutMs = 20_000
const slowMs = 5000

/** One health check that ends in time, whatever the connector does. */
export async function look(
  connection: { readonly _id: string; readonly tenantId: string },
  stopped: AbortSignal,
  deps: Pick<MonitoringDeps, 'connections' | 'checkTimeoutMs' | 'log' | 'now'>,
): Promise<LookOutcome> {
  const timeoutMs = deps.checkTimeoutMs ?? usualTimeoutMs
  const end = new AbortController()
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    end.abort()
  }, timeoutMs)
  const stop = () => end.abort()
  stopped.addEventListener('abort', stop, { once: true })
  if (stopped.aborted) stop()
  const ended = new Promise<never>((_resolve, reject) => {
    end.signal.addEventListener('abort', () => reject(end.signal.reason), { once: true })
  })
  // Nobody may wait for it any more when it rejects.
  ended.catch(() => undefined)
  try {
    const ctx = systemContext(connection.tenantId, 'monitoring')
    const check = deps.connections.check(ctx, connection._id, end.signal)
    const report = await Promise.race([check, ended])
    return lookOf(report)
  } catch (error) {
    if (isLate) return timedOut(timeoutMs, deps.now())
    if (stopped.aborted) return 'none'
    return lookOfError(error, connection._id, deps)
  } finally {
    clearTimeout(timer)
    stopped.removeEventListener('abort', stop)
  }
}

function lookOf({ state, code, message, latencyMs, checkedAt: at }: HealthReport): LookOutcome {
  if (state === 'unknown') return 'none'
  if (state === 'ok' && latencyMs !== null && latencyMs > slowMs) {
    return {
      result: 'degraded',
      code: 'slow',
      message: `It works, but the answer took ${(latencyMs / 1000).toFixed(1)} seconds. If this goes on, ask whoever runs the other system.`,
      latencyMs,
      at,
    }
  }
  return { result: state, code, message, latencyMs, at }
}

function timedOut(timeoutMs: number, at: Date): Look {
  return {
    result: 'failing',
    code: 'timeout',
    message: `There was no answer within ${Math.round(timeoutMs / 1000)} seconds. It is tried again by itself.`,
    latencyMs: null,
    at,
  }
}

function lookOfError(
  error: unknown,
  connectionId: string,
  { log, now }: Pick<MonitoringDeps, 'log' | 'now'>,
): LookOutcome {
  if (error instanceof ConnectorError) {
    const { code, message } = error
    return { result: 'failing', code, message, latencyMs: null, at: now() }
  }
  if (error instanceof AppError && ['connection_not_in_use', 'not_found'].includes(error.code)) {
    return 'gone'
  }
  log.warn({ err: error, connectionId }, 'a connection could not be checked')
  return 'none'
}
