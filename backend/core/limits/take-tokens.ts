import type { TokenRequest } from './definition.ts'

/** Tokens set aside for later are the process's own for this long; an idle process loses them then. */
export const leaseMs = 30_000

/** Of what is in the pool, at most one part in so many is set aside for later. */
const mostShare = 4

type Expression = unknown

const whereActive = (now: Expression): Expression => ({
  $filter: { input: '$leases', cond: { $gt: ['$$this.until', now] } },
})

/**
 * Update pipeline of one atomic take: refill, grant, remember what is set aside.
 *
 * What others hold unspent counts towards the burst: the pool refills only up to the burst less all leases that
 * were alive in that time. So pool and leases together never exceed the burst, and no window of time sees more
 * calls than the burst and its refill, however many processes serve them.
 */
export function takePipeline(request: TokenRequest, now: Expression = '$$NOW'): object[] {
  const { limit, by, waiting, wanted, spentAgoMs } = request
  const perMs = limit.perMinute / 60_000
  const spentAt = { $subtract: [now, Math.max(0, Math.round(spentAgoMs))] }
  const refilled = (start: Expression, end: Expression): Expression => ({
    $add: ['$tokens', { $multiply: [perMs, { $max: [0, { $subtract: [end, start] }] }] }],
  })
  const lessLeases = (leases: Expression): Expression => ({
    $subtract: [limit.burst, { $sum: { $map: { input: leases, in: '$$this.n' } } }],
  })
  return [
    {
      $set: {
        // A changed burst changes what is in the pool by as much.
        tokens: {
          $max: [
            0,
            {
              $add: [
                { $ifNull: ['$tokens', limit.burst] },
                { $subtract: [limit.burst, { $ifNull: ['$burst', limit.burst] }] },
              ],
            },
          ],
        },
        refilledAt: { $min: [{ $ifNull: ['$refilledAt', now] }, now] },
        // The lease of the one who asks ended with its last token.
        leases: {
          $map: {
            input: { $ifNull: ['$leases', []] },
            in: {
              by: '$$this.by',
              n: '$$this.n',
              until: {
                $cond: [
                  { $eq: ['$$this.by', by] },
                  { $min: ['$$this.until', spentAt] },
                  '$$this.until',
                ],
              },
            },
          },
        },
      },
    },
    {
      $set: {
        endedAt: {
          $max: {
            $concatArrays: [
              ['$refilledAt'],
              {
                $map: {
                  input: { $filter: { input: '$leases', cond: { $lte: ['$$this.until', now] } } },
                  in: '$$this.until',
                },
              },
            ],
          },
        },
      },
    },
    {
      $set: {
        tokens: { $min: [lessLeases('$leases'), refilled('$refilledAt', '$endedAt')] },
        leases: whereActive(now),
      },
    },
    { $set: { tokens: { $min: [lessLeases('$leases'), refilled('$endedAt', now)] } } },
    {
      $set: {
        granted: {
          $max: [
            0,
            {
              $min: [
                { $floor: '$tokens' },
                {
                  $max: [
                    waiting,
                    { $min: [wanted, { $floor: { $divide: ['$tokens', mostShare] } }] },
                  ],
                },
              ],
            },
          ],
        },
      },
    },
    {
      $set: {
        tokens: { $subtract: ['$tokens', '$granted'] },
        leases: {
          $cond: [
            { $gt: ['$granted', waiting] },
            {
              $concatArrays: [
                '$leases',
                [{ by, n: { $subtract: ['$granted', waiting] }, until: { $add: [now, leaseMs] } }],
              ],
            },
            '$leases',
          ],
        },
        burst: limit.burst,
        refilledAt: now,
        // By then the pool is full again, and its document says nothing any more.
        expiresAt: { $add: [now, Math.ceil(limit.burst / perMs) + leaseMs] },
      },
    },
    { $unset: 'endedAt' },
  ]
}
