import type { RosterPage } from '../../connector-kit/index.ts'
import { demoteFormerTeachers } from './demote.ts'
import { endRun, holdRun } from './end-run.ts'
import { type CountsByKind, noCounts } from './kinds.ts'
import { createPreview } from './preview.ts'
import { progressOf } from './progress.ts'
import { recount } from './recount.ts'
import { findRemovable, judgeRemoval, removeGone } from './removal.ts'
import { changeRun, type Nameless, type RunRow } from './run-store.ts'
import type { SourcePage } from './sources.ts'
import { takePage } from './take-page.ts'
import type { PageTaken, Taking } from './taking.ts'
import { move, tell } from './transition.ts'
import { gapsOf, verify } from './verify.ts'
import { RunTaken, type Work } from './work.ts'

/** From the checkpoint to the end: fetch, judge what is gone, remove, verify. */
export async function runSync(work: Work): Promise<void> {
  const { run } = work
  if (run.preview) return preview(work)
  const pulled = run.phase === 'pull' ? await pull(work) : run
  await conclude({ ...work, run: pulled })
}

async function pull(work: Work): Promise<RunRow> {
  const { ctx, deps } = work
  const taking: Taking = { ctx, run: work.run, deps, owners: new Map() }
  let run: RunRow = { ...work.run, counts: await recount(work.run) }
  await eachPage(work, async (page) => {
    const taken = await takePage({ ...taking, run }, page)
    run = await checkpoint(run, page, taken, work)
  })
  const ended = await changeRun(
    run,
    { worker: run.worker, status: 'running' },
    { $set: { phase: 'removal' } },
  )
  if (!ended) throw new RunTaken('no longer ours')
  return ended
}

async function eachPage(
  { ctx, run, deps, signal }: Work,
  use: (page: SourcePage) => Promise<void>,
): Promise<void> {
  const { connectionId, capability, full, preview } = run
  const since = run.cursor ?? run.since ?? undefined
  await deps.sources.eachPage(ctx, connectionId, capability, { since, full, preview, signal }, use)
}

/** Everything up to this page is written: from here it goes on after a stop. */
async function checkpoint(
  run: RunRow,
  page: RosterPage,
  taken: PageTaken,
  { deps, progress }: Work,
): Promise<RunRow> {
  const counts = addCounts(run.counts, taken.counts)
  const vendorSays = { ...run.vendorSays }
  for (const [kind, total] of Object.entries(page.total ?? {})) {
    const name = kind as keyof typeof vendorSays
    vendorSays[name] = Math.max(vendorSays[name] ?? 0, total)
  }
  const set = {
    counts,
    vendorSays,
    nameless: addNameless(run.nameless, taken.nameless),
    pages: run.pages + 1,
    checkpointAt: deps.now(),
    progress: progressOf({ ...run, counts, vendorSays }, page),
    ...(page.cursor !== undefined && { cursor: page.cursor }),
    nextCursor: page.cursor ?? null,
  }
  const kept = await changeRun(run, { worker: run.worker, status: 'running' }, { $set: set })
  if (!kept) throw new RunTaken('no longer ours')
  if (set.progress !== null) progress(set.progress)
  tell(kept, deps)
  deps.countRows(run, {
    connectionId: run.connectionId,
    capability: run.capability,
    rows: rowsOf(page),
  })
  return kept
}

function rowsOf({ orgs, academicSessions, classes, users, enrollments }: RosterPage): number {
  const lists = [orgs, academicSessions, classes, users, enrollments]
  return lists.reduce((sum, list) => sum + (list?.length ?? 0), 0)
}

function addCounts(a: CountsByKind, b: CountsByKind): CountsByKind {
  const sum = noCounts()
  for (const [kind, of] of Object.entries(sum)) {
    const name = kind as keyof CountsByKind
    for (const field of Object.keys(of) as (keyof typeof of)[]) {
      of[field] = a[name][field] + b[name][field]
    }
  }
  return sum
}

function addNameless(a: Nameless, b: Nameless): Nameless {
  const sum: Nameless = { ...a }
  for (const [kind, { refused, leftOut }] of Object.entries(b)) {
    const name = kind as keyof Nameless
    const before = sum[name] ?? { refused: 0, leftOut: 0 }
    sum[name] = { refused: before.refused + refused, leftOut: before.leftOut + leftOut }
  }
  return sum
}

/** After the last page: removal, within what was agreed to, and the count of what is missing. */
async function conclude(work: Work): Promise<void> {
  const { ctx, run, deps, signal } = work
  const now = deps.now()
  const seen = await recount(run)
  const gaps = gapsOf(run, seen)
  const removable = await findRemovable(run, new Set(gaps.keys()))
  const limit = await deps.mostRemovedPercentOf(run.tenantId)
  const { removals, held } = await judgeRemoval(run, removable, limit)
  if (held && removals !== run.confirmed) {
    await holdRun({ ...work, run: { ...run, counts: seen } }, held)
    return
  }
  await removeGone(ctx, run, removable, { now, signal })
  await demoteFormerTeachers(ctx, run, now)
  const counts = await recount(run)
  const { loss, isGrave } = await verify(ctx, run, counts, { now, signal })
  await endRun({ ...work, run: { ...run, counts, loss } }, { isGrave })
}

async function preview(work: Work): Promise<void> {
  const { ctx, deps, signal } = work
  const counts = noCounts()
  const vendorSays: RunRow['vendorSays'] = {}
  let run: RunRow = { ...work.run, cursor: null }
  const look = createPreview(run, counts)
  await eachPage({ ...work, run }, async (page) => {
    signal.throwIfAborted()
    await look.add(page)
    Object.assign(vendorSays, page.total)
    const set = { counts, vendorSays, pages: run.pages + 1 }
    const kept = await changeRun(run, { worker: run.worker, status: 'running' }, { $set: set })
    if (!kept) throw new RunTaken('no longer ours')
    run = kept
    tell(run, deps)
  })
  await look.end((kind) => !gapsOf({ vendorSays }, counts).has(kind))
  const where = { worker: run.worker, status: 'running' }
  const ended = await move(
    ctx,
    run,
    where,
    { to: 'succeeded', set: { counts, vendorSays, progress: 1 } },
    deps,
  )
  if (!ended) throw new RunTaken('no longer ours')
}
