import { z } from 'zod'
import { alertsApi } from '../../../shared/api/alerts.ts'
import { type EventConsumer, onEvent } from '../../core/events/index.ts'
import { defineJob } from '../../core/jobs/index.ts'
import { defineModule } from '../../core/module.ts'
import { AlertModel } from './alert-store.ts'
import { createDefaults } from './defaults.ts'
import type { AlertsOptions } from './deps.ts'
import { flushGroups } from './flush.ts'
import { gather, isProblemEvent } from './gather.ts'
import { GroupModel } from './group-store.ts'
import { listAlerts, markAlertRead, readAlert } from './inbox.ts'
import { RouteModel } from './route-store.ts'
import {
  createRoute,
  deleteRoute,
  listRoutes,
  mustFindRoute,
  showRoute,
  testRoute,
  updateRoute,
} from './routes.ts'
import { RuleModel } from './rule-store.ts'
import { createRule, deleteRule, listRules, mustFindRule, showRule, updateRule } from './rules.ts'
import { sendDue } from './send.ts'
import { SilenceModel } from './silence-store.ts'
import { createSilence, deleteSilence, listSilences, readSilence } from './silences.ts'

export { createMail } from './channels/mail.ts'
export { findEnabledRoutes } from './route-store.ts'

/** The models whose documents carry events to be relayed. */
export const outboxModels = [RuleModel, RouteModel, SilenceModel, AlertModel]

/** Tells people of problems: grouped, at the right time, by the ways they chose. */
export function createAlertsModule(deps: AlertsOptions) {
  const ensureDefaults = createDefaults(deps.now)
  const consumers: readonly EventConsumer[] = (
    ['problem.opened', 'problem.updated', 'problem.resolved'] as const
  ).map((type) =>
    onEvent(type, {
      consumer: `alerts.${type}`,
      handle: (_ctx, event) => gather([event], ensureDefaults, deps),
      takeAtOnce: (events) => gather(events.filter(isProblemEvent), ensureDefaults, deps),
    }),
  )

  async function run(signal: AbortSignal = new AbortController().signal): Promise<void> {
    await flushGroups(deps, signal)
    await sendDue(deps, signal)
  }

  const module = defineModule({
    name: 'alerts',
    contract: alertsApi,
    models: [RuleModel, RouteModel, SilenceModel, GroupModel, AlertModel],
    handlers: {
      async 'GET /api/v1/alert-rules'(ctx, { query }) {
        await ensureDefaults(ctx.tenantId)
        return listRules(ctx, query)
      },
      async 'POST /api/v1/alert-rules'(ctx, { body }) {
        await ensureDefaults(ctx.tenantId)
        return createRule(ctx, body, deps)
      },
      async 'GET /api/v1/alert-rules/:id'(ctx, { params }) {
        await ensureDefaults(ctx.tenantId)
        return showRule(await mustFindRule(ctx, params.id))
      },
      'PATCH /api/v1/alert-rules/:id': (ctx, { params, body }) =>
        updateRule(ctx, params.id, body, deps),
      'DELETE /api/v1/alert-rules/:id': (ctx, { params }) => deleteRule(ctx, params.id, deps),
      async 'GET /api/v1/alert-routes'(ctx, { query }) {
        await ensureDefaults(ctx.tenantId)
        return listRoutes(ctx, query, deps)
      },
      async 'POST /api/v1/alert-routes'(ctx, { body }) {
        await ensureDefaults(ctx.tenantId)
        return createRoute(ctx, body, deps)
      },
      async 'GET /api/v1/alert-routes/:id'(ctx, { params }) {
        await ensureDefaults(ctx.tenantId)
        return showRoute(await mustFindRoute(ctx, params.id), deps)
      },
      'PATCH /api/v1/alert-routes/:id': (ctx, { params, body }) =>
        updateRoute(ctx, params.id, body, deps),
      'DELETE /api/v1/alert-routes/:id': (ctx, { params }) => deleteRoute(ctx, params.id, deps),
      'POST /api/v1/alert-routes/:id/test': (ctx, { params }) => testRoute(ctx, params.id, deps),
      'GET /api/v1/alerts': (ctx, { query }) => listAlerts(ctx, query, deps),
      'GET /api/v1/alerts/:id': (ctx, { params }) => readAlert(ctx, params.id),
      'POST /api/v1/alerts/:id/read': (ctx, { params }) => markAlertRead(ctx, params.id),
      'GET /api/v1/silences': (ctx, { query }) => listSilences(ctx, query, deps),
      'POST /api/v1/silences': (ctx, { body }) => createSilence(ctx, body, deps),
      'GET /api/v1/silences/:id': (ctx, { params }) => readSilence(ctx, params.id, deps),
      'DELETE /api/v1/silences/:id': (ctx, { params }) => deleteSilence(ctx, params.id, deps),
    },
  })

  return {
    ...module,
    consumers,
    jobs: [
      defineJob({
        name: 'alerts.run',
        input: z.object({}),
        every: 5000,
        run: (_ctx, _input, { signal }) => run(signal),
      }),
    ],
    /** Decides and sends what is due; runs by itself as a job. */
    run,
  }
}
