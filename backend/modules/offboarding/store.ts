import mongoose, { Schema } from 'mongoose'
import type {
  Offboarding,
  OffboardingCertificate,
  OffboardingList,
} from '../../../shared/api/offboarding.ts'
import { pushEvent, type WithOutbox, withOutbox } from '../../core/events/index.ts'
import { type FoundPage, findPage, given, timeFilter } from '../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'

import type { DataNotices } from './deps.ts'

export interface Archive {
  readonly bytes: number
  readonly sha256: string
  readonly madeAt: Date
  readonly expiresAt: Date | null
  /** How many pieces of it are stored, under this number of the making. */
  readonly parts: number
  readonly making: number
  readonly collections: readonly { name: string; count: number; sha256: string }[]
}

export interface OffboardingRow {
  readonly _id: string
  /** The organisation above, which outlives the one that leaves. */
  readonly tenantId: string
  readonly leaving: Offboarding['organisation']
  readonly leavingIds: readonly string[]
  /** Absent in rows of older releases. */
  readonly notices?: DataNotices
  readonly state: Offboarding['state']
  readonly reason: string
  readonly requestedBy: Offboarding['requestedBy']
  readonly deleteAt: Date
  readonly archive: Archive | null
  /** What was deleted so far, by collection: a deletion that is taken up again goes on counting. */
  readonly deleted: Readonly<Record<string, number>>
  readonly deletedAt: Date | null
  readonly certificate: OffboardingCertificate | null
  readonly error: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

const { Mixed } = Schema.Types

const schema = new Schema<OffboardingRow & WithOutbox>(
  {
    _id: { type: String, required: true },
    leaving: { type: Mixed, required: true } as never,
    leavingIds: { type: [String], required: true } as never,
    notices: { type: Mixed } as never,
    state: { type: String, required: true },
    reason: { type: String, required: true },
    requestedBy: { type: Mixed, required: true } as never,
    deleteAt: { type: Date, required: true },
    archive: { type: Mixed, default: null } as never,
    deleted: { type: Mixed, default: {} } as never,
    deletedAt: { type: Date, default: null },
    certificate: { type: Mixed, default: null } as never,
    error: { type: String, default: null },
  },
  { timestamps: true, autoIndex: false, minimize: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.plugin(withOutbox)
schema.index({ tenantId: 1, _id: -1 })
// One at a time: an organisation that leaves is on record with the one above it.
schema.index(
  { tenantId: 1, 'leaving.id': 1 },
  {
    unique: true,
    partialFilterExpression: { state: { $in: ['exporting', 'waiting', 'deleting'] } },
    name: 'one_under_way',
  },
)
export const OffboardingModel = mongoose.model('Offboarding', schema, 'offboardings')

interface PartRow {
  readonly _id: string
  readonly tenantId: string
  readonly offboardingId: string
  readonly data: Buffer
  readonly expiresAt: Date
}

const partSchema = new Schema<PartRow>(
  {
    _id: { type: String, required: true },
    offboardingId: { type: String, required: true },
    data: { type: Buffer, required: true },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false, versionKey: false },
)
partSchema.plugin(tenantScoped)
partSchema.index({ tenantId: 1, offboardingId: 1 })
partSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
export const ArchivePartModel = mongoose.model('OffboardingPart', partSchema, 'offboardingParts')

export async function insertOffboarding(
  ctx: TenantContext,
  row: Omit<OffboardingRow, 'tenantId' | 'createdAt' | 'updatedAt'>,
): Promise<OffboardingRow> {
  const { tenantId } = ctx
  const event = pushEvent(ctx, 'offboarding.requested', eventData(row))
  const created = await OffboardingModel.create({
    ...row,
    tenantId,
    pendingEvents: [event.$push.pendingEvents],
  })
  return created.toObject()
}

function eventData({ _id, leaving }: Pick<OffboardingRow, '_id' | 'leaving'>) {
  return { offboardingId: _id, leavingTenantId: leaving.id }
}

export async function findOffboarding(
  ctx: Pick<TenantContext, 'tenantId'>,
  id: string,
): Promise<OffboardingRow | null> {
  return OffboardingModel.findOne({ _id: id, tenantId: ctx.tenantId }).lean<OffboardingRow>()
}

export async function findOffboardingPage(
  ctx: TenantContext,
  query: OffboardingList,
): Promise<FoundPage<OffboardingRow>> {
  return findPage<OffboardingRow>(OffboardingModel, {
    filter: { tenantId: ctx.tenantId, ...given({ state: query.state }), ...timeFilter(query) },
    query,
    sortFields: { createdAt: { path: '_id', type: 'text' } },
  })
}

type Changes = Partial<
  Pick<OffboardingRow, 'state' | 'archive' | 'deleted' | 'deletedAt' | 'certificate' | 'error'>
>

/** Null where it is in none of the states it must be in. */
export async function changeOffboarding(
  ctx: TenantContext,
  id: string,
  from: readonly OffboardingRow['state'][],
  changes: Changes,
  event?: 'offboarding.cancelled' | 'offboarding.completed',
): Promise<OffboardingRow | null> {
  const current = event && (await findOffboarding(ctx, id))
  return OffboardingModel.findOneAndUpdate(
    { _id: id, tenantId: ctx.tenantId, state: { $in: [...from] } },
    { $set: changes, ...(event && current ? pushEvent(ctx, event, eventData(current)) : {}) },
    { returnDocument: 'after' },
  ).lean<OffboardingRow>()
}

export async function storePart(
  ctx: TenantContext,
  offboardingId: string,
  part: { readonly making: number; readonly no: number; readonly data: Buffer },
  expiresAt: Date,
): Promise<void> {
  const _id = partId(offboardingId, part.making, part.no)
  await ArchivePartModel.updateOne(
    { _id, tenantId: ctx.tenantId },
    { $set: { offboardingId, data: part.data, expiresAt } },
    { upsert: true },
  )
}

export async function readPart(
  ctx: Pick<TenantContext, 'tenantId'>,
  offboardingId: string,
  making: number,
  no: number,
): Promise<Buffer | null> {
  const _id = partId(offboardingId, making, no)
  const row = await ArchivePartModel.findOne({ _id, tenantId: ctx.tenantId })
  return row && Buffer.from(row.data)
}

/** Forgets the pieces of earlier makings, or all of them. */
export async function dropParts(
  ctx: TenantContext,
  offboardingId: string,
  keepMaking?: number,
): Promise<void> {
  const kept = keepMaking === undefined ? {} : { _id: { $not: new RegExp(`:${keepMaking}:`) } }
  await ArchivePartModel.deleteMany({ tenantId: ctx.tenantId, offboardingId, ...kept })
}

function partId(offboardingId: string, making: number, no: number): string {
  return `${offboardingId}:${making}:${no}`
}
