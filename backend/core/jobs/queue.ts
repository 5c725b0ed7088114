import { EventEmitter } from 'node:events'
import type { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { retryOnDisconnect } from '../database/retry-write.ts'
import { isDuplicateKey } from '../duplicate-key.ts'
import { newId } from '../ids.ts'
import { findPage, given, showPage, timeFilter } from '../lists/index.ts'
import type { TenantContext } from '../tenancy.ts'
import type { EnqueueOptions, JobDefinition, Jobs, JobView } from './definition.ts'
import { nextPlace, openLane } from './lanes.ts'
import { endOf } from './outcome.ts'
import { JobModel, type JobRecord } from './store.ts'

export type Queue = Pick<Jobs, 'enqueue' | 'cancel' | 'retry' | 'list' | 'get'>

/** Tells the runner of this process at once what others learn by asking the database. */
export const queueSignals = new EventEmitter<{ due: [at: number]; cancel: [id: string] }>()

/** An id tells the time it was made. */
const jobSort = { createdAt: { path: '_id', type: 'text' } } as const

const defaultLeaseMs = 30_000

/** The part of `Jobs` that needs no runner: jobs enqueued here are run by any process that has one. */
export function createQueue(clock: () => number = Date.now): Queue {
  async function enqueue<Input extends z.ZodType>(
    ctx: TenantContext,
    job: JobDefinition<Input>,
    input: z.input<Input>,
    options: EnqueueOptions = {},
  ): Promise<string> {
    const now = clock()
    // Stored as given: the schema is applied again, with its transforms, when the job runs.
    job.input.parse(input)
    const record = newRecord(ctx, job, input, options, now)
    const lane = options.exclusiveKey
    if (lane === undefined) {
      const id = await insertOnce(record)
      if (id === record._id) queueSignals.emit('due', record.runAt.getTime())
      return id
    }
    const laneSeq = await nextPlace(ctx.tenantId, lane, now)
    const { dueAt: _opened, ...blocked } = record
    const id = await insertOnce({ ...blocked, lane, laneSeq, laneBlocked: true })
    await release(ctx.tenantId, lane)
    return id
  }

  async function cancel(ctx: TenantContext, id: string): Promise<JobView> {
    const now = clock()
    const mine = { _id: id, tenantId: ctx.tenantId }
    const end = endOf({ kind: 'cancelled' }, undefined, now)
    const waiting = await JobModel.findOneAndUpdate(
      { ...mine, status: 'waiting', everyMs: { $exists: false } },
      {
        $set: { ...end.set, updatedAt: new Date(now) },
        $unset: { dueAt: 1, laneActive: 1, laneBlocked: 1 },
      },
      { returnDocument: 'after' },
    ).lean<JobRecord>()
    if (waiting) {
      if (waiting.lane !== undefined) await release(ctx.tenantId, waiting.lane)
      return view(waiting)
    }
    const running = await JobModel.findOneAndUpdate(
      { ...mine, status: 'running' },
      { $set: { cancelRequested: true, updatedAt: new Date(now) } },
      { returnDocument: 'after' },
    ).lean<JobRecord>()
    if (!running) throw await notNow(ctx, id, 'cancelled')
    queueSignals.emit('cancel', id)
    return view(running)
  }

  async function retry(ctx: TenantContext, id: string): Promise<JobView> {
    const now = new Date(clock())
    const { lane } = await read(ctx, id)
    const again = await JobModel.findOneAndUpdate(
      { _id: id, tenantId: ctx.tenantId, status: { $in: ['failed', 'cancelled'] } },
      {
        $set: {
          status: 'waiting',
          attempts: 0,
          error: null,
          progress: null,
          runAt: now,
          updatedAt: now,
          ...(lane === undefined ? { dueAt: now } : { laneBlocked: true }),
        },
        $unset: { expiresAt: 1 },
      },
      { returnDocument: 'after' },
    ).lean<JobRecord>()
    if (!again) throw await notNow(ctx, id, 'retried')
    if (lane === undefined) queueSignals.emit('due', now.getTime())
    else await release(ctx.tenantId, lane)
    return view(again)
  }

  return {
    enqueue,
    cancel,
    retry,
    async list(ctx, query) {
      const { status, name } = query
      const page = await findPage<JobRecord>(JobModel, {
        filter: { tenantId: ctx.tenantId, ...given({ status, name }), ...timeFilter(query) },
        query,
        sortFields: jobSort,
        projection: { input: 0 },
      })
      return showPage(page, view)
    },
    async get(ctx, id) {
      return view(await read(ctx, id))
    },
  }
}

/** Opens a lane and wakes this process's runner for its first job. */
export async function release(tenantId: string, lane: string): Promise<void> {
  const dueAt = await retryOnDisconnect(() => openLane(tenantId, lane))
  if (dueAt) queueSignals.emit('due', dueAt.getTime())
}

function newRecord(
  ctx: TenantContext,
  job: JobDefinition,
  input: unknown,
  { key, runAt }: EnqueueOptions,
  now: number,
): JobRecord {
  const at = runAt ?? new Date(now)
  return {
    _id: newId('job', now),
    tenantId: ctx.tenantId,
    name: job.name,
    input,
    status: 'waiting',
    attempts: 0,
    leaseMs: job.leaseMs ?? defaultLeaseMs,
    runAt: at,
    dueAt: at,
    ...(key === undefined ? {} : { key }),
    progress: null,
    error: null,
    requestId: ctx.requestId,
    createdAt: new Date(now),
    updatedAt: new Date(now),
  }
}

/** Resolves with the id of the job on record: this one, or the one that has its key. */
async function insertOnce(record: JobRecord): Promise<string> {
  try {
    await retryOnDisconnect(() => JobModel.insertMany([record], { lean: true }))
    return record._id
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
  }
  // Either the key was taken, or an insert whose answer was lost had gone through.
  const { tenantId, name, key, _id } = record
  const same = key === undefined ? { _id } : { name, key }
  const existing = await JobModel.findOne({ tenantId, ...same }, { _id: 1 }).lean<JobRecord>()
  if (!existing) throw new AppError('conflict', 'The same job ended at this moment; try again')
  return existing._id
}

async function read(ctx: TenantContext, id: string): Promise<JobRecord> {
  const job = await JobModel.findOne(
    { _id: id, tenantId: ctx.tenantId },
    { input: 0 },
  ).lean<JobRecord>()
  if (!job) throw new AppError('not_found', `Job ${id} does not exist`)
  return job
}

async function notNow(ctx: TenantContext, id: string, wanted: string): Promise<AppError> {
  const { status, everyMs } = await read(ctx, id)
  const reason = everyMs === undefined ? `it is ${status}` : 'it runs by schedule'
  return new AppError('conflict', `Job ${id} cannot be ${wanted}: ${reason}`)
}

function view(job: JobRecord): JobView {
  return {
    id: job._id,
    name: job.name,
    status: job.status,
    attempts: job.attempts,
    progress: job.progress,
    error: job.error,
    runAt: job.status === 'waiting' ? job.runAt.toISOString() : null,
    createdAt: job.createdAt.toISOString(),
    updatedAt: job.updatedAt.toISOString(),
  }
}
