import { connectionsApi } from '../../../shared/api/connections.ts'
import type { RequestFacts } from '../../core/http/index.ts'
import { showPage } from '../../core/lists/index.ts'
import { defineModule } from '../../core/module.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { createAuthorisation } from './authorise.ts'
import { mustFind } from './change.ts'
import { runCheck } from './check.ts'
import {
  changeState,
  createConnection,
  deleteConnection,
  listConnections,
  readConnection,
  restoreConnection,
  summarise,
  updateConnection,
} from './connections.ts'
import { createConsents } from './consent.ts'
import { setCredentials } from './credentials.ts'
import type { ConnectionsAccess } from './definition.ts'
import type { ConnectionsDeps, ConnectionsOptions } from './deps.ts'
import { createExchangeLog } from './exchange-log.ts'
import { ExchangeModel, findExchanges } from './exchange-store.ts'
import { listConnectors, mustOffer } from './find-connector.ts'
import {
  applyHealth,
  credentialWarnings,
  findWorking,
  listWorking,
  setOpenProblems,
  setSync,
} from './health.ts'
import { ConfigVersionModel, StateChangeModel } from './history-store.ts'
import { createObservers } from './observers.ts'
import { createAccess, createOpener } from './open.ts'
import { showConnector, showExchange } from './show.ts'
import { ConnectionModel } from './store.ts'
import { cloneConnection, exportConnections, importConnections } from './transfer.ts'
import { activate, testSaved, testUnsaved } from './trials.ts'
import { listHistory, listVersions, readVersion, rollBack } from './versions.ts'

export type {
  ConnectionReport,
  ConnectionsAccess,
  Exchange,
  GateEvent,
  HealthReport,
  OpenConnection,
  RefreshEvent,
  WorkingConnection,
} from './definition.ts'

export { countConnections } from './store.ts'

/** The models whose documents carry events to be relayed. */
export const outboxModels = [ConnectionModel]

interface Options extends ConnectionsOptions {
  /** The staff session of a page's request. */
  session(facts: RequestFacts): Promise<TenantContext | undefined>
}

/** Connections to other systems: settings, credentials, life, log; and the way to use them for other modules. */
export function createConnectionsModule(options: Options) {
  const observers = createObservers()
  const deps: ConnectionsDeps = { ...options, report: observers.report }
  const exchangeLog = createExchangeLog({ log: options.log })
  observers.onExchange(exchangeLog.add)
  const opener = createOpener(deps, observers)
  const consents = createConsents(deps, opener, observers)
  const opening = createAccess(deps, opener, consents.sourceOf)
  const authorisation = createAuthorisation({ ...options, ...deps }, opener)
  const trials = { deps, opener, consents }

  const access: ConnectionsAccess = {
    open: opening.open,
    openAs: opening.openAs,
    withCapability: opening.withCapability,
    check: (ctx, id, signal) =>
      runCheck(() => opening.open(ctx, id, { signal, purpose: 'health', retries: 0 }), deps),
    applyHealth: (ctx, id, report) => applyHealth(ctx, id, report, deps),
    listWorking: (after, limit) => listWorking(after, limit, deps),
    findWorking: (id) => findWorking(id, deps),
    read: (ctx, id) => readConnection(ctx, id, deps),
    setSync: (ctx, id, change) => setSync(ctx, id, change, deps),
    setOpenProblems: (ctx, id, count) => setOpenProblems(ctx, id, count, deps),
    onExchange: observers.onExchange,
    onGate: observers.onGate,
    onRefresh: observers.onRefresh,
    onReport: observers.onReport,
  }

  const module = defineModule({
    name: 'connections',
    contract: connectionsApi,
    models: [ConnectionModel, StateChangeModel, ConfigVersionModel, ExchangeModel],
    router: authorisation.router,
    handlers: {
      'GET /api/v1/connectors': (ctx, { query }) => listConnectors(ctx, query, deps),
      'GET /api/v1/connectors/:id': async (ctx, { params }) =>
        showConnector(await mustOffer(ctx, params.id, deps)),
      'POST /api/v1/connection-tests': (ctx, { body }) => testUnsaved(ctx, body, trials),
      'GET /api/v1/connections': (ctx, { query }) => listConnections(ctx, query, deps),
      'POST /api/v1/connections': (ctx, { body }) => createConnection(ctx, body, deps),
      'GET /api/v1/connections/summary': (ctx, { query }) => summarise(ctx, query, deps),
      'GET /api/v1/connections/export': (ctx, { query }) => exportConnections(ctx, query.ids, deps),
      'POST /api/v1/connections/import': async (ctx, { body: { document, dryRun } }) => ({
        dryRun,
        results: await importConnections(ctx, document, dryRun, deps),
      }),
      'GET /api/v1/connections/:id': (ctx, { params }) => readConnection(ctx, params.id, deps),
      async 'PATCH /api/v1/connections/:id'(ctx, { params, body }) {
        const changed = await updateConnection(ctx, params.id, body, deps)
        opener.forget(params.id)
        return changed
      },
      'DELETE /api/v1/connections/:id': (ctx, { params }) => deleteConnection(ctx, params.id, deps),
      'POST /api/v1/connections/:id/restore': (ctx, { params, body }) =>
        restoreConnection(ctx, params.id, body.reason, deps),
      async 'PUT /api/v1/connections/:id/credentials'(ctx, { params, body }) {
        const changed = await setCredentials(ctx, params.id, body, deps)
        opener.forget(params.id)
        return changed
      },
      'POST /api/v1/connections/:id/test': (ctx, { params }) => testSaved(ctx, params.id, trials),
      'POST /api/v1/connections/:id/activate': (ctx, { params, body }) =>
        activate(ctx, params.id, body.reason, trials),
      'POST /api/v1/connections/:id/pause': (ctx, { params, body }) =>
        changeState(ctx, params.id, 'pause', body.reason, deps),
      'POST /api/v1/connections/:id/resume': (ctx, { params, body }) =>
        changeState(ctx, params.id, 'resume', body.reason, deps),
      'POST /api/v1/connections/:id/disable': (ctx, { params, body }) =>
        changeState(ctx, params.id, 'disable', body.reason, deps),
      'GET /api/v1/connections/:id/history': (ctx, { params, query }) =>
        listHistory(ctx, params.id, query, deps),
      'GET /api/v1/connections/:id/versions': (ctx, { params, query }) =>
        listVersions(ctx, params.id, query, deps),
      'GET /api/v1/connections/:id/versions/:version': (ctx, { params }) =>
        readVersion(ctx, params.id, params.version, deps),
      'POST /api/v1/connections/:id/rollback': (ctx, { params, body }) =>
        rollBack(ctx, params.id, body.version, deps),
      'POST /api/v1/connections/:id/clone': async (ctx, { params, body }) => ({
        results: await cloneConnection(ctx, params.id, body, deps),
      }),
      'POST /api/v1/connections/:id/authorise': (ctx, { params }) =>
        authorisation.begin(ctx, params.id),
      async 'GET /api/v1/connections/:id/exchanges'(ctx, { params, query }) {
        const row = await mustFind(ctx, params.id, deps, { deleted: true })
        await exchangeLog.flush()
        const which = { tenantId: row.tenantId, connectionId: row._id }
        return showPage(await findExchanges(which, query), showExchange)
      },
    },
  })

  return {
    ...module,
    ...access,
    jobs: [consents.job, credentialWarnings(deps)],
    /** Writes the log of requests every second, and what is left at a stop. */
    exchangeLog: { start: exchangeLog.start, stop: exchangeLog.stop },
  }
}
