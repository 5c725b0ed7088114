import mongoose, { Schema } from 'mongoose'
import { isDuplicateKey } from '../../../core/duplicate-key.ts'

/** One signing key of the authorization server. Keys are numbered; a pointer says which one signs. */
export interface OAuthKeyRow {
  readonly _id: string
  readonly number: number
  readonly kid: string
  readonly sealedPrivateJwk: string
  readonly createdAt: Date
}

interface StateRow {
  readonly _id: string
  readonly signing: number
  readonly since: Date
  /** What signs the cookies of a consent under way. */
  readonly sealedCookieKey: string
}

// Neither belongs to a tenant: the authorization server signs for all of them.
const keySchema = new Schema<OAuthKeyRow>(
  {
    _id: { type: String, required: true },
    number: { type: Number, required: true },
    kid: { type: String, required: true },
    sealedPrivateJwk: { type: String, required: true },
    createdAt: { type: Date, required: true },
  },
  { autoIndex: false, versionKey: false },
)
keySchema.index({ number: 1 })

const stateSchema = new Schema<StateRow>(
  {
    _id: { type: String, required: true },
    signing: { type: Number, required: true },
    since: { type: Date, required: true },
    sealedCookieKey: { type: String, required: true },
  },
  { autoIndex: false, versionKey: false },
)

export const OAuthKeyModel = mongoose.model('OAuthKey', keySchema, 'oauthKeys')
export const OAuthStateModel = mongoose.model('OAuthState', stateSchema, 'oauthState')

const stateId = 'server'

export async function findState(): Promise<StateRow | null> {
  return OAuthStateModel.findOne({ _id: stateId }).lean()
}

/** The state that the first of several processes made. */
export async function ensureState(state: Omit<StateRow, '_id'>): Promise<void> {
  await ignoreDuplicate(OAuthStateModel.create({ ...state, _id: stateId }))
}

/** Two processes at once make one key: the number is the id. */
export async function insertKey(row: Omit<OAuthKeyRow, '_id'>): Promise<void> {
  await ignoreDuplicate(OAuthKeyModel.create({ ...row, _id: `oauthkey_${row.number}` }))
}

export async function findKeysFrom(number: number): Promise<OAuthKeyRow[]> {
  return OAuthKeyModel.find({ number: { $gte: number } })
    .sort({ number: 1 })
    .lean()
}

/** Signs with the next key from now on; nothing happens where somebody else did it already. */
export async function advanceState(from: number, now: Date): Promise<void> {
  await OAuthStateModel.updateOne(
    { _id: stateId, signing: from },
    { $set: { signing: from + 1, since: now } },
  )
}

async function ignoreDuplicate(write: Promise<unknown>): Promise<void> {
  try {
    await write
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
  }
}
