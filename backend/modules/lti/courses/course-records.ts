import { createHash } from 'node:crypto'
import type { LtiRole } from '../../../../shared/lti.ts'
import type {
  ClassRecord,
  EnrollmentRecord,
  RefusedRecord,
  UserRecord,
} from '../../../connector-kit/index.ts'
import type { Member } from '../services/memberships.ts'
import type { CourseRow } from './course-store.ts'
import type { CourseReading } from './read-course.ts'

/** Courses and members in OneRoster's words. */
export interface CourseRecords {
  readonly classes: ClassRecord[]
  readonly users: UserRecord[]
  readonly enrollments: EnrollmentRecord[]
  readonly refused: RefusedRecord[]
  /** Classes whose members have all come with this page. */
  readonly wholeClasses: string[]
  readonly unchangedClasses: string[]
}

export const emptyRecords = (): CourseRecords => ({
  classes: [],
  users: [],
  enrollments: [],
  refused: [],
  wholeClasses: [],
  unchangedClasses: [],
})

/** What the roster is to be told of a course. */
export function recordsOf(reading: CourseReading): CourseRecords {
  const records = emptyRecords()
  const { course } = reading
  const { _id: sourcedId } = course
  switch (reading.is) {
    case 'closed':
      return records
    case 'same':
      records.unchangedClasses.push(sourcedId)
      return records
    case 'gone':
      records.classes.push({ sourcedId, title: titleOf(course), status: 'tobedeleted' })
      records.wholeClasses.push(sourcedId)
      return records
    case 'unread':
      records.refused.push({
        kind: 'classes',
        sourcedId,
        path: '$.members',
        reason: reading.reason,
      })
      return records
  }
  const { sisIdentifiers = [] } = course
  records.classes.push({
    sourcedId,
    title: titleOf(course),
    ...(sisIdentifiers.length > 0 && { sisIdentifiers }),
  })
  for (const member of reading.members) addMember(records, sourcedId, member)
  for (let no = 0; no < reading.unreadable; no++) {
    const path = '$.user_id'
    records.refused.push({ kind: 'enrollments', sourcedId: null, path, reason: 'is missing' })
  }
  if (reading.is === 'read') records.wholeClasses.push(sourcedId)
  return records
}

function titleOf({ title, label, contextId }: CourseRow): string {
  return (title?.trim() || label?.trim() || `Course ${contextId}`).slice(0, 200)
}

function addMember(records: CourseRecords, classSourcedId: string, member: Member): void {
  const { userId, status, roles } = member
  const sourcedId = enrollmentId(classSourcedId, userId)
  const role = roleOf(roles)
  if (status !== 'Active' || role === null) {
    // Not in the class: whoever was has left it.
    const [path, reason] =
      status === 'Active' ? ['$.roles', 'neither teaches nor learns'] : ['$.status', `is ${status}`]
    records.refused.push({ kind: 'enrollments', sourcedId, path, reason, outOfScope: true })
    return
  }
  const { email, sourcedId: identifier } = member
  records.users.push({
    sourcedId: userId,
    ...namesOf(member),
    role,
    ...(email !== null && { email: email.slice(0, 320) }),
    ...(identifier !== null && { identifier: identifier.slice(0, 255) }),
  })
  records.enrollments.push({ sourcedId, classSourcedId, userSourcedId: userId, role })
}

/** Those who teach and those who learn; mentors, observers and designers belong to no class of the roster. */
export function roleOf(roles: readonly LtiRole[]): 'student' | 'teacher' | null {
  if (roles.includes('instructor') || roles.includes('teaching-assistant')) return 'teacher'
  return roles.includes('learner') ? 'student' : null
}

/** Both names, or neither: what an LMS tells in one is parted at the last space. */
export function namesOf({
  givenName,
  familyName,
  name,
}: Pick<Member, 'givenName' | 'familyName' | 'name'>): { givenName: string; familyName: string } {
  const cut = (text: string) => text.slice(0, 200)
  if (givenName !== null && familyName !== null) {
    return { givenName: cut(givenName), familyName: cut(familyName) }
  }
  const only = givenName ?? familyName
  const whole = (name ?? only ?? '').trim()
  if (whole === '') return { givenName: '', familyName: '' }
  const at = whole.lastIndexOf(' ')
  // A single name is all there is.
  if (at === -1) return { givenName: cut(whole), familyName: '–' }
  return { givenName: cut(whole.slice(0, at).trim()), familyName: cut(whole.slice(at + 1)) }
}

/** Ids of people may be long (LTI 1.3 §5.3.6: 255 characters); that of an enrolment must not be longer. */
function enrollmentId(classId: string, userId: string): string {
  const short =
    userId.length <= 120 ? userId : createHash('sha256').update(userId).digest('base64url')
  return `${classId}/${short}`
}
