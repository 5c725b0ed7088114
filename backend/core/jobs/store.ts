import mongoose from 'mongoose'
import { retryOnDisconnect } from '../database/retry-write.ts'
import { tenantScoped } from '../tenancy.ts'
import type { JobStatus } from './definition.ts'

export interface JobRecord {
  _id: string
  tenantId: string
  name: string
  input: unknown
  status: JobStatus
  attempts: number
  leaseMs: number
  /** When the job was asked to run. */
  runAt: Date
  /** When any process may claim it: `runAt` while it waits, the lease's end while it runs; absent otherwise. */
  dueAt?: Date
  leaseId?: string
  cancelRequested?: true
  key?: string
  /** The `exclusiveKey`. Within a lane one job is `laneActive`, the rest are `laneBlocked`, in `laneSeq` order. */
  lane?: string
  laneSeq?: number
  laneActive?: true
  laneBlocked?: true
  /** Set for a job that comes back at this interval. */
  everyMs?: number
  progress: number | null
  error: string | null
  requestId: string
  createdAt: Date
  updatedAt: Date
  expiresAt?: Date
}

/** A job as its worker holds it: every write of the worker names the lease. */
export type LeasedJob = JobRecord & { leaseId: string }

const schema = new mongoose.Schema<JobRecord>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    input: { type: mongoose.Schema.Types.Mixed },
    status: { type: String, required: true },
    attempts: { type: Number, required: true },
    leaseMs: { type: Number, required: true },
    runAt: { type: Date, required: true },
    dueAt: Date,
    leaseId: String,
    cancelRequested: Boolean,
    key: String,
    lane: String,
    laneSeq: Number,
    laneActive: Boolean,
    laneBlocked: Boolean,
    everyMs: Number,
    progress: { type: Number, default: null },
    error: { type: String, default: null },
    requestId: { type: String, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
    expiresAt: Date,
  },
  { autoIndex: false, autoCreate: false, minimize: false, versionKey: false },
)
schema.plugin(tenantScoped)
// Claiming knows no tenant: it looks for whatever is due.
schema.index({ dueAt: 1, name: 1 }, { sparse: true })
schema.index({ tenantId: 1, _id: -1 })
schema.index(
  { tenantId: 1, name: 1, key: 1 },
  { unique: true, partialFilterExpression: { key: { $exists: true } } },
)
schema.index(
  { tenantId: 1, lane: 1 },
  { unique: true, partialFilterExpression: { laneActive: true } },
)
schema.index(
  { laneBlocked: 1, tenantId: 1, lane: 1, laneSeq: 1 },
  { partialFilterExpression: { laneBlocked: true } },
)
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export const JobModel = mongoose.model('Job', schema, 'jobs')

const acrossTenants = 'the runner serves every tenant'

/** Takes the job that has been due for longest, fresh or left by a dead worker; null when none is due. */
export async function claimJob(
  names: readonly string[],
  leaseId: string,
  now: number,
): Promise<LeasedJob | null> {
  let tries = 0
  return await retryOnDisconnect(async () => {
    // The answer to the claim may have been lost, and the job would wait for its lease to end.
    const claimed = tries++ > 0 ? await findLeased(leaseId) : null
    return claimed ?? (await claimDue(names, leaseId, now))
  })
}

function findLeased(leaseId: string): Promise<LeasedJob | null> {
  return JobModel.findOne({ dueAt: { $gt: new Date(0) }, leaseId }, {}, { acrossTenants })
    .lean<LeasedJob>()
    .exec()
}

function claimDue(
  names: readonly string[],
  leaseId: string,
  now: number,
): Promise<LeasedJob | null> {
  return JobModel.findOneAndUpdate(
    { dueAt: { $lte: new Date(now) }, name: { $in: names } },
    [
      {
        $set: {
          status: 'running',
          leaseId,
          attempts: { $add: ['$attempts', 1] },
          dueAt: { $add: [new Date(now), '$leaseMs'] },
          updatedAt: new Date(now),
        },
      },
    ],
    { sort: { dueAt: 1 }, returnDocument: 'after', updatePipeline: true, acrossTenants },
  )
    .lean<LeasedJob>()
    .exec()
}

/** When the next job is due after `now`, whoever scheduled it; undefined: none is. */
export async function findNextDue(
  names: readonly string[],
  now: number,
): Promise<number | undefined> {
  const next = await JobModel.findOne(
    { dueAt: { $gt: new Date(now) }, name: { $in: names } },
    { dueAt: 1 },
    { sort: { dueAt: 1 }, acrossTenants },
  ).lean<Pick<JobRecord, 'dueAt'>>()
  return next?.dueAt?.getTime()
}

/** False: the lease is lost, another worker may have the job. */
export async function renewLease(job: LeasedJob, now: number): Promise<boolean> {
  const result = await JobModel.updateOne(
    { _id: job._id, tenantId: job.tenantId, leaseId: job.leaseId },
    { $set: { dueAt: new Date(now + job.leaseMs) } },
  )
  return result.matchedCount === 1
}

/** What the database says of the jobs this process runs. */
export async function readLeases(
  ids: readonly string[],
): Promise<Map<string, Pick<JobRecord, 'leaseId' | 'cancelRequested'>>> {
  const found = await JobModel.find(
    { _id: { $in: ids } },
    { leaseId: 1, cancelRequested: 1 },
    { acrossTenants },
  ).lean<JobRecord[]>()
  return new Map(found.map((job) => [job._id, job]))
}

export async function writeProgress(job: LeasedJob, progress: number, now: number): Promise<void> {
  await JobModel.updateOne(
    { _id: job._id, tenantId: job.tenantId, leaseId: job.leaseId },
    { $set: { progress, updatedAt: new Date(now) } },
  )
}

type Cleared = 'dueAt' | 'laneActive' | 'expiresAt'

export interface JobEnd {
  readonly set: Partial<JobRecord>
  readonly clear: readonly Cleared[]
}

/** Gives the lease back with the outcome. False: it was lost before, and nothing was written. */
export async function endLease(job: LeasedJob, end: JobEnd, now: number): Promise<boolean> {
  const cleared = ['leaseId', 'cancelRequested', ...end.clear]
  const result = await retryOnDisconnect(() =>
    JobModel.updateOne(
      { _id: job._id, tenantId: job.tenantId, leaseId: job.leaseId },
      {
        $set: { ...end.set, updatedAt: new Date(now) },
        $unset: Object.fromEntries(cleared.map((field) => [field, 1])),
      },
    ),
  )
  return result.matchedCount === 1
}
