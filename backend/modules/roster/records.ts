import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { assertIfMatch } from '../../core/etag.ts'
import type { PendingEvent } from '../../core/events/store.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import {
  findReferences,
  missingReference,
  type NamedRecords,
  type References,
  recordEvent,
} from './references.ts'
import { removeRecords } from './remove.ts'
import { type Kind, modelOf, newRecordId, type RecordRow } from './store.ts'

type Body = Readonly<Record<string, unknown>> & { readonly sourcedId: string }
type Show = (row: RecordRow) => object

const tries = 5

export async function findRecord(ctx: TenantContext, kind: Kind, id: string): Promise<RecordRow> {
  const row = await modelOf(kind).findOne({ _id: id, tenantId: ctx.tenantId }).lean<RecordRow>()
  if (!row) throw new AppError('not_found', `The ${kind} ${id} does not exist`)
  return row
}

/** Adds a record; `sourcedId` must be new to the organisation. */
export async function createRecord(
  ctx: TenantContext,
  kind: Kind,
  body: Body,
  names?: NamedRecords,
): Promise<RecordRow> {
  const known = names && (await assertKnown(ctx, names))
  const eventOf = (id: string) =>
    recordEvent(ctx, kind, 'created', id, names && known ? { names, known } : {})
  const row = await insertRecord(ctx, kind, body, eventOf)
  await audit(ctx, kind, 'create', row._id, Object.keys(body))
  return row
}

async function assertKnown(ctx: TenantContext, names: NamedRecords): Promise<References> {
  const known = await findReferences(ctx, [names])
  const missing = missingReference(names, known)
  if (missing !== null) throw new AppError('not_found', missing)
  return known
}

async function insertRecord(
  ctx: TenantContext,
  kind: Kind,
  body: Body,
  eventOf: (id: string) => PendingEvent,
): Promise<RecordRow> {
  for (let left = tries; left > 0; left--) {
    const row =
      (await tryInsert(ctx, kind, body, eventOf)) ?? (await reviveRecord(ctx, kind, body, eventOf))
    if (row) return row
    const { tenantId } = ctx
    const taken = await modelOf(kind).exists({ tenantId, sourcedId: body.sourcedId })
    // Nobody holds it: the removed record that stood in the way went between the two looks at it.
    if (taken) break
  }
  throw new AppError('conflict', `There is a ${kind} with the sourcedId ${body.sourcedId} already`)
}

/** Null where another record, removed or not, has the `sourcedId`. */
async function tryInsert(
  { tenantId }: TenantContext,
  kind: Kind,
  body: Body,
  eventOf: (id: string) => PendingEvent,
): Promise<RecordRow | null> {
  const _id = newRecordId(kind)
  try {
    const created = await modelOf(kind).create({
      ...body,
      _id,
      tenantId,
      pendingEvents: [eventOf(_id)],
    })
    // As its schema stored it.
    return created.toObject() as unknown as RecordRow
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    return null
  }
}

/** A record of this `sourcedId` that was just removed still waits for its event to be passed on. */
async function reviveRecord(
  { tenantId }: TenantContext,
  kind: Kind,
  body: Body,
  eventOf: (id: string) => PendingEvent,
): Promise<RecordRow | null> {
  const filter = { tenantId, sourcedId: body.sourcedId, removedAt: { $exists: true } }
  const removed = await modelOf(kind).findOne(filter, { _id: 1 }, { withRemoved: true }).lean()
  if (!removed) return null
  return modelOf(kind)
    .findOneAndUpdate(
      { ...filter, _id: removed._id },
      {
        $set: { ...body, revision: 1 },
        $unset: { removedAt: 1 },
        $push: { pendingEvents: eventOf(removed._id) },
      },
      { withRemoved: true, returnDocument: 'after' },
    )
    .lean<RecordRow>()
}

/** Changes what is given; another writer in between is noticed. */
export async function changeRecord(
  ctx: TenantContext,
  kind: Kind,
  id: string,
  change: Readonly<Record<string, unknown>>,
  { ifMatch, show }: { readonly ifMatch: string | undefined; readonly show: Show },
): Promise<RecordRow> {
  for (let left = tries; left > 0; left--) {
    const current = await findRecord(ctx, kind, id)
    assertIfMatch(ifMatch, show(current))
    const names = 'classSourcedId' in current ? current : undefined
    const known = names && (await findReferences(ctx, [names]))
    const event = recordEvent(ctx, kind, 'updated', id, names && known ? { names, known } : {})
    const changed = await modelOf(kind)
      .findOneAndUpdate(
        {
          _id: id,
          tenantId: ctx.tenantId,
          updatedAt: current.updatedAt,
          revision: current.revision ?? null,
        },
        { $set: change, $inc: { revision: 1 }, $push: { pendingEvents: event } },
        { returnDocument: 'after' },
      )
      .lean<RecordRow>()
    if (!changed) continue
    await audit(ctx, kind, 'update', id, Object.keys(change))
    return changed
  }
  throw new AppError('conflict', 'Others change it at this moment; try again')
}

export async function removeRecord(
  ctx: TenantContext,
  kind: Kind,
  id: string,
  { ifMatch, show }: { readonly ifMatch: string | undefined; readonly show: Show },
): Promise<undefined> {
  const current = await findRecord(ctx, kind, id)
  assertIfMatch(ifMatch, show(current))
  await removeRecords(ctx, kind, [current])
  await audit(ctx, kind, 'delete', id)
}

function audit(
  ctx: TenantContext,
  kind: Kind,
  verb: string,
  id: string,
  fields: readonly string[] = [],
): Promise<void> {
  return recordAudit(ctx, {
    action: `roster.${kind}.${verb}`,
    target: { type: `roster.${kind}`, id },
    fields,
    result: 'success',
  })
}
