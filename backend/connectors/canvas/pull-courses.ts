import {
  type ClassRecord,
  ConnectorError,
  type ReadRows,
  type RefusedRecord,
  type RosterPage,
  readRows,
} from '../../connector-kit/index.ts'
import { type Cursor, readCursor, writeCursor } from './cursor.ts'
import { CourseRow, EnrollmentRow, idOf, Rows } from './schema.ts'
import type { CanvasContext } from './settings.ts'

const perPage = 100

interface CoursePage {
  readonly courses: ReadRows<ClassRecord>
  /** Address of the next page. */
  readonly next: string | undefined
}

/** One page of the account's courses; the first where `at` is undefined. */
export async function listCourses(
  { http, config }: CanvasContext,
  at: string | undefined,
  size = perPage,
): Promise<CoursePage> {
  const first = `api/v1/accounts/${encodeURIComponent(config.account)}/courses?per_page=${size}`
  const { data, links } = await http.page(at ?? first, Rows)
  const courses = readRows(data, { schema: CourseRow, kind: 'classes', idOf })
  return { courses, next: links['next'] }
}

/** Page after page of each course's enrolments; Canvas cannot tell what changed, so it ends without a cursor. */
export async function* pullCourses(
  ctx: CanvasContext,
  since: string | undefined,
): AsyncIterable<RosterPage> {
  let place: Cursor | undefined = readCursor(since)
  while (place) {
    const page: CoursePage = await listCourses(ctx, place.courses)
    yield* pullPage(ctx, page, place)
    place = page.next === undefined ? undefined : { courses: page.next }
  }
}

async function* pullPage(
  ctx: CanvasContext,
  { courses: { taken, refused }, next }: CoursePage,
  { courses, course: wanted, members: at }: Cursor,
): AsyncIterable<RosterPage> {
  const following = next === undefined ? undefined : { courses: next }
  const found = taken.findIndex(({ sourcedId }) => sourcedId === wanted)
  // A course that is gone since is not found: then the page is done again.
  const left = taken.slice(Math.max(0, found))
  let members = found === -1 ? undefined : at
  // What cannot be taken over is told once, with the first visit of the page.
  let untold = wanted === undefined ? refused : []
  if (left.length === 0) yield { refused: untold, ...cursorOf(following) }
  for (const [index, course] of left.entries()) {
    do {
      ctx.signal.throwIfAborted()
      const page = await pageOf(ctx, course, members)
      members = page.next
      const after = left[index + 1]
      let place: Cursor | undefined = after ? { courses, course: after.sourcedId } : following
      if (members !== undefined) place = { courses, course: course.sourcedId, members }
      yield { ...page.records, refused: [...untold, ...page.refused], ...cursorOf(place) }
      untold = []
    } while (members !== undefined)
  }
}

const cursorOf = (place: Cursor | undefined) => (place ? { cursor: writeCursor(place) } : {})

interface MemberPage {
  readonly records: Pick<RosterPage, 'classes' | 'users' | 'enrollments'>
  readonly refused: readonly RefusedRecord[]
  readonly next: string | undefined
}

async function pageOf(
  { http }: CanvasContext,
  course: ClassRecord,
  at: string | undefined,
): Promise<MemberPage> {
  const { sourcedId } = course
  const first = `api/v1/courses/${encodeURIComponent(sourcedId)}/enrollments?per_page=${perPage}`
  try {
    const { data, links } = await http.page(at ?? first, Rows)
    const { taken, refused } = readRows(data, { schema: EnrollmentRow, kind: 'enrollments', idOf })
    const records = {
      classes: [course],
      users: taken.map(({ user }) => user),
      enrollments: taken.map(({ enrollment }) => enrollment),
    }
    return { records, refused, next: links['next'] }
  } catch (error) {
    // Deleted since the list was made: the others go on.
    if (!(error instanceof ConnectorError) || error.code !== 'not_found') throw error
    const reason = 'was deleted a moment ago'
    return {
      records: {},
      refused: [{ kind: 'classes', sourcedId, path: '$', reason }],
      next: undefined,
    }
  }
}
