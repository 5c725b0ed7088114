import {
  type Allowance,
  ConnectorError,
  coursesOfCursor,
  createAllowance,
  type ReadRows,
  type RosterPage,
  readRows,
} from '../../connector-kit/index.ts'
import { call, type MoodleContext } from './call.ts'
import { readDates } from './dates.ts'
import { CourseRow, type MoodleCourse, memberRow, numberOf, Rows } from './schema.ts'
import { groupsOf } from './structure.ts'

/** Courses whose dates are asked for at once. */
const atOnce = 20

/** All courses or some by number, without the front page. */
export async function listCourses(
  ctx: MoodleContext,
  ids: readonly string[] = [],
): Promise<ReadRows<MoodleCourse>> {
  const asked = ids.map((id, at) => [`options[ids][${at}]`, id])
  const rows = await call(ctx, 'core_course_get_courses', Rows, Object.fromEntries(asked))
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
  const some = coursesOfCursor(since)
  if (some) return yield* pullSomeCourses(ctx, some)
  const { taken, refused } = await listCourses(ctx)
  const total = { classes: taken.length + refused.length }
  const left = taken.filter(({ id }) => id > Number(since ?? 0))
  if (since === undefined) yield { refused, total, ...(left.length > 0 && { cursor: '0' }) }
  let done = 0
  for await (const [course, records] of pagesOf(ctx, left)) {
    done += 1
    const page = { ...records, total }
    // Moodle cannot tell what changed: after the last course everything begins anew.
    yield done === left.length ? page : { ...page, cursor: String(course.id) }
  }
}

/** Some courses alone, each whole. */
async function* pullSomeCourses(
  ctx: MoodleContext,
  courseIds: readonly string[],
): AsyncIterable<RosterPage> {
  const { taken, refused } = await listCourses(ctx, courseIds)
  const met = new Set(taken.map(({ record }) => record.sourcedId))
  const gone = courseIds
    .filter((id) => !met.has(id) && !refused.some(({ sourcedId }) => sourcedId === id))
    .map((sourcedId) => ({
      kind: 'classes' as const,
      sourcedId,
      path: '$',
      reason: 'was deleted a moment ago',
    }))
  if (refused.length + gone.length > 0) yield { refused: [...refused, ...gone] }
  for await (const [, page] of pagesOf(ctx, taken)) yield page
}

async function* pagesOf(
  ctx: MoodleContext,
  courses: readonly MoodleCourse[],
): AsyncIterable<readonly [MoodleCourse, RosterPage]> {
  const allowance = createAllowance()
  let dates: Awaited<ReturnType<typeof readDates>> = new Map()
  for (const [index, course] of courses.entries()) {
    ctx.signal.throwIfAborted()
    if (ctx.config.structure && index % atOnce === 0) {
      const ids = courses.slice(index, index + atOnce).map(({ id }) => id)
      dates = await readDates(ctx, ids, allowance)
    }
    const { refused = [], ...page } = await pageOf(ctx, course, allowance)
    const assignments = page.classes && dates.get(course.id)
    yield [
      course,
      {
        ...page,
        ...(assignments && { assignments }),
        refused: [...refused, ...allowance.untold()],
      },
    ]
  }
}

async function pageOf(
  ctx: MoodleContext,
  { id, record }: MoodleCourse,
  allowance: Allowance,
): Promise<RosterPage> {
  try {
    const { taken, refused } = await membersOf(ctx, id)
    const groups = await groupsOf(ctx, id, taken, allowance)
    return {
      classes: [groups.length === 0 ? record : { ...record, groups }],
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
    'options[0][value]': `firstname,lastname,email,username,idnumber,roles${ctx.config.structure ? ',groups' : ''}`,
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
