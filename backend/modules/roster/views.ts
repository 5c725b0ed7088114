import type { Assignment } from '../../../shared/api/assignments.ts'
import type { RosterClass, RosterEnrollment, RosterUser } from '../../../shared/api/roster.ts'
import type { AssignmentRow, ClassRow, EnrollmentRow, RecordRow, UserRow } from './store.ts'

function identityOf(row: RecordRow) {
  return {
    id: row._id,
    sourcedId: row.sourcedId,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

// Each is given rows of its own collection only.
export function showUser(row: RecordRow): RosterUser {
  const { givenName, familyName, email = null, role, grades } = row as UserRow
  return { ...identityOf(row), givenName, familyName, email, role, grades }
}

export function showClass(row: RecordRow): RosterClass {
  const { title, subjects, grades, groups = [], sisClassSourcedIds = [] } = row as ClassRow
  return { ...identityOf(row), title, subjects, grades, groups, sisClassSourcedIds }
}

export function showEnrollment(row: RecordRow): RosterEnrollment {
  const { classSourcedId, userSourcedId, role } = row as EnrollmentRow
  return { ...identityOf(row), classSourcedId, userSourcedId, role }
}

export function showAssignment(row: RecordRow): Assignment {
  const { classSourcedId, title, opensAt, dueAt, closesAt, exceptions } = row as AssignmentRow
  return { ...identityOf(row), classSourcedId, title, opensAt, dueAt, closesAt, exceptions }
}
