import type { AssignmentRecord, ClassGroupRecord } from '../../connector-kit/index.ts'
import { readAll } from './pages.ts'
import { ColumnRow, GroupMemberRow, GroupRow, SetRow } from './schema.ts'
import type { BlackboardContext } from './settings.ts'

const root = 'learn/api/public/v2/courses'

/** Groups that stand alone, then those of each group set, with their people by identifier. */
export async function readGroups(
  ctx: BlackboardContext,
  courseId: string,
): Promise<readonly ClassGroupRecord[]> {
  const course = `${root}/${encodeURIComponent(courseId)}/groups`
  const fields = 'fields=id,name&limit=100'
  const found: ClassGroupRecord[] = []
  const add = async (path: string, set: string | null) => {
    for (const { id, name } of await readAll(ctx, `${path}?${fields}`, GroupRow)) {
      const members = `${course}/${encodeURIComponent(id)}/users?fields=userId&limit=100`
      const rows = await readAll(ctx, members, GroupMemberRow)
      const memberSourcedIds = rows.map(({ userId }) => userId).sort((a, b) => (a < b ? -1 : 1))
      found.push({ sourcedId: `group:${id}`, title: name, set, memberSourcedIds })
    }
  }
  await add(course, null)
  for (const { id, name } of await readAll(ctx, `${course}/sets?${fields}`, SetRow)) {
    await add(`${course}/sets/${encodeURIComponent(id)}/groups`, name.trim().slice(0, 200))
  }
  return found
}

/** Columns of the gradebook that stand for work; totals and averages are worked out of them. */
export async function readColumns(
  ctx: BlackboardContext,
  courseId: string,
): Promise<readonly AssignmentRecord[]> {
  const fields = 'fields=id,name,displayName,grading.type,grading.due&limit=100'
  const path = `${root}/${encodeURIComponent(courseId)}/gradebook/columns?${fields}`
  const rows = await readAll(ctx, path, ColumnRow)
  return rows
    .filter(({ grading }) => grading.type !== 'Calculated')
    .map(({ id, name, displayName, grading: { due } }) => ({
      sourcedId: `column:${id}`,
      classSourcedId: courseId,
      title: displayName ?? name,
      // When content appears and goes is a matter of its release conditions, one request each.
      opensAt: null,
      dueAt: due ? new Date(due).toISOString() : null,
      closesAt: null,
      exceptions: [],
    }))
}
