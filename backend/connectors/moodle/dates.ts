import { z } from 'zod'
import { AssignmentFields } from '../../../shared/api/assignments.ts'
import type { Allowance, AssignmentRecord } from '../../connector-kit/index.ts'
import { callOptional, type MoodleContext } from './call.ts'
import { Id } from './schema.ts'

/** Seconds since 1970; 0 stands for no date. */
const Seconds = z
  .int()
  .nullish()
  .transform((at) => (at ? new Date(at * 1000).toISOString() : null))

const AssignRow = z.object({
  id: Id,
  course: Id,
  name: AssignmentFields.shape.title,
  allowsubmissionsfromdate: Seconds,
  duedate: Seconds,
  cutoffdate: Seconds,
})
const Assigns = z.object({
  courses: z.array(z.object({ id: Id, assignments: z.array(z.unknown()) })),
})

const QuizRow = z.object({
  id: Id,
  course: Id,
  name: AssignmentFields.shape.title,
  timeopen: Seconds,
  timeclose: Seconds,
})
const Quizzes = z.object({ quizzes: z.array(z.unknown()) })

/** What is set in the courses, by their number: two requests for all of them. */
export async function readDates(
  ctx: MoodleContext,
  courseIds: readonly number[],
  allowance: Allowance,
): Promise<ReadonlyMap<number, readonly AssignmentRecord[]>> {
  const asked = Object.fromEntries(courseIds.map((id, at) => [`courseids[${at}]`, id]))
  const assigns = () =>
    callOptional(ctx, 'mod_assign_get_assignments', Assigns, {
      ...asked,
      // The account of the connection is enrolled nowhere.
      includenotenrolledcourses: 1,
    })
  const quizzes = () => callOptional(ctx, 'mod_quiz_get_quizzes_by_courses', Quizzes, asked)
  const { courses } = await allowance.read('Dates of assignments', assigns, { courses: [] })
  const tests = await allowance.read('Dates of quizzes', quizzes, { quizzes: [] })
  const found = new Map<number, AssignmentRecord[]>()
  const add = (courseId: number, record: AssignmentRecord) =>
    found.set(courseId, [...(found.get(courseId) ?? []), record])
  for (const row of courses.flatMap(({ assignments }) => assignments)) {
    const { data } = AssignRow.safeParse(row)
    if (data) add(data.course, assignmentOf(data))
  }
  for (const row of tests.quizzes) {
    const { data } = QuizRow.safeParse(row)
    if (data) add(data.course, quizOf(data))
  }
  return found
}

function assignmentOf(row: z.output<typeof AssignRow>): AssignmentRecord {
  return {
    sourcedId: `assign:${row.id}`,
    classSourcedId: String(row.course),
    title: row.name,
    opensAt: row.allowsubmissionsfromdate,
    dueAt: row.duedate,
    closesAt: row.cutoffdate,
    exceptions: [],
  }
}

/** A quiz is due when it closes. */
function quizOf({ id, course, name, timeopen, timeclose }: z.output<typeof QuizRow>) {
  return {
    sourcedId: `quiz:${id}`,
    classSourcedId: String(course),
    title: name,
    opensAt: timeopen,
    dueAt: timeclose,
    closesAt: timeclose,
    exceptions: [],
  }
}
