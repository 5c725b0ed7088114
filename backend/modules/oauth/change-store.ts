import mongoose, { Schema } from 'mongoose'
import type { Change } from '../../core/database/change-watch.ts'

interface ChangeRow {
  readonly _id: string
  /** By the clock of the database. */
  readonly at: Date
  readonly expiresAt: Date
}

// Not tenant-scoped: every process watches the changes of all tenants.
const changeSchema = new Schema<ChangeRow>(
  {
    _id: { type: String, required: true },
    at: { type: Date },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false, versionKey: false },
)
changeSchema.index({ at: 1 })
changeSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export const OAuthChangeModel = mongoose.model('OAuthChange', changeSchema, 'oauthChanges')

/** What a remembered access token depends on. */
export type Changed = `client:${string}` | `grant:${string}` | `token:${string}`

/** Longer than any access token lives. */
const keptMs = 3_600_000

/** Tells every process that what it remembers of this is out of date. */
export async function noteChange(changed: Changed, now = new Date()): Promise<void> {
  await OAuthChangeModel.updateOne(
    { _id: changed },
    { $currentDate: { at: true }, $set: { expiresAt: new Date(now.getTime() + keptMs) } },
    { upsert: true },
  )
}

/** Whether an access token was revoked by its own id. */
export async function isTokenRevoked(jti: string): Promise<boolean> {
  return (await OAuthChangeModel.exists({ _id: `token:${jti}` })) !== null
}

/** Changes after a moment; without one, the latest. */
export async function findChanges(since: Date | null): Promise<Change[]> {
  const query = since
    ? OAuthChangeModel.find({ at: { $gt: since } })
    : OAuthChangeModel.find().sort({ at: -1 }).limit(1)
  const rows = await query.lean()
  return rows.map(({ _id, at }) => ({ id: _id, at }))
}
