import type { Connection } from '../../../shared/api/connections.ts'
import type { SyncCapability, SyncStatus } from '../../../shared/api/syncs.ts'
import { AppError } from '../../../shared/errors.ts'
import type { RosterPage } from '../../connector-kit/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { ConnectionsAccess } from '../connections/index.ts'
import type { ProblemsAccess } from '../problems/index.ts'
import { findPlan, savePlan } from './plan-store.ts'

export const membersPull = 'members.pull' satisfies SyncCapability

/** A page of records; of an LMS also what it says of whole classes. */
export interface SourcePage extends RosterPage {
  /** Classes whose enrolments have all come by now: whoever is not among them has left. */
  readonly wholeClasses?: readonly string[]
  /** Classes in which nothing has changed since they came last, so that nothing of them is sent. */
  readonly unchangedClasses?: readonly string[]
}

export interface PullRequest {
  /** Cursor of the last page that was taken over; absent: from the beginning. */
  readonly since: string | undefined
  readonly full: boolean
  readonly preview: boolean
  readonly signal: AbortSignal
}

/** LMSs that are connected by LTI, as a source of classes and people. */
export interface PlatformCourses {
  /** Throws `not_found` where the registration is of another organisation or gone. */
  read(
    ctx: TenantContext,
    platformId: string,
  ): Promise<{ readonly id: string; readonly tenantId: string; readonly name: string }>
  count(
    ctx: TenantContext,
    platformId: string,
  ): Promise<{ readonly courses: number; readonly readable: number }>
  pull(ctx: TenantContext, platformId: string, request: PullRequest): AsyncIterable<SourcePage>
}

export interface SourceFacts {
  readonly id: string
  readonly tenantId: string
  readonly name: string
  readonly connectorId: string
  readonly capabilities: readonly string[]
  readonly state: string
  readonly deletedAt: string | null
  readonly sync: Pick<Connection['sync'], 'everyMinutes' | 'nextAt'> & {
    readonly last: { readonly endedAt: string } | null
  }
  /** False: only when somebody asks for it. */
  readonly isScheduled: boolean
}

/** Where classes and people come from: connections, and LMSs that are connected by LTI. */
export interface Sources extends Pick<ConnectionsAccess, 'setSync' | 'listWorking'> {
  read(ctx: TenantContext, id: string): Promise<SourceFacts>
  eachPage(
    ctx: TenantContext,
    id: string,
    capability: SyncCapability,
    request: PullRequest,
    use: (page: SourcePage) => Promise<void>,
  ): Promise<void>
}

/** Ids of registrations tell themselves apart from those of connections. */
export const isPlatform = (id: string): boolean => id.startsWith('plat_')

type ConnectionSource = Pick<
  ConnectionsAccess,
  'read' | 'withCapability' | 'listWorking' | 'setSync'
>

export function joinSources(connections: ConnectionSource, platforms: PlatformCourses): Sources {
  return {
    listWorking: connections.listWorking,
    async read(ctx, id) {
      if (!isPlatform(id)) return { ...(await connections.read(ctx, id)), isScheduled: true }
      const { tenantId, name } = await platforms.read(ctx, id)
      const plan = await findPlan({ tenantId, platformId: id })
      return {
        id,
        tenantId,
        name,
        connectorId: 'lti',
        capabilities: [membersPull],
        // A registration is in use as long as it is there.
        state: 'active',
        deletedAt: null,
        sync: { everyMinutes: plan.everyMinutes, last: plan.last, nextAt: plan.nextAt },
        isScheduled: plan.scheduled,
      }
    },
    async setSync(ctx, id, change) {
      if (!isPlatform(id)) return connections.setSync(ctx, id, change)
      const { last, nextAt } = change
      await savePlan(
        { tenantId: ctx.tenantId, platformId: id },
        {
          ...(last && {
            // Only runs of ours are told here.
            last: { runId: last.runId, status: last.status as SyncStatus, endedAt: last.endedAt },
          }),
          ...(nextAt !== undefined && { nextAt }),
        },
      )
    },
    async eachPage(ctx, id, capability, request, use) {
      if (isPlatform(id)) {
        for await (const page of platforms.pull(ctx, id, request)) {
          request.signal.throwIfAborted()
          await use(page)
        }
        return
      }
      await connections.withCapability(
        ctx,
        id,
        capability,
        async ({ connector, context }) => {
          const { capabilities } = connector
          const source = capability === 'courses.pull' ? capabilities.courses : capabilities.roster
          for await (const page of source?.pull(context, request.since) ?? []) {
            request.signal.throwIfAborted()
            await use(page)
          }
        },
        { signal: request.signal },
      )
    },
  }
}

type Told = Pick<ProblemsAccess, 'report' | 'recovered' | 'recordAct'>

/** Problems belong to connections; a run of an LMS says itself what is wrong with it. */
export function tellConnectionsOnly(problems: Told): Told {
  return {
    report: async (ctx, one) => {
      if (!isPlatform(one.connectionId)) await problems.report(ctx, one)
    },
    recovered: async (ctx, one) => {
      if (!isPlatform(one.connectionId)) await problems.recovered(ctx, one)
    },
    recordAct: async (ctx, one) => {
      if (!isPlatform(one.connectionId)) await problems.recordAct(ctx, one)
    },
  }
}

/** The id of a registration, or `not_found` for anything else. */
export function mustBePlatform(id: string): string {
  if (!isPlatform(id)) throw new AppError('not_found', `The LMS ${id} is not registered`)
  return id
}
