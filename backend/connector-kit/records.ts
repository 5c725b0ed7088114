/** Records as they leave a connector: OneRoster 1.2 words, whatever the vendor calls them. */

export interface SourcedRecord {
  readonly sourcedId: string
  /** OneRoster status; absent means active. */
  readonly status?: 'active' | 'tobedeleted'
  readonly dateLastModified?: string
}

export interface OrgRecord extends SourcedRecord {
  readonly name: string
  readonly type: 'department' | 'school' | 'district' | 'local' | 'state' | 'national'
  readonly identifier?: string
  readonly parentSourcedId?: string
}

export interface AcademicSessionRecord extends SourcedRecord {
  readonly title: string
  readonly type: 'gradingPeriod' | 'semester' | 'schoolYear' | 'term'
  /** ISO dates. */
  readonly startDate: string
  readonly endDate: string
  readonly schoolYear?: string
}

export interface UserRecord extends SourcedRecord {
  readonly givenName: string
  readonly familyName: string
  readonly role: 'student' | 'teacher'
  readonly grades?: readonly string[]
  readonly email?: string | null | undefined
  readonly username?: string
  /** What the student record system calls the person, where another system knows it. */
  readonly identifier?: string
}

export interface ClassRecord extends SourcedRecord {
  readonly title: string
  readonly subjects?: readonly string[]
  readonly grades?: readonly string[]
  readonly orgSourcedId?: string
  /** Of an LMS. */
  readonly groups?: readonly ClassGroupRecord[]
  /** Of an LMS: what the student record system calls the classes that are taught in it. */
  readonly sisIdentifiers?: readonly string[]
}

/** People of a class who work together. */
export interface ClassGroupRecord {
  readonly sourcedId: string
  readonly title: string
  /** What the LMS gathers groups under: group set, grouping. */
  readonly set: string | null
  readonly memberSourcedIds: readonly string[]
}

/** ISO times in UTC; null where none is set. */
export interface AssignmentDates {
  readonly opensAt: string | null
  readonly dueAt: string | null
  readonly closesAt: string | null
}

export interface AssignmentExceptionRecord extends AssignmentDates {
  readonly appliesTo: 'section' | 'group' | 'students'
  /** Class of the section or group of the class; null for single students, who are not named. */
  readonly sourcedId: string | null
}

/** Something that an LMS sets to a class. */
export interface AssignmentRecord extends SourcedRecord, AssignmentDates {
  readonly classSourcedId: string
  readonly title: string
  readonly exceptions: readonly AssignmentExceptionRecord[]
}

export interface EnrollmentRecord extends SourcedRecord {
  readonly classSourcedId: string
  readonly userSourcedId: string
  readonly role: 'student' | 'teacher'
  readonly beginDate?: string
  readonly endDate?: string
}

/** A record the vendor sent that cannot be taken over, and why. */
export interface RefusedRecord {
  readonly kind: RosterKind
  readonly sourcedId: string | null
  /** JSON path of what is wrong in it. */
  readonly path: string
  readonly reason: string
  /** Nothing is wrong with it: it is of a kind that is not kept, such as somebody who neither teaches nor learns. */
  readonly outOfScope?: true
}

export type RosterKind =
  | 'orgs'
  | 'academicSessions'
  | 'classes'
  | 'users'
  | 'enrollments'
  | 'assignments'

export interface RosterPage {
  readonly orgs?: readonly OrgRecord[]
  readonly academicSessions?: readonly AcademicSessionRecord[]
  readonly classes?: readonly ClassRecord[]
  readonly users?: readonly UserRecord[]
  readonly enrollments?: readonly EnrollmentRecord[]
  readonly assignments?: readonly AssignmentRecord[]
  readonly refused?: readonly RefusedRecord[]
  /** Where to resume after this page; with the last one: where the next pull begins, absent for all over again. */
  readonly cursor?: string
  /** How many the vendor says there are. */
  readonly total?: Partial<Readonly<Record<RosterKind, number>>>
}

export interface GradeResult {
  readonly lineItemId: string
  readonly userSourcedId: string
  readonly score: number
  readonly maximum: number
  readonly comment?: string
  readonly at: Date
}

export interface ContentItem {
  readonly id: string
  readonly title: string
  readonly description?: string
  readonly url: string
  readonly kind?: string
  readonly subjects?: readonly string[]
  readonly educationalLevel?: string
  readonly license?: { readonly name: string; readonly url?: string }
  readonly attribution?: string
}

export interface AssessmentPackage {
  readonly identifier: string
  /** QTI 3 content package. */
  readonly file: Uint8Array
}

/** What happened at the vendor, in words of ours. */
export type SourceChangeKind =
  | 'course'
  | 'course-deleted'
  | 'members'
  | 'people'
  | 'assignments'
  | 'grades'

export interface WebhookNotice {
  /** The vendor's id of the delivery: a second one with it is a duplicate. */
  readonly id: string
  readonly capability: 'roster' | 'courses' | 'grades' | 'content'
  readonly detail?: string
  readonly change?: SourceChangeKind
  /** The course that it is about, as pulls call it; absent: it may be anything. */
  readonly courseId?: string
  /** What it is about, such as one enrolment, and when it happened: what is older than what is known is no news. */
  readonly entity?: string
  readonly happenedAt?: Date
}

export interface TimetableEntry extends SourcedRecord {
  readonly classSourcedId: string
  readonly startsAt: string
  readonly endsAt: string
  readonly room?: string
}

export interface AttendanceMark extends SourcedRecord {
  readonly userSourcedId: string
  readonly classSourcedId?: string
  readonly at: string
  readonly code: string
}
