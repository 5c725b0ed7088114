import { createHash, randomBytes } from 'node:crypto'
import mongoose, { Schema } from 'mongoose'
import { newId } from '../../core/ids.ts'
import { tenantScoped } from '../../core/tenancy.ts'
import type { Assertion } from './people/assertion.ts'

/** What somebody came for. */
export type Purpose =
  | { readonly kind: 'sign-in' }
  | { readonly kind: 'test' }
  /** Links the account of whoever is signed in. */
  | { readonly kind: 'link'; readonly personId: string }

/** A sign-in that was begun here; only such a one can be finished, once, in the browser that began it. */
export interface LoginRow {
  readonly _id: string
  readonly tenantId: string
  readonly providerId: string
  readonly purpose: Purpose
  /** Where to go afterwards. */
  readonly next: string
  /** SHA-256 of the secret in the cookie. */
  readonly secretDigest: string
  /** SAML: the ID of the AuthnRequest. */
  readonly requestId: string
  /** OIDC. */
  readonly nonce: string
  readonly codeVerifier: string
  /** Null until the provider's answer was taken. */
  readonly answeredAt: Date | null
  readonly assertion: Assertion | null
  readonly codeDigest: string | null
  readonly codeExpiresAt: Date | null
  readonly expiresAt: Date
  readonly createdAt: Date
}

const lifeMs = 10 * 60_000
const codeLifeMs = 60_000

const loginSchema = new Schema<LoginRow>(
  {
    _id: String,
    providerId: { type: String, required: true },
    purpose: Schema.Types.Mixed,
    next: String,
    secretDigest: String,
    requestId: String,
    nonce: String,
    codeVerifier: String,
    answeredAt: { type: Date, default: null },
    assertion: { type: Schema.Types.Mixed, default: null },
    codeDigest: { type: String, default: null },
    codeExpiresAt: { type: Date, default: null },
    expiresAt: { type: Date, required: true },
    createdAt: { type: Date, required: true },
  },
  { collection: 'ssoLogins', autoIndex: false, minimize: false },
)
loginSchema.plugin(tenantScoped)
loginSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 600 })
loginSchema.index({ requestId: 1 })

export const LoginModel = mongoose.model('SsoLogin', loginSchema)

const acrossTenants = 'a sign-in is found by what its browser brings, and names its tenant'

function digest(value: string): string {
  return createHash('sha256').update(value).digest('base64url')
}

function randomToken(): string {
  return randomBytes(32).toString('base64url')
}

export interface BegunLogin {
  readonly login: LoginRow
  /** For the cookie; kept here as a digest only. */
  readonly secret: string
}

export async function insertLogin(
  provider: { readonly _id: string; readonly tenantId: string },
  { purpose, next }: Pick<LoginRow, 'purpose' | 'next'>,
  now: Date,
): Promise<BegunLogin> {
  const secret = randomToken()
  const login: LoginRow = {
    _id: newId('sgn'),
    tenantId: provider.tenantId,
    providerId: provider._id,
    purpose,
    next,
    secretDigest: digest(secret),
    // An XML ID begins with a letter or a low line (XML 1.0, NCName).
    requestId: `_${randomBytes(20).toString('hex')}`,
    nonce: randomToken(),
    codeVerifier: randomToken(),
    answeredAt: null,
    assertion: null,
    codeDigest: null,
    codeExpiresAt: null,
    expiresAt: new Date(now.getTime() + lifeMs),
    createdAt: now,
  }
  await LoginModel.create(login)
  return { login, secret }
}

/** A sign-in that waits for its answer; null: unknown, of another provider, too old, or answered. */
export function findWaiting(
  by: { readonly requestId: string } | { readonly _id: string },
  providerId: string,
  now: Date,
): Promise<LoginRow | null> {
  return LoginModel.findOne(
    { ...by, providerId, answeredAt: null, expiresAt: { $gt: now } },
    null,
    { acrossTenants },
  )
    .lean<LoginRow>()
    .exec()
}

/** Takes the answer for the first caller; the code opens it once, for a minute, in the browser that began. */
export async function takeAnswer(
  login: LoginRow,
  assertion: Assertion,
  now: Date,
): Promise<string | null> {
  const code = randomToken()
  const { modifiedCount } = await LoginModel.updateOne(
    { _id: login._id, tenantId: login.tenantId, answeredAt: null },
    {
      $set: {
        answeredAt: now,
        assertion,
        codeDigest: digest(code),
        codeExpiresAt: new Date(now.getTime() + codeLifeMs),
      },
    },
  ).exec()
  return modifiedCount === 1 ? code : null
}

/** The answered sign-in of a code, for the first caller who also has the cookie of its beginning. */
export async function redeemCode(
  providerId: string,
  code: string,
  secret: string,
  now: Date,
): Promise<(LoginRow & { readonly assertion: Assertion }) | null> {
  const row = await LoginModel.findOneAndUpdate(
    {
      providerId,
      codeDigest: digest(code),
      secretDigest: digest(secret),
      codeExpiresAt: { $gt: now },
    },
    { $set: { codeDigest: null, assertion: null } },
    { returnDocument: 'before', acrossTenants },
  )
    .lean<LoginRow>()
    .exec()
  return row?.assertion ? { ...row, assertion: row.assertion } : null
}

export function hasSecret(login: LoginRow, secret: string | undefined): boolean {
  return secret !== undefined && digest(secret) === login.secretDigest
}

/** Ends what a removed provider had begun. */
export async function deleteLoginsOf(tenantId: string, providerId: string): Promise<void> {
  await LoginModel.deleteMany({ tenantId, providerId }).exec()
}
