import {
  type Allowance,
  type ClassRecord,
  createAllowance,
  goneNow,
  type MemberPage,
  type ReadRows,
  type RefusedRecord,
  type RosterPage,
  readRows,
  walkCourses,
} from '../../connector-kit/index.ts'
import { readPage } from './pages.ts'
import { type BlackboardCourse, CourseRow, idOf, memberRow, membershipIdOf } from './schema.ts'
import type { BlackboardContext } from './settings.ts'
import { readColumns, readGroups } from './structure.ts'

const root = 'learn/api/public'

interface CoursePage {
  readonly courses: ReadRows<BlackboardCourse>
  /** Path of the next page. */
  readonly next: string | undefined
}

/** One page of the courses; the first where `at` is undefined. */
export async function listCourses(
  ctx: BlackboardContext,
  at: string | undefined,
  size = 100,
): Promise<CoursePage> {
  const fields = 'id,name,externalId,organization,availability.available'
  const first = `${root}/v3/courses?organization=false&fields=${fields}&limit=${size}`
  const { rows, next } = await readPage(ctx, at ?? first)
  return { courses: readRows(rows, { schema: CourseRow, kind: 'classes', idOf }), next }
}

/** Page after page of each course's people; what changed since a time cannot be told for memberships. */
export function pullCourses(
  ctx: BlackboardContext,
  since: string | undefined,
): AsyncIterable<RosterPage> {
  const allowance = createAllowance()
  return walkCourses(
    {
      signal: ctx.signal,
      system: 'Blackboard',
      allowance,
      async list(at) {
        const { courses, next } = await listCourses(ctx, at)
        const kept = courses.taken.filter(({ isLeftOut }) => !isLeftOut)
        return { courses: { ...courses, taken: kept.map(({ record }) => record) }, next }
      },
      async open(course) {
        const visited = await visit(ctx, course, allowance)
        return (at) => pageOf(ctx, visited, at)
      },
    },
    since,
  )
}

interface Visited {
  /** With its groups. */
  readonly course: ClassRecord
  readonly assignments?: RosterPage['assignments']
  readonly gone?: readonly RefusedRecord[]
}

async function visit(
  ctx: BlackboardContext,
  course: ClassRecord,
  allowance: Allowance,
): Promise<Visited> {
  const { sourcedId } = course
  if (!ctx.config.structure) return { course }
  try {
    const groups = await allowance.read('Groups', () => readGroups(ctx, sourcedId), [])
    const columns = () => readColumns(ctx, sourcedId)
    const assignments = await allowance.read('Due dates', columns, [])
    return {
      course: groups.length === 0 ? course : { ...course, groups },
      ...(assignments.length > 0 && { assignments }),
    }
  } catch (error) {
    return { course, gone: [goneNow(error, sourcedId)] }
  }
}

async function pageOf(
  ctx: BlackboardContext,
  { course, assignments, gone }: Visited,
  at: string | undefined,
): Promise<MemberPage> {
  if (gone) return { records: {}, refused: gone, next: undefined }
  const { sourcedId } = course
  const fields =
    'userId,courseRoleId,availability.available,user.userName,user.externalId,user.name'
  const first = `${root}/v1/courses/${encodeURIComponent(sourcedId)}/users?expand=user&fields=${fields}&limit=100`
  try {
    const { rows, next } = await readPage(ctx, at ?? first)
    const { taken, refused } = readRows(rows, {
      schema: memberRow(sourcedId),
      kind: 'enrollments',
      idOf: membershipIdOf(sourcedId),
    })
    const records = {
      classes: [course],
      users: taken.map(({ user }) => user),
      enrollments: taken.map(({ enrollment }) => enrollment),
      ...(assignments && { assignments }),
    }
    return { records, refused, next }
  } catch (error) {
    return { records: {}, refused: [goneNow(error, sourcedId)], next: undefined }
  }
}
