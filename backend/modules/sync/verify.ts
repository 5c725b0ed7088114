import type { LossOfKind, LossReason, SyncKind } from '../../../shared/api/syncs.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { RosterContent } from '../roster/index.ts'
import { noteChanges, refusalsOf } from './change-store.ts'
import { createSum, hashContent } from './content-hash.ts'
import { type CountsByKind, type KeptKind, keptKinds } from './kinds.ts'
import { eachBatch, type LinkRow } from './link-store.ts'
import { readOurs } from './read-ours.ts'
import type { RunRow } from './run-store.ts'
import { membersPull } from './sources.ts'

const mostNamed = 100

type Missing = LossOfKind['missing'][number]

interface Finding {
  readonly of: LossOfKind
  /** What is other than only refused or changed by hand. */
  readonly isGrave: boolean
}

/** How many more the other system counts than it sent, by kind. */
export function gapsOf(
  { vendorSays }: Pick<RunRow, 'vendorSays'>,
  counts: CountsByKind,
): ReadonlyMap<SyncKind, number> {
  const gaps = new Map<SyncKind, number>()
  for (const kind of keptKinds) {
    const gap = (vendorSays[kind] ?? 0) - counts[kind].seen
    if (gap > 0) gaps.set(kind, gap)
  }
  return gaps
}

/** Counts and hashes what came against what the database now holds, and names what is missing. */
export async function verify(
  ctx: TenantContext,
  run: RunRow,
  counts: CountsByKind,
  { now, signal }: { readonly now: Date; readonly signal: AbortSignal },
): Promise<{ readonly loss: NonNullable<RunRow['loss']>; readonly isGrave: boolean }> {
  const gaps = gapsOf(run, counts)
  const findings: Finding[] = []
  for (const kind of keptKinds) {
    findings.push(await verifyKind(ctx, run, kind, { counts, gap: gaps.get(kind) ?? 0, signal }))
  }
  const kinds = findings.map(({ of }) => of)
  for (const { kind, missing } of kinds) {
    const lost = missing.filter(({ why }) => !refusedReasons.has(why))
    await noteChanges(
      run,
      lost.map(({ sourcedId, why, detail }) => ({
        kind,
        sourcedId,
        change: 'lost' as const,
        why,
        reason: detail,
      })),
      now,
    )
  }
  const whole = kinds.every(
    ({ missingTotal, sourceHash, ourHash }) => missingTotal === 0 && sourceHash === ourHash,
  )
  return {
    loss: { whole, checkedAt: now, kinds },
    isGrave: findings.some(({ isGrave }) => isGrave),
  }
}

/** These are on record as refusals already. */
const refusedReasons: ReadonlySet<LossReason> = new Set([
  'refused',
  'reference_missing',
  'other_connection',
])
const graveReasons: ReadonlySet<LossReason> = new Set([
  'not_sent',
  'reference_missing',
  'other_connection',
  'not_written',
])

async function verifyKind(
  ctx: TenantContext,
  run: RunRow,
  kind: KeptKind,
  { counts, gap, signal }: { counts: CountsByKind; gap: number; signal: AbortSignal },
): Promise<Finding> {
  const refused = await refusalsOf(run, kind, mostNamed)
  const list = createList()
  for (const { sourcedId, why, reason } of refused.rows) {
    list.add({ sourcedId, why: why ?? 'refused', detail: reason ?? 'cannot be taken over' })
  }
  list.addUnnamed(refused.total - refused.rows.length)
  const held = await compare(ctx, run, kind, { gap, list, signal })
  const { unsent } = held
  if (unsent > 0) {
    list.add({
      sourcedId: null,
      why: 'not_sent',
      detail: `The other system counts ${unsent} more than it sent.`,
    })
    list.addUnnamed(unsent - 1)
  }
  return {
    of: {
      kind,
      vendorSays: run.vendorSays[kind] ?? null,
      received: counts[kind].seen,
      taken: held.taken,
      ours: held.ours,
      sourceHash: held.sourceHash,
      ourHash: held.ourHash,
      missing: list.named,
      missingTotal: list.total(),
    },
    isGrave: list.isGrave(),
  }
}

/** What this connection brought against what the roster holds of it, a thousand at a time. */
async function compare(
  ctx: TenantContext,
  run: RunRow,
  kind: KeptKind,
  { gap, list, signal }: { gap: number; list: List; signal: AbortSignal },
) {
  const source = createSum()
  const own = createSum()
  let taken = 0
  let ours = 0
  let unsent = gap
  for await (const batch of eachBatch(run, { kind, taken: true, ...comparable(run) })) {
    signal.throwIfAborted()
    const { contents, shared } = await readOurs(ctx, run, kind, batch)
    for (const link of batch) {
      taken++
      source.add(link.storedId, link.hash ?? '')
      const content = contents.get(link.storedId)
      const hash = content && hashOf(link, content, shared)
      if (hash !== undefined) {
        ours++
        own.add(link.storedId, hash)
      }
      const why = differenceOf(run, link, { hash, isCounted: unsent > 0 })
      if (why === 'not_sent') unsent--
      if (why) list.add({ sourcedId: link.sourcedId, why, detail: wordsOf[why] })
    }
  }
  return { taken, ours, unsent, sourceHash: source.text(), ourHash: own.text() }
}

/** Between whole runs an LMS sends only courses that changed: what it did not send is as it was. */
function comparable({ _id, capability, full }: RunRow) {
  return capability === membersPull && !full ? { seenIn: _id } : {}
}

/** What several systems say of somebody is not what one of them said: it is there, and that is enough. */
function hashOf(link: LinkRow, content: RosterContent, shared: ReadonlySet<string>): string {
  return shared.has(link.storedId) ? (link.hash ?? '') : hashContent(content)
}

const wordsOf = {
  not_sent: 'The other system counts it, but did not send it; it came in an earlier run.',
  removed_here: 'It was removed here after it was taken over.',
  changed_here: 'It was changed here after it was taken over.',
  not_written: 'It was taken over in this run, and yet it is not in the roster.',
} as const

function differenceOf(
  run: RunRow,
  { seenIn, hash: taken }: LinkRow,
  { hash, isCounted }: { readonly hash: string | undefined; readonly isCounted: boolean },
) {
  // It came before; the other system still counts it.
  if (run.full && seenIn !== run._id && isCounted) return 'not_sent'
  if (hash === taken) return null
  if (hash !== undefined) return 'changed_here'
  return seenIn === run._id ? 'not_written' : 'removed_here'
}

type List = ReturnType<typeof createList>

function createList() {
  const named: Missing[] = []
  let total = 0
  let grave = false
  return {
    named,
    add(one: Missing): void {
      total++
      if (graveReasons.has(one.why)) grave = true
      if (named.length < mostNamed) named.push(one)
    },
    /** More of what was added last. */
    addUnnamed(count: number): void {
      total += Math.max(0, count)
    },
    total: () => total,
    isGrave: () => grave,
  }
}
