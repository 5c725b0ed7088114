import {
  type Allowance,
  type AssignmentRecord,
  type ClassRecord,
  ConnectorError,
  coursesOfCursor,
  createAllowance,
  type EnrollmentRecord,
  type ReadRows,
  type RefusedRecord,
  type RosterPage,
  readRows,
  type UserRecord,
} from '../../connector-kit/index.ts'
import { clientOf } from './client.ts'
import { type Cursor, readCursor, writeCursor } from './cursor.ts'
import { endless, type Page, pageOf, readAll } from './pages.ts'
import { CourseRow, CourseWorkRow, idOf, memberRow } from './schema.ts'
import type { ClassroomContext } from './settings.ts'

const perPage = 100

interface CoursePage {
  readonly courses: ReadRows<ClassRecord>
  readonly next: string | undefined
}

/** One page of the active courses; the first where `at` is undefined. */
export async function listCourses(
  ctx: ClassroomContext,
  at: string | undefined,
  size = perPage,
): Promise<CoursePage> {
  const client = await clientOf(ctx)
  const { data } = await client.courses.list({
    courseStates: ['ACTIVE'],
    pageSize: size,
    ...(ctx.config.courses === 'mine' && { teacherId: 'me' }),
    ...(at !== undefined && { pageToken: at }),
  })
  const { rows, next } = pageOf(data.courses, data.nextPageToken)
  // A look at one course alone is to notice a changed form as well.
  const changedFrom = Math.min(size, 2)
  return {
    courses: readRows(rows, { schema: CourseRow, kind: 'classes', idOf, changedFrom }),
    next,
  }
}

/** Course after course with its members; Classroom cannot tell what changed, so it ends without a cursor. */
export async function* pullCourses(
  ctx: ClassroomContext,
  since: string | undefined,
): AsyncIterable<RosterPage> {
  const some = coursesOfCursor(since)
  if (some) return yield* pullSomeCourses(ctx, some)
  const allowance = createAllowance()
  const seen = new Set<string>()
  let place: Cursor | undefined = readCursor(since)
  while (place) {
    const page: CoursePage = await listCourses(ctx, place.courses)
    yield* pullPage(ctx, page, place, allowance)
    place = page.next === undefined ? undefined : { courses: page.next }
    if (page.next !== undefined) {
      if (seen.has(page.next)) throw endless()
      seen.add(page.next)
    }
  }
}

async function* pullPage(
  ctx: ClassroomContext,
  { courses: { taken, refused }, next }: CoursePage,
  { courses, course: wanted, students: at }: Cursor,
  allowance: Allowance,
): AsyncIterable<RosterPage> {
  const following = next === undefined ? undefined : { courses: next }
  const found = taken.findIndex(({ sourcedId }) => sourcedId === wanted)
  // A course that is gone since is not found: then the page is done again.
  const left = taken.slice(Math.max(0, found))
  let students = found === -1 ? undefined : at
  // What cannot be taken over is told once, with the first visit of the page.
  let untold = wanted === undefined ? refused : []
  if (left.length === 0) yield { refused: untold, ...cursorOf(following) }
  for (const [index, course] of left.entries()) {
    for await (const page of pullCourse(ctx, course, students, allowance)) {
      const after = left[index + 1]
      let place: Cursor | undefined = after ? { courses, course: after.sourcedId } : following
      if (page.next !== undefined) {
        place = { courses, course: course.sourcedId, students: page.next }
      }
      yield {
        ...page.records,
        refused: [...untold, ...page.refused, ...allowance.untold()],
        ...cursorOf(place),
      }
      untold = []
    }
    students = undefined
  }
}

const cursorOf = (place: Cursor | undefined) => (place ? { cursor: writeCursor(place) } : {})

/** Some courses alone, each whole. */
async function* pullSomeCourses(
  ctx: ClassroomContext,
  courseIds: readonly string[],
): AsyncIterable<RosterPage> {
  const allowance = createAllowance()
  for (const id of courseIds) {
    const { taken, refused } = await readCourse(ctx, id)
    if (refused.length > 0) yield { refused }
    for (const course of taken) {
      for await (const page of pullCourse(ctx, course, undefined, allowance)) {
        yield { ...page.records, refused: [...page.refused, ...allowance.untold()] }
      }
    }
  }
}

async function readCourse(ctx: ClassroomContext, id: string): Promise<ReadRows<ClassRecord>> {
  try {
    const { data } = await (await clientOf(ctx)).courses.get({ id })
    // One that does not fit says nothing about the form of all.
    return readRows([data], { schema: CourseRow, kind: 'classes', idOf })
  } catch (error) {
    return { taken: [], refused: [goneNow(error, id)] }
  }
}

/** Deleted, or taken out of sight, since it was heard of; every other error is thrown on. */
function goneNow(error: unknown, sourcedId: string): RefusedRecord {
  const isGone =
    error instanceof ConnectorError && (error.code === 'not_found' || isOfCourse(error))
  if (!isGone) throw error
  return { kind: 'classes', sourcedId, path: '$', reason: 'was deleted a moment ago' }
}

/** The person may read courses, but not this one. */
const isOfCourse = ({ kind, code }: ConnectorError) => kind === 'reject' && code === 'forbidden'

interface MemberPage {
  readonly records: Omit<RosterPage, 'refused' | 'cursor'>
  readonly refused: readonly RefusedRecord[]
  readonly next: string | undefined
}

/** The teachers and the assignments with the first page of students, the others after it. */
async function* pullCourse(
  ctx: ClassroomContext,
  course: ClassRecord,
  from: string | undefined,
  allowance: Allowance,
): AsyncIterable<MemberPage> {
  const seen = new Set<string>()
  let at = from
  do {
    ctx.signal.throwIfAborted()
    const page: MemberPage = await readPage(ctx, course, at, allowance)
    if (page.next !== undefined && seen.has(page.next)) throw endless()
    if (page.next !== undefined) seen.add(page.next)
    yield page
    at = page.next
  } while (at !== undefined)
}

async function readPage(
  ctx: ClassroomContext,
  course: ClassRecord,
  at: string | undefined,
  allowance: Allowance,
): Promise<MemberPage> {
  const { sourcedId } = course
  try {
    const isFirst = at === undefined
    const teachers = isFirst ? await readTeachers(ctx, sourcedId) : nobody
    const assignments = isFirst ? await readAssignments(ctx, sourcedId, allowance) : []
    const { rows, next } = await studentsOf(ctx, sourcedId, at)
    const students = peopleOf(rows, 'student')
    const people = [...teachers.taken, ...students.taken]
    return {
      records: {
        classes: [course],
        users: people,
        enrollments: people.map((person) => enrollmentOf(sourcedId, person)),
        ...(assignments.length > 0 && { assignments }),
      },
      refused: [...teachers.refused, ...students.refused],
      next,
    }
  } catch (error) {
    return { records: {}, refused: [goneNow(error, sourcedId)], next: undefined }
  }
}

const nobody: ReadRows<UserRecord> = { taken: [], refused: [] }

function enrollmentOf(
  classSourcedId: string,
  { sourcedId: userSourcedId, role }: UserRecord,
): EnrollmentRecord {
  return {
    sourcedId: `${classSourcedId}:${role}:${userSourcedId}`,
    classSourcedId,
    userSourcedId,
    role,
  }
}

async function readTeachers(
  ctx: ClassroomContext,
  courseId: string,
): Promise<ReadRows<UserRecord>> {
  const client = await clientOf(ctx)
  const rows = await readAll(async (pageToken) => {
    const { data } = await client.courses.teachers.list({
      courseId,
      pageSize: perPage,
      ...(pageToken !== undefined && { pageToken }),
    })
    return pageOf(data.teachers, data.nextPageToken)
  }, ctx.signal)
  return peopleOf(rows, 'teacher')
}

async function studentsOf(
  ctx: ClassroomContext,
  courseId: string,
  pageToken: string | undefined,
): Promise<Page> {
  const { data } = await (await clientOf(ctx)).courses.students.list({
    courseId,
    pageSize: perPage,
    ...(pageToken !== undefined && { pageToken }),
  })
  return pageOf(data.students, data.nextPageToken)
}

function peopleOf(rows: readonly unknown[], role: 'teacher' | 'student'): ReadRows<UserRecord> {
  return readRows(rows, { schema: memberRow(role), kind: 'users', idOf })
}

/** What is set and published, where that may be read. */
async function readAssignments(
  ctx: ClassroomContext,
  courseId: string,
  allowance: Allowance,
): Promise<readonly AssignmentRecord[]> {
  if (!ctx.config.courseWork && !ctx.config.grades) return []
  const client = await clientOf(ctx)
  const read = () =>
    readAll(async (pageToken) => {
      const { data } = await client.courses.courseWork.list({
        courseId,
        courseWorkStates: ['PUBLISHED'],
        pageSize: perPage,
        ...(pageToken !== undefined && { pageToken }),
      })
      return pageOf(data.courseWork, data.nextPageToken)
    }, ctx.signal)
  const rows = await allowance.read('Assignment dates', read, [])
  return rows.flatMap((row) => {
    const { data } = CourseWorkRow.safeParse(row)
    return data === undefined ? [] : [data]
  })
}
