import { type LimitKind, type PlanName, plans, type RateLimit } from '../../../shared/plans.ts'
import type { Logger } from '../logging.ts'
import type { EffectiveLimit, Policies, PolicyRow } from './definition.ts'
import { policiesSince, writePolicy } from './policy-store.ts'

export interface PoliciesOptions {
  /** Plan of tenants that have none; where absent, `standard`, and `sandbox` for test credentials. */
  readonly defaultPlan?: PlanName | undefined
  readonly log: Pick<Logger, 'warn'>
  readonly pollMs?: number
}

export interface LivePolicies extends Policies {
  /** What was laid down for a tenant besides its plan. */
  find(tenantId: string): PolicyRow | undefined
  /** Lays it down; this process follows at once, every other within a second. */
  write(
    tenantId: string,
    policy: Pick<PolicyRow, 'plan' | 'overrides' | 'credentials'>,
  ): Promise<void>
  /** Reads everything and follows changes from then on. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** Writes of other processes may become visible a little after their time. */
const overlapMs = 5000

/** Every tenant's limits in memory: few have exceptions, so the hot path never reads. */
export function createPolicies({ defaultPlan, log, pollMs = 500 }: PoliciesOptions): LivePolicies {
  const rows = new Map<string, PolicyRow>()
  let revision = 0
  let newestMs = 0
  let timer: NodeJS.Timeout | undefined
  let reading: Promise<void> | undefined
  let isFailing = false

  async function read(): Promise<void> {
    const since = new Date(Math.max(0, newestMs - overlapMs))
    let changed = false
    for (const row of await policiesSince(since)) {
      const known = rows.get(row.tenantId)
      newestMs = Math.max(newestMs, row.updatedAt.getTime())
      if (known?.updatedAt.getTime() === row.updatedAt.getTime()) continue
      rows.set(row.tenantId, row)
      changed = true
    }
    if (changed) revision += 1
  }

  async function poll(): Promise<void> {
    if (reading !== undefined) return
    reading = read()
    try {
      await reading
      isFailing = false
    } catch (error) {
      if (!isFailing) log.warn({ err: error }, 'changes of rate limits cannot be read')
      isFailing = true
    } finally {
      reading = undefined
    }
  }

  function planOf(tenantId: string, isTest: boolean): PlanName {
    const named = rows.get(tenantId)?.plan ?? defaultPlan
    return named ?? (isTest ? 'sandbox' : 'standard')
  }

  return {
    get revision() {
      return revision
    },
    planOf,
    limitOf(tenantId, isTest, kind, credentialId) {
      const plan = plans[planOf(tenantId, isTest)][kind]
      return effectiveLimit(plan, rows.get(tenantId), kind, credentialId)
    },
    find: (tenantId) => rows.get(tenantId),
    async write(tenantId, policy) {
      await writePolicy(tenantId, policy)
      await read()
    },
    async start() {
      await poll()
      timer = setInterval(() => void poll(), pollMs)
      timer.unref()
    },
    async stop() {
      clearInterval(timer)
      // A read that fails now has been reported already.
      await reading?.catch(() => undefined)
    },
  }
}

/** A credential's own exception wins over one for its kind, and that over the plan. */
export function effectiveLimit(
  plan: RateLimit,
  row: Pick<PolicyRow, 'overrides' | 'credentials'> | undefined,
  kind: LimitKind,
  credentialId?: string,
): EffectiveLimit {
  const own = credentialId && row?.credentials.find(({ id }) => id === credentialId)
  const override = own || row?.overrides[kind]
  if (!override) return { ...plan, source: 'plan' }
  return { perMinute: override.perMinute, burst: override.burst, source: 'override' }
}
