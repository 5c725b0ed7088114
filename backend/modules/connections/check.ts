import { type Connector, ConnectorError } from '../../connector-kit/index.ts'
import type { HealthReport } from './definition.ts'
import type { ConnectionsDeps } from './deps.ts'
import type { AnyContext } from './open.ts'

/** Causes that pass by themselves and say little of the connection. */
const mild: ReadonlySet<string> = new Set(['rate_limited'])

/** One health check by the connector, as a report; throws where the connection could not even be opened by us. */
export async function runCheck(
  open: () => Promise<{
    readonly connector: Pick<Connector, 'health'>
    readonly context: AnyContext
  }>,
  deps: Pick<ConnectionsDeps, 'now' | 'log'>,
): Promise<HealthReport> {
  const checkedAt = deps.now()
  const started = performance.now()
  const took = () => Math.round(performance.now() - started)
  let isOpen = false
  try {
    const { connector, context } = await open()
    isOpen = true
    const found = await connector.health(context)
    const message = found?.detail ?? null
    return { state: 'ok', code: null, message, latencyMs: took(), checkedAt }
  } catch (error) {
    // Not in use any more, or a fault of ours: this says nothing of the other system.
    if (!isOpen && !(error instanceof ConnectorError)) throw error
    const { code, message } = failureOf(error, deps)
    const state = mild.has(code) ? 'degraded' : 'failing'
    return { state, code, message, latencyMs: took(), checkedAt }
  }
}

/** Code and sentence of whatever a connector threw. */
export function failureOf(
  error: unknown,
  { log }: Pick<ConnectionsDeps, 'log'>,
): { readonly code: string; readonly message: string } {
  if (error instanceof ConnectorError) return { code: error.code, message: error.message }
  if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')) {
    return { code: 'timeout', message: 'It took too long and was stopped. It is tried again.' }
  }
  log.warn({ err: error }, 'a connector failed in an unforeseen way')
  return {
    code: 'refused',
    message: 'The connector met something it does not know. Tell the makers when it happened.',
  }
}
