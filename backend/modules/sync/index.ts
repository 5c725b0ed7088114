import { syncsApi } from '../../../shared/api/syncs.ts'
import { type EventConsumer, onEvent } from '../../core/events/index.ts'
import { showPage } from '../../core/lists/index.ts'
import { defineModule } from '../../core/module.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { ChangeModel, findChanges, showChange } from './change-store.ts'
import { changeCourseSync, readCourseSync } from './course-sync.ts'
import type { SyncDeps, SyncOptions } from './deps.ts'
import { endForgotten, syncJobs } from './jobs.ts'
import { LinkModel } from './link-store.ts'
import { PlanModel } from './plan-store.ts'
import {
  cancelSync,
  confirmSync,
  mustFindRun,
  requestSync,
  resumeSync,
  startRun,
} from './requests.ts'
import { findRuns, RunModel } from './run-store.ts'
import { follow, startDue } from './schedule.ts'
import { showRun } from './show.ts'
import { changedAtSource, type SourceChange } from './source-changed.ts'
import {
  isPlatform,
  joinSources,
  membersPull,
  mustBePlatform,
  tellConnectionsOnly,
} from './sources.ts'
import { noteChange, StateModel, type StateRow, takeChange } from './state-store.ts'

export type { PlatformCourses, PullRequest, SourcePage } from './sources.ts'

/** The models whose documents carry events to be relayed. */
export const outboxModels = [RunModel]

/** Fetches people and classes through connections, and finds out what is missing. */
export function createSyncModule({ connections, ...options }: SyncOptions) {
  const deps: SyncDeps = {
    ...options,
    sources: joinSources(connections, options.platforms),
    problems: tellConnectionsOnly(options.problems),
    countRows(ctx, counted) {
      if (!isPlatform(counted.connectionId)) options.countRows(ctx, counted)
    },
  }
  const module = defineModule({
    name: 'sync',
    contract: syncsApi,
    models: [RunModel, ChangeModel, LinkModel, StateModel, PlanModel],
    handlers: {
      async 'GET /api/v1/connections/:id/syncs'(ctx, { params, query }) {
        const { tenantId } = await deps.sources.read(ctx, params.id)
        const page = await findRuns(tenantId, { ...query, connectionId: params.id }, deps.now())
        return showPage(page, showRun)
      },
      'POST /api/v1/connections/:id/syncs': (ctx, { params, body }) =>
        requestSync(ctx, params.id, body, deps),
      'GET /api/v1/lti/platforms/:id/course-sync': (ctx, { params }) =>
        readCourseSync(ctx, params.id, deps),
      'PATCH /api/v1/lti/platforms/:id/course-sync': (ctx, { params, body }) =>
        changeCourseSync(ctx, params.id, body, deps),
      async 'GET /api/v1/lti/platforms/:id/syncs'(ctx, { params, query }) {
        const { tenantId } = await deps.platforms.read(ctx, mustBePlatform(params.id))
        const page = await findRuns(tenantId, { ...query, connectionId: params.id }, deps.now())
        return showPage(page, showRun)
      },
      'POST /api/v1/lti/platforms/:id/syncs': (ctx, { params, body }) =>
        requestSync(ctx, mustBePlatform(params.id), { ...body, capability: membersPull }, deps),
      'GET /api/v1/syncs': async (ctx, { query }) =>
        showPage(await findRuns(ctx.tenantId, query, deps.now()), showRun),
      'GET /api/v1/syncs/:id': async (ctx, { params }) =>
        showRun(await mustFindRun(ctx, params.id, deps)),
      async 'GET /api/v1/syncs/:id/changes'(ctx, { params, query }) {
        const run = await mustFindRun(ctx, params.id, deps)
        return showPage(await findChanges(run, query, deps.now()), showChange)
      },
      'POST /api/v1/syncs/:id/cancel': (ctx, { params }) => cancelSync(ctx, params.id, deps),
      'POST /api/v1/syncs/:id/resume': (ctx, { params }) => resumeSync(ctx, params.id, deps),
      'POST /api/v1/syncs/:id/confirm': (ctx, { params, body }) =>
        confirmSync(ctx, params.id, body.removals, deps),
    },
  })

  async function start(ctx: TenantContext, state: StateRow): Promise<void> {
    const { connectionId, capability } = state
    const { connectorId } = await deps.sources.read(ctx, connectionId)
    const change = await takeChange(state)
    const trigger = change ? 'webhook' : 'schedule'
    const courses = change && !change.changedWhole ? change.changedCourses : []
    const wanted = { trigger, requestedBy: null, preview: false, full: false, courses } as const
    const run = await startRun(ctx, { connectionId, connectorId, capability }, wanted, deps)
    if (run || !change?.changedAt) return
    // The run that is under way may have passed by what changed.
    const { changedAt, changedWhole, changedCourses } = change
    await noteChange(state, changedAt, changedWhole ? undefined : changedCourses)
  }

  const followed = (consumer: string) => ({
    consumer,
    handle: (ctx: TenantContext, { data }: { readonly data: { readonly connectionId: string } }) =>
      follow(ctx, data.connectionId, deps),
  })
  const consumers: readonly EventConsumer[] = [
    onEvent('connection.state_changed', followed('sync.connection-state')),
    onEvent('connection.updated', followed('sync.connection-updated')),
  ]

  return {
    ...module,
    consumers,
    jobs: syncJobs(deps, start),
    /** The other system of a connection changed, or may have: it is fetched soon, together with what follows at once. */
    changedAtSource: (ctx: TenantContext, change: SourceChange) =>
      changedAtSource(ctx, change, deps),
    /** What is due by the clock, once, and what was forgotten; for tests. */
    async runDue(): Promise<number> {
      await endForgotten(deps)
      return startDue(start, { signal: new AbortController().signal, deps })
    },
  }
}
