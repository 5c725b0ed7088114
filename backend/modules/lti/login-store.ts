import mongoose, { type mongo, Schema } from 'mongoose'
import { digest } from './digest.ts'
import type { LaunchRecord } from './launch-record.ts'

/** One login from its initiation to the use of its launch code. It precedes the tenant, so it belongs to none. */
export interface LoginRow {
  /** Digest of the state. */
  readonly _id: string
  readonly nonce: string
  /** Digest of the secret that only the browser of this login holds. */
  readonly bindingDigest: string
  readonly targetLinkUri: string
  /** The registrations that the login may be for; all share one authorization endpoint. */
  readonly candidates: readonly { readonly tenantId: string; readonly platformId: string }[]
  readonly deploymentHint: string | null
  readonly storageTarget: string | null
  /** The parameters the login was started with, to start it again in a window of its own. */
  readonly initiation: Readonly<Record<string, string>>
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly usedAt: Date | null
  readonly launch: LaunchRecord | null
  readonly codeDigest?: string
  readonly codeExpiresAt?: Date
  readonly codeUsedAt?: Date | null
}

const loginSchema = new Schema<LoginRow>(
  {
    _id: String,
    nonce: String,
    bindingDigest: String,
    targetLinkUri: String,
    candidates: [{ _id: false, tenantId: String, platformId: String }],
    deploymentHint: String,
    storageTarget: String,
    initiation: Schema.Types.Mixed,
    createdAt: Date,
    expiresAt: Date,
    usedAt: Date,
    launch: Schema.Types.Mixed,
    codeDigest: String,
    codeExpiresAt: Date,
    codeUsedAt: Date,
  },
  { collection: 'ltiLogins', autoIndex: false, minimize: false },
)
loginSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
loginSchema.index(
  { codeDigest: 1 },
  { unique: true, partialFilterExpression: { codeDigest: { $exists: true } } },
)

export const LoginModel = mongoose.model('LtiLogin', loginSchema)

export type NewLogin = Omit<
  LoginRow,
  '_id' | 'usedAt' | 'launch' | 'codeDigest' | 'codeExpiresAt' | 'codeUsedAt'
>

/** The driver's own collection: these four operations are on the way of every launch, and need no casting. */
const logins = LoginModel.collection as unknown as mongo.Collection<LoginRow>

export async function insertLogin(state: string, login: NewLogin): Promise<void> {
  await logins.insertOne({ ...login, _id: digest(state), usedAt: null, launch: null })
}

/** Expired logins are found too until they are swept, so that their refusal can say so. */
export function findLogin(state: string): Promise<LoginRow | null> {
  return logins.findOne({ _id: digest(state) })
}

export interface LaunchCode {
  readonly code: string
  readonly expiresAt: Date
}

/**
 * Uses state and nonce up and parks the launch with them; of several replays at once exactly one gets true.
 * Without a code the launch waits for its browser to prove itself; without a launch the login is merely over.
 */
export async function useLogin(
  id: string,
  launch: LaunchRecord | null,
  code: LaunchCode | null,
  now: Date,
): Promise<boolean> {
  const result = await logins.updateOne(
    { _id: id, usedAt: null, expiresAt: { $gt: now } },
    { $set: { usedAt: now, launch, ...codeFields(code) } },
  )
  return result.modifiedCount === 1
}

/** Gives a parked launch its code once the browser has shown the secret of its login; true for one caller only. */
export async function confirmLogin(
  state: string,
  secret: string,
  code: LaunchCode,
  now: Date,
): Promise<boolean> {
  const result = await logins.updateOne(
    {
      _id: digest(state),
      bindingDigest: digest(secret),
      launch: { $ne: null },
      codeDigest: { $exists: false },
      expiresAt: { $gt: now },
    },
    { $set: codeFields(code) },
  )
  return result.modifiedCount === 1
}

/** The launch of a code, for the first caller within its life; null for all others. */
export async function redeemCode(code: string, now: Date): Promise<LaunchRecord | null> {
  const login = await logins.findOneAndUpdate(
    { codeDigest: digest(code), codeUsedAt: null, codeExpiresAt: { $gt: now } },
    { $set: { codeUsedAt: now } },
    { projection: { launch: 1 } },
  )
  return login?.launch ?? null
}

/** Whether a code was given out and used; unknown and expired codes were not. */
export async function isUsedCode(code: string): Promise<boolean> {
  const filter = { codeDigest: digest(code), codeUsedAt: { $ne: null } }
  return (await logins.findOne(filter, { projection: { _id: 1 } })) !== null
}

function codeFields(code: LaunchCode | null) {
  if (code === null) return {}
  return { codeDigest: digest(code.code), codeExpiresAt: code.expiresAt, codeUsedAt: null }
}
