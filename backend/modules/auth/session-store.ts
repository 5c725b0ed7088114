import mongoose, { Schema } from 'mongoose'
import { newId } from '../../core/ids.ts'

export interface StaffSessionRow {
  readonly _id: string
  readonly tokenHash: string
  readonly staffUserId: string
  readonly csrfToken: string
  readonly startedAt: Date
  /** When the person last proved who they are; absent: at the start. */
  readonly confirmedAt?: Date
  readonly lastSeenAt: Date
  /** The earlier of the idle and the absolute end. */
  readonly expiresAt: Date
}

// Not tenant-scoped: a session belongs to a person, who chooses the tenant with each request.
const sessionSchema = new Schema<StaffSessionRow>(
  {
    _id: { type: String, required: true },
    tokenHash: { type: String, required: true },
    staffUserId: { type: String, required: true },
    csrfToken: { type: String, required: true },
    startedAt: { type: Date, required: true },
    confirmedAt: Date,
    lastSeenAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false, versionKey: false },
)
sessionSchema.index({ tokenHash: 1 }, { unique: true })
sessionSchema.index({ staffUserId: 1 })
sessionSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export const StaffSessionModel = mongoose.model('StaffSession', sessionSchema, 'staffSessions')

export async function insertSession(session: Omit<StaffSessionRow, '_id'>): Promise<string> {
  const created = await StaffSessionModel.create({ _id: newId('ses'), ...session })
  return created._id
}

export async function findLiveSession(
  by: { readonly tokenHash: string } | { readonly _id: string },
  now: Date,
): Promise<StaffSessionRow | null> {
  return StaffSessionModel.findOne({ ...by, expiresAt: { $gt: now } }).lean()
}

export async function touchSession(id: string, lastSeenAt: Date, expiresAt: Date): Promise<void> {
  await StaffSessionModel.updateOne(
    { _id: id, lastSeenAt: { $lt: lastSeenAt } },
    { $set: { lastSeenAt, expiresAt } },
  )
}

export async function confirmSession(id: string, confirmedAt: Date): Promise<void> {
  await StaffSessionModel.updateOne({ _id: id }, { $set: { confirmedAt } })
}

export async function deleteSession(
  by: { readonly _id: string } | { readonly tokenHash: string },
): Promise<void> {
  await StaffSessionModel.deleteOne(by)
}

/** Ends a person's sessions, all but one where `except` names it; answers how many were alive. */
export async function deleteSessionsOf(
  staffUserId: string,
  now: Date,
  except?: string,
): Promise<number> {
  const others = { staffUserId, ...(except === undefined ? {} : { _id: { $ne: except } }) }
  const alive = await StaffSessionModel.countDocuments({ ...others, expiresAt: { $gt: now } })
  await StaffSessionModel.deleteMany(others)
  return alive
}
