import type { mongo } from 'mongoose'
import { retryOnDisconnect } from '../../../core/database/retry-write.ts'
import { repeatable } from '../../../core/events/index.ts'
import { type AttemptRow, type DeliveryRow, deliveries } from '../delivery-store.ts'

/** A delivery as its worker holds it: every write of the worker names the claim. */
export type ClaimedRow = DeliveryRow & { readonly claim: string }

/** What is due to these endpoints, the oldest first. */
export function findDue(
  endpointIds: readonly string[],
  now: Date,
  limit: number,
): Promise<DeliveryRow[]> {
  return deliveries
    .find({ endpointId: { $in: [...endpointIds] }, dueAt: { $lte: now, $gt: new Date(0) } })
    .project<DeliveryRow>({ attempts: 0 })
    .sort({ dueAt: 1 })
    .limit(limit)
    .toArray()
}

/** Takes those that no other worker took meanwhile. */
export async function claimAll(
  rows: readonly DeliveryRow[],
  claim: string,
  { now, leaseMs }: { now: Date; leaseMs: number },
): Promise<ClaimedRow[]> {
  const ids = rows.map(({ _id }) => _id)
  // The answer to a first try may be lost: what it claimed is found again by its name.
  const { modifiedCount } = await retryOnDisconnect(() =>
    deliveries.updateMany(
      { _id: { $in: ids }, dueAt: { $lte: now } },
      { $set: { claim, dueAt: new Date(now.getTime() + leaseMs) } },
      repeatable,
    ),
  )
  const taken =
    modifiedCount === rows.length
      ? new Set(ids)
      : new Set(
          (
            await deliveries
              .find({ _id: { $in: ids }, claim })
              .project<{ _id: string }>({ _id: 1 })
              .toArray()
          ).map(({ _id }) => _id),
        )
  return rows.filter(({ _id }) => taken.has(_id)).map((row) => ({ ...row, claim }))
}

export async function renewClaims(rows: readonly ClaimedRow[], endsAt: Date): Promise<void> {
  if (rows.length === 0) return
  await deliveries.updateMany(
    {
      _id: { $in: rows.map(({ _id }) => _id) },
      claim: { $in: [...new Set(rows.map(({ claim }) => claim))] },
    },
    { $set: { dueAt: endsAt } },
  )
}

/** Gives back what was claimed and not sent. */
export async function releaseClaims(rows: readonly ClaimedRow[], dueAt: Date): Promise<void> {
  if (rows.length === 0) return
  await deliveries.updateMany(
    {
      _id: { $in: rows.map(({ _id }) => _id) },
      claim: { $in: [...new Set(rows.map(({ claim }) => claim))] },
    },
    { $set: { dueAt }, $unset: { claim: 1 } },
  )
}

export interface Completion {
  readonly row: ClaimedRow
  readonly attempt: AttemptRow
  readonly status: DeliveryRow['status']
  /** Null: it is not tried again. */
  readonly nextAttemptAt: Date | null
  readonly at: Date
}

const attemptsKept = 20

/** Records how attempts ended; one whose claim was lost meanwhile changes nothing. */
export async function completeAll(completions: readonly Completion[]): Promise<void> {
  const operations = completions.map(
    ({ row, attempt, status, nextAttemptAt, at }): mongo.AnyBulkWriteOperation<DeliveryRow> => {
      const ended = status !== 'waiting'
      return {
        updateOne: {
          filter: { _id: row._id, claim: row.claim },
          update: {
            $set: {
              status,
              nextAttemptAt,
              ...(nextAttemptAt ? { dueAt: nextAttemptAt } : {}),
              attemptCount: attempt.number,
              tries: row.tries + 1,
              lastStatus: attempt.status,
              lastError: attempt.error,
              deliveredAt: status === 'delivered' ? at : row.deliveredAt,
              updatedAt: at,
            },
            $unset: { claim: 1, ...(ended ? { dueAt: 1, laneActive: 1 } : {}) },
            $push: { attempts: { $each: [attempt], $slice: -attemptsKept } },
          },
        },
      }
    },
  )
  await retryOnDisconnect(() => deliveries.bulkWrite(operations, { ordered: false, ...repeatable }))
}

/** Endpoints to which something is due: one key of the index is read for each. */
export function endpointsWithDue(now: Date): Promise<string[]> {
  // Without a bound on the first field the whole collection would be read.
  const any = { $gt: '' }
  return deliveries.distinct('endpointId', {
    endpointId: any,
    dueAt: { $lte: now, $gt: new Date(0) },
  })
}
