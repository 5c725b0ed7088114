import { problemsApi } from '../../../shared/api/problems.ts'
import { type EventConsumer, onEvent } from '../../core/events/index.ts'
import { defineModule } from '../../core/module.ts'
import type { ConnectionsAccess } from '../connections/index.ts'
import { ActModel } from './act-store.ts'
import { createActLog } from './acts.ts'
import { changeStatus } from './change-status.ts'
import type { ProblemsAccess, ProblemsOptions } from './definition.ts'
import { listProblems, readProblem, summariseProblems } from './list.ts'
import { lookAtAll, lookJob } from './outage.ts'
import { closeAllOf, countSuccess, takeBack } from './recover.ts'
import { reportProblem } from './report.ts'
import { ProblemModel } from './store.ts'

export type { ProblemsAccess } from './definition.ts'
export { findStanding, findUnresolvedOf, type Standing } from './standing.ts'

/** The models whose documents carry events to be relayed. */
export const outboxModels = [ProblemModel]

/** One problem for each cause and connection, with evidence, what to do, and an end by proof. */
export function createProblemsModule(deps: ProblemsOptions) {
  const acts = createActLog(deps)
  const access: ProblemsAccess = {
    report: (ctx, report) => reportProblem(ctx, report, deps),
    succeeded: (ctx, connectionId, at, success = {}) =>
      countSuccess(ctx, connectionId, at, success, deps),
    recovered: (ctx, over) => takeBack(ctx, over, deps),
    recordAct: acts.record,
  }
  const consumers: readonly EventConsumer[] = [
    onEvent('connection.deleted', {
      consumer: 'problems.connection-deleted',
      handle: (ctx, { data }) => closeAllOf(ctx, data.connectionId, deps),
    }),
    onEvent('connection.credentials_changed', {
      consumer: 'problems.credentials-changed',
      async handle(ctx, { data }) {
        for (const cause of ['credentials_expiring', 'credentials_expired'] as const) {
          await access.recovered(ctx, { connectionId: data.connectionId, cause })
        }
      },
    }),
  ]

  const module = defineModule({
    name: 'problems',
    contract: problemsApi,
    models: [ProblemModel, ActModel],
    handlers: {
      'GET /api/v1/problems': (ctx, { query }) => listProblems(ctx, query, deps),
      'GET /api/v1/problems/summary': (ctx, { query }) => summariseProblems(ctx, query, deps),
      'GET /api/v1/problems/:id': (ctx, { params }) => readProblem(ctx, params.id, deps),
      'POST /api/v1/problems/:id/acknowledge': (ctx, { params, body }) =>
        changeStatus(ctx, params.id, 'acknowledged', body.note, deps),
      'POST /api/v1/problems/:id/resolve': (ctx, { params, body }) =>
        changeStatus(ctx, params.id, 'resolved', body.note, deps),
      'POST /api/v1/problems/:id/reopen': (ctx, { params, body }) =>
        changeStatus(ctx, params.id, 'reopened', body.note, deps),
      'GET /api/v1/connections/:id/acts': (ctx, { params, query }) =>
        acts.list(ctx, params.id, query),
    },
  })

  return {
    ...module,
    ...access,
    consumers,
    jobs: [lookJob(deps)],
    /** Listens to what connections do and find out by themselves. */
    listenTo(connections: Pick<ConnectionsAccess, 'onGate' | 'onRefresh' | 'onReport'>): void {
      connections.onGate(acts.fromGate)
      connections.onRefresh(acts.fromRefresh)
      connections.onReport(access.report)
    },
    /** Looks for outages of suppliers; runs by itself as a job. */
    look: () => lookAtAll(deps),
    /** Writes what is noted; call before the database closes. */
    stop: acts.flush,
  }
}
