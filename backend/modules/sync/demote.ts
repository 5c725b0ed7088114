import type { TenantContext } from '../../core/tenancy.ts'
import { readRosterContent, writeRosterRows } from '../roster/index.ts'
import { noteChanges } from './change-store.ts'
import { hashContent } from './content-hash.ts'
import { isOfLms } from './kinds.ts'
import { eachBatch, type LinkRow, writeLinks } from './link-store.ts'
import { withoutPlace } from './plan.ts'
import type { RunRow } from './run-store.ts'

/** Whoever taught once and was met in no course as a teacher by this whole run, learns. */
export async function demoteFormerTeachers(
  ctx: TenantContext,
  run: RunRow,
  now: Date,
): Promise<void> {
  if (!isOfLms(run) || !run.full) return
  const former = {
    kind: 'users',
    taken: true,
    seenIn: run._id,
    teacherIn: { $nin: [null, run._id] },
  } as const
  for await (const batch of eachBatch(run, former)) await demote(ctx, run, batch, now)
}

async function demote(
  ctx: TenantContext,
  run: RunRow,
  batch: readonly LinkRow[],
  now: Date,
): Promise<void> {
  const contents = await readRosterContent(
    ctx,
    'user',
    batch.map(({ storedId }) => storedId),
  )
  const rows = batch.flatMap((link) => {
    const content = contents.get(link.storedId)
    return content ? [{ link, content: { ...content, role: 'student' } }] : []
  })
  await writeRosterRows(
    ctx,
    'user',
    rows.map(({ link, content }) => ({ method: 'upsert', sourcedId: link.storedId, ...content })),
  )
  await writeLinks(
    run,
    rows.map(({ link, content }) => ({
      ...withoutPlace(link),
      hash: hashContent(content),
      teacherIn: null,
      outcome: link.outcome === 'created' ? 'created' : 'updated',
    })),
  )
  await noteChanges(
    run,
    rows.map(({ link }) => ({ kind: 'users', sourcedId: link.sourcedId, change: 'updated' })),
    now,
  )
}
