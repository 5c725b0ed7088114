import { z } from 'zod'
import {
  type Allowance,
  type ClassRecord,
  createAllowance,
  type EnrollmentRecord,
  goneNow,
  type MemberPage,
  type ReadRows,
  type RosterPage,
  readRows,
  walkCourses,
} from '../../connector-kit/index.ts'
import { readAssignments } from './assignments.ts'
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

/** Page after page of each course's enrolments. */
export function pullCourses(
  ctx: CanvasContext,
  since: string | undefined,
): AsyncIterable<RosterPage> {
  const allowance = createAllowance()
  return walkCourses(
    {
      signal: ctx.signal,
      system: 'Canvas',
      allowance,
      list: (at) => listCourses(ctx, at),
      readOne: (id) => readCourse(ctx, id),
      async open(course) {
        const structure = await structureOf(ctx, course, allowance)
        return (at) => pageOf(ctx, structure, at)
      },
    },
    since,
  )
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
      course: groups.length === 0 ? sections.course : { ...sections.course, groups },
      sections,
      assignments: assignments.length === 0 ? {} : { assignments },
    }
  } catch (error) {
    return { course, sections: whole, assignments: { refused: [goneNow(error, course.sourcedId)] } }
  }
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
