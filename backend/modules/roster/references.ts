import { newEvent } from '../../core/events/outbox.ts'
import type { PendingEvent } from '../../core/events/store.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { type Kind, modelOf } from './store.ts'

/** Ids of the people and classes that enrolments and assignments name by `sourcedId`. */
export interface References {
  readonly users: ReadonlyMap<string, string>
  readonly classes: ReadonlyMap<string, string>
}

/** What an enrolment or an assignment names; an assignment names no person. */
export interface NamedRecords {
  readonly classSourcedId: string
  readonly userSourcedId?: string
}

export async function findReferences(
  ctx: TenantContext,
  named: readonly NamedRecords[],
): Promise<References> {
  const [users, classes] = await Promise.all([
    idsOf(
      ctx,
      'user',
      named.flatMap(({ userSourcedId }) => userSourcedId ?? []),
    ),
    idsOf(
      ctx,
      'class',
      named.map(({ classSourcedId }) => classSourcedId),
    ),
  ])
  return { users, classes }
}

async function idsOf(
  ctx: TenantContext,
  kind: Kind,
  sourcedIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = [...new Set(sourcedIds)]
  if (wanted.length === 0) return new Map()
  const rows = await modelOf(kind)
    .find({ tenantId: ctx.tenantId, sourcedId: { $in: wanted } }, { sourcedId: 1 })
    .lean()
  return new Map(rows.map(({ _id, sourcedId }) => [sourcedId, _id]))
}

/** What a record names and does not exist; null where all does. */
export function missingReference(names: NamedRecords, known: References): string | null {
  const { userSourcedId: user } = names
  if (user !== undefined && !known.users.has(user)) return `The user ${user} does not exist`
  if (known.classes.has(names.classSourcedId)) return null
  return `The class ${names.classSourcedId} does not exist`
}

type Change = 'created' | 'updated' | 'deleted'

const none: References = { users: new Map(), classes: new Map() }
/** Of a record whose person or class was never sent. */
const unknownId = 'unknown'

/** The event of one change to one record. */
export function recordEvent(
  ctx: TenantContext,
  kind: Kind,
  change: Change,
  id: string,
  { names, known = none }: { names?: NamedRecords; known?: References } = {},
): PendingEvent {
  if (kind === 'user') return newEvent(ctx, `user.${change}`, { userId: id })
  if (kind === 'class') return newEvent(ctx, `class.${change}`, { classId: id })
  const classId = known.classes.get(names?.classSourcedId ?? '') ?? unknownId
  if (kind === 'assignment') {
    return newEvent(ctx, `assignment.${change}`, { assignmentId: id, classId })
  }
  const userId = known.users.get(names?.userSourcedId ?? '') ?? unknownId
  return newEvent(ctx, `enrollment.${change}`, { enrollmentId: id, userId, classId })
}
