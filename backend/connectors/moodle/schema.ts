import { z } from 'zod'
import { RosterClassFields, RosterUserFields } from '../../../shared/api/roster-bulk.ts'
import type { ClassRecord, EnrollmentRecord, UserRecord } from '../../connector-kit/index.ts'

export const SiteInfo = z.object({ sitename: z.string(), release: z.string() })

export const Id = z.int().min(1)

/** Moodle's field for what another system calls the same; empty unless somebody or an import filled it in. */
const IdNumber = z.string().trim().max(255).optional().catch(undefined)

/** The rows are read one by one, so that a bad one does not take the others along. */
export const Rows = z.array(z.unknown())

export const CourseRow = z
  .object({
    id: Id,
    fullname: RosterClassFields.shape.title,
    idnumber: IdNumber,
    format: z.string().optional(),
  })
  .transform(({ id, fullname, idnumber, format }): MoodleCourse => {
    const record: ClassRecord = {
      sourcedId: String(id),
      title: fullname,
      ...(idnumber && { sisIdentifiers: [idnumber] }),
    }
    // The front page counts as a course in Moodle, with nobody in it.
    return { id, isFrontPage: format === 'site', record }
  })

export interface MoodleCourse {
  readonly id: number
  readonly isFrontPage: boolean
  readonly record: ClassRecord
}

export interface Member {
  readonly user: UserRecord
  readonly enrollment: EnrollmentRecord
  readonly groups: readonly { readonly id: number; readonly name: string }[]
}

/** Archetypes of the standard roles; an administrator may have added others. */
const roleOf: Readonly<Record<string, 'teacher' | 'student'>> = {
  manager: 'teacher',
  coursecreator: 'teacher',
  editingteacher: 'teacher',
  teacher: 'teacher',
  student: 'student',
}

const member = z.object({
  id: Id,
  firstname: RosterUserFields.shape.givenName,
  lastname: RosterUserFields.shape.familyName,
  email: z.string().max(320).optional(),
  username: z.string().max(255).optional(),
  idnumber: IdNumber,
  roles: z.array(z.object({ shortname: z.string() })),
  groups: z.array(z.object({ id: Id, name: z.string() })).nullish(),
})

/** Somebody enrolled in a course; whoever neither teaches nor learns there is refused. */
export function memberRow(courseId: number) {
  return member.transform((row, issues): Member => {
    const { id, firstname, lastname, email, username, idnumber, roles, groups } = row
    const known = roles.map(({ shortname }) => roleOf[shortname])
    const role = known.includes('teacher') ? 'teacher' : known.find((one) => one !== undefined)
    if (role === undefined) {
      issues.addIssue({
        code: 'custom',
        path: ['roles'],
        message: 'neither teaches nor learns in the course',
        params: { outOfScope: true },
      })
      return z.NEVER
    }
    const sourcedId = String(id)
    const user: UserRecord = {
      sourcedId,
      givenName: firstname,
      familyName: lastname,
      role,
      ...(email && { email }),
      ...(username && { username }),
      ...(idnumber && { identifier: idnumber }),
    }
    const enrollment: EnrollmentRecord = {
      sourcedId: `${courseId}:${id}`,
      classSourcedId: String(courseId),
      userSourcedId: sourcedId,
      role,
    }
    return { user, enrollment, groups: groups ?? [] }
  })
}

const Numbered = z.object({ id: Id })

/** The number of a row, whatever else is wrong with it. */
export function numberOf(row: unknown): number | null {
  return Numbered.safeParse(row).data?.id ?? null
}
