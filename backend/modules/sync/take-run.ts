import { randomUUID } from 'node:crypto'
import type { TenantContext } from '../../core/tenancy.ts'
import type { SyncDeps } from './deps.ts'
import type { RunRow } from './run-store.ts'
import { audit, move } from './transition.ts'
import type { Work } from './work.ts'

/** Takes a waiting run, or one whose process died, to be worked at by this process alone. */
export async function takeRun(work: Omit<Work, 'progress' | 'signal'>): Promise<RunRow | null> {
  const { ctx, run, deps } = work
  const isFirst = run.startedAt === null
  const isTakeover = run.status === 'running'
  const set = {
    worker: randomUUID(),
    startedAt: run.startedAt ?? deps.now(),
    error: null,
    ...(!isFirst && !run.preview && { resumes: run.resumes + 1, trigger: 'resume' as const }),
  }
  const where = { status: run.status, worker: run.worker }
  const taken = await move(
    ctx,
    run,
    where,
    { to: 'running', set, ...(isFirst && !run.preview && { event: 'sync.started' }) },
    deps,
  )
  if (!taken) return null
  if (isFirst) await audit(ctx, taken, run.preview ? 'preview' : 'start')
  else if (isTakeover || run.error) await recordResume(ctx, taken, run, deps)
  return taken
}

function recordResume(
  ctx: TenantContext,
  taken: RunRow,
  before: RunRow,
  { problems }: SyncDeps,
): Promise<void> {
  return problems.recordAct(ctx, {
    connectionId: taken.connectionId,
    cause: before.error?.code ?? 'interrupted',
    act: 'resume',
    result: 'waiting',
    before: `The synchronisation had stopped after ${before.pages} pages.`,
    after: `It goes on after page ${before.pages}; what had come is kept.`,
    explanation: before.error?.message ?? 'The process that worked at it has ended.',
  })
}
