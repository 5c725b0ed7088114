import type { SyncRequest, SyncRun } from '../../../shared/api/syncs.ts'
import { workingStates } from '../../../shared/connection-states.ts'
import { AppError } from '../../../shared/errors.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { newId } from '../../core/ids.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { SyncDeps } from './deps.ts'
import { enqueueRun } from './jobs.ts'
import { noCounts } from './kinds.ts'
import { findAnyRun, findHeld, findRun, insertRun, type RunRow } from './run-store.ts'
import { capabilityOf } from './schedule.ts'
import { showRun } from './show.ts'
import { cursorOfChanged } from './some-courses.ts'
import { readState, type StateRow } from './state-store.ts'
import { activeStatuses, audit, move, tell } from './transition.ts'

/** So often everything is fetched, as changes alone never prove that something is gone. */
const fullEveryMs = 7 * 24 * 3_600_000
const keptMs = 400 * 24 * 3_600_000

const within = (ctx: TenantContext, tenantId: string): TenantContext =>
  tenantId === ctx.tenantId ? ctx : { ...ctx, tenantId }

/** A run of the caller's organisation, or of one below it. */
export async function mustFindRun(
  ctx: TenantContext,
  id: string,
  { sources }: Pick<SyncDeps, 'sources'>,
): Promise<RunRow> {
  const run = await findAnyRun(id)
  const isTheirs =
    run &&
    (run.tenantId === ctx.tenantId ||
      (await sources.read(ctx, run.connectionId).then(
        () => true,
        () => false,
      )))
  if (!isTheirs) throw new AppError('not_found', `The synchronisation ${id} does not exist`)
  return run
}

/** A person asks for a run. */
export async function requestSync(
  ctx: TenantContext,
  connectionId: string,
  { capability: wanted, preview, full }: SyncRequest,
  deps: SyncDeps,
): Promise<SyncRun> {
  const connection = await deps.sources.read(ctx, connectionId)
  const capability = wanted ?? capabilityOf(connection.capabilities)
  if (!capability || !connection.capabilities.includes(capability)) {
    throw new AppError(
      'sync_unsupported',
      `The connection "${connection.name}" cannot fetch ${wanted ?? 'people and classes'}`,
    )
  }
  assertInUse(connection)
  const owner = within(ctx, connection.tenantId)
  const run = await startRun(
    owner,
    { connectionId, connectorId: connection.connectorId, capability },
    { trigger: 'person', requestedBy: ctx.principal.id, preview, full },
    deps,
  )
  if (!run) throw running(connection.name)
  return showRun(run)
}

function assertInUse({ name, state }: { readonly name: string; readonly state: string }): void {
  if ((workingStates as readonly string[]).includes(state)) return
  throw new AppError(
    'connection_not_in_use',
    `The connection "${name}" is not in use (${state}); activate or resume it first`,
  )
}

function running(name: string): AppError {
  return new AppError(
    'sync_running',
    `A synchronisation of "${name}" is waiting or running; wait for its end or cancel it`,
  )
}

type Wanted = Pick<RunRow, 'trigger' | 'requestedBy' | 'preview'> & {
  readonly full: boolean
  /** Only these changed, as the other system told. */
  readonly courses?: readonly string[]
}

/** Puts a run on record and in the queue; null where one is active already. */
export async function startRun(
  ctx: TenantContext,
  which: Pick<RunRow, 'connectionId' | 'connectorId' | 'capability'>,
  { courses = [], ...wanted }: Wanted,
  deps: SyncDeps,
): Promise<RunRow | null> {
  const now = deps.now()
  const { tenantId } = ctx
  const state = await readState({ ...which, tenantId })
  const some = await cursorOfChanged(ctx, { ...which, tenantId }, { courses, state }, deps)
  const isFull = some === null && (wanted.full || wantsFull(state, now))
  const id = newId('syr', now.getTime())
  const row = {
    _id: id,
    tenantId,
    ...which,
    ...wanted,
    full: isFull,
    since: some ?? (isFull ? null : (state?.cursor ?? null)),
    cursor: null,
    nextCursor: null,
    status: 'waiting' as const,
    active: true as const,
    phase: 'pull' as const,
    worker: null,
    jobId: null,
    pages: 0,
    checkpointAt: null,
    startedAt: null,
    endedAt: null,
    progress: null,
    resumes: 0,
    counts: noCounts(),
    nameless: {},
    vendorSays: {},
    confirmed: null,
    heldBecause: null,
    loss: null,
    error: null,
    expiresAt: new Date(now.getTime() + keptMs),
  }
  if (!(await insertRun(row))) return null
  if (!wanted.preview) await replaceHeld(ctx, { ...which, tenantId }, deps)
  const run = await enqueueRun(ctx, { _id: id, tenantId, resumes: 0 }, deps)
  if (run) tell(run, deps)
  return run
}

function wantsFull(state: StateRow | null, now: Date): boolean {
  if (!state?.cursor || !state.lastFullAt || state.wantsFull) return true
  return now.getTime() - state.lastFullAt.getTime() >= fullEveryMs
}

/** What a run was held for may have changed since: the newer one decides. */
async function replaceHeld(
  ctx: TenantContext,
  which: Pick<RunRow, 'tenantId' | 'connectionId' | 'capability'>,
  deps: SyncDeps,
): Promise<void> {
  for (const held of await findHeld(which)) {
    const error = { code: 'replaced', message: 'A newer synchronisation took its place.' }
    const ended = await move(
      ctx,
      held,
      { status: 'held' },
      { to: 'cancelled', set: { error }, event: 'sync.cancelled' },
      deps,
    )
    if (ended) await audit(ctx, ended, 'replace')
  }
}

function conflict({ _id, status }: RunRow, wanted: string, possible: string): AppError {
  return new AppError(
    'sync_state_conflict',
    `The synchronisation ${_id} is ${status} and cannot be ${wanted}; ${possible}`,
  )
}

/** Stops a run within its page; what was written stays, and it can be resumed. */
export async function cancelSync(ctx: TenantContext, id: string, deps: SyncDeps): Promise<SyncRun> {
  const run = await mustFindRun(ctx, id, deps)
  const owner = within(ctx, run.tenantId)
  const where = { status: { $in: [...activeStatuses, 'held'] } }
  const cancelled = await move(
    owner,
    run,
    where,
    { to: 'cancelled', set: { error: null }, event: 'sync.cancelled' },
    deps,
  )
  if (!cancelled) throw conflict(run, 'cancelled', 'it has ended already')
  if (run.jobId && run.status !== 'held') {
    await deps.queue.cancel(owner, run.jobId).catch((error: unknown) => {
      // It ended at this moment; the run itself is cancelled.
      if (!(error instanceof AppError) || error.code !== 'conflict') throw error
    })
  }
  await audit(owner, cancelled, 'cancel')
  if (run.status === 'held') {
    const { connectionId } = run
    await deps.problems.recovered(owner, { connectionId, cause: 'removal_held' })
  }
  return showRun(cancelled)
}

/** Lets a run that stopped go on from its checkpoint. */
export async function resumeSync(ctx: TenantContext, id: string, deps: SyncDeps): Promise<SyncRun> {
  const run = await mustFindRun(ctx, id, deps)
  const owner = within(ctx, run.tenantId)
  const isPossible =
    (run.status === 'failed' || run.status === 'cancelled') && run.heldBecause === null
  if (!isPossible) throw conflict(run, 'resumed', 'only what failed or was cancelled can go on')
  const connection = await deps.sources.read(owner, run.connectionId)
  assertInUse(connection)
  const set = { error: null, endedAt: null, requestedBy: ctx.principal.id }
  return again(owner, run, { set, verb: 'resume', name: connection.name }, deps)
}

/** A person has looked and agrees to what would be removed. */
export async function confirmSync(
  ctx: TenantContext,
  id: string,
  removals: number,
  deps: SyncDeps,
): Promise<SyncRun> {
  const run = await mustFindRun(ctx, id, deps)
  const owner = within(ctx, run.tenantId)
  if (run.status !== 'held') throw conflict(run, 'confirmed', 'only a held one waits for this')
  if (run.heldBecause?.removals !== removals) {
    throw new AppError(
      'sync_state_conflict',
      `It would remove ${run.heldBecause?.removals} records, not ${removals}; look at it again`,
    )
  }
  const connection = await deps.sources.read(owner, run.connectionId)
  const set = { confirmed: removals, requestedBy: ctx.principal.id }
  return again(owner, run, { set, verb: 'confirm', name: connection.name }, deps)
}

async function again(
  ctx: TenantContext,
  run: RunRow,
  { set, verb, name }: { set: Partial<RunRow>; verb: string; name: string },
  deps: SyncDeps,
): Promise<SyncRun> {
  try {
    const waiting = await move(
      ctx,
      run,
      { status: run.status },
      { to: 'waiting', set: { ...set, worker: null } },
      deps,
    )
    if (!waiting) {
      const now = await findRun(run.tenantId, run._id)
      throw conflict(now ?? run, verb === 'confirm' ? 'confirmed' : 'resumed', 'read it again')
    }
    await audit(ctx, waiting, verb)
    const queued = await enqueueRun(ctx, waiting, deps)
    return showRun(queued ?? waiting)
  } catch (error) {
    if (isDuplicateKey(error)) throw running(name)
    throw error
  }
}
