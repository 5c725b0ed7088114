import type { Assignment, AssignmentList } from '../../../shared/api/assignments.ts'
import type { Page } from '../../../shared/api/contract.ts'
import type {
  ClassList,
  EnrollmentList,
  RosterClass,
  RosterEnrollment,
  RosterUser,
  UserList,
} from '../../../shared/api/roster.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { findPage, given, showPage, timeFilter } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { findRecord } from './records.ts'
import {
  AssignmentModel,
  type AssignmentRow,
  ClassModel,
  type ClassRow,
  EnrollmentModel,
  type EnrollmentRow,
  sortFields,
  UserModel,
  type UserRow,
} from './store.ts'
import { showAssignment, showClass, showEnrollment, showUser } from './views.ts'

const personalFields = ['givenName', 'familyName', 'role', 'grades']

/** People with their names; each page read is in the audit trail. */
export async function listUsers(ctx: TenantContext, query: UserList): Promise<Page<RosterUser>> {
  const { tenantId } = ctx
  const { role, sourcedId, classId } = query
  const inClass = classId === undefined ? [] : [{ sourcedId: { $in: await members(ctx, classId) } }]
  const page = await findPage<UserRow>(UserModel, {
    filter: {
      tenantId,
      ...given({ role, sourcedId }),
      ...timeFilter(query),
      ...(inClass.length > 0 ? { $and: inClass } : {}),
    },
    query,
    sortFields: sortFields.user,
  })
  await recordAudit(ctx, {
    action: 'roster.users.read',
    fields: personalFields,
    result: 'success',
  })
  return showPage(page, showUser)
}

async function members({ tenantId }: TenantContext, classId: string): Promise<string[]> {
  const found = await ClassModel.findOne({ _id: classId, tenantId }).lean()
  if (!found) return []
  return EnrollmentModel.distinct('userSourcedId', { tenantId, classSourcedId: found.sourcedId })
}

/** One person with their name; that it was read is in the audit trail. */
export async function readUser(ctx: TenantContext, id: string): Promise<RosterUser> {
  const row = await findRecord(ctx, 'user', id)
  await recordAudit(ctx, {
    action: 'roster.user.read',
    target: { type: 'roster.user', id },
    fields: personalFields,
    result: 'success',
  })
  return showUser(row)
}

export async function listClasses(
  ctx: TenantContext,
  query: ClassList,
): Promise<Page<RosterClass>> {
  const { sourcedId } = query
  const page = await findPage<ClassRow>(ClassModel, {
    filter: { tenantId: ctx.tenantId, ...given({ sourcedId }), ...timeFilter(query) },
    query,
    sortFields: sortFields.class,
  })
  return showPage(page, showClass)
}

export async function listEnrollments(
  ctx: TenantContext,
  query: EnrollmentList,
): Promise<Page<RosterEnrollment>> {
  const { sourcedId, classSourcedId, userSourcedId, role } = query
  const page = await findPage<EnrollmentRow>(EnrollmentModel, {
    filter: {
      tenantId: ctx.tenantId,
      ...given({ sourcedId, classSourcedId, userSourcedId, role }),
      ...timeFilter(query),
    },
    query,
    sortFields: sortFields.enrollment,
  })
  return showPage(page, showEnrollment)
}

/** What the LMSs set; times are kept as ISO text in UTC, which sorts as time does. */
export async function listAssignments(
  ctx: TenantContext,
  query: AssignmentList,
): Promise<Page<Assignment>> {
  const { sourcedId, classSourcedId, dueFrom, dueTo } = query
  const due = given({ $gte: utc(dueFrom), $lte: utc(dueTo) })
  const page = await findPage<AssignmentRow>(AssignmentModel, {
    filter: {
      tenantId: ctx.tenantId,
      ...given({ sourcedId, classSourcedId }),
      ...(Object.keys(due).length > 0 && { dueAt: { $type: 'string', ...due } }),
      ...timeFilter(query),
    },
    query,
    sortFields: sortFields.assignment,
  })
  return showPage(page, showAssignment)
}

const utc = (time: string | undefined) => time && new Date(time).toISOString()
