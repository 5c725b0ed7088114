import { z } from 'zod'
import { ClassGroup } from '../../../shared/api/roster-bulk.ts'
import type { ClassGroupRecord } from '../../connector-kit/index.ts'
import { readAll } from './read-all.ts'
import { Id } from './schema.ts'
import type { CanvasContext } from './settings.ts'

const CategoryRow = z.object({ id: Id, name: z.string() })
const GroupRow = z.object({
  id: Id,
  name: ClassGroup.shape.title,
  group_category_id: Id.nullish(),
  members_count: z.int().nullish(),
})
const MembershipRow = z.object({ user_id: Id, workflow_state: z.string() })

/** The groups of a course with who is in them; people are told by number alone. */
export async function readGroups(
  ctx: CanvasContext,
  courseId: string,
): Promise<readonly ClassGroupRecord[]> {
  const groups = await readAll(ctx, `api/v1/courses/${courseId}/groups`, GroupRow)
  if (groups.length === 0) return []
  const categories = await readAll(ctx, `api/v1/courses/${courseId}/group_categories`, CategoryRow)
  const sets = new Map(categories.map(({ id, name }) => [id, name.trim().slice(0, 200)]))
  const found: ClassGroupRecord[] = []
  for (const { id, name, group_category_id, members_count } of groups) {
    found.push({
      sourcedId: `group:${id}`,
      title: name,
      set: sets.get(group_category_id ?? '') ?? null,
      memberSourcedIds: members_count === 0 ? [] : await membersOf(ctx, id),
    })
  }
  return found
}

async function membersOf(ctx: CanvasContext, groupId: string): Promise<string[]> {
  const rows = await readAll(ctx, `api/v1/groups/${groupId}/memberships`, MembershipRow)
  // Whoever was invited or asks to join is not in it yet.
  const members = rows.filter(({ workflow_state }) => workflow_state === 'accepted')
  return members.map(({ user_id }) => user_id).toSorted((a, b) => (a < b ? -1 : 1))
}
