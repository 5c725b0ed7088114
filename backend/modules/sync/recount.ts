import { syncKinds } from '../../../shared/api/syncs.ts'
import { ChangeModel } from './change-store.ts'
import { type CountsByKind, noCounts } from './kinds.ts'
import { countSeen } from './link-store.ts'
import type { RunRow } from './run-store.ts'

/** The counts of a run from what it wrote: each record once, whatever was interrupted. */
export async function recount(run: RunRow): Promise<CountsByKind> {
  const counts = noCounts()
  for (const { kind, outcome, isRefused, isLeftOut, count } of await countSeen(run)) {
    const of = counts[kind]
    of.seen += count
    if (isLeftOut) of.leftOut += count
    else if (isRefused) of.refused += count
    else if (outcome) of[outcome] += count
  }
  const { _id: runId, tenantId } = run
  for (const kind of syncKinds) {
    const of = counts[kind]
    const nameless = run.nameless[kind] ?? { refused: 0, leftOut: 0 }
    const filter = { tenantId, runId, kind }
    const foreign = await ChangeModel.countDocuments({
      ...filter,
      change: 'refused',
      why: 'other_connection',
    })
    of.seen += nameless.refused + nameless.leftOut + foreign
    of.refused += nameless.refused + foreign
    of.leftOut += nameless.leftOut
    of.removed = await ChangeModel.countDocuments({ ...filter, change: 'removed' })
  }
  return counts
}
