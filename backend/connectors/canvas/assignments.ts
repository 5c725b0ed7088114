import { z } from 'zod'
import { AssignmentFields } from '../../../shared/api/assignments.ts'
import type {
  AssignmentDates,
  AssignmentExceptionRecord,
  AssignmentRecord,
} from '../../connector-kit/index.ts'
import { readAll } from './read-all.ts'
import { Id } from './schema.ts'
import type { CourseSections } from './sections.ts'
import type { CanvasContext } from './settings.ts'

const Time = z.iso
  .datetime({ offset: true })
  .transform((time) => new Date(time).toISOString())
  .nullish()
  .transform((time) => time ?? null)

const Dates = z.object({ unlock_at: Time, due_at: Time, lock_at: Time })

const OverrideRow = Dates.extend({
  course_section_id: Id.nullish(),
  group_id: Id.nullish(),
  student_ids: z.array(z.unknown()).nullish(),
})

const AssignmentRow = Dates.extend({
  id: Id,
  name: AssignmentFields.shape.title,
  published: z.boolean().default(true),
  // Absent where there are more than Canvas likes to list.
  all_dates: z.array(Dates.extend({ base: z.boolean().default(false) })).nullish(),
  overrides: z.array(OverrideRow).nullish(),
})

/** What is set in a course and published, with the dates of sections and groups that differ. */
export async function readAssignments(
  ctx: CanvasContext,
  courseId: string,
  { classOf }: CourseSections,
): Promise<readonly AssignmentRecord[]> {
  const path = `api/v1/courses/${courseId}/assignments?include[]=all_dates&include[]=overrides`
  const rows = await readAll(ctx, path, AssignmentRow)
  return rows
    .filter(({ published }) => published)
    .map((row) => ({
      sourcedId: `assignment:${row.id}`,
      classSourcedId: courseId,
      title: row.name,
      ...baseOf(row),
      exceptions: (row.overrides ?? []).map((one) => exceptionOf(one, classOf)),
    }))
}

/** Of itself an assignment tells the dates of whoever asks; those of the course are in the list. */
function baseOf(row: z.output<typeof AssignmentRow>): AssignmentDates {
  const { all_dates: all } = row
  if (!all || all.length === 0) return datesOf(row)
  const base = all.find((one) => one.base)
  // Without them it is set to some alone.
  return base ? datesOf(base) : { opensAt: null, dueAt: null, closesAt: null }
}

const datesOf = ({ unlock_at, due_at, lock_at }: z.output<typeof Dates>): AssignmentDates => ({
  opensAt: unlock_at,
  dueAt: due_at,
  closesAt: lock_at,
})

/** Single students are not named: neither their numbers nor the title, which can hold names. */
function exceptionOf(
  row: z.output<typeof OverrideRow>,
  classOf: CourseSections['classOf'],
): AssignmentExceptionRecord {
  const dates = datesOf(row)
  if (row.course_section_id) {
    return { appliesTo: 'section', sourcedId: classOf(row.course_section_id), ...dates }
  }
  if (row.group_id) return { appliesTo: 'group', sourcedId: `group:${row.group_id}`, ...dates }
  return { appliesTo: 'students', sourcedId: null, ...dates }
}
