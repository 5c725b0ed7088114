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
  | 'subject'
  | 'openedAt'
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

/** What is not resolved of one subject (a connector, or what has none) in these organisations, the oldest first. */
export function findUnresolvedOf(
  tenantIds: readonly string[],
  which: { readonly connectorId: string } | { readonly subject: string },
  limit: number,
): Promise<Standing[]> {
  return ProblemModel.find(
    {
      tenantId: { $in: [...tenantIds] },
      openKey: { $type: 'string' },
      ...('subject' in which && { connectorId: null }),
      ...which,
    },
    { pendingEvents: 0, evidence: 0, notes: 0 },
    { sort: { _id: 1 }, limit },
  )
    .lean<Standing[]>()
    .exec()
}
