import { syncKinds } from '../../../shared/api/syncs.ts'
import type { RosterPage } from '../../connector-kit/index.ts'
import { isOfLms } from './kinds.ts'
import type { RunRow } from './run-store.ts'

/** Assignments come from LMSs alone, course by course. */
const steps = syncKinds.length - 1

/** How far a pull has come, by what the other system counts; null where it does not. */
export function progressOf(
  { capability, counts, vendorSays }: Pick<RunRow, 'capability' | 'counts' | 'vendorSays'>,
  page: RosterPage,
): number | null {
  if (isOfLms({ capability })) {
    const total = vendorSays.classes
    return total ? Math.min(1, counts.classes.seen / total) : null
  }
  const at = syncKinds.findLastIndex((kind) => page[kind] !== undefined)
  const kind = syncKinds[at]
  const total = kind && vendorSays[kind]
  if (kind === undefined || total === undefined) return null
  const part = total === 0 ? 1 : Math.min(1, counts[kind].seen / total)
  return Math.min(1, (at + part) / steps)
}
