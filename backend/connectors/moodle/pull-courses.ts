import {
  ConnectorError,
  type ReadRows,
  type RosterPage,
  readRows,
} from '../../connector-kit/index.ts'
import { call, type MoodleContext } from './call.ts'
import { CourseRow, type MoodleCourse, memberRow, numberOf, Rows } from './schema.ts'

/** The courses by number, without the front page. */
export async function listCourses(ctx: MoodleContext): Promise<ReadRows<MoodleCourse>> {
  const rows = await call(ctx, 'core_course_get_courses', Rows)
  const { taken, refused } = readRows(rows, {
    schema: CourseRow,
    kind: 'classes',
    idOf: (row) => numberOf(row)?.toString() ?? null,
  })
  const courses = taken.filter(({ isFrontPage }) => !isFrontPage)
  return { taken: courses.toSorted((a, b) => a.id - b.id), refused }
}

/** A page for each course with all who are in it; the cursor is the number of the course. */
export async function* pullCourses(
  ctx: MoodleContext,
  since: string | undefined,
): AsyncIterable<RosterPage> {
  const { taken, refused } = await listCourses(ctx)
  const total = { classes: taken.length + refused.length }
  const left = taken.filter(({ id }) => id > Number(since ?? 0))
  if (since === undefined) yield { refused, total, ...(left.length > 0 && { cursor: '0' }) }
  for (const [index, course] of left.entries()) {
    ctx.signal.throwIfAborted()
    const page = { ...(await pageOf(ctx, course)), total }
    // Moodle cannot tell what changed: after the last course everything begins anew.
    yield index === left.length - 1 ? page : { ...page, cursor: String(course.id) }
  }
}

async function pageOf(ctx: MoodleContext, { id, record }: MoodleCourse): Promise<RosterPage> {
  try {
    const { taken, refused } = await membersOf(ctx, id)
    return {
      classes: [record],
      users: taken.map(({ user }) => user),
      enrollments: taken.map(({ enrollment }) => enrollment),
      refused,
    }
  } catch (error) {
    // One course that is closed to the account or was deleted a moment ago must not stop the others.
    if (!(error instanceof ConnectorError)) throw error
    if (error.code !== 'refused' && error.code !== 'not_found') throw error
    return {
      refused: [{ kind: 'classes', sourcedId: String(id), path: '$', reason: error.message }],
    }
  }
}

async function membersOf(ctx: MoodleContext, courseId: number) {
  const rows = await call(ctx, 'core_enrol_get_enrolled_users', Rows, {
    courseid: courseId,
    'options[0][name]': 'userfields',
    'options[0][value]': 'firstname,lastname,email,username,roles',
  })
  return readRows(rows, {
    schema: memberRow(courseId),
    kind: 'enrollments',
    idOf: (row) => {
      const number = numberOf(row)
      return number === null ? null : `${courseId}:${number}`
    },
  })
}
