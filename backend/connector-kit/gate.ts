import { ConnectorError } from './connector-error.ts'

export type GateAct = 'breaker-open' | 'breaker-half-open' | 'breaker-close' | 'back-off'

export interface GateOptions {
  now(): number
  /** Failures in a row that open the breaker; default 5. */
  readonly failures?: number
  /** How long nothing is sent then; default 30 s, and twice as long each time the trial fails, to 10 minutes. */
  readonly openMs?: number
  onAct?(act: GateAct, cause: string, forMs: number | null): void
}

const longestOpenMs = 10 * 60_000
/** A vendor's clock or a typing error must not silence a connection for days. */
const longestPauseMs = 60 * 60_000

export type Gate = ReturnType<typeof createGate>

/** What all requests of one connection pass: the pause a vendor asked for, and a breaker with a half-open trial. */
export function createGate({ now, failures = 5, openMs = 30_000, onAct }: GateOptions) {
  let inARow = 0
  let pausedUntil = 0
  let openUntil = 0
  let openFor = openMs
  let state: 'closed' | 'open' | 'half-open' = 'closed'

  function open(cause: string): void {
    state = 'open'
    openUntil = now() + openFor
    onAct?.('breaker-open', cause, openFor)
    openFor = Math.min(longestOpenMs, openFor * 2)
  }

  return {
    get state() {
      return state
    },
    /** For how long to wait before sending; throws while the breaker is open. */
    enter(): number {
      const leftMs = openUntil - now()
      if (state === 'half-open' || (state === 'open' && leftMs > 0)) throw circuitOpen(leftMs)
      if (state === 'open') {
        state = 'half-open'
        onAct?.('breaker-half-open', 'trial', null)
      }
      return Math.max(0, pausedUntil - now())
    },
    succeeded(): void {
      inARow = 0
      if (state === 'closed') return
      state = 'closed'
      openFor = openMs
      onAct?.('breaker-close', 'recovered', null)
    },
    failed(cause: string): void {
      inARow += 1
      if (state === 'half-open' || (state === 'closed' && inARow >= failures)) open(cause)
    },
    /** The trial ended without telling anything, for example because the caller went away. */
    abandoned(): void {
      if (state === 'half-open') state = 'open'
    },
    pause(ms: number): void {
      const forMs = Math.min(ms, longestPauseMs)
      pausedUntil = Math.max(pausedUntil, now() + forMs)
      onAct?.('back-off', 'rate_limited', forMs)
    },
  }
}

function circuitOpen(leftMs: number): ConnectorError {
  return new ConnectorError(
    'retry',
    'It failed several times in a row, so it is left alone for a moment and then tried again by itself.',
    { code: 'circuit_open', retryAfterMs: Math.max(1000, leftMs) },
  )
}
