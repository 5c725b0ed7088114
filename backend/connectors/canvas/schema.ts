import { z } from 'zod'
import { RosterClassFields, RosterUserFields } from '../../../shared/api/roster-bulk.ts'
import type { ClassRecord, EnrollmentRecord, UserRecord } from '../../connector-kit/index.ts'

export const Self = z.object({ name: z.string() })

/** Canvas numbers can be larger than JavaScript can count. */
export const Id = z.union([z.string().min(1).max(100), z.int().min(1)]).transform(String)

/** Told only to accounts that may read SIS data; what is longer than any identifier is none. */
export const SisId = z.string().trim().min(1).max(255).nullish().catch(null)

/** The rows are read one by one, so that a bad one does not take the others along. */
export const Rows = z.array(z.unknown())

export const CourseRow = z
  .object({ id: Id, name: RosterClassFields.shape.title, sis_course_id: SisId })
  .transform(
    ({ id, name, sis_course_id: sisId }): ClassRecord => ({
      sourcedId: id,
      title: name,
      ...(sisId && { sisIdentifiers: [sisId] }),
    }),
  )

export interface Member {
  readonly user: UserRecord
  readonly enrollment: EnrollmentRecord
  readonly sectionId: string | null
}

const roleOf: Readonly<Record<string, 'teacher' | 'student'>> = {
  TeacherEnrollment: 'teacher',
  TaEnrollment: 'teacher',
  StudentEnrollment: 'student',
}

/** The test student of a teacher's preview has StudentViewEnrollment: nobody to take over. */
export const EnrollmentRow = z
  .object({
    id: Id,
    course_id: Id,
    user_id: Id,
    course_section_id: Id.nullish(),
    type: z.string(),
    sis_user_id: SisId,
    user: z.object({
      name: RosterUserFields.shape.familyName,
      sortable_name: z.string().trim().max(400).nullish(),
      login_id: z.string().max(255).nullish(),
    }),
  })
  .transform((row, issues): Member => {
    const { id, course_id, user_id, course_section_id, type, user, sis_user_id: sisId } = row
    const role = roleOf[type]
    if (role === undefined) {
      const message = `neither teaches nor learns in the course (${type.slice(0, 40)})`
      issues.addIssue({ code: 'custom', path: ['type'], message, params: { outOfScope: true } })
      return z.NEVER
    }
    return {
      user: {
        sourcedId: user_id,
        ...namesOf(user.name, user.sortable_name),
        role,
        ...(user.login_id && { username: user.login_id }),
        ...(sisId && { identifier: sisId }),
      },
      enrollment: { sourcedId: id, classSourcedId: course_id, userSourcedId: user_id, role },
      sectionId: course_section_id ?? null,
    }
  })

/** Canvas parts a name by the comma of "Byron, Ada"; a person with one name has it twice here. */
function namesOf(name: string, sortable: string | null | undefined) {
  const [family = '', given = ''] = (sortable ?? '').split(/,(.*)/s).map((part) => part.trim())
  if (family !== '' && given !== '') return { givenName: given, familyName: family }
  const last = name.lastIndexOf(' ')
  if (last === -1) return { givenName: name, familyName: name }
  return { givenName: name.slice(0, last).trim(), familyName: name.slice(last + 1) }
}

const Identified = z.object({ id: Id })

/** The identifier of a row, whatever else is wrong with it. */
export function idOf(row: unknown): string | null {
  return Identified.safeParse(row).data?.id ?? null
}
