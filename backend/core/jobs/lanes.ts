import mongoose from 'mongoose'
import { retryOnDisconnect } from '../database/retry-write.ts'
import { isDuplicateKey } from '../duplicate-key.ts'
import { tenantScoped } from '../tenancy.ts'
import { JobModel, type JobRecord } from './store.ts'

interface Lane {
  _id: string
  tenantId: string
  seq: number
  expiresAt: Date
}

const schema = new mongoose.Schema<Lane>(
  { _id: { type: String, required: true }, seq: Number, expiresAt: Date },
  { autoIndex: false, autoCreate: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
export const LaneModel = mongoose.model('JobLane', schema, 'jobLanes')

const laneKeptMs = 30 * 24 * 3600 * 1000

/** The next place in a lane, the same order for all processes whatever their clocks say. */
export async function nextPlace(tenantId: string, lane: string, now: number): Promise<number> {
  const advance = () =>
    LaneModel.findOneAndUpdate(
      { _id: `${tenantId}/${lane}`, tenantId },
      [
        {
          $set: {
            // Never below the clock, so that a lane that expired does not start again from one.
            seq: { $max: [{ $add: [{ $ifNull: ['$seq', 0] }, 1] }, now * 1000] },
            expiresAt: new Date(now + laneKeptMs),
          },
        },
      ],
      { upsert: true, returnDocument: 'after', updatePipeline: true },
    ).lean<Lane>()
  // Two first upserts may meet; the second attempt finds the document.
  const place = await retryOnDisconnect(advance).catch((error: unknown) => {
    if (isDuplicateKey(error)) return retryOnDisconnect(advance)
    throw error
  })
  if (place === null) throw new TypeError(`lane ${lane} could not be advanced`)
  return place.seq
}

/** Lets the first job of a lane run, unless one already may. Resolves with when it is due. */
export async function openLane(tenantId: string, lane: string): Promise<Date | null> {
  try {
    const opened = await JobModel.findOneAndUpdate(
      { tenantId, lane, laneBlocked: true },
      [{ $set: { laneActive: true, dueAt: '$runAt', laneBlocked: '$$REMOVE' } }],
      { sort: { laneSeq: 1 }, projection: { runAt: 1 }, updatePipeline: true },
    ).lean<Pick<JobRecord, 'runAt'>>()
    return opened?.runAt ?? null
  } catch (error) {
    // The unique index on active jobs: the lane is in use.
    if (isDuplicateKey(error)) return null
    throw error
  }
}

/** Opens lanes whose process died between a job's end and the next one's release. */
export async function openForgottenLanes(): Promise<void> {
  const blocked = await JobModel.find(
    { laneBlocked: true },
    { tenantId: 1, lane: 1 },
    { limit: 500, acrossTenants: 'the runner serves every tenant' },
  ).lean<Pick<JobRecord, 'tenantId' | 'lane'>[]>()
  const lanes = new Map(
    blocked.map(({ tenantId, lane }) => [`${tenantId}/${lane}`, { tenantId, lane }]),
  )
  for (const { tenantId, lane } of lanes.values()) {
    if (lane !== undefined) await openLane(tenantId, lane)
  }
}
