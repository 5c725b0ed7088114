import mongoose, { Schema } from 'mongoose'
import { nativeDb } from '../../core/database/native-collection.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { newId } from '../../core/ids.ts'
import type { DayCounts, SampledState, StatusComponent } from './public-state.ts'

const dayMs = 24 * 3_600_000
const keptMs = 100 * dayMs

export interface StatusDay extends DayCounts {
  readonly _id: string
  readonly component: StatusComponent
  readonly date: string
  /** The last minute that is counted. */
  readonly last: Date
  readonly expiresAt: Date
}

const daySchema = new Schema<StatusDay>(
  {
    _id: { type: String, required: true },
    component: { type: String, required: true },
    date: { type: String, required: true },
    last: { type: Date, required: true },
    operational: { type: Number, default: 0 },
    degraded: { type: Number, default: 0 },
    down: { type: Number, default: 0 },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, versionKey: false },
)
daySchema.index({ date: 1 })
daySchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
// Of the whole installation, and of no tenant.
export const StatusDayModel = mongoose.model('StatusDay', daySchema, 'statusDays')

export interface StatusIncident {
  readonly _id: string
  readonly component: StatusComponent
  readonly isDown: boolean
  readonly startedAt: Date
  readonly lastSeen: Date
  readonly endedAt: Date | null
  readonly minutes: number
  readonly expiresAt: Date
}

const incidentSchema = new Schema<StatusIncident>(
  {
    _id: { type: String, required: true },
    component: { type: String, required: true },
    isDown: { type: Boolean, required: true },
    startedAt: { type: Date, required: true },
    lastSeen: { type: Date, required: true },
    endedAt: { type: Date, default: null },
    minutes: { type: Number, required: true },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, versionKey: false },
)
incidentSchema.index(
  { component: 1 },
  { unique: true, partialFilterExpression: { endedAt: { $eq: null } } },
)
incidentSchema.index({ startedAt: -1 })
incidentSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
export const StatusIncidentModel = mongoose.model(
  'StatusIncident',
  incidentSchema,
  'statusIncidents',
)

/** Counts one minute of one component; false where it is counted already, by whichever process. */
export async function countMinute(
  component: StatusComponent,
  minute: Date,
  state: SampledState,
): Promise<boolean> {
  const date = minute.toISOString().slice(0, 10)
  try {
    const { modifiedCount, upsertedCount } = await StatusDayModel.updateOne(
      { _id: `${component}|${date}`, last: { $lt: minute } },
      {
        $setOnInsert: { component, date, expiresAt: new Date(minute.getTime() + keptMs) },
        $set: { last: minute },
        $inc: { [state]: 1 },
      },
      { upsert: true },
    )
    return modifiedCount + upsertedCount > 0
  } catch (error) {
    // The day is there and holds this minute, or a later one.
    if (isDuplicateKey(error)) return false
    throw error
  }
}

/** An incident goes on, or begins. */
export async function continueIncident(
  component: StatusComponent,
  minute: Date,
  isDown: boolean,
): Promise<void> {
  try {
    await StatusIncidentModel.updateOne(
      { component, endedAt: null },
      {
        $setOnInsert: {
          _id: newId('inc', minute.getTime()),
          startedAt: minute,
          expiresAt: new Date(minute.getTime() + keptMs),
          ...(isDown ? {} : { isDown }),
        },
        $set: { lastSeen: minute, ...(isDown ? { isDown } : {}) },
        $inc: { minutes: 1 },
      },
      { upsert: true },
    )
  } catch (error) {
    // Another process began it at that moment.
    if (!isDuplicateKey(error)) throw error
  }
}

/** It ends where it was not seen any more for a while. */
export async function endIncident(component: StatusComponent, seenBefore: Date): Promise<void> {
  await StatusIncidentModel.updateOne(
    { component, endedAt: null, lastSeen: { $lte: seenBefore } },
    [{ $set: { endedAt: { $add: ['$lastSeen', 60_000] } } }],
    { updatePipeline: true },
  )
}

export async function findStatusDays(from: string): Promise<StatusDay[]> {
  return await StatusDayModel.find({ date: { $gte: from } }).lean<StatusDay[]>()
}

export async function findIncidents(since: Date, fewestMinutes: number): Promise<StatusIncident[]> {
  return await StatusIncidentModel.find(
    { startedAt: { $gte: since }, minutes: { $gte: fewestMinutes } },
    {},
    { sort: { startedAt: -1 }, limit: 50 },
  ).lean<StatusIncident[]>()
}

/** Asks the database for nothing. */
export async function pingDatabase(timeoutMs: number): Promise<void> {
  await nativeDb().command({ ping: 1 }, { timeoutMS: timeoutMs })
}
