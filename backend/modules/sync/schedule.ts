import { type SyncCapability, syncCapabilities } from '../../../shared/api/syncs.ts'
import { workingStates } from '../../../shared/connection-states.ts'
import { AppError } from '../../../shared/errors.ts'
import { coursesOfCursor } from '../../connector-kit/index.ts'
import { systemContext, type TenantContext } from '../../core/tenancy.ts'
import type { SyncDeps } from './deps.ts'
import type { RunRow } from './run-store.ts'
import { showRun } from './show.ts'
import { claimDue, findDue, readState, type StateRow, writeState } from './state-store.ts'

const minuteMs = 60_000
/** So that a person can look at the preview before anything is fetched by itself. */
const firstAfterMs = 10 * minuteMs
const firstPauseMs = 15 * minuteMs
const batch = 200
/** Changes that the other system tells of are gathered for so long. */
export const betweenChangesMs = 5 * minuteMs

type Jitter = { random?: (() => number) | undefined }

/** Within a fifth, so that connections of a server do not all begin at once. */
function jittered(ms: number, { random = Math.random }: Jitter): number {
  return Math.round(ms * (0.9 + 0.2 * random()))
}

/** How long until the next run: the usual pace, or sooner after a failure, with growing pauses. */
export function pauseMs(everyMinutes: number, failures: number): number {
  const usual = everyMinutes * minuteMs
  if (failures === 0) return usual
  return Math.min(usual, firstPauseMs * 2 ** Math.min(20, failures - 1))
}

/** The capability that is synchronised where nobody names one. */
export function capabilityOf(capabilities: readonly string[]): SyncCapability | undefined {
  return syncCapabilities.find((one) => capabilities.includes(one))
}

/** Notes the end of a run with its connection, and when the next one is due. */
export async function afterEnd(ctx: TenantContext, run: RunRow, deps: SyncDeps): Promise<void> {
  if (run.preview) return
  const { connectionId, capability, tenantId } = run
  const state = await readState(run)
  const failures = run.status === 'failed' ? (state?.failures ?? 0) + 1 : 0
  const planned = keepPace(await nextTime(ctx, run, failures, deps), run, state, deps)
  const nextAt = failures === 0 ? soonerForChange(planned, state, run) : planned
  await writeState({ tenantId, connectionId, capability }, { failures, nextAt })
  const shown = showRun(run)
  await deps.sources.setSync(ctx, connectionId, {
    last: {
      runId: run._id,
      status: run.status,
      endedAt: shown.endedAt ?? shown.updatedAt,
      counts: shown.counts,
    },
    nextAt: nextAt?.toISOString() ?? null,
  })
  if (failures === 0 || !nextAt) return
  await deps.problems.recordAct(ctx, {
    connectionId,
    cause: run.error?.code ?? 'other',
    act: 'back-off',
    result: 'waiting',
    before: `The synchronisation failed (${failures} in a row).`,
    after: `The next one is due at ${nextAt.toISOString()}.`,
    explanation: 'After a failure the next run waits, twice as long each time.',
  })
}

/** A run of some courses does not put the next whole one off. */
function keepPace(
  planned: Date | null,
  { since }: RunRow,
  state: StateRow | null,
  deps: SyncDeps,
): Date | null {
  const fullAt = state?.lastFullAt
  if (!planned || !fullAt || !coursesOfCursor(since)) return planned
  const now = deps.now().getTime()
  const passedMs = now - fullAt.getTime()
  return new Date(Math.max(now + minuteMs, planned.getTime() - passedMs))
}

/** What changed while the run was under way may have been missed by it. */
function soonerForChange(planned: Date | null, state: StateRow | null, run: RunRow): Date | null {
  const { changedAt = null } = state ?? {}
  if (!planned || !changedAt || (run.startedAt && changedAt < run.startedAt)) return planned
  const soon = new Date(changedAt.getTime() + betweenChangesMs)
  return soon < planned ? soon : planned
}

async function nextTime(
  ctx: TenantContext,
  { connectionId, tenantId }: Pick<RunRow, 'connectionId' | 'tenantId'>,
  failures: number,
  deps: SyncDeps,
): Promise<Date | null> {
  const connection = await readIfThere(ctx, connectionId, deps)
  if (!connection?.isScheduled || !isWorking(connection.state)) return null
  const every = connection.sync.everyMinutes ?? (await deps.everyMinutesOf(tenantId))
  return new Date(deps.now().getTime() + jittered(pauseMs(every, failures), deps))
}

function isWorking(state: string): boolean {
  return (workingStates as readonly string[]).includes(state)
}

async function readIfThere(ctx: TenantContext, connectionId: string, deps: SyncDeps) {
  try {
    const connection = await deps.sources.read(ctx, connectionId)
    return connection.deletedAt === null ? connection : null
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return null
    throw error
  }
}

/** A connection was put to use, taken out of it, or its pace changed. */
export async function follow(
  ctx: TenantContext,
  connectionId: string,
  deps: SyncDeps,
): Promise<void> {
  const connection = await readIfThere(ctx, connectionId, deps)
  const capability = connection && capabilityOf(connection.capabilities)
  if (!connection || !capability) return
  const key = { tenantId: connection.tenantId, connectionId, capability }
  const state = await readState(key)
  if (!isWorking(connection.state)) {
    if (state?.nextAt) await plan(ctx, key, null, deps)
    return
  }
  const { last, everyMinutes } = connection.sync
  const now = deps.now().getTime()
  if (!last) {
    if (!state?.nextAt) await plan(ctx, key, new Date(now + jittered(firstAfterMs, deps)), deps)
    return
  }
  const every = everyMinutes ?? (await deps.everyMinutesOf(key.tenantId))
  const due = Date.parse(last.endedAt) + pauseMs(every, state?.failures ?? 0)
  const soonest = now + jittered(minuteMs, deps)
  const wanted = new Date(Math.max(soonest, due))
  // A time that is within the pace already keeps its jitter.
  const current = state?.nextAt?.getTime()
  const isNear = current && Math.abs(current - wanted.getTime()) <= pauseMs(every, 0) / 5
  if (!isNear) await plan(ctx, key, wanted, deps)
}

/** Sets when the next run is due. */
export async function plan(
  ctx: TenantContext,
  key: Pick<StateRow, 'tenantId' | 'connectionId' | 'capability'>,
  nextAt: Date | null,
  deps: SyncDeps,
): Promise<void> {
  await writeState(key, { nextAt })
  await deps.sources.setSync(ctx, key.connectionId, {
    nextAt: nextAt?.toISOString() ?? null,
  })
}

/** Starts what is due; each state is claimed by moving its time on, so that one process alone starts it. */
export async function startDue(
  start: (ctx: TenantContext, state: StateRow) => Promise<void>,
  { signal, deps }: { readonly signal: AbortSignal; readonly deps: SyncDeps },
): Promise<number> {
  let started = 0
  for (;;) {
    const due = await findDue(deps.now(), batch)
    for (const state of due) {
      signal.throwIfAborted()
      const ctx = systemContext(state.tenantId, 'sync.schedule')
      const connection = await readIfThere(ctx, state.connectionId, deps)
      const isDue = connection?.isScheduled && isWorking(connection.state)
      // The end of the run sets the true time; this one stands in case there is none.
      const every = connection?.sync.everyMinutes ?? (await deps.everyMinutesOf(state.tenantId))
      const until = isDue ? new Date(deps.now().getTime() + pauseMs(every, 0)) : null
      if (!(await claimDue(state, until)) || !isDue) continue
      await start(ctx, state)
      started++
    }
    if (due.length < batch) return started
  }
}

/** Finds connections in use that no event has told of, such as those of before this module. */
export async function reconcile(deps: SyncDeps, signal: AbortSignal): Promise<void> {
  let after: string | null = null
  for (;;) {
    const found = await deps.sources.listWorking(after, batch)
    for (const { id, tenantId, capabilities } of found) {
      signal.throwIfAborted()
      const capability = capabilityOf(capabilities)
      if (!capability) continue
      const state = await readState({ tenantId, connectionId: id, capability })
      if (!state?.nextAt) await follow(systemContext(tenantId, 'sync.schedule'), id, deps)
    }
    after = found.at(-1)?.id ?? null
    if (after === null) return
  }
}
