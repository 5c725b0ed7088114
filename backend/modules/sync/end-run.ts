import type { SyncRun } from '../../../shared/api/syncs.ts'
import { sumOf } from './kinds.ts'
import { changeRun } from './run-store.ts'
import { afterEnd } from './schedule.ts'
import { isOfSome } from './some-courses.ts'
import { writeState } from './state-store.ts'
import { audit, move } from './transition.ts'
import type { Work } from './work.ts'

const ours = ({ run }: Pick<Work, 'run'>) => ({ worker: run.worker, status: 'running' })

/** Too much would go: nothing is removed until a person says so. */
export async function holdRun(
  work: Pick<Work, 'ctx' | 'run' | 'deps'>,
  heldBecause: NonNullable<SyncRun['heldBecause']>,
): Promise<void> {
  const { ctx, run, deps } = work
  const { connectionId } = run
  const cause = 'removal_held'
  const list = heldBecause.kinds.map(
    ({ kind, removals, of, percent }) => `${removals} of ${of} ${kind} (${percent} %)`,
  )
  // Before anybody can decide on it, or the decision would come before the problem; a stop in between repeats it.
  await deps.problems.report(ctx, {
    connectionId,
    cause,
    evidence: {
      kind: 'sync',
      detail: `Would be removed: ${list.join(', ')}. At most ${heldBecause.limitPercent} % go without asking. Run ${run._id}.`,
    },
  })
  const set = { heldBecause, counts: run.counts, progress: 1 }
  const held = await move(ctx, run, ours(work), { to: 'held', set, event: 'sync.held' }, deps)
  if (!held) {
    await deps.problems.recovered(ctx, { connectionId, cause })
    return
  }
  await audit(ctx, held, 'hold')
  await afterEnd(ctx, held, deps)
}

/** It came to its end: whole, or with something missing. */
export async function endRun(
  work: Pick<Work, 'ctx' | 'run' | 'deps'>,
  { isGrave }: { readonly isGrave: boolean },
): Promise<void> {
  const { ctx, run, deps } = work
  const isWhole = run.loss?.whole ?? true
  const missing = run.loss?.kinds.some(({ missingTotal }) => missingTotal > 0) ?? false
  // Before the run ends: a stop in between repeats it, with the same result.
  await writeState(run, {
    // Where changes are asked for from is another matter than some courses.
    ...(!isOfSome(run) && { cursor: run.nextCursor }),
    failures: 0,
    ...(run.full && { lastFullAt: deps.now() }),
    // What was changed or removed here is mended by fetching everything; what never came, too.
    wantsFull: !run.full && !isWhole,
  })
  const set = { counts: run.counts, loss: run.loss, progress: 1, heldBecause: null }
  const to = isWhole && sumOf(run.counts, 'refused') === 0 ? 'succeeded' : 'partial'
  const ended = await move(ctx, run, ours(work), { to, set, event: 'sync.succeeded' }, deps)
  if (!ended) return
  await audit(ctx, ended, 'finish')
  const { connectionId } = run
  if (isWhole) await deps.problems.recovered(ctx, { connectionId, cause: 'silent_loss' })
  else if (missing) await reportLoss(work, isGrave)
  for (const cause of ['sync_failed', 'removal_held'] as const) {
    await deps.problems.recovered(ctx, { connectionId, cause })
  }
  if (run.resumes > 0) await recordHealed(work)
  await afterEnd(ctx, ended, deps)
}

async function reportLoss(
  { ctx, run, deps }: Pick<Work, 'ctx' | 'run' | 'deps'>,
  isGrave: boolean,
) {
  const lines = (run.loss?.kinds ?? []).flatMap(
    ({ kind, missing, missingTotal, vendorSays, received, ours: here }) => {
      if (missingTotal === 0) return []
      const reasons = [...new Set(missing.map(({ why }) => why))].join(', ')
      const says = vendorSays === null ? '' : `the other system counts ${vendorSays}, `
      return [
        `${kind}: ${missingTotal} missing (${says}${received} came, ${here} here; ${reasons})`,
      ]
    },
  )
  await deps.problems.report(ctx, {
    connectionId: run.connectionId,
    cause: 'silent_loss',
    ...(!isGrave && { severity: 'warning' as const }),
    evidence: { kind: 'sync', detail: `${lines.join('; ')}. Run ${run._id}.`.slice(0, 1000) },
  })
}

function recordHealed({ ctx, run, deps }: Pick<Work, 'ctx' | 'run' | 'deps'>): Promise<void> {
  return deps.problems.recordAct(ctx, {
    connectionId: run.connectionId,
    cause: 'interrupted',
    act: 'resume',
    result: 'worked',
    before: 'The synchronisation had stopped before its end.',
    after: `It came to its end after ${run.pages} pages.`,
    explanation: 'It went on from its last checkpoint, so nothing was fetched or written twice.',
  })
}

/** It stopped before its end, for good or until somebody resumes it. */
export async function failRun(
  work: Pick<Work, 'ctx' | 'run' | 'deps'>,
  error: NonNullable<SyncRun['error']>,
): Promise<void> {
  const { ctx, run, deps } = work
  const active = { active: true, worker: run.worker }
  const set = { error, progress: null }
  const failed = await move(
    ctx,
    run,
    active,
    { to: 'failed', set, ...(!run.preview && { event: 'sync.failed' }) },
    deps,
  )
  if (!failed) return
  await audit(ctx, failed, 'fail', 'failed')
  if (run.preview) return
  await deps.problems.report(ctx, {
    connectionId: run.connectionId,
    cause: 'sync_failed',
    capability: run.capability,
    evidence: { kind: 'sync', detail: `${error.message} (${error.code}). Run ${run._id}.` },
  })
  await afterEnd(ctx, failed, deps)
}

/** It will be tried again by itself, from its checkpoint. */
export async function waitForRetry(
  work: Pick<Work, 'ctx' | 'run' | 'deps'>,
  error: NonNullable<SyncRun['error']>,
): Promise<void> {
  const { ctx, run, deps } = work
  await move(ctx, run, ours(work), { to: 'waiting', set: { error, worker: null } }, deps)
}

/** Hands a run back that this process can no longer work at. */
export async function giveBack({ run }: Pick<Work, 'run'>): Promise<void> {
  await changeRun(run, ours({ run }), { $set: { status: 'waiting', worker: null } })
}
