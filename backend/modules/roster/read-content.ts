import type { TenantContext } from '../../core/tenancy.ts'
import {
  type AssignmentRow,
  type ClassRow,
  type EnrollmentRow,
  type Kind,
  modelOf,
  type RecordRow,
  type UserRow,
} from './store.ts'

/** What a record says, without what it is called by and when it was written. */
export type RosterContent = Readonly<Record<string, unknown>>

/** The content of those of the records that exist, by `sourcedId`. */
export async function readContent(
  ctx: TenantContext,
  kind: Kind,
  sourcedIds: readonly string[],
): Promise<ReadonlyMap<string, RosterContent>> {
  if (sourcedIds.length === 0) return new Map()
  const rows = await modelOf(kind)
    .find({ tenantId: ctx.tenantId, sourcedId: { $in: [...sourcedIds] } })
    .lean<RecordRow[]>()
  return new Map(rows.map((row) => [row.sourcedId, contentOf(kind, row)]))
}

// Each is given rows of its own collection only.
function contentOf(kind: Kind, row: RecordRow): RosterContent {
  if (kind === 'user') {
    const { givenName, familyName, email, role, grades } = row as UserRow
    return { givenName, familyName, ...(email && { email }), role, grades }
  }
  if (kind === 'class') {
    const { title, subjects, grades, groups = [], sisClassSourcedIds = [] } = row as ClassRow
    return {
      title,
      subjects,
      grades,
      ...(groups.length > 0 && { groups }),
      ...(sisClassSourcedIds.length > 0 && { sisClassSourcedIds }),
    }
  }
  if (kind === 'assignment') {
    const { classSourcedId, title, opensAt, dueAt, closesAt, exceptions } = row as AssignmentRow
    return { classSourcedId, title, opensAt, dueAt, closesAt, exceptions }
  }
  const { classSourcedId, userSourcedId, role } = row as EnrollmentRow
  return { classSourcedId, userSourcedId, role }
}
