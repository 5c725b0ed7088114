import mongoose, { type mongo, Schema } from 'mongoose'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'
import { digest } from './digest.ts'
import type { LaunchRecord } from './launch-record.ts'
import type { ScoreService } from './optional-claims.ts'

/** A launch that was opened: its bearer token, and what a later score or choice needs to know of it. */
export interface SessionRow extends LaunchRecord {
  readonly _id: string
  readonly tokenDigest: string
  /** The token is good until here. */
  readonly expiresAt: Date
  /** Grades of the launch may have to be delivered long after its token has expired. */
  readonly purgeAt: Date
  readonly createdAt: Date
}

const sessionSchema = new Schema<SessionRow>(
  {
    _id: String,
    tokenDigest: { type: String, required: true },
    platformId: { type: String, required: true },
    deploymentId: { type: String, required: true },
    subject: String,
    launch: Schema.Types.Mixed,
    scopes: [String],
    limitedTo: { type: [String], default: null },
    scoreService: Schema.Types.Mixed,
    deepLinking: Schema.Types.Mixed,
    expiresAt: { type: Date, required: true },
    purgeAt: { type: Date, required: true },
    createdAt: { type: Date, required: true },
  },
  { collection: 'ltiSessions', autoIndex: false, minimize: false },
)
sessionSchema.plugin(tenantScoped)
sessionSchema.index({ tokenDigest: 1 }, { unique: true })
sessionSchema.index({ tenantId: 1, platformId: 1 })
sessionSchema.index({ purgeAt: 1 }, { expireAfterSeconds: 0 })

export const SessionModel = mongoose.model('LtiSession', sessionSchema)
const sessions = SessionModel.collection as unknown as mongo.Collection<SessionRow>

export async function insertSession(
  token: string,
  session: Omit<SessionRow, 'tokenDigest'>,
): Promise<void> {
  // Every value is made by this module, so there is nothing to cast on the way of every launch.
  await sessions.insertOne({ ...session, tokenDigest: digest(token) })
}

export function findSessionByToken(token: string, now: Date): Promise<SessionRow | null> {
  return SessionModel.findOne({ tokenDigest: digest(token), expiresAt: { $gt: now } }, null, {
    acrossTenants: 'the token of a launch tells its tenant',
  })
    .lean<SessionRow>()
    .exec()
}

/** Also after the token has expired, until the record is purged. */
export function findSession(ctx: TenantContext, id: string): Promise<SessionRow | null> {
  return SessionModel.findOne({ _id: id, tenantId: ctx.tenantId }).lean<SessionRow>().exec()
}

type GradedSession = SessionRow & { readonly scoreService: ScoreService; readonly subject: string }

/** Of these launches those whose results go to a gradebook: a learner's, with a column. Tries of teachers are not results. */
export async function findGradedSessions(
  ctx: TenantContext,
  ids: readonly string[],
): Promise<GradedSession[]> {
  const rows = await SessionModel.find({
    _id: { $in: ids },
    tenantId: ctx.tenantId,
    scoreService: { $ne: null },
    subject: { $ne: null },
    'launch.user.roles': 'learner',
  })
    .lean<SessionRow[]>()
    .exec()
  return rows.filter(isGraded)
}

function isGraded(session: SessionRow): session is GradedSession {
  return session.scoreService !== null && session.subject !== null
}

/** A withdrawn registration takes its open launches with it. */
export async function deleteSessionsOf(ctx: TenantContext, platformId: string): Promise<void> {
  await SessionModel.deleteMany({ tenantId: ctx.tenantId, platformId }).exec()
}
