import { coursesOfCursor, cursorOfCourses } from '../../connector-kit/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { SyncDeps } from './deps.ts'
import type { KeptKind } from './kinds.ts'
import { findLinks, type LinkFilter, LinkModel } from './link-store.ts'
import { storedIdOf } from './records.ts'
import type { RunRow } from './run-store.ts'
import { pauseMs } from './schedule.ts'
import type { StateRow } from './state-store.ts'

/** With more, reading everything costs little more and shows more. */
const mostCourses = 25

/**
 * The cursor of a run that reads changed courses alone; null where everything is read: when that is due by the pace of
 * the connection, and when a course is told of that never came, which may lie outside of what is to be read.
 */
export async function cursorOfChanged(
  ctx: TenantContext,
  which: Pick<RunRow, 'tenantId' | 'connectionId' | 'capability'>,
  { courses, state }: { readonly courses: readonly string[]; readonly state: StateRow | null },
  deps: Pick<SyncDeps, 'sources' | 'everyMinutesOf' | 'now'>,
): Promise<string | null> {
  if (which.capability !== 'courses.pull') return null
  if (courses.length === 0 || courses.length > mostCourses) return null
  if (!state?.lastFullAt || state.wantsFull) return null
  const { sync } = await deps.sources.read(ctx, which.connectionId)
  const every = sync.everyMinutes ?? (await deps.everyMinutesOf(which.tenantId))
  const sinceFullMs = deps.now().getTime() - state.lastFullAt.getTime()
  if (sinceFullMs >= pauseMs(every, 0)) return null
  const stored = courses.map((id) => storedIdOf(which, id))
  const links = await findLinks(which.tenantId, 'classes', stored)
  const isKnown = stored.every((id) => {
    const link = links.get(id)
    return link?.taken && link.connectionId === which.connectionId
  })
  return isKnown ? cursorOfCourses(courses) : null
}

/** Whether a run reads some courses alone. */
export function isOfSome({ since }: Pick<RunRow, 'since'>): boolean {
  return coursesOfCursor(since) !== undefined
}

/** What such a run shows to be gone: whatever belongs to a class that came, and did not come with it. */
export async function goneFromSome(run: RunRow, kind: KeptKind): Promise<LinkFilter | null> {
  if (kind !== 'enrollments' && kind !== 'assignments') return null
  if (kind === 'assignments' && run.nameless.assignments !== undefined) return null
  const { _id, tenantId, connectionId, capability } = run
  const classIds: string[] = await LinkModel.distinct('storedId', {
    tenantId,
    connectionId,
    capability,
    kind: 'classes',
    seenIn: _id,
    taken: true,
    refusedIn: { $ne: _id },
  })
  return { seenIn: { $ne: _id }, classId: { $in: classIds } }
}
