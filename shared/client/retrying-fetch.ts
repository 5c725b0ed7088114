export interface RetryOptions {
  /** Further tries after the first; default 3. */
  readonly retries?: number
  /** The longest pause that is waited for, in ms; a longer `Retry-After` is handed to the caller. Default 60 s. */
  readonly longestPauseMs?: number
  readonly fetch?: typeof fetch
  /** For tests. */
  readonly wait?: (ms: number, signal: AbortSignal | undefined) => Promise<void>
  readonly random?: () => number
  readonly newKey?: () => string
  readonly now?: () => number
}

const firstPauseMs = 250
const greatestPauseMs = 8000
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])
/** Answers that a later try may change. */
const passing = new Set([429, 502, 503, 504])

/**
 * A `fetch` that waits as long as `Retry-After` says and tries again, with one `Idempotency-Key` for all tries
 * of a write, so that a lost answer never makes two.
 */
export function retryingFetch(options: RetryOptions = {}): typeof fetch {
  const { retries = 3, longestPauseMs = 60_000, now = Date.now } = options
  const send = options.fetch ?? fetch
  const wait = options.wait ?? pause
  const random = options.random ?? Math.random
  const newKey = options.newKey ?? (() => crypto.randomUUID())

  /** Null: what came back is final. */
  function pauseBefore(tries: number, outcome: Response | undefined, isSafe: boolean) {
    const growing = Math.min(greatestPauseMs, firstPauseMs * 2 ** (tries - 1))
    const backoff = growing * (0.5 + random() / 2)
    if (!outcome) return backoff
    const asked = retryAfterMs(outcome.headers.get('retry-after'), now())
    const isInProgress = outcome.status === 409 && asked !== null
    const mayPass =
      passing.has(outcome.status) || isInProgress || (isSafe && outcome.status === 500)
    if (!mayPass || (asked ?? 0) > longestPauseMs) return null
    return Math.max(asked ?? 0, backoff)
  }

  async function repeat(
    attempt: () => Promise<Response>,
    { isSafe, signal }: { isSafe: boolean; signal: AbortSignal | undefined },
  ): Promise<Response> {
    for (let tries = 1; ; tries++) {
      const outcome = await settle(attempt())
      signal?.throwIfAborted()
      const response = 'value' in outcome ? outcome.value : undefined
      const delayMs = tries > retries ? null : pauseBefore(tries, response, isSafe)
      if (delayMs === null) return unwrap(outcome)
      // A body that nobody reads would keep its connection busy.
      await response?.body?.cancel()
      await wait(delayMs, signal)
    }
  }

  return (input, init = {}) => {
    const isSafe = safeMethods.has((init.method ?? 'GET').toUpperCase())
    const headers = new Headers(init.headers)
    if (!isSafe && !headers.has('idempotency-key')) headers.set('idempotency-key', newKey())
    const signal = init.signal ?? undefined
    return repeat(() => send(input, { ...init, headers }), { isSafe, signal })
  }
}

function unwrap(outcome: Settled): Response {
  if ('error' in outcome) throw outcome.error
  return outcome.value
}

type Settled = { readonly value: Response } | { readonly error: unknown }

async function settle(work: Promise<Response>): Promise<Settled> {
  try {
    return { value: await work }
  } catch (error) {
    return { error }
  }
}

/** RFC 9110 §10.2.3: seconds or a date. */
function retryAfterMs(text: string | null, now: number): number | null {
  if (text === null) return null
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1000
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    function stop(): void {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', stop, { once: true })
  })
}
