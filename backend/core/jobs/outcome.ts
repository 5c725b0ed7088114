import { AppError } from '../../../shared/errors.ts'
import { type AnyJob, type Backoff, JobGiveUp, JobRetry, JobWait } from './definition.ts'
import type { JobEnd } from './store.ts'

/** Why a job's signal was aborted. */
export type AbortCause = 'cancelled' | 'stopping' | 'lease-lost'

export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'released' }
  | { readonly kind: 'waits'; readonly afterMs: number; readonly error: string }
  | { readonly kind: 'retry'; readonly afterMs: number; readonly error: string }
  | { readonly kind: 'failed'; readonly error: string }

export const defaultAttempts = 5
const defaultBackoff: Backoff = { firstMs: 1000, maxMs: 3600 * 1000 }
const day = 24 * 3600 * 1000
const keptMs = { done: 7 * day, failed: 30 * day, cancelled: 30 * day }

/** Doubles after each failure, ±20 % so that many jobs do not return at the same moment. */
export function backoffMs({ firstMs, maxMs }: Backoff, attempt: number, random: number): number {
  return Math.round(Math.min(maxMs, firstMs * 2 ** (attempt - 1)) * (0.8 + 0.4 * random))
}

/** What a thrown error means for the job. */
export function outcomeOf(
  error: unknown,
  job: AnyJob,
  { attempt, aborted, random }: { attempt: number; aborted: AbortCause | null; random: number },
): Outcome {
  if (aborted === 'cancelled') return { kind: 'cancelled' }
  if (aborted === 'stopping') return { kind: 'released' }
  const text = sentence(error)
  if (error instanceof JobWait) return { kind: 'waits', afterMs: error.afterMs, error: text }
  if (error instanceof JobGiveUp) return { kind: 'failed', error: text }
  if (attempt >= (job.attempts ?? defaultAttempts)) return { kind: 'failed', error: text }
  const afterMs =
    error instanceof JobRetry
      ? error.afterMs
      : backoffMs(job.backoff ?? defaultBackoff, attempt, random)
  return { kind: 'retry', afterMs, error: text }
}

/** Only errors written for people are shown: the text of any other may quote data. */
function sentence(error: unknown): string {
  const written =
    error instanceof AppError ||
    error instanceof JobRetry ||
    error instanceof JobWait ||
    error instanceof JobGiveUp
  return written ? error.message.slice(0, 500) : 'Something unexpected failed; the log says what'
}

/** The outcome as a change to the job's document. */
export function endOf(outcome: Outcome, everyMs: number | undefined, now: number): JobEnd {
  switch (outcome.kind) {
    case 'waits':
    case 'retry': {
      const dueAt = new Date(now + outcome.afterMs)
      return { set: { status: 'waiting', runAt: dueAt, dueAt, error: outcome.error }, clear: [] }
    }
    case 'released':
      return { set: { status: 'waiting', dueAt: new Date(now) }, clear: [] }
    default:
      return everyMs === undefined ? finalEnd(outcome, now) : nextRound(outcome, everyMs, now)
  }
}

type Final = Extract<Outcome, { kind: 'done' | 'failed' | 'cancelled' }>

function finalEnd(outcome: Final, now: number): JobEnd {
  return {
    set: {
      status: outcome.kind,
      error: outcome.kind === 'failed' ? outcome.error : null,
      expiresAt: new Date(now + keptMs[outcome.kind]),
      ...(outcome.kind === 'done' ? { progress: 1 } : {}),
    },
    clear: ['dueAt', 'laneActive'],
  }
}

function nextRound(outcome: Final, everyMs: number, now: number): JobEnd {
  const dueAt = new Date(now + everyMs)
  return {
    set: {
      status: 'waiting',
      attempts: 0,
      runAt: dueAt,
      dueAt,
      progress: null,
      error: outcome.kind === 'failed' ? outcome.error : null,
    },
    clear: [],
  }
}
