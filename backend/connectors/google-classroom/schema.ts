import { z } from 'zod'
import { AssignmentFields } from '../../../shared/api/assignments.ts'
import { RosterClassFields, RosterUserFields } from '../../../shared/api/roster-bulk.ts'
import type { AssignmentRecord, ClassRecord, UserRecord } from '../../connector-kit/index.ts'

const Id = z.string().min(1).max(100)

export const CourseRow = z
  .object({ id: Id, name: RosterClassFields.shape.title })
  .transform(({ id, name }): ClassRecord => ({ sourcedId: id, title: name }))

const Person = z.object({
  userId: Id,
  profile: z.object({
    name: z.object({
      givenName: z.string().trim().max(200).optional(),
      familyName: z.string().trim().max(200).optional(),
      fullName: RosterUserFields.shape.familyName,
    }),
    emailAddress: z.string().max(255).optional(),
  }),
})

/** Somebody in a course, in one of its two lists. */
export const memberRow = (role: 'teacher' | 'student') =>
  Person.transform(({ userId, profile: { name, emailAddress } }): UserRecord => {
    const { fullName } = name
    return {
      sourcedId: userId,
      // A person with one name has it twice.
      givenName: name.givenName || fullName,
      familyName: name.familyName || fullName,
      role,
      ...(emailAddress && { email: emailAddress, username: emailAddress }),
    }
  })

const DueDate = z.object({
  year: z.int(),
  month: z.int().min(1).max(12),
  day: z.int().min(1).max(31),
})
const DueTime = z.object({
  hours: z.int().min(0).max(23).default(0),
  minutes: z.int().min(0).max(59).default(0),
})

export const CourseWorkRow = z
  .object({
    id: Id,
    courseId: Id,
    title: AssignmentFields.shape.title,
    dueDate: DueDate.optional(),
    dueTime: DueTime.optional(),
  })
  .transform(
    ({ id, courseId, title, dueDate, dueTime }): AssignmentRecord => ({
      sourcedId: `assignment:${id}`,
      classSourcedId: courseId,
      title,
      opensAt: null,
      dueAt: dueDate ? timeOf(dueDate, dueTime) : null,
      closesAt: null,
      exceptions: [],
    }),
  )

/** Classroom's dates are in UTC; a day without a time is over at its end. */
function timeOf(
  { year, month, day }: z.output<typeof DueDate>,
  time: z.output<typeof DueTime> = { hours: 23, minutes: 59 },
): string {
  return new Date(Date.UTC(year, month - 1, day, time.hours, time.minutes)).toISOString()
}

const Identified = z.union([z.object({ userId: Id }), z.object({ id: Id })])

/** The identifier of a row, whatever else is wrong with it. */
export function idOf(row: unknown): string | null {
  const { data } = Identified.safeParse(row)
  if (data === undefined) return null
  return 'userId' in data ? data.userId : data.id
}
