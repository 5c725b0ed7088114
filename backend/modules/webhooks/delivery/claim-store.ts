import { retryOnDisconnect } from '../../../core/database/retry-write.ts'
import { repeatable } from '../../../core/events/index.ts'
import { type AttemptRow, type DeliveryRow, deliveries } from '../delivery-store.ts'

const wanted = {
  tenantId: 1,
  endpointId: 1,
  webhookId: 1,
  event: 1,
  attemptCount: 1,
  tries: 1,
  lane: 1,
  duplicate: 1,
  deliveredAt: 1,
  createdAt: 1,
} as const

/** What sending a delivery takes. */
export type DueRow = Pick<DeliveryRow, '_id' | keyof typeof wanted>
/** A delivery as its worker holds it: every write of the worker names the claim. */
export type ClaimedRow = DueRow & { readonly claim: string }

/** What is due to these endpoints, the oldest first. */
export function findDue(
  endpointIds: readonly string[],
  now: Date,
  limit: number,
): Promise<DueRow[]> {
  return deliveries
    .find({ endpointId: { $in: [...endpointIds] }, dueAt: { $lte: now, $gt: new Date(0) } })
    .project<DueRow>(wanted)
    .sort({ dueAt: 1 })
    .limit(limit)
    .toArray()
}

/** Takes those that no other worker took meanwhile. */
export async function claimAll(
  rows: readonly DueRow[],
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
/** Keeps a command well below what one message may hold. */
const mostPerCommand = 256

/** Records how attempts ended; one whose claim was lost meanwhile changes nothing. */
export async function completeAll(completions: readonly Completion[]): Promise<void> {
  const ended = completions.filter(({ status }) => status !== 'waiting')
  const waiting = completions.filter(({ status }) => status === 'waiting')
  await Promise.all([
    ...inParts(ended).map((part) => complete(part, ['claim', 'dueAt', 'laneActive'])),
    ...inParts(waiting).map((part) => complete(part, ['claim'])),
  ])
}

function inParts(all: readonly Completion[]): Completion[][] {
  const parts: Completion[][] = []
  for (let at = 0; at < all.length; at += mostPerCommand) {
    parts.push(all.slice(at, at + mostPerCommand))
  }
  return parts
}

/**
 * One statement for all of them, which finds each row's own values in a list by its id: the database takes a third
 * of the time that a statement for each would take it.
 */
async function complete(
  completions: readonly Completion[],
  removed: readonly string[],
): Promise<void> {
  const ids = completions.map(({ row }) => row._id)
  const claims = new Set(completions.map(({ row }) => row.claim))
  const changes = completions.map(changeOf)
  const change = {
    $arrayElemAt: [{ $literal: changes }, { $indexOfArray: [{ $literal: ids }, '$_id'] }],
  }
  await retryOnDisconnect(() =>
    deliveries.updateMany(
      { _id: { $in: ids }, claim: { $in: [...claims] } },
      [
        { $set: { before: '$attempts' } },
        { $replaceWith: { $mergeObjects: ['$$ROOT', change] } },
        {
          $set: {
            attempts: { $slice: [{ $concatArrays: ['$before', '$attempts'] }, -attemptsKept] },
          },
        },
        { $unset: ['before', ...removed] },
      ],
      repeatable,
    ),
  )
}

function changeOf({
  row,
  attempt,
  status,
  nextAttemptAt,
  at,
}: Completion): Partial<Record<keyof DeliveryRow, unknown>> {
  return {
    status,
    nextAttemptAt,
    ...(nextAttemptAt && { dueAt: nextAttemptAt }),
    attemptCount: attempt.number,
    tries: row.tries + 1,
    lastStatus: attempt.status,
    lastError: attempt.error,
    deliveredAt: status === 'delivered' ? at : row.deliveredAt,
    updatedAt: at,
    attempts: [attempt],
  }
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
