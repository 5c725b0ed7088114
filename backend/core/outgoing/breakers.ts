import {
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  handleType,
} from 'cockatiel'
import { AppError } from '../../../shared/errors.ts'
import type { Logger } from '../logging.ts'
import { isTransient } from './failure.ts'

export interface BreakerSettings {
  /** Failures in a row that open the circuit. */
  readonly failures: number
  readonly openMs: number
}

const mostOrigins = 1000

/** One circuit breaker per origin; the origin unused for longest is forgotten first. */
export function createBreakers({ failures, openMs }: BreakerSettings, log: Logger) {
  const breakers = new Map<string, CircuitBreakerPolicy>()

  function create(origin: string): CircuitBreakerPolicy {
    const policy = circuitBreaker(
      handleType(AppError, isTransient).orWhenResult(
        (answer) => (answer as { status: number }).status >= 500,
      ),
      { halfOpenAfter: openMs, breaker: new ConsecutiveBreaker(failures) },
    )
    policy.onBreak(() => log.warn({ origin }, 'outgoing circuit opened'))
    policy.onReset(() => log.info({ origin }, 'outgoing circuit closed'))
    return policy
  }

  return {
    for(origin: string): CircuitBreakerPolicy {
      const policy = breakers.get(origin) ?? create(origin)
      breakers.delete(origin)
      breakers.set(origin, policy)
      if (breakers.size > mostOrigins) {
        const [oldest] = breakers.keys()
        if (oldest !== undefined) breakers.delete(oldest)
      }
      return policy
    },
  }
}
