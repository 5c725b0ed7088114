import {
  type Allowance,
  type AssignmentRecord,
  type ClassRecord,
  type ConnectorError,
  createAllowance,
  type EnrollmentRecord,
  goneNow,
  type MemberPage,
  type ReadRows,
  type RosterPage,
  readRows,
  type UserRecord,
  walkCourses,
} from '../../connector-kit/index.ts'
import { clientOf } from './client.ts'
import { type Page, pageOf, readAll } from './pages.ts'
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

/** Page after page of each course's students, with the teachers and the assignments before them. */
export function pullCourses(
  ctx: ClassroomContext,
  since: string | undefined,
): AsyncIterable<RosterPage> {
  const allowance = createAllowance()
  return walkCourses(
    {
      signal: ctx.signal,
      system: 'Google Classroom',
      allowance,
      list: (at) => listCourses(ctx, at),
      readOne: (id) => readCourse(ctx, id),
      open: async (course) => (at) => readPage(ctx, course, at, allowance),
    },
    since,
  )
}

async function readCourse(ctx: ClassroomContext, id: string): Promise<ReadRows<ClassRecord>> {
  try {
    const { data } = await (await clientOf(ctx)).courses.get({ id })
    // One that does not fit says nothing about the form of all.
    return readRows([data], { schema: CourseRow, kind: 'classes', idOf })
  } catch (error) {
    return { taken: [], refused: [goneNow(error, id, isGone)] }
  }
}

/** Deleted, or taken out of the person's sight: courses may be read, but not this one. */
const isGone = ({ kind, code }: ConnectorError) =>
  code === 'not_found' || (kind === 'reject' && code === 'forbidden')

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
    return { records: {}, refused: [goneNow(error, sourcedId, isGone)], next: undefined }
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
