import type { SyncKind } from '../../../shared/api/syncs.ts'
import type { RefusedRecord } from '../../connector-kit/index.ts'
import { type NewChange, noteChanges } from './change-store.ts'
import { findLinks, type LinkWrite, writeLinks } from './link-store.ts'
import { refusal, seenAgain } from './plan.ts'
import { storedIdOf } from './records.ts'
import type { RunRow } from './run-store.ts'
import type { PageTaken } from './taking.ts'

/** Notes what the connector could not read; what was taken over before stays as it was. */
export async function takeRefusals(
  run: RunRow,
  refused: readonly RefusedRecord[],
  taken: PageTaken,
  now: Date,
): Promise<void> {
  for (const kind of new Set(refused.map((one) => one.kind))) {
    const ofKind = refused.filter((one) => one.kind === kind)
    const changes = [
      ...(await takeNamed(run, kind, ofKind, taken)),
      ...takeNameless(run, kind, ofKind, taken),
    ]
    await noteChanges(run, changes, now)
  }
}

async function takeNamed(
  run: RunRow,
  kind: SyncKind,
  refused: readonly RefusedRecord[],
  { counts }: PageTaken,
): Promise<NewChange[]> {
  const named = new Map<string, RefusedRecord>()
  for (const one of refused) if (one.sourcedId !== null) named.set(one.sourcedId, one)
  const stored = (id: string) => storedIdOf(run, id)
  const links = await findLinks(run.tenantId, kind, [...named.keys()].map(stored))
  const writes: LinkWrite[] = []
  const changes: NewChange[] = []
  for (const [sourcedId, { outOfScope, path, reason }] of named) {
    const link = links.get(stored(sourcedId))
    // Taken in another course, or of another connection: nothing to note.
    if (link && (link.seenIn === run._id || link.connectionId !== run.connectionId)) continue
    const write = seenAgain(run, kind, sourcedId, link)
    counts[kind].seen++
    counts[kind][outOfScope ? 'leftOut' : 'refused']++
    if (outOfScope) {
      writes.push({ ...write, leftOut: true, goneIn: run._id })
    } else {
      writes.push({ ...write, refusedIn: run._id })
      changes.push(refusal(kind, sourcedId, 'refused', `${path} ${reason}`))
    }
  }
  await writeLinks(run, writes)
  return changes
}

function takeNameless(
  run: RunRow,
  kind: SyncKind,
  refused: readonly RefusedRecord[],
  { counts, nameless }: PageTaken,
): NewChange[] {
  const rest = refused.filter(({ sourcedId }) => sourcedId === null)
  if (rest.length === 0) return []
  const bad = rest.filter(({ outOfScope }) => !outOfScope)
  const numbers = { refused: bad.length, leftOut: rest.length - bad.length }
  nameless[kind] = numbers
  counts[kind].seen += rest.length
  counts[kind].refused += numbers.refused
  counts[kind].leftOut += numbers.leftOut
  return bad.map(({ path, reason }, no) => ({
    ...refusal(kind, null, 'refused', `${path} ${reason}`),
    key: `page ${run.pages + 1}, ${no}`,
  }))
}
