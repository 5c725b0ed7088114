import { setTimeout as wait } from 'node:timers/promises'
import { BrokenCircuitError } from 'cockatiel'
import { Agent } from 'undici'
import { AppError } from '../../../shared/errors.ts'
import type { Logger } from '../logging.ts'
import { type BreakerSettings, createBreakers } from './breakers.ts'
import { checkingLookup, lookupAll } from './checking-lookup.ts'
import type { LookupAll, Outgoing, OutgoingRequest, OutgoingResponse } from './definition.ts'
import { type Exchanged, exchange } from './exchange.ts'
import { asOutgoingFailure, circuitOpen, isTransient, timedOut } from './failure.ts'
import { isRetryableStatus, parseRetryAfter, retryDelayMs } from './retry.ts'
import { createUrlPolicy, type Target, type UrlPolicySettings } from './url-policy.ts'

export interface OutgoingOptions extends UrlPolicySettings {
  readonly log: Logger
  readonly lookup?: LookupAll
  readonly clock?: () => number
  readonly breaker?: BreakerSettings
}

const defaults = { timeoutMs: 10_000, retries: 2, maxBytes: 1024 * 1024 }
const idempotentMethods = new Set(['GET', 'HEAD', 'PUT', 'DELETE'])

/** The one HTTP client for requests to other systems: address checks, limits, retries, a breaker per origin. */
export function createOutgoing(options: OutgoingOptions): Outgoing {
  const { log, lookup = lookupAll, clock = Date.now } = options
  const breakerSettings = options.breaker ?? { failures: 5, openMs: 10_000 }
  const policy = createUrlPolicy(options)
  const breakers = createBreakers(breakerSettings, log)
  const agents = { public: agentFor('public'), private: agentFor('private') }

  function agentFor(network: Target['network']): Agent {
    return new Agent({ connections: 16, connect: { lookup: checkingLookup(network, lookup) } })
  }

  async function attempt(target: Target, request: OutgoingRequest, timeoutMs: number) {
    const timeout = AbortSignal.timeout(Math.max(1, timeoutMs))
    const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout
    try {
      return await exchange(agents[target.network], target.url, request, {
        maxBytes: request.maxBytes ?? defaults.maxBytes,
        signal,
      })
    } catch (error) {
      request.signal?.throwIfAborted()
      if (timeout.aborted) {
        throw timedOut(target.url.host, request.timeoutMs ?? defaults.timeoutMs)
      }
      throw asOutgoingFailure(error, target.url.host)
    }
  }

  async function guarded(target: Target, request: OutgoingRequest, timeoutMs: number) {
    try {
      return await breakers
        .for(target.url.origin)
        .execute(() => attempt(target, request, timeoutMs))
    } catch (error) {
      if (error instanceof BrokenCircuitError) {
        throw circuitOpen(target.url.host, breakerSettings.openMs, error)
      }
      throw error
    }
  }

  async function logged(
    target: Target,
    request: OutgoingRequest,
    timeoutMs: number,
    tries: number,
  ) {
    const started = clock()
    const entry = {
      purpose: request.purpose,
      method: request.method ?? 'GET',
      host: target.url.host,
      path: target.url.pathname,
      requestId: request.requestId,
      tries,
    }
    try {
      const answer = await guarded(target, request, timeoutMs)
      const { status, bytes } = answer
      log.info({ ...entry, status, bytes, ms: clock() - started }, 'outgoing request')
      return answer
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'aborted'
      log.warn({ ...entry, code, ms: clock() - started }, 'outgoing request failed')
      throw error
    }
  }

  async function request(input: OutgoingRequest): Promise<OutgoingResponse> {
    const target = policy.check(input.url, input.purpose)
    input.signal?.throwIfAborted()
    const deadline = clock() + (input.timeoutMs ?? defaults.timeoutMs)
    const retries = retriesOf(input)

    for (let tries = 1; ; tries++) {
      const outcome = await settle(logged(target, input, deadline - clock(), tries))
      const delayMs = tries > retries ? null : delayBeforeNext(outcome, tries, clock())
      if (delayMs === null || clock() + delayMs >= deadline) {
        return response(unwrap(outcome), target.url.host, clock())
      }
      await wait(delayMs, undefined, input.signal ? { signal: input.signal } : {})
    }
  }

  return {
    request,
    checkUrl(url, purpose) {
      policy.check(url, purpose)
    },
    async close() {
      await Promise.all([agents.public.close(), agents.private.close()])
    },
  }
}

function retriesOf({ idempotent, method = 'GET', retries = defaults.retries }: OutgoingRequest) {
  return (idempotent ?? idempotentMethods.has(method)) ? retries : 0
}

type Settled<T> = { readonly value: T } | { readonly error: unknown }

async function settle<T>(work: Promise<T>): Promise<Settled<T>> {
  try {
    return { value: await work }
  } catch (error) {
    return { error }
  }
}

function unwrap<T>(outcome: Settled<T>): T {
  if ('error' in outcome) throw outcome.error
  return outcome.value
}

/** Null: the outcome is final. */
function delayBeforeNext(outcome: Settled<Exchanged>, tries: number, now: number): number | null {
  const backoff = retryDelayMs(tries, Math.random())
  if ('error' in outcome) return isTransient(outcome.error) ? backoff : null
  if (!isRetryableStatus(outcome.value.status)) return null
  const asked = parseRetryAfter(outcome.value.headers['retry-after'], now)
  return asked === null ? backoff : Math.max(asked, backoff)
}

function response(
  { status, headers, text }: Exchanged,
  host: string,
  now: number,
): OutgoingResponse {
  return {
    status,
    headers,
    text,
    retryAfterMs: parseRetryAfter(headers['retry-after'], now),
    json(schema) {
      const parsed = schema.safeParse(parseJson(text, host))
      if (parsed.success) return parsed.data
      const [issue] = parsed.error.issues
      throw new AppError(
        'upstream_invalid_response',
        `${host} answered something unexpected at "${issue?.path.join('.') ?? ''}": ${issue?.message ?? ''}`,
      )
    },
  }
}

function parseJson(text: string, host: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('upstream_invalid_response', `${host} did not answer with JSON`, { cause })
  }
}
