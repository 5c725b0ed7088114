import type { SyncRun } from '../../../shared/api/syncs.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { forgetPeople, writeRosterRows } from '../roster/index.ts'
import { noteChanges, refusalsOf } from './change-store.ts'
import { isOfLms, type KeptKind, keptKinds, rosterKindOf } from './kinds.ts'
import { countLinks, eachBatch, type LinkFilter, type LinkRow, releaseLinks } from './link-store.ts'
import { storedIdOf } from './records.ts'
import type { RunRow } from './run-store.ts'
import { goneFromSome, isOfSome } from './some-courses.ts'
import { membersPull } from './sources.ts'

/** More classes that could not be read than this, and nothing is concluded from absence at all. */
const mostUnread = 1000

/** Which records of each kind are gone; absence counts only where a whole pull brought all that was promised. */
export async function findRemovable(
  run: RunRow,
  gaps: ReadonlySet<string>,
): Promise<ReadonlyMap<KeptKind, LinkFilter>> {
  const unread = await refusalsOf(run, 'classes', mostUnread)
  const unreadMembers = await refusalsOf(run, 'enrollments', 1)
  const found = new Map<KeptKind, LinkFilter>()
  for (const kind of keptKinds) {
    // What had left before, and waited for somebody to agree, still has.
    const gone: LinkFilter =
      run.capability === membersPull ? { goneIn: { $ne: null } } : { goneIn: run._id }
    const isUncertain =
      !run.full ||
      gaps.has(kind) ||
      unread.total > mostUnread ||
      isHidden(run, kind, unread.total + unreadMembers.total)
    if (isUncertain) {
      const part = isOfSome(run) ? await goneFromSome(run, kind) : null
      found.set(kind, { kind, taken: true, ...(part ? { $or: [part, gone] } : gone) })
      continue
    }
    const classIds = unread.rows.flatMap(({ sourcedId }) =>
      sourcedId === null ? [] : [storedIdOf(run, sourcedId)],
    )
    const isOfClass = kind === 'enrollments' || kind === 'assignments'
    const hidden = isOfClass && classIds.length > 0
    const absent: LinkFilter = {
      seenIn: { $ne: run._id },
      ...(hidden && { classId: { $nin: classIds } }),
    }
    found.set(kind, { kind, taken: true, $or: [absent, gone] })
  }
  return found
}

/** Whether something that could not be read may be why others were not met. */
function isHidden(run: RunRow, kind: KeptKind, unread: number): boolean {
  // A course that could not be read hides its people.
  if (kind === 'users') return isOfLms(run) && unread > 0
  // What may no longer be read is not gone.
  return kind === 'assignments' && run.nameless.assignments !== undefined
}

/** What a removal would take away; null where it stays within the limit. */
export async function judgeRemoval(
  run: RunRow,
  removable: ReadonlyMap<KeptKind, LinkFilter>,
  limitPercent: number,
): Promise<{
  readonly removals: number
  readonly held: NonNullable<SyncRun['heldBecause']> | null
}> {
  const kinds: NonNullable<SyncRun['heldBecause']>['kinds'] = []
  let removals = 0
  for (const [kind, filter] of removable) {
    const count = await countLinks(run, filter)
    if (count === 0) continue
    const of = await countLinks(run, { kind, taken: true })
    removals += count
    kinds.push({ kind, removals: count, of, percent: Math.round((1000 * count) / of) / 10 })
  }
  const isTooMuch = kinds.some(({ percent }) => percent > limitPercent)
  return { removals, held: isTooMuch ? { limitPercent, removals, kinds } : null }
}

/** Removes them, enrolments before those they belong to; repeated after a stop it finishes. */
export async function removeGone(
  ctx: TenantContext,
  run: RunRow,
  removable: ReadonlyMap<KeptKind, LinkFilter>,
  { now, signal }: { readonly now: Date; readonly signal: AbortSignal },
): Promise<void> {
  for (const kind of keptKinds.toReversed()) {
    const filter = removable.get(kind)
    if (!filter) continue
    for await (const batch of eachBatch(run, filter)) {
      signal.throwIfAborted()
      await removeBatch(ctx, run, kind, batch, now)
    }
  }
}

async function removeBatch(
  ctx: TenantContext,
  run: RunRow,
  kind: KeptKind,
  batch: readonly LinkRow[],
  now: Date,
): Promise<void> {
  const ids = batch.map(({ storedId }) => storedId)
  // Whom another system still knows stays.
  const removed = kind === 'users' ? await forgetPeople(ctx, run.connectionId, ids) : ids
  const rows = removed.map((sourcedId) => ({ method: 'delete', sourcedId }))
  await writeRosterRows(ctx, rosterKindOf[kind], rows)
  await noteChanges(
    run,
    batch.map(({ sourcedId }) => ({ kind, sourcedId, change: 'removed' as const })),
    now,
  )
  await releaseLinks(run.tenantId, run._id, batch)
}
