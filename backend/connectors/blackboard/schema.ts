import { z } from 'zod'
import { AssignmentFields } from '../../../shared/api/assignments.ts'
import { ClassGroup, RosterClassFields, RosterUserFields } from '../../../shared/api/roster-bulk.ts'
import type { ClassRecord, EnrollmentRecord, UserRecord } from '../../connector-kit/index.ts'

/** `learn` is the release: 3900.95.0. */
export const Version = z.object({
  learn: z.object({ major: z.number(), minor: z.number(), patch: z.number() }),
})

/** `_12_1` */
export const Id = z.string().min(1).max(100)

/** What the student record system calls it, where that feeds Blackboard; else the same as the name to sign in. */
const ExternalId = z.string().trim().max(255).nullish().catch(null)

export interface BlackboardCourse {
  readonly record: ClassRecord
  /** Organisations use the same pages as courses; what is disabled is as good as deleted. */
  readonly isLeftOut: boolean
}

export const CourseRow = z
  .object({
    id: Id,
    name: RosterClassFields.shape.title,
    externalId: ExternalId,
    organization: z.boolean().optional(),
    availability: z.object({ available: z.string().optional() }).optional(),
  })
  .transform(({ id, name, externalId, organization, availability }): BlackboardCourse => {
    const isLeftOut = organization === true || availability?.available === 'Disabled'
    const record = {
      sourcedId: id,
      title: name,
      ...(externalId && { sisIdentifiers: [externalId] }),
    }
    return { record, isLeftOut }
  })

export interface Member {
  readonly user: UserRecord
  readonly enrollment: EnrollmentRecord
}

const roleOf: Readonly<Record<string, 'teacher' | 'student'>> = {
  Instructor: 'teacher',
  TeachingAssistant: 'teacher',
  Student: 'student',
}

const Membership = z.object({
  userId: Id,
  courseRoleId: z.string(),
  availability: z.object({ available: z.string().optional() }).optional(),
  user: z.object({
    userName: z.string().max(255).nullish(),
    externalId: ExternalId,
    name: z.object({
      given: RosterUserFields.shape.givenName,
      family: RosterUserFields.shape.familyName,
    }),
  }),
})

/** Somebody in a course; whoever neither teaches nor learns there is refused. */
export function memberRow(courseId: string) {
  return Membership.transform((row, issues): Member => {
    const { userId, user } = row
    const leaveOut = (path: string, message: string) => {
      issues.addIssue({ code: 'custom', path: [path], message, params: { outOfScope: true } })
      return z.NEVER
    }
    const role = roleOf[row.courseRoleId]
    if (role === undefined) {
      const named = row.courseRoleId.slice(0, 40)
      return leaveOut('courseRoleId', `neither teaches nor learns in the course (${named})`)
    }
    if ((row.availability?.available ?? 'Yes') !== 'Yes') {
      return leaveOut('availability', 'is no longer admitted to the course')
    }
    // A teacher's preview makes a student of that name.
    if (user.userName?.endsWith('_previewuser')) {
      return leaveOut('user', 'is the preview of a teacher and nobody')
    }
    return {
      user: {
        sourcedId: userId,
        givenName: user.name.given,
        familyName: user.name.family,
        role,
        ...(user.userName && { username: user.userName }),
        ...(user.externalId && { identifier: user.externalId }),
      },
      enrollment: {
        sourcedId: `${courseId}:${userId}`,
        classSourcedId: courseId,
        userSourcedId: userId,
        role,
      },
    }
  })
}

const Identified = z.object({ id: Id })
const Belonging = z.object({ userId: Id })

/** The identifier of a row, whatever else is wrong with it. */
export function idOf(row: unknown): string | null {
  return Identified.safeParse(row).data?.id ?? null
}

export function membershipIdOf(courseId: string) {
  return (row: unknown): string | null => {
    const id = Belonging.safeParse(row).data?.userId
    return id === undefined ? null : `${courseId}:${id}`
  }
}

export const SetRow = z.object({ id: Id, name: z.string() })
export const GroupRow = z.object({ id: Id, name: ClassGroup.shape.title })
export const GroupMemberRow = Belonging

export const ColumnRow = z.object({
  id: Id,
  name: AssignmentFields.shape.title,
  displayName: AssignmentFields.shape.title.nullish().catch(null),
  grading: z.object({
    type: z.string(),
    due: z.iso.datetime({ offset: true }).nullish(),
  }),
})
