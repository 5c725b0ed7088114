import mongoose from 'mongoose'
import type { Alert, AlertList } from '../../../shared/api/alerts.ts'
import { insertOnce } from '../../core/database/insert-once.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { pushEvent, type WithOutbox, withOutbox } from '../../core/events/index.ts'
import { type FoundPage, findPage, given, orderedBy, timeFilter } from '../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'

export interface AlertRow
  extends Pick<
    Alert,
    | 'kind'
    | 'severity'
    | 'title'
    | 'text'
    | 'connectorId'
    | 'ruleId'
    | 'routeId'
    | 'routeName'
    | 'channel'
    | 'status'
    | 'heldBecause'
    | 'attempts'
    | 'lastError'
  > {
  readonly _id: string
  readonly tenantId: string
  readonly groupId: string | null
  /** Of a digest: rule, way and time, so that a day has one. */
  readonly digestKey?: string
  /** The problems it tells of. */
  readonly members: readonly string[]
  /** Of `in-app`: who sees it. */
  readonly roles: readonly string[] | null
  /** When it may be claimed: its time while it waits, the end of the lease while it is sent. */
  readonly dueAt?: Date
  readonly claim?: string
  readonly sentAt: Date | null
  readonly readBy: readonly string[]
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** An alert as it is decided on. */
export type NewAlert = AlertRow & { readonly dueAt: Date }

const { Mixed } = mongoose.Schema.Types
const must = { type: String, required: true }
const maybe = { type: String, default: null }
const schema = new mongoose.Schema<AlertRow & WithOutbox>(
  {
    _id: must,
    kind: must,
    severity: must,
    title: must,
    text: must,
    connectorId: maybe,
    ruleId: must,
    routeId: must,
    routeName: must,
    channel: must,
    status: must,
    heldBecause: maybe,
    attempts: { type: Number, required: true },
    lastError: maybe,
    groupId: maybe,
    digestKey: String,
    members: { type: [String], required: true },
    roles: { type: Mixed, default: null },
    dueAt: Date,
    claim: String,
    sentAt: { type: Date, default: null },
    readBy: { type: [String], required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, minimize: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.plugin(withOutbox)
const sortFields = {
  createdAt: { path: '_id', type: 'date' },
  updatedAt: { path: 'updatedAt', type: 'date' },
} as const
orderedBy(schema, sortFields)
schema.index({ dueAt: 1 }, { partialFilterExpression: { dueAt: { $gt: new Date(0) } } })
schema.index({ tenantId: 1, groupId: 1, status: 1 })
schema.index({ tenantId: 1, ruleId: 1, status: 1 })
schema.index(
  { tenantId: 1, digestKey: 1 },
  { unique: true, partialFilterExpression: { digestKey: { $type: 'string' } } },
)
schema.index({ createdAt: 1 }, { expireAfterSeconds: 400 * 24 * 3600 })
export const AlertModel = mongoose.model('Alert', schema, 'alerts')

const acrossTenants = 'alerts of every tenant are sent'
const unsent = ['held', 'waiting'] as const
const seen = { pendingEvents: 0 } as const

/** Writes what a group decided on; again does no harm. */
export async function insertAlerts(alerts: readonly NewAlert[]): Promise<void> {
  for (const alert of alerts) {
    if (alert.digestKey === undefined) await insertOnce(AlertModel, { ...alert })
    else await addToDigest(alert, alert.digestKey)
  }
}

async function addToDigest(alert: NewAlert, digestKey: string): Promise<void> {
  const { _id, tenantId, members, digestKey: _key, ...fields } = alert
  // The filter gives a new document its status.
  const { status: _status, ...rest } = fields
  try {
    await AlertModel.updateOne(
      { tenantId, digestKey, status: 'held' },
      {
        $addToSet: { members: { $each: [...members] } },
        $setOnInsert: { _id, ...rest },
      },
      { upsert: true },
    )
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    // The day's digest has left while this was written: it follows by itself.
    await insertOnce(AlertModel, { _id, tenantId, members: [...members], ...fields })
  }
}

/** Problems of a group that a way has not told yet, by the way. */
export async function findUnsentMembers(
  tenantId: string,
  groupId: string,
): Promise<Map<string, Set<string>>> {
  const rows = await AlertModel.find(
    { tenantId, groupId, status: { $in: [...unsent] }, kind: { $ne: 'resolved' } },
    { members: 1, routeId: 1 },
  ).lean<Pick<AlertRow, '_id' | 'members' | 'routeId'>[]>()
  const byRoute = new Map<string, Set<string>>()
  for (const { routeId, members } of rows) {
    byRoute.set(routeId, new Set([...(byRoute.get(routeId) ?? []), ...members]))
  }
  return byRoute
}

/** Takes one that is due; null: there is none. */
export function claimAlert(claim: string, now: Date, leaseMs: number): Promise<AlertRow | null> {
  return AlertModel.findOneAndUpdate(
    { dueAt: { $lte: now, $gt: new Date(0) } },
    { $set: { claim, dueAt: new Date(now.getTime() + leaseMs) } },
    { returnDocument: 'after', sort: { dueAt: 1 }, projection: seen, acrossTenants },
  )
    .lean<AlertRow>()
    .exec()
}

/** Records what became of a claimed alert; null where the claim was lost meanwhile. */
export function finishAlert(
  ctx: TenantContext,
  row: AlertRow,
  change: Partial<AlertRow>,
): Promise<AlertRow | null> {
  const { _id, members, channel, kind, severity } = { ...row, ...change }
  const isSent = change.status === 'sent'
  return AlertModel.findOneAndUpdate(
    { _id, tenantId: ctx.tenantId, claim: row.claim ?? '' },
    {
      $set: change,
      $unset: { claim: 1, ...(change.dueAt === undefined && { dueAt: 1 }) },
      ...(isSent &&
        pushEvent(ctx, 'alert.sent', {
          alertId: _id,
          channel,
          kind,
          severity,
          problemIds: members.slice(0, 20),
          problemCount: members.length,
        })),
    },
    { returnDocument: 'after', projection: seen },
  )
    .lean<AlertRow>()
    .exec()
}

export function findAlertPage(
  ctx: TenantContext,
  query: AlertList,
  roles: readonly string[] | null,
): Promise<FoundPage<AlertRow>> {
  const { status, kind, severity, channel, inbox, unread } = query
  return findPage<AlertRow>(AlertModel, {
    filter: {
      tenantId: ctx.tenantId,
      ...given({ status, kind, severity, channel }),
      ...(inbox && {
        channel: 'in-app',
        status: 'sent',
        ...(roles !== null && { roles: { $in: [...roles] } }),
      }),
      ...(unread && { readBy: { $ne: ctx.principal.id } }),
      ...timeFilter(query),
    },
    query,
    sortFields,
    projection: seen,
  })
}

export function findAlert(tenantId: string, id: string): Promise<AlertRow | null> {
  return AlertModel.findOne({ _id: id, tenantId }, seen).lean<AlertRow>().exec()
}

export function markRead(ctx: TenantContext, id: string): Promise<AlertRow | null> {
  return AlertModel.findOneAndUpdate(
    { _id: id, tenantId: ctx.tenantId },
    { $addToSet: { readBy: ctx.principal.id } },
    { returnDocument: 'after', projection: seen },
  )
    .lean<AlertRow>()
    .exec()
}

/** What waits because of a rule, or by a way, is not sent. */
export async function dropUnsent(
  tenantId: string,
  of: { readonly ruleId: string } | { readonly routeId: string },
  lastError: string,
  now: Date,
): Promise<void> {
  await AlertModel.updateMany(
    { tenantId, ...of, status: { $in: [...unsent] } },
    { $set: { status: 'dropped', lastError, updatedAt: now }, $unset: { dueAt: 1, claim: 1 } },
  )
}

/** A silence has ended early: what it held is looked at now. */
export async function releaseSilenced(tenantId: string, now: Date): Promise<void> {
  await AlertModel.updateMany(
    { tenantId, status: 'held', heldBecause: 'silence' },
    { $set: { dueAt: now } },
  )
}
