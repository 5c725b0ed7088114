import { ProblemModel, type ProblemRow } from './store.ts'

/** A problem as those need it who tell of it. */
export type Standing = Pick<
  ProblemRow,
  | '_id'
  | 'tenantId'
  | 'connectionId'
  | 'connectionName'
  | 'connectorId'
  | 'connectorKind'
  | 'cause'
  | 'status'
  | 'severity'
  | 'owner'
  | 'firstSeenAt'
  | 'lastSeenAt'
  | 'acknowledgedAt'
  | 'resolvedAt'
>

/** These problems as they stand now, whichever organisations they belong to. */
export function findStanding(ids: readonly string[]): Promise<Standing[]> {
  return ProblemModel.find(
    { _id: { $in: [...ids] } },
    { pendingEvents: 0, evidence: 0, notes: 0 },
    { acrossTenants: 'an alert of a trust may tell of its schools' },
  )
    .lean<Standing[]>()
    .exec()
}
