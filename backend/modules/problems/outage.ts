import { z } from 'zod'
import type { ProblemCause } from '../../../shared/problem-causes.ts'
import { defineJob } from '../../core/jobs/index.ts'
import { platformContext } from '../../core/platform-tenant.ts'
import type { ProblemsDeps } from './definition.ts'
import { meet } from './report.ts'
import { ProblemModel, type ProblemRow, resolveRow } from './store.ts'
import { countAnew, tellOfProblem } from './tell.ts'

/** Where several have these at once, it is the supplier’s side. */
const upstream: readonly ProblemCause[] = [
  'unavailable',
  'timeout',
  'circuit_open',
  'unreachable',
  'not_what_it_says',
  'schema_changed',
]
const fewestOrganisations = 3
const fewestConnections = 20
const recountMs = 2 * 60_000
const acrossTenants = 'the platform watches what fails for many'

interface Failing {
  readonly connectorId: string
  readonly organisations: number
  readonly connections: number
}

/** Whether what fails is more than the bad luck of one or two. */
export function isOutage({
  organisations,
  connections,
}: Pick<Failing, 'organisations' | 'connections'>): boolean {
  return organisations >= fewestOrganisations || connections >= fewestConnections
}

/** Tells the platform of systems that fail for several organisations, and sets counts right. */
export async function lookAtAll(deps: ProblemsDeps): Promise<void> {
  await countChanged(deps)
  const failing = await findFailing()
  const outages = failing.filter(isOutage)
  const ctx = platformContext('problems')
  for (const { connectorId, organisations, connections } of outages) {
    const detail = `${connections} connections of ${organisations} organisations fail`
    const open = await findOutages(connectorId)
    // Counts that stay the same are no news.
    if (open[0]?.evidence.at(-1)?.detail === detail) continue
    await meet(ctx, deps, {
      subject: connectorId,
      cause: 'vendor_outage',
      severity: undefined,
      capability: null,
      evidence: { at: deps.now(), kind: 'count', detail },
      describe: async () => ({
        connectionId: null,
        connectionName: null,
        connectorId,
        connectorKind: null,
      }),
    })
  }
  const stillOut = new Set(outages.map(({ connectorId }) => connectorId))
  for (const row of await findOutages()) {
    if (stillOut.has(row.subject)) continue
    const change = { resolvedBy: 'recovery', resolvedAt: deps.now() }
    const resolved = await resolveRow(ctx, row, 'recovery', change)
    if (resolved) await tellOfProblem(resolved, deps)
  }
}

/** By connector, without what sandboxes try out. */
function findFailing(): Promise<Failing[]> {
  return ProblemModel.aggregate<Failing>(
    [
      {
        $match: {
          openKey: { $type: 'string' },
          connectorId: { $type: 'string' },
          cause: { $in: [...upstream] },
          tenantKind: { $ne: 'sandbox' },
        },
      },
      {
        $group: {
          _id: { connectorId: '$connectorId', tenantId: '$tenantId', subject: '$subject' },
        },
      },
      {
        $group: {
          _id: { connectorId: '$_id.connectorId', tenantId: '$_id.tenantId' },
          connections: { $sum: 1 },
        },
      },
      {
        $group: {
          _id: '$_id.connectorId',
          organisations: { $sum: 1 },
          connections: { $sum: '$connections' },
        },
      },
      { $project: { _id: 0, connectorId: '$_id', organisations: 1, connections: 1 } },
    ],
    { acrossTenants },
  ).exec()
}

function findOutages(connectorId?: string): Promise<ProblemRow[]> {
  const { tenantId } = platformContext('problems')
  return ProblemModel.find({
    tenantId,
    cause: 'vendor_outage',
    status: { $in: ['open', 'acknowledged'] },
    ...(connectorId !== undefined && { subject: connectorId }),
  })
    .lean<ProblemRow[]>()
    .exec()
}

/** Two changes of one connection at once may have written their counts in the wrong order. */
async function countChanged(deps: ProblemsDeps): Promise<void> {
  const since = new Date(deps.now().getTime() - recountMs)
  const changed = await ProblemModel.aggregate<{
    _id: { tenantId: string; connectionId: string }
  }>(
    [
      { $match: { updatedAt: { $gte: since }, connectionId: { $type: 'string' } } },
      { $group: { _id: { tenantId: '$tenantId', connectionId: '$connectionId' } } },
      { $limit: 5000 },
    ],
    { acrossTenants },
  )
  for (const { _id } of changed) await countAnew(_id.tenantId, _id.connectionId, deps)
}

export function lookJob(deps: ProblemsDeps) {
  return defineJob({
    name: 'problems.look',
    input: z.object({}),
    every: 30_000,
    run: () => lookAtAll(deps),
  })
}
