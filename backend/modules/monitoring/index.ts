import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { monitoringApi } from '../../../shared/api/monitoring.ts'
import type { DomainEvent } from '../../../shared/events.ts'
import { type EventConsumer, onEvent } from '../../core/events/index.ts'
import { type AnyJob, defineJob } from '../../core/jobs/index.ts'
import { showPage } from '../../core/lists/index.ts'
import { defineModule } from '../../core/module.ts'
import { systemContext, type TenantContext } from '../../core/tenancy.ts'
import { BucketModel } from './bucket-store.ts'
import { createBucketWriter } from './bucket-writer.ts'
import { watchBudgets } from './budgets.ts'
import { createCheckNow } from './check-now.ts'
import { CheckModel, findChecks, showCheck } from './check-store.ts'
import { WrongClockModel } from './clock-store.ts'
import { createClocks } from './clocks.ts'
import type { MonitoringDeps, MonitoringOptions } from './deps.ts'
import { createMonitoringFigures } from './figures.ts'
import { readHealth } from './health-view.ts'
import { look } from './look.ts'
import { readMetrics } from './read-metrics.ts'
import { rollUp } from './roll-up.ts'
import { createScheduler } from './scheduler.ts'
import { settle } from './settle.ts'
import { readSlo } from './slo.ts'
import { runSyntheticTests } from './synthetic.ts'
import { findSynthetic, SyntheticModel, showSynthetic } from './synthetic-store.ts'
import { createTraffic } from './traffic.ts'
import { countStates } from './watch-count-store.ts'
import { WatchModel } from './watch-store.ts'
import { followState, reconcileWatches } from './watches.ts'

export { createPublicStatus } from './public-status.ts'

const flushMs = 5000
const judgeMs = 30_000
const reconcileEveryMs = 5 * 60_000
const rollUpEveryMs = 10 * 60_000
const budgetsEveryMs = 60 * 60_000
const lastTries = 5

/** Rows that went through a connection, which only whoever stored them can count. */
export interface CountedRows {
  readonly connectionId: string
  readonly capability: string
  readonly rows: number
}

/** Looks after connections: checks, what their traffic says, figures, availability. */
export function createMonitoringModule(options: MonitoringOptions) {
  const buckets = createBucketWriter()
  const figures = createMonitoringFigures({ countStates })
  const deps: MonitoringDeps = {
    ...options,
    now: options.now ?? (() => new Date()),
    random: options.random ?? Math.random,
    buckets,
    figures,
  }
  const { connections, log } = deps
  const scheduler = createScheduler({
    ...deps,
    look: (row, stopped) => look(row, stopped, deps),
    settle: (findings) => settle(findings, deps),
  })
  const traffic = createTraffic(deps)
  connections.onExchange(traffic.observe)
  const clocks = createClocks(deps)
  connections.onExchange(clocks.observe)
  const checkNow = createCheckNow(deps)
  const timers: NodeJS.Timeout[] = []
  let isFailing = false
  let countedBefore = 0

  async function flush(): Promise<boolean> {
    try {
      await buckets.flush()
      isFailing = false
    } catch (error) {
      if (!isFailing) log.warn({ err: error }, 'figures of connections could not be written')
      isFailing = true
    }
    figures.notCounted.inc(buckets.dropped - countedBefore)
    countedBefore = buckets.dropped
    return !isFailing
  }

  async function judge(): Promise<void> {
    try {
      await traffic.judge()
      await clocks.judge()
    } catch (error) {
      log.warn({ err: error }, 'the traffic of connections could not be judged')
    }
  }

  /** The organisation of a connection that the caller may see. */
  async function ownerOf(ctx: TenantContext, connectionId: string) {
    const { tenantId } = await connections.read(ctx, connectionId)
    return { tenantId, connectionId }
  }

  const module = defineModule({
    name: 'monitoring',
    contract: monitoringApi,
    models: [WatchModel, CheckModel, BucketModel, SyntheticModel, WrongClockModel],
    handlers: {
      'GET /api/v1/connections/:id/health': (ctx, { params }) => readHealth(ctx, params.id, deps),
      'POST /api/v1/connections/:id/checks': (ctx, { params }) => checkNow(ctx, params.id),
      async 'GET /api/v1/connections/:id/checks'(ctx, { params, query }) {
        const owner = await ownerOf(ctx, params.id)
        return showPage(await findChecks(owner, query, deps.now()), showCheck)
      },
      'GET /api/v1/connections/:id/metrics': async (ctx, { params, query }) =>
        readMetrics(await ownerOf(ctx, params.id), query, deps.now().getTime()),
      'GET /api/v1/connections/:id/slo': async (ctx, { params }) =>
        readSlo(await ownerOf(ctx, params.id), deps.now().getTime()),
      'POST /api/v1/connections/:id/synthetic-tests': (ctx, { params, body }) =>
        runSyntheticTests(ctx, params.id, body.names, deps),
      async 'GET /api/v1/connections/:id/synthetic-tests'(ctx, { params, query }) {
        const owner = await ownerOf(ctx, params.id)
        return showPage(await findSynthetic(owner, query, deps.now()), showSynthetic)
      },
    },
  })

  const jobs: readonly AnyJob[] = [
    defineJob({
      name: 'monitoring.reconcile',
      input: z.object({}),
      every: reconcileEveryMs,
      run: async (_ctx, _input, { signal }) => {
        await reconcileWatches(deps, signal)
      },
    }),
    defineJob({
      name: 'monitoring.roll-up',
      input: z.object({}),
      every: rollUpEveryMs,
      run: async (_ctx, _input, { signal }) => {
        await rollUp(deps.now().getTime(), signal)
      },
    }),
    defineJob({
      name: 'monitoring.budgets',
      input: z.object({}),
      every: budgetsEveryMs,
      run: async (_ctx, _input, { signal }) => {
        await watchBudgets(deps, signal)
      },
    }),
  ]
  const consumers: readonly EventConsumer[] = [
    onEvent('connection.state_changed', followed('monitoring')),
    onEvent('connection.deleted', followed('monitoring-deleted')),
  ]

  /** Follows connections that are put to use or out of it, many of them without a job for each. */
  function followed(consumer: string) {
    return {
      consumer,
      handle: (ctx: TenantContext, event: DomainEvent) => follow(ctx, event),
      async takeAtOnce(events: readonly DomainEvent[]) {
        for (const event of events) {
          await follow(systemContext(event.tenantId, 'monitoring'), event)
        }
      },
    }
  }

  async function follow(ctx: TenantContext, { data }: DomainEvent): Promise<void> {
    if ('connectionId' in data && typeof data.connectionId === 'string') {
      await followState(ctx, data.connectionId, deps)
    }
  }

  return {
    ...module,
    jobs,
    consumers,
    /** For `/metrics`. */
    figures: Object.values(figures),
    /** Adds rows to what a capability of a connection moved. */
    countRows({ tenantId }: Pick<TenantContext, 'tenantId'>, counted: CountedRows): void {
      const { connectionId, capability, rows } = counted
      const what = { ok: true, code: null, durationMs: null, bytes: 0, rows, count: 0 } as const
      buckets.add({ tenantId, connectionId, capability }, deps.now().getTime(), what)
    },
    /** What messages from other systems say of their clocks. */
    clocks: {
      messageIsWrong: clocks.messageIsWrong,
      messageIsRight: clocks.messageIsRight,
    },
    reconcile: () => reconcileWatches(deps),
    watchBudgets: () => watchBudgets(deps),
    /** All checks that are due, once, and what the traffic says; for tests and the bench. */
    async runDue(limits: { readonly atMost?: number } = {}): Promise<number> {
      const done = await scheduler.runDue(limits)
      await traffic.judge()
      await clocks.judge()
      await buckets.flush()
      return done
    },
    start(): void {
      if (timers.length > 0) return
      scheduler.start()
      timers.push(
        setInterval(() => void flush(), flushMs),
        setInterval(() => void judge(), judgeMs),
      )
      for (const timer of timers) timer.unref()
    },
    /** Hands back what is checked and writes what was counted. */
    async stop(): Promise<void> {
      for (const timer of timers.splice(0)) clearInterval(timer)
      await scheduler.stop()
      await judge()
      for (let tries = 1; tries <= lastTries; tries++) {
        if (await flush()) return
        await wait(100 * tries)
      }
    },
  }
}

export type MonitoringModule = ReturnType<typeof createMonitoringModule>
