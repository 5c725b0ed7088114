import { limitsApi, type Me } from '../../../shared/api/limits.ts'
import { type RequestRecord, usageApi } from '../../../shared/api/usage.ts'
import type { EndedCall } from '../../core/http/index.ts'
import type { AnyJob } from '../../core/jobs/index.ts'
import type { Limiter, LivePolicies } from '../../core/limits/index.ts'
import type { Logger } from '../../core/logging.ts'
import { defineModule, type Module } from '../../core/module.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { UsageBatchModel } from './batch-store.ts'
import { callersOf } from './callers.ts'
import { UsageDayModel } from './day-store.ts'
import { createFlushing } from './flushing.ts'
import { describeCaller, readLimits, setLimits } from './limits.ts'
import { createMetering } from './metering.ts'
import { createRequestLog } from './request-log.ts'
import { RequestRecordModel } from './request-store.ts'
import { listRequests, readRequest } from './requests.ts'
import { readUsage, usageCsv } from './usage.ts'

const contract = { ...usageApi, ...limitsApi }

export interface UsageModule extends Module<typeof contract> {
  /** For `HttpOptions.observers`. */
  observe(call: EndedCall): void
  readonly jobs: readonly AnyJob[]
  describeCaller(ctx: TenantContext): Me
  /** Which credentials called these operations, how often and when last. */
  callersOf(ctx: TenantContext, operations: readonly string[]): ReturnType<typeof callersOf>
  /** Begins to write every second what was counted and recorded. */
  start(): void
  /** Writes what is left. */
  stop(): Promise<void>
}

export interface UsageDeps {
  readonly policies: LivePolicies
  readonly limiter: Limiter
  readonly log: Pick<Logger, 'warn'>
  readonly now?: () => number
  /** Shows a call that ended to those who watch. */
  readonly publish?: (tenantId: string, topic: 'requests', message: RequestRecord) => void
}

/** What every credential calls: limits, counts to bill on, and a log of requests. */
export function createUsageModule(deps: UsageDeps): UsageModule {
  const { policies, log, now = Date.now } = deps
  const metering = createMetering({ now })
  const requests = createRequestLog({ now, publish: deps.publish })
  const flushing = createFlushing({ parts: [metering, requests], log })
  const usage = {
    metering,
    get now() {
      return new Date(now())
    },
  }
  const module = defineModule({
    name: 'usage',
    contract,
    models: [UsageBatchModel, UsageDayModel, RequestRecordModel],
    handlers: {
      'GET /api/v1/me': async (ctx) => describeCaller(ctx, deps),
      'GET /api/v1/limits': (ctx, { query }) => readLimits(ctx, query.tenantId, policies),
      'PUT /api/v1/limits': (ctx, { query, body }) =>
        setLimits(ctx, query.tenantId, body, policies),
      'GET /api/v1/usage': (ctx, { query }) => readUsage(ctx, query, usage),
      'GET /api/v1/usage.csv': async (ctx, { query }) =>
        usageCsv(await readUsage(ctx, query, usage)),
      'GET /api/v1/requests': (ctx, { query }) => listRequests(ctx, query, requests),
      'GET /api/v1/requests/:id': (ctx, { params }) => readRequest(ctx, params.id, requests),
    },
  })
  return {
    ...module,
    jobs: metering.jobs,
    describeCaller: (ctx) => describeCaller(ctx, deps),
    callersOf: (ctx, operations) => callersOf(ctx, operations, usage),
    observe(call) {
      metering.observe(call)
      requests.observe(call)
    },
    start: flushing.start,
    stop: flushing.stop,
  }
}
