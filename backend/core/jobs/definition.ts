import type { z } from 'zod'
import type { Page } from '../../../shared/api/contract.ts'
import type { TimeBounds } from '../../../shared/api/list-query.ts'
import type { PageQuery } from '../lists/index.ts'
import type { TenantContext } from '../tenancy.ts'

export interface JobRun {
  /** Aborted when the job is cancelled, the process stops or the lease was lost. */
  readonly signal: AbortSignal
  /** Fraction done, 0 to 1; written to the database at most twice a second. */
  progress(fraction: number): void
  /** 1 on the first try. */
  readonly attempt: number
  readonly jobId: string
}

export interface Backoff {
  /** Delay after the first failure; it doubles after each further one, ±20 % at random. */
  readonly firstMs: number
  readonly maxMs: number
}

export interface JobDefinition<Input extends z.ZodType = z.ZodType> {
  readonly name: string
  readonly input: Input
  /** Runs by itself at this interval, once across all processes, as the platform and with the input `{}`. */
  readonly every?: number
  /** Tries before the job counts as failed; default 5. */
  readonly attempts?: number
  /** How long a killed worker's job stays unclaimed; default 30 s. A living worker renews in time. */
  readonly leaseMs?: number
  readonly backoff?: Backoff
  /** Must be safe to run twice: a worker may die between the work and its record. */
  run(ctx: TenantContext, input: z.output<Input>, run: JobRun): Promise<void>
}

// A list of jobs mixes inputs; each is parsed by its own schema before `run`.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type AnyJob = JobDefinition<any>

/** Declares a job beside its module; the runner gets all of them at start. */
export function defineJob<Input extends z.ZodType>(
  definition: JobDefinition<Input>,
): JobDefinition<Input> {
  return definition
}

/** Thrown by a job that knows when trying again makes sense (`Retry-After`); counts as an attempt. */
export class JobRetry extends Error {
  override readonly name = 'JobRetry'
  readonly afterMs: number

  constructor(afterMs: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.afterMs = afterMs
  }
}

/** Thrown by a job whose turn has not come: nothing failed, and no attempt counts. */
export class JobWait extends Error {
  override readonly name = 'JobWait'
  readonly afterMs: number

  constructor(afterMs: number, message: string) {
    super(message)
    this.afterMs = afterMs
  }
}

/** Thrown by a job that no further try can save; the reason is shown to administrators. */
export class JobGiveUp extends Error {
  override readonly name = 'JobGiveUp'
}

export type JobStatus = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'

/** A job as people and the API see it: never its input. */
export interface JobView {
  readonly id: string
  readonly name: string
  readonly status: JobStatus
  readonly attempts: number
  readonly progress: number | null
  readonly error: string | null
  readonly runAt: string | null
  readonly createdAt: string
  readonly updatedAt: string
}

export interface EnqueueOptions {
  /** A second job of this name and key in the tenant is not made, as long as the first is on record (7 days after its end). */
  readonly key?: string
  /** Jobs of the tenant with the same value run one at a time, in the order they were enqueued; a retrying one holds back the rest. */
  readonly exclusiveKey?: string
  readonly runAt?: Date
}

export interface JobFilter extends PageQuery, TimeBounds {
  readonly status?: JobStatus | undefined
  readonly name?: string | undefined
}

export interface Jobs {
  /** Resolves with the job's id once it is durable; with a key that exists, the existing job's id. */
  enqueue<Input extends z.ZodType>(
    ctx: TenantContext,
    job: JobDefinition<Input>,
    input: z.input<Input>,
    options?: EnqueueOptions,
  ): Promise<string>
  /** A waiting job never starts; a running one sees its signal aborted. */
  cancel(ctx: TenantContext, id: string): Promise<JobView>
  /** Gives a failed or cancelled job all its attempts again, at once. */
  retry(ctx: TenantContext, id: string): Promise<JobView>
  list(ctx: TenantContext, filter: JobFilter): Promise<Page<JobView>>
  get(ctx: TenantContext, id: string): Promise<JobView>
  start(): Promise<void>
  /** Aborts what runs, waits for it, and hands back the leases so that another process continues at once. */
  stop(options: { timeoutMs: number }): Promise<void>
  /** Runs all that is due, and what becomes due by it, one after the other; for tests and the CLI. */
  runDue(): Promise<number>
}
