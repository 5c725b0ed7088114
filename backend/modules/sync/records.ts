import type {
  AssignmentRecord,
  ClassGroupRecord,
  ClassRecord,
  EnrollmentRecord,
  RosterPage,
  SourcedRecord,
  UserRecord,
} from '../../connector-kit/index.ts'
import type { RosterContent } from '../roster/index.ts'
import { isOfLms, type KeptKind } from './kinds.ts'
import type { Source } from './link-store.ts'

export type KeptRecord = ClassRecord | UserRecord | EnrollmentRecord | AssignmentRecord

/** Courses of an LMS are numbered by itself alone; identifiers of a roster are meant to be shared. */
export function storedIdOf(source: Source, sourcedId: string): string {
  const { connectionId } = source
  return isOfLms(source) ? `${connectionId}:${sourcedId}` : sourcedId
}

/** A text that names stored records, in the words of the other system. */
export function inTheirWords(source: Source, text: string): string {
  const { connectionId } = source
  return isOfLms(source) ? text.replaceAll(`${connectionId}:`, '') : text
}

/** What the roster keeps of a record. */
export function contentOf(source: Source, kind: KeptKind, record: KeptRecord): RosterContent {
  // Each kind comes with records of its own only.
  if (kind === 'classes') {
    const { title, subjects = [], grades = [], groups = [] } = record as ClassRecord
    if (groups.length === 0) return { title, subjects, grades }
    return { title, subjects, grades, groups: groups.map((group) => groupOf(source, group)) }
  }
  if (kind === 'users') {
    const { sourcedId, givenName, familyName, email, role, grades = [] } = record as UserRecord
    return {
      // Whom the LMS does not name is told apart by the end of their id, as in the roster.
      givenName: givenName || 'Unnamed',
      familyName: familyName || sourcedId.slice(-8),
      ...(email && { email: email.toLowerCase() }),
      role,
      grades,
    }
  }
  if (kind === 'assignments') return assignmentOf(source, record as AssignmentRecord)
  const { classSourcedId, userSourcedId, role } = record as EnrollmentRecord
  return {
    classSourcedId: storedIdOf(source, classSourcedId),
    userSourcedId: storedIdOf(source, userSourcedId),
    role,
  }
}

function groupOf(source: Source, { sourcedId, title, set, memberSourcedIds }: ClassGroupRecord) {
  return {
    sourcedId: storedIdOf(source, sourcedId),
    title,
    set,
    memberSourcedIds: memberSourcedIds.map((id) => storedIdOf(source, id)),
  }
}

function assignmentOf(source: Source, record: AssignmentRecord): RosterContent {
  const { classSourcedId, title, opensAt, dueAt, closesAt, exceptions } = record
  return {
    classSourcedId: storedIdOf(source, classSourcedId),
    title,
    opensAt,
    dueAt,
    closesAt,
    exceptions: exceptions.map((one) => ({
      appliesTo: one.appliesTo,
      sourcedId: one.sourcedId === null ? null : storedIdOf(source, one.sourcedId),
      opensAt: one.opensAt,
      dueAt: one.dueAt,
      closesAt: one.closesAt,
    })),
  }
}

/** The records of a page, each once; whoever teaches in one course and learns in another teaches. */
export function distinct(page: RosterPage, kind: KeptKind): ReadonlyMap<string, KeptRecord> {
  const found = new Map<string, KeptRecord>()
  for (const record of page[kind] ?? []) {
    const before = found.get(record.sourcedId)
    found.set(record.sourcedId, before && teaches(kind, before) ? before : record)
  }
  return found
}

export function teaches(kind: KeptKind, record: KeptRecord): boolean {
  return kind === 'users' && (record as UserRecord).role === 'teacher'
}

export function isGone({ status }: SourcedRecord): boolean {
  return status === 'tobedeleted'
}
