import mongoose from 'mongoose'
import { nativeCollection } from '../../core/database/native-collection.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { tenantScoped } from '../../core/tenancy.ts'
import type { Contribution, DayTotal } from './contributions.ts'

/** One outcome of one operation by one credential on one day. */
interface UsageDay {
  readonly _id: string
  readonly tenantId: string
  /** `2026-11-23`, UTC. */
  readonly day: string
  readonly credentialKind: string
  readonly credentialId: string
  readonly operation: string
  readonly status: number
  readonly version: string
  readonly count: number
  /** By hour, `h00` to `h23`. */
  readonly hours: Record<string, number>
  /** The last batch of each process that is in the counts. */
  readonly applied: Record<string, number>
  readonly expiresAt: Date
}

const { Mixed } = mongoose.Schema.Types
const schema = new mongoose.Schema<UsageDay>(
  {
    _id: { type: String, required: true },
    day: { type: String, required: true },
    credentialKind: { type: String, required: true },
    credentialId: { type: String, required: true },
    operation: { type: String, required: true },
    status: { type: Number, required: true },
    version: { type: String, default: '' },
    count: { type: Number, required: true },
    hours: { type: Mixed, required: true },
    applied: { type: Mixed, required: true },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, versionKey: false, minimize: false },
)
schema.plugin(tenantScoped)
schema.index({ tenantId: 1, day: 1 })
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
export const UsageDayModel = mongoose.model('UsageDay', schema, 'usageDays')

/** Thirteen months: this month and the same one a year ago can be compared whole. */
const keptMs = 397 * 24 * 3600 * 1000

/** Adds batches to the days they belong to; a batch that a day already holds changes nothing. */
export async function addToDays(totals: readonly DayTotal[]): Promise<void> {
  if (totals.length === 0) return
  try {
    await write(totals)
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    // Another process made the same new day at that moment; now it is there, and nothing counts twice.
    await write(totals)
  }
}

async function write(totals: readonly DayTotal[]): Promise<void> {
  await nativeCollection(UsageDayModel).bulkWrite(
    totals.map((total) => ({
      updateOne: {
        filter: { _id: total.id as never, tenantId: total.tenantId },
        update: [...addition(total)],
        upsert: true,
      },
    })),
    { ordered: false },
  )
}

function addition({ contributions, ...total }: DayTotal): object[] {
  const hours = new Map<string, Contribution[]>()
  const lastOf = new Map<string, number>()
  for (const one of contributions) {
    hours.set(one.hour, [...(hours.get(one.hour) ?? []), one])
    lastOf.set(one.by, Math.max(one.seq, lastOf.get(one.by) ?? 0))
  }
  const byHour = [...hours].map(([hour, own]) => [`hours.${hour}`, plus(`$hours.${hour}`, own)])
  const applied = [...lastOf].map(([by, seq]) => [
    `applied.${by}`,
    { $max: [{ $ifNull: [`$applied.${by}`, 0] }, seq] },
  ])
  return [
    {
      $set: {
        day: total.day,
        credentialKind: { $literal: total.credentialKind },
        credentialId: { $literal: total.credentialId },
        operation: { $literal: total.operation },
        status: total.status,
        version: { $literal: total.version },
        expiresAt: new Date(Date.parse(`${total.day}T00:00:00Z`) + keptMs),
        count: plus('$count', contributions),
        ...Object.fromEntries(byHour),
      },
    },
    { $set: Object.fromEntries(applied) },
  ]
}

/** A count and of the contributions those whose batch it does not hold yet. */
function plus(field: string, contributions: readonly Contribution[]): object {
  const fresh = contributions.map(({ by, seq, count }) => ({
    $cond: [{ $gt: [seq, { $ifNull: [`$applied.${by}`, 0] }] }, count, 0],
  }))
  return { $add: [{ $ifNull: [field, 0] }, ...fresh] }
}

export interface DayFilter {
  readonly tenantIds: readonly string[]
  readonly from: string
  readonly to: string
  readonly keyId?: string | undefined
  readonly operation?: string | undefined
  readonly statuses?: readonly [number, number] | undefined
}

const dimensions = {
  day: '$day',
  hour: { $concat: ['$day', 'T', { $substrBytes: ['$at.k', 1, 2] }] },
  month: { $substrBytes: ['$day', 0, 7] },
  operation: '$operation',
  key: '$credentialId',
  caller: '$credentialKind',
  status: { $toString: '$status' },
  version: '$version',
  tenant: '$tenantId',
} as const

/** Sums by one or two dimensions, in the order of their values. */
export async function sumDays(
  filter: DayFilter,
  groupBy: keyof typeof dimensions,
  splitBy: keyof typeof dimensions | undefined,
  limit: number,
): Promise<{ group: string; split: string | null; count: number }[]> {
  const byHour = groupBy === 'hour' || splitBy === 'hour'
  const rows = await UsageDayModel.aggregate<{
    _id: { group: string; split?: string | null }
    count: number
  }>([
    {
      $match: {
        tenantId: { $in: [...filter.tenantIds] },
        day: { $gte: filter.from, $lte: filter.to },
        ...(filter.keyId ? { credentialId: filter.keyId } : {}),
        ...(filter.operation ? { operation: filter.operation } : {}),
        ...(filter.statuses
          ? { status: { $gte: filter.statuses[0], $lte: filter.statuses[1] } }
          : {}),
      },
    },
    ...(byHour
      ? [{ $set: { at: { $objectToArray: '$hours' } } }, { $unwind: '$at' } as const]
      : []),
    {
      $group: {
        _id: { group: dimensions[groupBy], ...(splitBy ? { split: dimensions[splitBy] } : {}) },
        count: { $sum: byHour ? '$at.v' : '$count' },
      },
    },
    { $sort: { _id: 1 } },
    { $limit: limit },
  ])
  return rows.map(({ _id, count }) => ({ group: _id.group, split: _id.split ?? null, count }))
}

/** Who called some operations since a day: the most frequent callers first. */
export async function findCallers(
  tenantId: string,
  operations: readonly string[],
  from: string,
): Promise<
  {
    operation: string
    credentialKind: string
    credentialId: string
    count: number
    lastDay: string
  }[]
> {
  const rows = await UsageDayModel.aggregate<{
    _id: { operation: string; credentialKind: string; credentialId: string }
    count: number
    lastDay: string
  }>([
    { $match: { tenantId, operation: { $in: [...operations] }, day: { $gte: from } } },
    {
      $group: {
        _id: {
          operation: '$operation',
          credentialKind: '$credentialKind',
          credentialId: '$credentialId',
        },
        count: { $sum: '$count' },
        lastDay: { $max: '$day' },
      },
    },
    { $sort: { count: -1, _id: 1 } },
    { $limit: 1000 },
  ])
  return rows.map(({ _id, count, lastDay }) => ({ ..._id, count, lastDay }))
}
