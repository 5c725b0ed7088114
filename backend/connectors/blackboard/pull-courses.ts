import {
  type Allowance,
  type ClassRecord,
  ConnectorError,
  createAllowance,
  type ReadRows,
  type RefusedRecord,
  type RosterPage,
  readRows,
} from '../../connector-kit/index.ts'
import { type Cursor, readCursor, writeCursor } from './cursor.ts'
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
  const fields = 'id,name,organization,availability.available'
  const first = `${root}/v3/courses?organization=false&fields=${fields}&limit=${size}`
  const { rows, next } = await readPage(ctx, at ?? first)
  return { courses: readRows(rows, { schema: CourseRow, kind: 'classes', idOf }), next }
}

/** Page after page of each course's people; what changed since a time cannot be told for memberships. */
export async function* pullCourses(
  ctx: BlackboardContext,
  since: string | undefined,
): AsyncIterable<RosterPage> {
  const allowance = createAllowance()
  let place: Cursor | undefined = readCursor(since)
  while (place) {
    const page: CoursePage = await listCourses(ctx, place.courses)
    yield* pullPage(ctx, page, place, allowance)
    place = page.next === undefined ? undefined : { courses: page.next }
  }
}

async function* pullPage(
  ctx: BlackboardContext,
  { courses: { taken, refused }, next }: CoursePage,
  { courses, course: wanted, members: at }: Cursor,
  allowance: Allowance,
): AsyncIterable<RosterPage> {
  const following = next === undefined ? undefined : { courses: next }
  const records = taken.filter(({ isLeftOut }) => !isLeftOut).map(({ record }) => record)
  const found = records.findIndex(({ sourcedId }) => sourcedId === wanted)
  // A course that is gone since is not found: then the page is done again.
  const left = records.slice(Math.max(0, found))
  let members = found === -1 ? undefined : at
  // What cannot be taken over is told once, with the first visit of the page.
  let untold = wanted === undefined ? refused : []
  if (left.length === 0) yield { refused: untold, ...cursorOf(following) }
  for (const [index, course] of left.entries()) {
    const visited = await visit(ctx, course, allowance)
    do {
      ctx.signal.throwIfAborted()
      const page = await pageOf(ctx, visited, members)
      members = page.next
      const after = left[index + 1]
      let place: Cursor | undefined = after ? { courses, course: after.sourcedId } : following
      if (members !== undefined) place = { courses, course: course.sourcedId, members }
      const all = [...untold, ...page.refused, ...allowance.untold()]
      yield { ...page.records, refused: all, ...cursorOf(place) }
      untold = []
    } while (members !== undefined)
  }
}

const cursorOf = (place: Cursor | undefined) => (place ? { cursor: writeCursor(place) } : {})

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

/** Deleted since the list was made: the others go on. Every other error is thrown on. */
function goneNow(error: unknown, sourcedId: string): RefusedRecord {
  if (!(error instanceof ConnectorError) || error.code !== 'not_found') throw error
  return { kind: 'classes', sourcedId, path: '$', reason: 'was deleted a moment ago' }
}

interface MemberPage {
  readonly records: Omit<RosterPage, 'refused' | 'cursor'>
  readonly refused: readonly RefusedRecord[]
  readonly next: string | undefined
}

async function pageOf(
  ctx: BlackboardContext,
  { course, assignments, gone }: Visited,
  at: string | undefined,
): Promise<MemberPage> {
  if (gone) return { records: {}, refused: gone, next: undefined }
  const { sourcedId } = course
  const fields = 'userId,courseRoleId,availability.available,user.userName,user.name'
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
