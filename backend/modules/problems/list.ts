import type { Page } from '../../../shared/api/contract.ts'
import type {
  ConnectionProblem,
  ConnectionProblemDetail,
  ProblemList,
} from '../../../shared/api/problems.ts'
import { AppError } from '../../../shared/errors.ts'
import { findPage, given, showEach, timeFilter } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { findActsBetween } from './act-store.ts'
import type { ProblemsDeps } from './definition.ts'
import { showAct, showProblem } from './show.ts'
import { ProblemModel, type ProblemRow, problemSort } from './store.ts'

const actsShown = 50
/** What was tried just before a problem was noted belongs to it. */
const beforehandMs = 15 * 60_000

const statuses = {
  open: 'open',
  acknowledged: 'acknowledged',
  resolved: 'resolved',
  unresolved: { $in: ['open', 'acknowledged'] },
} as const

async function reachOf(ctx: TenantContext, below: boolean | undefined, deps: ProblemsDeps) {
  return below ? { $in: [...(await deps.treeOf(ctx.tenantId))] } : ctx.tenantId
}

export async function listProblems(
  ctx: TenantContext,
  query: ProblemList,
  deps: ProblemsDeps,
): Promise<Page<ConnectionProblem>> {
  const { status, owner, severity, connectionId, connectorId, cause, below } = query
  const filter = {
    tenantId: await reachOf(ctx, below, deps),
    ...(status && { status: statuses[status] }),
    ...given({ owner, severity, connectionId, connectorId, cause }),
    ...timeFilter(query),
  }
  const page = await findPage<ProblemRow>(ProblemModel, {
    filter,
    query,
    sortFields: problemSort,
    projection: { pendingEvents: 0 },
  })
  return showEach(page, (row) => show(row, deps))
}

async function show(row: ProblemRow, deps: ProblemsDeps): Promise<ConnectionProblem> {
  const minutes = row.recovery ? await deps.recoveryMinutesOf(row.tenantId) : 0
  return showProblem(row, minutes)
}

export async function summariseProblems(
  ctx: TenantContext,
  { below }: { readonly below?: boolean | undefined },
  deps: ProblemsDeps,
) {
  const found = await ProblemModel.aggregate<{
    _id: { severity: ConnectionProblem['severity']; owner: ConnectionProblem['owner'] }
    count: number
  }>([
    {
      $match: {
        tenantId: await reachOf(ctx, below, deps),
        status: { $in: ['open', 'acknowledged'] },
      },
    },
    { $group: { _id: { severity: '$severity', owner: '$owner' }, count: { $sum: 1 } } },
  ])
  const bySeverity = { info: 0, warning: 0, critical: 0 }
  const byOwner = { school: 0, trust: 0, vendor: 0, us: 0 }
  let unresolved = 0
  for (const { _id, count } of found) {
    bySeverity[_id.severity] += count
    byOwner[_id.owner] += count
    unresolved += count
  }
  return { unresolved, bySeverity, byOwner }
}

/** A problem of the caller's organisation or of one below it. */
export async function mustFindProblem(
  ctx: TenantContext,
  id: string,
  deps: ProblemsDeps,
): Promise<ProblemRow> {
  const row = await ProblemModel.findOne(
    { _id: id },
    { pendingEvents: 0 },
    { acrossTenants: 'whether its organisation lies below the caller’s is looked at next' },
  ).lean<ProblemRow>()
  const lineage = row ? await deps.lineageOf(row.tenantId) : []
  const isReached =
    row?.tenantId === ctx.tenantId || lineage.some((tenant) => tenant.id === ctx.tenantId)
  if (!row || !isReached) throw new AppError('not_found', `The problem ${id} does not exist`)
  return row
}

export async function readProblem(
  ctx: TenantContext,
  id: string,
  deps: ProblemsDeps,
): Promise<ConnectionProblemDetail> {
  const row = await mustFindProblem(ctx, id, deps)
  const { tenantId, connectionId, firstSeenAt, resolvedAt } = row
  const from = new Date(firstSeenAt.getTime() - beforehandMs)
  const acts =
    connectionId === null
      ? []
      : await findActsBetween({ tenantId, connectionId }, from, resolvedAt ?? deps.now(), actsShown)
  return { ...(await show(row, deps)), acts: acts.map(showAct) }
}
