import type { Logger } from '../logging.ts'
import { systemContext } from '../tenancy.ts'
import type { AnyJob } from './definition.ts'
import { type AbortCause, defaultAttempts, endOf, type Outcome, outcomeOf } from './outcome.ts'
import { release } from './queue.ts'
import { endLease, type LeasedJob, writeProgress } from './store.ts'

/** A job under way in this process. */
export interface RunningJob {
  readonly record: LeasedJob
  leaseEndsAt: number
  readonly ended: Promise<void>
  abort(cause: AbortCause): void
  /** Gives the lease back although the job has not ended. */
  abandon(): Promise<void>
}

export interface RunOptions {
  readonly clock: () => number
  readonly log: Logger
  /** Called with the moment at which the job wants to run again. */
  readonly onDue: (at: number) => void
}

const progressEveryMs = 500

/** Starts a claimed job; `ended` resolves once its outcome is on record. */
export function runJob(record: LeasedJob, job: AnyJob, options: RunOptions): RunningJob {
  const { clock, onDue } = options
  const log = options.log.child({
    job: record.name,
    jobId: record._id,
    tenantId: record.tenantId,
    attempt: record.attempts,
    requestId: record.requestId,
  })
  const controller = new AbortController()
  let aborted: AbortCause | null = null
  /** It gives its lease back by itself: nobody takes it away. */
  let hasRun = false

  async function execute(): Promise<Outcome> {
    if (record.cancelRequested) return { kind: 'cancelled' }
    if (record.attempts > (job.attempts ?? defaultAttempts)) {
      return { kind: 'failed', error: 'Each try ended with the death of its process' }
    }
    const ctx = systemContext(record.tenantId, `job:${record.name}`, record.requestId)
    try {
      await job.run(ctx, job.input.parse(record.input), {
        signal: controller.signal,
        progress: progressWriter(record, clock, log),
        attempt: record.attempts,
        jobId: record._id,
      })
      return { kind: 'done' }
    } catch (error) {
      const outcome = outcomeOf(error, job, {
        attempt: record.attempts,
        aborted,
        random: Math.random(),
      })
      if (outcome.kind === 'failed' || outcome.kind === 'retry') {
        log.warn({ err: error, outcome: outcome.kind }, 'job failed')
      }
      return outcome
    }
  }

  async function finish(outcome: Outcome): Promise<void> {
    const now = clock()
    const end = endOf(outcome, record.everyMs, now)
    // A try that was interrupted, or whose turn had not come, says nothing about the job.
    const isTry = outcome.kind !== 'released' && outcome.kind !== 'waits'
    const attempts = isTry ? {} : { attempts: record.attempts - 1 }
    const written = await endLease(record, { ...end, set: { ...end.set, ...attempts } }, now)
    if (!written) {
      log.warn({ outcome: outcome.kind }, 'job lease lost before its end')
      return
    }
    log.debug({ outcome: outcome.kind }, 'job ended')
    if (record.lane !== undefined && end.clear.includes('laneActive')) {
      await release(record.tenantId, record.lane)
    }
    if (end.set.dueAt && outcome.kind !== 'released') onDue(end.set.dueAt.getTime())
  }

  async function executeAndFinish(): Promise<void> {
    try {
      const outcome = await execute()
      hasRun = true
      await finish(outcome)
    } catch (error) {
      // The database is away; the lease ends by itself and the job runs again.
      log.error({ err: error }, 'job outcome could not be recorded')
    }
  }

  const ended = executeAndFinish()

  return {
    record,
    leaseEndsAt: clock() + record.leaseMs,
    ended,
    abort(cause) {
      if (aborted !== null || hasRun) return
      aborted = cause
      controller.abort(new Error(`job ${cause}`))
    },
    abandon: () => finish({ kind: 'released' }),
  }
}

function progressWriter(record: LeasedJob, clock: () => number, log: Logger) {
  let written = 0
  return (fraction: number) => {
    const now = clock()
    if (now - written < progressEveryMs) return
    written = now
    const progress = Math.min(1, Math.max(0, fraction))
    writeProgress(record, progress, now).catch((error: unknown) => {
      log.warn({ err: error }, 'job progress could not be written')
    })
  }
}
