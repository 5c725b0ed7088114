import type { z } from 'zod'
import type { ListQuery, Page } from '../../../shared/api/contract.ts'
import type { RosterClass, RosterEnrollment, RosterUser } from '../../../shared/api/operations.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { afterCursor, toPage } from '../../core/paging.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import {
  type ClassRow,
  type EnrollmentRow,
  findClassPage,
  findEnrollmentPage,
  findUserPage,
  type UserFilter,
  type UserRow,
} from './store.ts'

type UserView = z.output<typeof RosterUser>
type ClassView = z.output<typeof RosterClass>
type EnrollmentView = z.output<typeof RosterEnrollment>

function identityOf(row: UserRow | ClassRow | EnrollmentRow) {
  return {
    id: row._id,
    sourcedId: row.sourcedId,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

function showUser(row: UserRow): UserView {
  const { givenName, familyName, role, grades } = row
  return { ...identityOf(row), givenName, familyName, role, grades }
}

function showClass(row: ClassRow): ClassView {
  return { ...identityOf(row), title: row.title, subjects: row.subjects, grades: row.grades }
}

function showEnrollment(row: EnrollmentRow): EnrollmentView {
  const { classSourcedId, userSourcedId, role } = row
  return { ...identityOf(row), classSourcedId, userSourcedId, role }
}

/** People with their names; each page read is in the audit trail. */
export async function listUsers(
  ctx: TenantContext,
  query: ListQuery & UserFilter,
): Promise<Page<UserView>> {
  const rows = await findUserPage(ctx, query, afterCursor(query))
  await recordAudit(ctx, {
    action: 'roster.users.read',
    fields: ['givenName', 'familyName', 'role', 'grades'],
    result: 'success',
  })
  return toPage(rows, query.limit, showUser)
}

export async function listClasses(ctx: TenantContext, query: ListQuery): Promise<Page<ClassView>> {
  const rows = await findClassPage(ctx, query.limit, afterCursor(query))
  return toPage(rows, query.limit, showClass)
}

export async function listEnrollments(
  ctx: TenantContext,
  query: ListQuery & { readonly classSourcedId?: string | undefined },
): Promise<Page<EnrollmentView>> {
  const rows = await findEnrollmentPage(ctx, query, afterCursor(query))
  return toPage(rows, query.limit, showEnrollment)
}
