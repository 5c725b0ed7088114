import type { DomainEvent, EventData, EventType } from '../../../shared/events.ts'
import type { AnyJob, JobRun } from '../jobs/definition.ts'
import type { TenantContext } from '../tenancy.ts'

export interface EventConsumer {
  readonly type: EventType | '*'
  readonly consumer: string
  readonly attempts?: number
  handle(ctx: TenantContext, event: DomainEvent, run: JobRun): Promise<void>
  /** Takes several events on their way, all or none; where it fails, each reaches `handle` as a job instead. */
  takeAtOnce?(events: readonly DomainEvent[]): Promise<void>
}

/**
 * Declares a durable consumer: each event reaches it at least once, retried as a job named `event.<consumer>`.
 * `consumer` is its lasting name: renaming it makes a new consumer.
 */
export function onEvent<T extends EventType>(
  type: T | '*',
  consumer: {
    readonly consumer: string
    readonly attempts?: number
    handle(ctx: TenantContext, event: DomainEvent<T>, run: JobRun): Promise<void>
    takeAtOnce?(events: readonly DomainEvent[]): Promise<void>
  },
): EventConsumer {
  // The relay hands a consumer only events of its `type`, so the narrower parameter holds.
  return { type, ...consumer } as EventConsumer
}

export interface Events {
  /** The jobs that deliver events and sweep after crashes; to be given to `createJobs`. */
  readonly jobs: readonly AnyJob[]
  /** Records an event that belongs to no document write, for example a sign-in. */
  emit<T extends EventType>(ctx: TenantContext, type: T, data: EventData<T>): Promise<void>
  /** Moves every pending event on to its consumers now; runs by itself after each write and by a sweep. */
  relay(): Promise<void>
  start(): void
  /** Waits for a relay under way. */
  stop(): Promise<void>
}

export interface EventsOptions {
  readonly consumers: readonly EventConsumer[]
  /** The models whose schemas have the `withOutbox` plugin. */
  readonly models: readonly { readonly modelName: string }[]
}
