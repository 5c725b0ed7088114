import { retryOnDisconnect } from '../../core/database/retry-write.ts'
import type { PendingEvent } from '../../core/events/store.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { findReferences, recordEvent } from './references.ts'
import {
  AssignmentModel,
  type AssignmentRow,
  EnrollmentModel,
  type EnrollmentRow,
  type Kind,
  modelOf,
} from './store.ts'

export interface Removable {
  readonly _id: string
  readonly sourcedId: string
}

/**
 * Removes records with their events; a person or class takes its enrolments and assignments along, which go first, so that an
 * interrupted removal is finished by repeating it. Answers how many enrolments went with each.
 */
export async function removeRecords(
  ctx: TenantContext,
  kind: Kind,
  rows: readonly Removable[],
): Promise<ReadonlyMap<string, number>> {
  if (rows.length === 0) return new Map()
  if (kind === 'enrollment') {
    await removeEnrollments(ctx, await findEnrollments(ctx, { _id: { $in: rows.map(idOf) } }))
    return new Map()
  }
  if (kind === 'assignment') {
    await removeAssignments(ctx, { _id: { $in: rows.map(idOf) } })
    return new Map()
  }
  const field = kind === 'user' ? 'userSourcedId' : 'classSourcedId'
  const sourcedIds = rows.map(({ sourcedId }) => sourcedId)
  const enrollments = await findEnrollments(ctx, { [field]: { $in: sourcedIds } })
  await removeEnrollments(ctx, enrollments)
  if (kind === 'class') await removeAssignments(ctx, { classSourcedId: { $in: sourcedIds } })
  await markRemoved(ctx, kind, rows.map(idOf), (id) => recordEvent(ctx, kind, 'deleted', id))
  const went = new Map<string, number>()
  for (const enrollment of enrollments) {
    went.set(enrollment[field], (went.get(enrollment[field]) ?? 0) + 1)
  }
  return went
}

function idOf({ _id }: Removable): string {
  return _id
}

async function findEnrollments(ctx: TenantContext, filter: object): Promise<EnrollmentRow[]> {
  return EnrollmentModel.find({ tenantId: ctx.tenantId, ...filter }).lean<EnrollmentRow[]>()
}

async function removeEnrollments(
  ctx: TenantContext,
  enrollments: readonly EnrollmentRow[],
): Promise<void> {
  if (enrollments.length === 0) return
  const known = await findReferences(ctx, enrollments)
  const byId = new Map(enrollments.map((enrollment) => [enrollment._id, enrollment]))
  await markRemoved(ctx, 'enrollment', [...byId.keys()], (id) => {
    const names = byId.get(id)
    return recordEvent(ctx, 'enrollment', 'deleted', id, { known, ...(names ? { names } : {}) })
  })
}

async function removeAssignments(ctx: TenantContext, filter: object): Promise<void> {
  const { tenantId } = ctx
  const found = await AssignmentModel.find({ tenantId, ...filter }).lean<AssignmentRow[]>()
  if (found.length === 0) return
  const known = await findReferences(ctx, found)
  const byId = new Map(found.map((assignment) => [assignment._id, assignment]))
  await markRemoved(ctx, 'assignment', [...byId.keys()], (id) => {
    const names = byId.get(id)
    return recordEvent(ctx, 'assignment', 'deleted', id, { known, ...(names ? { names } : {}) })
  })
}

async function markRemoved(
  { tenantId }: TenantContext,
  kind: Kind,
  ids: readonly string[],
  eventOf: (id: string) => PendingEvent,
): Promise<void> {
  const removedAt = new Date()
  const operations = ids.map((_id) => ({
    updateOne: {
      // Repeated after a broken connection it finds nothing to do: one event each.
      filter: { _id, tenantId, removedAt: { $exists: false } },
      update: { $set: { removedAt }, $push: { pendingEvents: eventOf(_id) } },
    },
  }))
  await retryOnDisconnect(() => modelOf(kind).bulkWrite(operations, { ordered: false }))
}
