import type { ConnectionHealthState } from '../../../shared/connection-states.ts'
import { WatchModel } from './watch-store.ts'

const acrossTenants = 'figures of the installation name no tenant'

export interface StateCount {
  readonly kind: string
  readonly connectorId: string
  readonly state: ConnectionHealthState
  readonly connections: number
}

/** How many connections are in which health, by connector. */
export async function countStates(): Promise<StateCount[]> {
  const rows = await WatchModel.aggregate<{
    _id: Omit<StateCount, 'connections'>
    connections: number
  }>(
    [
      {
        $group: {
          _id: { kind: '$kind', connectorId: '$connectorId', state: '$machine.state' },
          connections: { $sum: 1 },
        },
      },
    ],
    { acrossTenants },
  )
  return rows.map(({ _id, connections }) => ({ ..._id, connections }))
}

/** How many connections of each kind there are, and how many of them fail. */
export async function countKinds(): Promise<
  { kind: string; connections: number; failing: number; tenants: number }[]
> {
  const rows = await WatchModel.aggregate<{
    _id: string
    connections: number
    failing: number
    tenants: string[]
  }>(
    [
      {
        $group: {
          _id: '$kind',
          connections: { $sum: 1 },
          failing: { $sum: { $cond: [{ $eq: ['$machine.state', 'failing'] }, 1, 0] } },
          tenants: { $addToSet: '$tenantId' },
        },
      },
    ],
    { acrossTenants },
  )
  return rows.map(({ _id: kind, tenants, ...counts }) => ({
    kind,
    ...counts,
    tenants: tenants.length,
  }))
}
