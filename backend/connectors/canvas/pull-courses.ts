import { z } from 'zod'
import {
  type Allowance,
  type ClassRecord,
  ConnectorError,
  coursesOfCursor,
  createAllowance,
  type EnrollmentRecord,
  type ReadRows,
  type RefusedRecord,
  type RosterPage,
  readRows,
} from '../../connector-kit/index.ts'
import { readAssignments } from './assignments.ts'
import { type Cursor, readCursor, writeCursor } from './cursor.ts'
import { readGroups } from './groups.ts'
import { CourseRow, EnrollmentRow, idOf, type Member, Rows } from './schema.ts'
import { type CourseSections, oneSection, readSections } from './sections.ts'
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
  const some = coursesOfCursor(since)
  if (some) return yield* pullSomeCourses(ctx, some)
  const allowance = createAllowance()
  let place: Cursor | undefined = readCursor(since)
  while (place) {
    const page: CoursePage = await listCourses(ctx, place.courses)
    yield* pullPage(ctx, page, place, allowance)
    place = page.next === undefined ? undefined : { courses: page.next }
  }
}

async function* pullPage(
  ctx: CanvasContext,
  { courses: { taken, refused }, next }: CoursePage,
  { courses, course: wanted, members: at }: Cursor,
  allowance: Allowance,
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
    const structure = await structureOf(ctx, course, allowance)
    do {
      ctx.signal.throwIfAborted()
      const page = await pageOf(ctx, structure, members)
      members = page.next
      const after = left[index + 1]
      let place: Cursor | undefined = after ? { courses, course: after.sourcedId } : following
      if (members !== undefined) place = { courses, course: course.sourcedId, members }
      yield {
        ...page.records,
        refused: [...untold, ...page.refused, ...allowance.untold()],
        ...cursorOf(place),
      }
      untold = []
    } while (members !== undefined)
  }
}

const cursorOf = (place: Cursor | undefined) => (place ? { cursor: writeCursor(place) } : {})

/** Some courses alone, each whole. */
async function* pullSomeCourses(
  ctx: CanvasContext,
  courseIds: readonly string[],
): AsyncIterable<RosterPage> {
  const allowance = createAllowance()
  for (const courseId of courseIds) {
    const { taken, refused } = await readCourse(ctx, courseId)
    if (refused.length > 0) yield { refused }
    for (const course of taken) {
      const structure = await structureOf(ctx, course, allowance)
      let members: string | undefined
      do {
        ctx.signal.throwIfAborted()
        const page = await pageOf(ctx, structure, members)
        members = page.next
        yield { ...page.records, refused: [...page.refused, ...allowance.untold()] }
      } while (members !== undefined)
    }
  }
}

async function readCourse({ http }: CanvasContext, id: string): Promise<ReadRows<ClassRecord>> {
  try {
    const row = await http.get(`api/v1/courses/${encodeURIComponent(id)}`, z.unknown())
    // One that does not fit says nothing about the form of all.
    return readRows([row], { schema: CourseRow, kind: 'classes', idOf })
  } catch (error) {
    return { taken: [], refused: [goneNow(error, id)] }
  }
}

/** Deleted since it was heard of; every other error is thrown on. */
function goneNow(error: unknown, sourcedId: string): RefusedRecord {
  if (!(error instanceof ConnectorError) || error.code !== 'not_found') throw error
  return { kind: 'classes', sourcedId, path: '$', reason: 'was deleted a moment ago' }
}

interface Structure {
  /** With its groups. */
  readonly course: ClassRecord
  readonly sections: CourseSections
  readonly assignments: Pick<RosterPage, 'assignments' | 'refused'>
}

async function structureOf(
  ctx: CanvasContext,
  course: ClassRecord,
  allowance: Allowance,
): Promise<Structure> {
  const whole = oneSection(course)
  if (!ctx.config.structure) return { course, sections: whole, assignments: {} }
  const id = encodeURIComponent(course.sourcedId)
  try {
    const sections = await allowance.read('Sections', () => readSections(ctx, course), whole)
    const groups = await allowance.read('Groups', () => readGroups(ctx, id), [])
    const assignments = await allowance.read(
      'Assignment dates',
      () => readAssignments(ctx, id, sections),
      [],
    )
    return {
      course: groups.length === 0 ? course : { ...course, groups },
      sections,
      assignments: assignments.length === 0 ? {} : { assignments },
    }
  } catch (error) {
    return { course, sections: whole, assignments: { refused: [goneNow(error, course.sourcedId)] } }
  }
}

interface MemberPage {
  readonly records: Omit<RosterPage, 'refused' | 'cursor'>
  readonly refused: readonly RefusedRecord[]
  readonly next: string | undefined
}

async function pageOf(
  { http }: CanvasContext,
  { course, sections, assignments: { assignments, refused: gone } }: Structure,
  at: string | undefined,
): Promise<MemberPage> {
  const { sourcedId } = course
  if (gone) return { records: {}, refused: gone, next: undefined }
  const first = `api/v1/courses/${encodeURIComponent(sourcedId)}/enrollments?per_page=${perPage}`
  try {
    const { data, links } = await http.page(at ?? first, Rows)
    const { taken, refused } = readRows(data, { schema: EnrollmentRow, kind: 'enrollments', idOf })
    const records = {
      classes: [course, ...sections.classes],
      users: taken.map(({ user }) => user),
      enrollments: taken.flatMap((member) => enrollmentsOf(member, sections)),
      ...(assignments && { assignments }),
    }
    return { records, refused, next: links['next'] }
  } catch (error) {
    return { records: {}, refused: [goneNow(error, sourcedId)], next: undefined }
  }
}

/** In the course, and in its section where that is a class of its own. */
function enrollmentsOf({ enrollment, sectionId }: Member, sections: CourseSections) {
  const all: EnrollmentRecord[] = [enrollment]
  if (sectionId === null || sections.classes.length === 0) return all
  const classSourcedId = sections.classOf(sectionId)
  return [...all, { ...enrollment, sourcedId: `${enrollment.sourcedId}:section`, classSourcedId }]
}
