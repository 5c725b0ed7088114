import { z } from 'zod'
import { ClassGroup } from '../../../shared/api/roster-bulk.ts'
import type { Allowance, ClassGroupRecord } from '../../connector-kit/index.ts'
import { callOptional, type MoodleContext } from './call.ts'
import { Id, type Member } from './schema.ts'

const Grouping = z.object({ id: Id, name: z.string() })
const GroupingWithGroups = Grouping.extend({ groups: z.array(z.object({ id: Id })).default([]) })

/** Groups with somebody in them, as the list of people names them; Moodle gathers groups under groupings. */
export async function groupsOf(
  ctx: MoodleContext,
  courseId: number,
  members: readonly Member[],
  allowance: Allowance,
): Promise<readonly ClassGroupRecord[]> {
  const found = new Map<number, { title: string; memberSourcedIds: string[] }>()
  for (const { user, groups } of members) {
    for (const { id, name } of groups) {
      const group = found.get(id) ?? { title: name, memberSourcedIds: [] }
      group.memberSourcedIds.push(user.sourcedId)
      found.set(id, group)
    }
  }
  if (found.size === 0) return []
  const read = () => readGroupings(ctx, courseId)
  const groupings = await allowance.read('Groupings', read, new Map<number, string>())
  const rows = [...found].toSorted(([a], [b]) => a - b)
  return rows.flatMap(([id, { title, memberSourcedIds }]) => {
    const parsed = ClassGroup.safeParse({
      sourcedId: `group:${id}`,
      title,
      set: groupings.get(id) ?? null,
      memberSourcedIds,
    })
    return parsed.success ? [parsed.data] : []
  })
}

/** The grouping of each group; of several the first. */
async function readGroupings(ctx: MoodleContext, courseId: number): Promise<Map<number, string>> {
  const groupings = await callOptional(ctx, 'core_group_get_course_groupings', z.array(Grouping), {
    courseid: courseId,
  })
  if (groupings.length === 0) return new Map()
  const ids = groupings.map(({ id }, at) => [`groupingids[${at}]`, id])
  const whole = await callOptional(ctx, 'core_group_get_groupings', z.array(GroupingWithGroups), {
    ...Object.fromEntries(ids),
    returngroups: 1,
  })
  const found = new Map<number, string>()
  for (const { name, groups } of whole) {
    for (const { id } of groups) if (!found.has(id)) found.set(id, name.trim().slice(0, 200))
  }
  return found
}
