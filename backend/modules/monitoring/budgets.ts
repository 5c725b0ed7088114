import { systemContext } from '../../core/tenancy.ts'
import type { MonitoringDeps } from './deps.ts'
import { readSlo } from './slo.ts'
import { findUnsteady, noteBudget } from './watch-store.ts'

type Deps = Pick<MonitoringDeps, 'problems' | 'now' | 'log'>

const atOnce = 100
const cause = 'slo_budget_spent'

/** Tells of connections that failed for longer than their target allows, and of those for which that is over. */
export async function watchBudgets(
  { problems, now, log }: Deps,
  signal?: AbortSignal,
): Promise<number> {
  if (!problems) return 0
  let told = 0
  let after = ''
  for (;;) {
    signal?.throwIfAborted()
    const rows = await findUnsteady(after, new Date(now().getTime() - 2 * 3_600_000), atOnce)
    for (const row of rows) {
      const { _id: connectionId, tenantId } = row
      const { errorBudget } = await readSlo({ tenantId, connectionId }, now().getTime())
      const isSpent = errorBudget.left < 0
      if (isSpent === row.budgetSpent) continue
      const ctx = systemContext(tenantId, 'monitoring')
      try {
        if (isSpent) {
          const detail = `${errorBudget.used} of ${errorBudget.allowed} minutes in 30 days`
          await problems.report(ctx, { connectionId, cause, evidence: { kind: 'slo', detail } })
        } else {
          await problems.recovered?.(ctx, { connectionId, cause })
        }
        await noteBudget(row, isSpent)
        told += 1
      } catch (error) {
        // The next hour tries again.
        log.warn({ err: error, connectionId }, 'an error budget could not be passed on')
      }
    }
    const last = rows.at(-1)
    if (!last || rows.length < atOnce) return told
    after = last._id
  }
}
