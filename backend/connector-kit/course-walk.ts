import { z } from 'zod'
import type { Allowance } from './allowance.ts'
import { ConnectorError } from './connector-error.ts'
import { coursesOfCursor } from './course-cursor.ts'
import type { ReadRows } from './read-rows.ts'
import type { ClassRecord, RefusedRecord, RosterPage } from './records.ts'

/** A page of the members of a course, with what else belongs to it. */
export interface MemberPage {
  readonly records: Omit<RosterPage, 'refused' | 'cursor'>
  readonly refused: readonly RefusedRecord[]
  /** Names the next page; undefined at the end. */
  readonly next: string | undefined
}

/** Reads one page of the course that was opened; the first where `at` is undefined. */
export type ReadMembers = (at: string | undefined) => Promise<MemberPage>

/** How a system lists its courses and their members. */
export interface CourseWalk {
  readonly signal: AbortSignal
  /** What the other system is called, for messages. */
  readonly system: string
  readonly allowance: Allowance
  /** A page of courses; the first where `at` is undefined. */
  list(at: string | undefined): Promise<CoursePage>
  /** Opens a course that was listed. */
  open(course: ClassRecord): Promise<ReadMembers>
  /** One course alone; absent where only all can be read. */
  readOne?(courseId: string): Promise<ReadRows<ClassRecord>>
}

interface CoursePage {
  readonly courses: ReadRows<ClassRecord>
  readonly next: string | undefined
}

const Place = z.object({
  /** Names the page of courses; absent: the first. */
  courses: z.string().optional(),
  /** The course to go on with; absent: the first of them. */
  course: z.string().optional(),
  /** Names the page of its members; absent: the first. */
  members: z.string().optional(),
})
type Place = z.output<typeof Place>

/**
 * Page after page of each course's members, for systems that cannot tell what changed: it resumes at a cursor and ends
 * without one. A cursor of `cursorOfCourses` reads those alone, each whole.
 */
export async function* walkCourses(
  walk: CourseWalk,
  since: string | undefined,
): AsyncIterable<RosterPage> {
  const some = walk.readOne && coursesOfCursor(since)
  if (some) return yield* walkSome(walk, some)
  const once = neverTwice(walk)
  let place: Place | undefined = placeOf(since)
  while (place) {
    const page: CoursePage = await walk.list(once(place.courses))
    yield* walkPage(walk, page, place)
    place = page.next === undefined ? undefined : { courses: page.next }
  }
}

/** The place a cursor names; what cannot be read means from the start, which loses nothing. */
function placeOf(text: string | undefined): Place {
  if (text === undefined) return {}
  try {
    return Place.catch({}).parse(JSON.parse(text))
  } catch {
    // Not written here.
    return {}
  }
}

const cursorOf = (place: Place | undefined) => (place ? { cursor: JSON.stringify(place) } : {})

async function* walkPage(
  walk: CourseWalk,
  { courses: { taken, refused }, next }: CoursePage,
  { courses, course: wanted, members }: Place,
): AsyncIterable<RosterPage> {
  const following = next === undefined ? undefined : { courses: next }
  const found = taken.findIndex(({ sourcedId }) => sourcedId === wanted)
  // A course that is gone since is not found: then the page is done again.
  const left = taken.slice(Math.max(0, found))
  // What cannot be taken over is told once, with the first visit of the page.
  let untold = wanted === undefined ? refused : []
  if (left.length === 0) yield { refused: untold, ...cursorOf(following) }
  for (const [index, course] of left.entries()) {
    const from = index === 0 && found !== -1 ? members : undefined
    const after = left[index + 1]
    for await (const page of walkCourse(walk, course, from)) {
      let place: Place | undefined = after ? { courses, course: after.sourcedId } : following
      if (page.next !== undefined) place = { courses, course: course.sourcedId, members: page.next }
      yield { ...recordsOf(walk, page, untold), ...cursorOf(place) }
      untold = []
    }
  }
}

async function* walkSome(
  walk: CourseWalk,
  courseIds: readonly string[],
): AsyncIterable<RosterPage> {
  for (const courseId of courseIds) {
    const { taken, refused } = (await walk.readOne?.(courseId)) ?? nothing
    if (refused.length > 0) yield { refused }
    for (const course of taken) {
      for await (const page of walkCourse(walk, course, undefined)) yield recordsOf(walk, page)
    }
  }
}

const nothing: ReadRows<ClassRecord> = { taken: [], refused: [] }

async function* walkCourse(
  walk: CourseWalk,
  course: ClassRecord,
  from: string | undefined,
): AsyncIterable<MemberPage> {
  const read = await walk.open(course)
  const once = neverTwice(walk)
  let at = from
  do {
    walk.signal.throwIfAborted()
    const page: MemberPage = await read(once(at))
    yield page
    at = page.next
  } while (at !== undefined)
}

function recordsOf(
  { allowance }: CourseWalk,
  page: MemberPage,
  before: readonly RefusedRecord[] = [],
): RosterPage {
  return { ...page.records, refused: [...before, ...page.refused, ...allowance.untold()] }
}

/** A page that leads back to one that was read would be followed for ever. */
function neverTwice({ system }: Pick<CourseWalk, 'system'>) {
  const seen = new Set<string>()
  return (at: string | undefined): string | undefined => {
    if (at === undefined) return at
    if (seen.has(at))
      throw new ConnectorError('reject', `${system} sends a list that does not end.`)
    seen.add(at)
    return at
  }
}

/** A course that was deleted since it was heard of; every other error is thrown on. */
export function goneNow(
  error: unknown,
  sourcedId: string,
  isGone: (error: ConnectorError) => boolean = ({ code }) => code === 'not_found',
): RefusedRecord {
  if (!(error instanceof ConnectorError && isGone(error))) throw error
  return { kind: 'classes', sourcedId, path: '$', reason: 'was deleted a moment ago' }
}
