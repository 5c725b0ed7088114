import { z } from 'zod'
import { RosterClassFields, RosterUserFields } from '../../../shared/api/roster-bulk.ts'
import type {
  AcademicSessionRecord,
  ClassRecord,
  EnrollmentRecord,
  OrgRecord,
  UserRecord,
} from '../../connector-kit/index.ts'

const { sourcedId, givenName: name } = RosterUserFields.shape
const Reference = z.object({ sourcedId })
const text = z.string().max(320).nullish().catch(undefined)
const day = z.iso.date()
const list = z.array(z.string()).nullish()

const Base = z.object({
  sourcedId,
  // 1.1 still had `inactive`.
  status: z.enum(['active', 'tobedeleted', 'inactive']).nullish(),
  dateLastModified: z.string().nullish().catch(undefined),
})

function baseOf({ sourcedId, status, dateLastModified }: z.output<typeof Base>) {
  return {
    sourcedId,
    status: status && status !== 'active' ? ('tobedeleted' as const) : ('active' as const),
    ...(dateLastModified && { dateLastModified }),
  }
}

const Org = Base.extend({
  name,
  type: z.enum(['department', 'school', 'district', 'local', 'state', 'national']),
  identifier: text,
  parent: Reference.nullish(),
}).transform(
  ({ name, type, identifier, parent, ...base }): OrgRecord => ({
    ...baseOf(base),
    name,
    type,
    ...(identifier && { identifier }),
    ...(parent && { parentSourcedId: parent.sourcedId }),
  }),
)

const AcademicSession = Base.extend({
  title: name,
  type: z.enum(['gradingPeriod', 'semester', 'schoolYear', 'term']),
  startDate: day,
  endDate: day,
  schoolYear: z.union([z.string(), z.number()]).nullish(),
}).transform(
  ({ title, type, startDate, endDate, schoolYear, ...base }): AcademicSessionRecord => ({
    ...baseOf(base),
    title,
    type,
    startDate,
    endDate,
    ...(schoolYear && { schoolYear: String(schoolYear) }),
  }),
)

const Class = Base.extend({
  title: RosterClassFields.shape.title,
  subjects: list,
  grades: list,
  school: Reference.nullish(),
}).transform(
  ({ title, subjects, grades, school, ...base }): ClassRecord => ({
    ...baseOf(base),
    title,
    subjects: subjects ?? [],
    grades: grades ?? [],
    ...(school && { orgSourcedId: school.sourcedId }),
  }),
)

const roleOf: Readonly<Record<string, 'student' | 'teacher'>> = {
  student: 'student',
  teacher: 'teacher',
  aide: 'teacher',
}

/** OneRoster has a dozen roles; whoever neither teaches nor learns is told apart, not lost. */
function roleIn(
  given: readonly string[],
  path: string,
  issues: z.core.$RefinementCtx,
): 'student' | 'teacher' | undefined {
  const role = given.map((one) => roleOf[one]).find((one) => one !== undefined)
  if (role === undefined) {
    const message = `neither teaches nor learns (${given[0]?.slice(0, 40) ?? 'no role'})`
    issues.addIssue({ code: 'custom', path: [path], message, params: { outOfScope: true } })
  }
  return role
}

const User = Base.extend({
  givenName: name,
  familyName: name,
  grades: list,
  email: text,
  username: text,
  roles: z.array(z.object({ role: z.string(), roleType: z.string().nullish() })),
}).transform((row, issues): UserRecord => {
  const { givenName, familyName, grades, email, username, roles } = row
  const primaryFirst = roles.toSorted(
    (a, b) => Number(b.roleType === 'primary') - Number(a.roleType === 'primary'),
  )
  const role = roleIn(
    primaryFirst.map((one) => one.role),
    'roles',
    issues,
  )
  if (role === undefined) return z.NEVER
  return {
    ...baseOf(row),
    givenName,
    familyName,
    role,
    grades: grades ?? [],
    ...(email && { email }),
    ...(username && { username }),
  }
})

const Enrollment = Base.extend({
  class: Reference,
  user: Reference,
  role: z.string(),
  beginDate: day.nullish(),
  endDate: day.nullish(),
}).transform((row, issues): EnrollmentRecord => {
  const role = roleIn([row.role], 'role', issues)
  if (role === undefined) return z.NEVER
  return {
    ...baseOf(row),
    classSourcedId: row.class.sourcedId,
    userSourcedId: row.user.sourcedId,
    role,
    ...(row.beginDate && { beginDate: row.beginDate }),
    ...(row.endDate && { endDate: row.endDate }),
  }
})

/** In the order of a pull: nothing refers to what comes after it. */
export const collections = [
  ['orgs', Org],
  ['academicSessions', AcademicSession],
  ['classes', Class],
  ['users', User],
  ['enrollments', Enrollment],
] as const

/** The identifier of a row, whatever else is wrong with it. */
export function sourcedIdOf(row: unknown): string | null {
  return Reference.safeParse(row).data?.sourcedId ?? null
}
