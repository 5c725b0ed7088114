import mongoose, { Schema } from 'mongoose'
import { isDuplicateKey } from '../../../core/duplicate-key.ts'

/** One signing key of the installation. Keys are numbered; a pointer says which one signs. */
export interface KeyRow {
  readonly _id: string
  readonly number: number
  readonly kid: string
  readonly publicJwk: { readonly kty: string; readonly n: string; readonly e: string }
  readonly sealedPrivateJwk: string
  readonly createdAt: Date
}

export interface PointerRow {
  readonly _id: string
  readonly signing: number
  readonly since: Date
}

const keySchema = new Schema<KeyRow>(
  {
    _id: String,
    number: { type: Number, required: true },
    kid: { type: String, required: true },
    publicJwk: { kty: String, n: String, e: String },
    sealedPrivateJwk: { type: String, required: true },
    createdAt: { type: Date, required: true },
  },
  { collection: 'ltiKeys', autoIndex: false },
)
keySchema.index({ number: 1 })

const pointerSchema = new Schema<PointerRow>(
  { _id: String, signing: { type: Number, required: true }, since: { type: Date, required: true } },
  { collection: 'ltiKeyPointers', autoIndex: false },
)

export const KeyModel = mongoose.model('LtiKey', keySchema)
export const PointerModel = mongoose.model('LtiKeyPointer', pointerSchema)

const pointerId = 'signing'

export function keyIdOf(number: number): string {
  return `ltikey_${number}`
}

/** The pointer, made by the first process that asks. */
export async function ensurePointer(now: Date): Promise<PointerRow> {
  const read = () => PointerModel.findById(pointerId).lean<PointerRow>().exec()
  const known = await read()
  if (known) return known
  await ignoreDuplicate(PointerModel.create({ _id: pointerId, signing: 1, since: now }))
  const made = await read()
  if (made === null) throw new TypeError('the LTI key pointer vanished while it was made')
  return made
}

/** Two processes at once make one key: the number is the id. */
export async function insertKey(row: KeyRow): Promise<void> {
  await ignoreDuplicate(KeyModel.create(row))
}

export function findKey(number: number): Promise<KeyRow | null> {
  return KeyModel.findById(keyIdOf(number)).lean<KeyRow>().exec()
}

export function findKeysFrom(number: number): Promise<KeyRow[]> {
  return KeyModel.find({ number: { $gte: number } })
    .sort({ number: 1 })
    .lean<KeyRow[]>()
    .exec()
}

/** Signs with the next key from now on; nothing happens where somebody else did it already. */
export async function advancePointer(from: number, now: Date): Promise<void> {
  await PointerModel.updateOne(
    { _id: pointerId, signing: from },
    { $set: { signing: from + 1, since: now } },
  ).exec()
}

async function ignoreDuplicate(write: Promise<unknown>): Promise<void> {
  try {
    await write
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
  }
}
