import { z } from 'zod'
import type { DomainEvent } from '../../../shared/events.ts'
import { type EventConsumer, onEvent } from '../../core/events/index.ts'
import { defineJob } from '../../core/jobs/index.ts'
import { defineModule } from '../../core/module.ts'
import { systemContext, type TenantContext } from '../../core/tenancy.ts'
import type { HooksOptions, SourceChange } from './definition.ts'
import { LineModel } from './line-store.ts'
import { NoticeModel } from './notice-store.ts'
import { OrderModel } from './order-store.ts'
import { renewOrders } from './renew.ts'
import { createHookFigures, createHookRouter } from './router.ts'
import { type WatchDeps, watchLines } from './watch.ts'

export type { SourceChange } from './definition.ts'

/** The models whose documents carry events to be relayed. */
export const outboxModels = [NoticeModel]

type Observer = (ctx: TenantContext, change: SourceChange) => Promise<void>

/** Messages of other systems: taken once each, watched, and made up for where they stay away. */
export function createHooksModule(options: HooksOptions) {
  const observers: Observer[] = []
  const figures = createHookFigures()
  const deps: WatchDeps = {
    ...options,
    async sourceChanged(ctx, change) {
      for (const observer of observers) await observer(ctx, change)
    },
  }

  const consumers: readonly EventConsumer[] = [
    onEvent('connection.source_changed', {
      consumer: 'hooks.source-changed',
      handle: (ctx, { data: { connectionId, capability, courseId } }) =>
        deps.sourceChanged(ctx, {
          connectionId,
          capability,
          ...(courseId !== undefined && { courseIds: [courseId] }),
          reason: 'webhook',
        }),
      /** Many messages of one change ask for one synchronisation. */
      async takeAtOnce(events) {
        for (const { tenantId, change } of differentChanges(events)) {
          await deps.sourceChanged(systemContext(tenantId, 'hooks'), change)
        }
      },
    }),
  ]

  return {
    ...defineModule({
      name: 'hooks',
      contract: {},
      models: [NoticeModel, LineModel, OrderModel],
      router: createHookRouter(deps, figures),
      handlers: {},
    }),
    consumers,
    figures: Object.values(figures),
    jobs: [
      defineJob({
        name: 'hooks.watch',
        input: z.object({}),
        every: 60_000,
        run: async (_ctx, _input, { signal }) => {
          await watchLines(deps, signal)
        },
      }),
      defineJob({
        name: 'hooks.renew',
        input: z.object({}),
        every: 15 * 60_000,
        run: async (_ctx, _input, { signal }) => {
          await renewOrders(deps, signal)
        },
      }),
    ],
    /** Calls back when the other system of a connection changed, or may have: to fetch what is new. It may come twice. */
    onSourceChange: (observer: Observer): void => void observers.push(observer),
    /** Looks at all lines that are due, as the job does; for tests. */
    watch: () => watchLines(deps, new AbortController().signal),
    /** Orders messages where that is due, as the job does; for tests. */
    renew: () => renewOrders(deps, new AbortController().signal),
  }
}

/** One for each connection and capability, with all courses where each message names one. */
function differentChanges(events: readonly DomainEvent[]) {
  const changes = new Map<string, { tenantId: string; change: SourceChange }>()
  for (const { tenantId, data } of events) {
    const parsed = Told.safeParse(data)
    if (!parsed.success) continue
    const { connectionId, capability, courseId } = parsed.data
    const key = `${connectionId} ${capability}`
    const known = changes.get(key)?.change
    const named = courseId === undefined ? undefined : [courseId]
    const courseIds = known ? union(known.courseIds, named) : named
    const change = { connectionId, capability, ...(courseIds && { courseIds }) }
    changes.set(key, { tenantId, change: { ...change, reason: 'webhook' } })
  }
  return changes.values()
}

const Told = z.object({
  connectionId: z.string(),
  capability: z.string(),
  courseId: z.string().optional(),
})

function union(some?: readonly string[], others?: readonly string[]): string[] | undefined {
  return some && others ? [...new Set([...some, ...others])] : undefined
}
