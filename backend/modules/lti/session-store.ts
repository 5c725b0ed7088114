import mongoose, { Schema } from 'mongoose'
import { insertOnce } from '../../core/database/insert-once.ts'
import { type Fields, nativeDb } from '../../core/database/native-collection.ts'
import { readOne } from '../../core/database/read-one.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'
import { digest } from './digest.ts'
import { launchIdOf } from './handle.ts'
import type { LaunchCode } from './launch-code.ts'
import type { LaunchRecord } from './launch-record.ts'

/**
 * A launch: accepted once, by an id that its state has given it; then, with a code, opened once.
 * From there it is the session that its bearer token works in.
 */
export interface SessionRow extends LaunchRecord {
  readonly _id: string
  /** Null while the browser of the launch is unproven. */
  readonly codeDigest: string | null
  readonly codeExpiresAt: Date | null
  /** Null until the code was used. */
  readonly tokenDigest: string | null
  /** The token is good until here. */
  readonly expiresAt: Date | null
  /** Grades of the launch may have to be delivered long after its token has expired. */
  readonly purgeAt: Date
  readonly createdAt: Date
}

const sessionSchema = new Schema<SessionRow>(
  {
    _id: String,
    codeDigest: String,
    codeExpiresAt: Date,
    tokenDigest: String,
    platformId: { type: String, required: true },
    deploymentId: String,
    subject: String,
    launch: Schema.Types.Mixed,
    scopes: [String],
    limitedTo: { type: [String], default: null },
    scoreService: Schema.Types.Mixed,
    services: Schema.Types.Mixed,
    forUser: String,
    history: Schema.Types.Mixed,
    deepLinking: Schema.Types.Mixed,
    gradebook: String,
    expiresAt: Date,
    purgeAt: { type: Date, required: true },
    createdAt: { type: Date, required: true },
  },
  { collection: 'ltiSessions', autoIndex: false, minimize: false },
)
sessionSchema.plugin(tenantScoped)
sessionSchema.index({ tenantId: 1, platformId: 1 })
sessionSchema.index({ purgeAt: 1 }, { expireAfterSeconds: 0 })

export const tokenPrefix = 'edp_launch_'
export const SessionModel = mongoose.model('LtiSession', sessionSchema)

const acrossTenants = 'a state, a code or a token tells its launch, and the launch its tenant'

export interface AcceptedLaunch {
  readonly id: string
  readonly record: LaunchRecord
  /** Null: the browser is still to be proven. */
  readonly code: LaunchCode | null
  /** Kept so long where it is never opened: as long as its state could be sent again. */
  readonly purgeAt: Date
  readonly createdAt: Date
}

/** Keeps a launch, and with it the use of its state: of several replays at once exactly one gets true. */
export function insertLaunch(launch: AcceptedLaunch): Promise<boolean> {
  const { id, record, code, purgeAt, createdAt } = launch
  return insertOnce(SessionModel, {
    _id: id,
    ...record,
    ...codeFields(code),
    tokenDigest: null,
    expiresAt: null,
    purgeAt,
    createdAt,
  })
}

/** Uses a state up without a launch that could be opened. */
export function insertLostLaunch({
  id,
  record: { tenantId, platformId },
  purgeAt,
  createdAt,
}: AcceptedLaunch): Promise<boolean> {
  return insertOnce(SessionModel, {
    _id: id,
    tenantId,
    platformId,
    launch: null,
    purgeAt,
    createdAt,
  })
}

/** Every value is made by this module, so there is nothing to cast on the way of every launch. */
function sessions() {
  return nativeDb().collection<Fields & { _id: string }>(SessionModel.collection.collectionName)
}

/** Gives a launch its code once its browser is proven; true for one caller only. */
export async function grantCode(id: string, code: LaunchCode): Promise<boolean> {
  const { modifiedCount } = await sessions().updateOne(
    { _id: id, launch: { $ne: null }, codeDigest: null },
    { $set: codeFields(code) },
  )
  return modifiedCount === 1
}

/** Whether there is a launch of that id which could be, or was, opened. */
export async function wasAccepted(id: string): Promise<boolean> {
  const row = await readOne(SessionModel, { _id: id, launch: { $ne: null } }, { acrossTenants })
  return row !== null
}

export type OpenedLaunch = Pick<
  LaunchRecord,
  'launch' | 'tenantId' | 'platformId' | 'deploymentId' | 'services' | 'history'
>

/** Makes the launch of a code a session, for the first caller within the life of the code; null for all others. */
export async function openLaunch(session: {
  readonly id: string
  readonly code: string
  readonly token: string
  readonly expiresAt: Date
  readonly purgeAt: Date
  readonly now: Date
}): Promise<OpenedLaunch | null> {
  const { id, code, token, expiresAt, purgeAt, now } = session
  const row = await sessions().findOneAndUpdate(
    { _id: id, codeDigest: digest(code), codeExpiresAt: { $gt: now }, tokenDigest: null },
    { $set: { tokenDigest: digest(token), expiresAt, purgeAt } },
    {
      projection: {
        launch: 1,
        tenantId: 1,
        platformId: 1,
        deploymentId: 1,
        services: 1,
        history: 1,
      },
    },
  )
  // A launch that has a code was inserted with its record.
  return row === null ? null : (row as unknown as OpenedLaunch)
}

/** Whether a code was given out and used; unknown and expired codes were not. */
export async function isUsedCode(id: string, code: string): Promise<boolean> {
  const filter = { _id: id, codeDigest: digest(code), tokenDigest: { $ne: null } }
  return (await readOne(SessionModel, filter, { acrossTenants })) !== null
}

function codeFields(code: LaunchCode | null) {
  if (code === null) return { codeDigest: null, codeExpiresAt: null }
  return { codeDigest: digest(code.code), codeExpiresAt: code.expiresAt }
}

/** The session of a token `edp_launch_<handle>`. */
export async function findSessionByToken(token: string, now: Date): Promise<SessionRow | null> {
  const id = launchIdOf(token.slice(tokenPrefix.length))
  if (id === null) return null
  const filter = { _id: id, tokenDigest: digest(token), expiresAt: { $gt: now } }
  return readOne<SessionRow>(SessionModel, filter, { acrossTenants })
}

/** Also after the token has expired, until the record is purged. */
export function findSession(ctx: TenantContext, id: string): Promise<SessionRow | null> {
  return readOne<SessionRow>(SessionModel, { _id: id, tenantId: ctx.tenantId })
}

export type LearnerSession = SessionRow & { readonly subject: string }

/** Of these launches those of learners, whose results count. Tries of teachers are not results. */
export async function findLearnerSessions(
  ctx: TenantContext,
  ids: readonly string[],
): Promise<LearnerSession[]> {
  const rows = await SessionModel.find({
    _id: { $in: ids },
    tenantId: ctx.tenantId,
    subject: { $ne: null },
    'launch.user.roles': 'learner',
  })
    .lean<SessionRow[]>()
    .exec()
  return rows.filter((row): row is LearnerSession => row.subject !== null)
}

/** A withdrawn registration takes its open launches with it. */
export async function deleteSessionsOf(ctx: TenantContext, platformId: string): Promise<void> {
  await SessionModel.deleteMany({ tenantId: ctx.tenantId, platformId }).exec()
}

/** Makes an accepted launch one that nobody can open, so that its state stays used. */
export async function loseLaunch(ctx: TenantContext, id: string): Promise<void> {
  await SessionModel.updateOne(
    { _id: id, tenantId: ctx.tenantId },
    { $set: { launch: null, ...codeFields(null) } },
  ).exec()
}

/** When somebody last came from an LMS, as far as launches are kept; ids are in the order of time. */
export async function findLastLaunchAt(
  ctx: TenantContext,
  platformId: string,
): Promise<Date | null> {
  const row = await SessionModel.findOne(
    { tenantId: ctx.tenantId, platformId, launch: { $ne: null } },
    { createdAt: 1 },
  )
    .sort({ _id: -1 })
    .lean<Pick<SessionRow, 'createdAt'>>()
    .exec()
  return row?.createdAt ?? null
}
