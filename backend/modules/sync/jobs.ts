import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { ConnectorError } from '../../connector-kit/index.ts'
import { type AnyJob, defineJob, JobGiveUp, JobRetry, type JobRun } from '../../core/jobs/index.ts'
import { systemContext, type TenantContext } from '../../core/tenancy.ts'
import type { SyncDeps } from './deps.ts'
import { failRun, giveBack, waitForRetry } from './end-run.ts'
import { changeRun, findQuiet, findRun, type RunRow } from './run-store.ts'
import { runSync } from './run-sync.ts'
import { reconcile, startDue } from './schedule.ts'
import { takeRun } from './take-run.ts'
import { RunTaken, type Work } from './work.ts'

const attempts = 6
const firstPauseMs = 2000
const mostPauseMs = 5 * 60_000
const quietMs = 10 * 60_000

/** The job that works at one run. */
function runJob(deps: SyncDeps) {
  return defineJob({
    name: 'sync.run',
    input: z.object({ runId: z.string() }),
    attempts,
    run: (ctx, { runId }, run) => work(ctx, runId, run, deps),
  })
}

/** Puts the work at a run in the queue; asked for twice, it is there once. */
export async function enqueueRun(
  ctx: TenantContext,
  { _id, tenantId, resumes }: Pick<RunRow, '_id' | 'tenantId' | 'resumes'>,
  deps: SyncDeps,
): Promise<RunRow | null> {
  const key = `${_id} ${resumes} ${deps.now().getTime()}`
  const jobId = await deps.queue.enqueue(ctx, runJob(deps), { runId: _id }, { key })
  return changeRun({ _id, tenantId }, {}, { $set: { jobId } })
}

async function work(
  ctx: TenantContext,
  runId: string,
  { signal, progress, attempt }: JobRun,
  deps: SyncDeps,
): Promise<void> {
  const found = await findRun(ctx.tenantId, runId)
  if (!found?.active) return
  const run = await takeRun({ ctx, run: found, deps })
  if (!run) return
  const mine: Work = { ctx, run, deps, signal, progress }
  try {
    await runSync(mine)
  } catch (error) {
    await afterError(mine, error, attempt)
  }
}

async function afterError(mine: Work, error: unknown, attempt: number): Promise<void> {
  const { signal, run, deps } = mine
  // Cancelled, or another process has it: there is nothing of ours to record.
  if (error instanceof RunTaken) return
  if (signal.aborted) {
    await giveBack(mine)
    throw error
  }
  const { code, message, isLasting, afterMs } = describe(error)
  if (isLasting || attempt >= attempts) {
    if (code === 'internal') deps.log.warn({ err: error, syncId: run._id }, 'sync failed')
    await failRun(mine, { code, message })
    throw new JobGiveUp(message, { cause: error })
  }
  await waitForRetry(mine, { code, message })
  const pause = Math.min(mostPauseMs, firstPauseMs * 2 ** (attempt - 1))
  throw new JobRetry(Math.max(pause, afterMs ?? 0), message, { cause: error })
}

/** What another system cannot do at the moment. */
const passing: ReadonlySet<string> = new Set(['upstream_unavailable', 'upstream_timeout'])

function describe(error: unknown) {
  if (error instanceof ConnectorError) {
    const { code, message, kind, retryAfterMs } = error
    return { code, message, isLasting: kind !== 'retry', afterMs: retryAfterMs }
  }
  if (error instanceof AppError) {
    const { code, message } = error
    return { code, message, isLasting: !passing.has(code), afterMs: undefined }
  }
  return {
    code: 'internal',
    message: 'Something unexpected failed here; it is tried again, and the log says what.',
    isLasting: false,
    afterMs: undefined,
  }
}

type Start = Parameters<typeof startDue>[0]

export function syncJobs(deps: SyncDeps, start: Start): readonly AnyJob[] {
  return [
    runJob(deps),
    defineJob({
      name: 'sync.schedule',
      input: z.object({}),
      every: 60_000,
      async run(_ctx, _input, { signal }) {
        await startDue(start, { signal, deps })
        await endForgotten(deps)
      },
    }),
    defineJob({
      name: 'sync.reconcile',
      input: z.object({}),
      every: 3_600_000,
      run: (_ctx, _input, { signal }) => reconcile(deps, signal),
    }),
  ]
}

/** Runs whose job has ended without them, such as one that took down each process that tried. */
export async function endForgotten(deps: SyncDeps): Promise<void> {
  const before = new Date(deps.now().getTime() - quietMs)
  for (const run of await findQuiet(before, 100)) {
    const ctx = systemContext(run.tenantId, 'sync.schedule')
    const status = run.jobId ? await jobStatus(ctx, run.jobId, deps) : 'gone'
    if (status === 'waiting' || status === 'running') continue
    const message = 'The work at it ended without a result. Resume it: it goes on where it stopped.'
    await failRun({ ctx, run, deps }, { code: 'interrupted', message })
  }
}

async function jobStatus(ctx: TenantContext, id: string, { queue }: SyncDeps): Promise<string> {
  try {
    return (await queue.get(ctx, id)).status
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return 'gone'
    throw error
  }
}
