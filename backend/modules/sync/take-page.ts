import type { BulkAnswer } from '../../../shared/api/roster-bulk.ts'
import { AppError } from '../../../shared/errors.ts'
import type { SourcedRecord } from '../../connector-kit/index.ts'
import { writeRosterRows } from '../roster/index.ts'
import { type NewChange, noteChanges } from './change-store.ts'
import { type CountsByKind, type KeptKind, keptKinds, noCounts, rosterKindOf } from './kinds.ts'
import { findLinks, type LinkRow, type LinkWrite, writeLinks } from './link-store.ts'
import { type Plan, planOf, refusal, seenAgain } from './plan.ts'
import { distinct, inTheirWords, type KeptRecord, storedIdOf } from './records.ts'
import type { RunRow } from './run-store.ts'
import type { SourcePage } from './sources.ts'
import { takeClasses } from './take-classes.ts'
import { withPeople } from './take-people.ts'
import { takeRefusals } from './take-refusals.ts'
import type { PageTaken, Taking } from './taking.ts'

/** Writes a page: first where its records come from, then the records, then what became of them. Done twice it changes nothing. */
export async function takePage(taking: Taking, page: SourcePage): Promise<PageTaken> {
  const { run, deps } = taking
  const taken: PageTaken = { counts: noCounts(), nameless: {} }
  await leaveOut(taking, 'orgs', page.orgs ?? [], taken)
  await leaveOut(taking, 'academicSessions', page.academicSessions ?? [], taken)
  for (const kind of keptKinds) await takeKind(taking, kind, distinct(page, kind), taken)
  await takeRefusals(run, page.refused ?? [], taken, deps.now())
  await takeClasses(taking, page, taken)
  return taken
}

async function leaveOut(
  { run }: Taking,
  kind: 'orgs' | 'academicSessions',
  records: readonly SourcedRecord[],
  { counts }: PageTaken,
): Promise<void> {
  // Schools may share organisations and terms, which are only counted: each connection for itself.
  const keyOf = (sourcedId: string) => `${run.connectionId}:${sourcedId}`
  const ids = [...new Set(records.map(({ sourcedId }) => sourcedId))]
  const links = await findLinks(run.tenantId, kind, ids.map(keyOf))
  const writes: LinkWrite[] = []
  for (const sourcedId of ids) {
    const link = links.get(keyOf(sourcedId))
    if (link?.seenIn !== run._id) {
      counts[kind].seen++
      counts[kind].leftOut++
    }
    const write = seenAgain(run, kind, sourcedId, link)
    writes.push({ ...write, storedId: keyOf(sourcedId), leftOut: true })
  }
  await writeLinks(run, writes)
}

async function takeKind(
  taking: Taking,
  kind: KeptKind,
  records: ReadonlyMap<string, KeptRecord>,
  { counts }: PageTaken,
): Promise<void> {
  if (records.size === 0) return
  const { ctx, run, deps } = taking
  const stored = [...records.keys()].map((id) => storedIdOf(run, id))
  const links = await findLinks(run.tenantId, kind, stored)
  const planned: Plan[] = []
  const changes: NewChange[] = []
  for (const [sourcedId, record] of records) {
    const link = links.get(storedIdOf(run, sourcedId))
    if (link && (await isOfAnother(taking, link))) {
      counts[kind].seen++
      counts[kind].refused++
      changes.push(refusal(kind, sourcedId, 'other_connection', 'comes from another connection'))
      continue
    }
    planned.push(planOf(run, kind, record, link))
  }
  const plans = await withPeople(taking, kind, records, planned)
  await writeLinks(
    run,
    plans.map(({ write }) => write),
  )
  const rows = plans.flatMap(({ row }) => (row ? [row] : []))
  const { results } = await writeRosterRows(ctx, rosterKindOf[kind], rows)
  const settled = settleAll(run, plans, results)
  await writeLinks(
    run,
    settled.filter((write, at) => write !== plans[at]?.write),
  )
  for (const [at, write] of settled.entries()) {
    count(counts, kind, { before: plans[at]?.before, write }, run._id)
    const { sourcedId, outcome } = write
    if (outcome === 'created' || outcome === 'updated') {
      changes.push({ kind, sourcedId, change: outcome })
    }
  }
  await noteChanges(run, [...changes, ...refusalsIn(taking, kind, plans, results)], deps.now())
}

type Result = BulkAnswer['results'][number]

/** The links as they are, now that the roster has answered. */
function settleAll(run: RunRow, plans: readonly Plan[], results: readonly Result[]): LinkWrite[] {
  const answers = new Map(results.map((result) => [result.sourcedId, result.status]))
  return plans.map(({ before, write, row }) => {
    const status = row ? answers.get(rowId(row)) : undefined
    if (status === 'failed') {
      // What was taken over before stays as it was.
      const { taken = false, hash = null } = before ?? {}
      return { ...write, taken, hash, outcome: null, refusedIn: run._id }
    }
    // Somebody whom the roster knew before is not new to it.
    if (row && rowId(row) !== write.storedId && write.outcome === 'created') {
      return { ...write, outcome: status === 'updated' ? 'updated' : 'unchanged' }
    }
    // Changed or removed here by hand, and put right.
    const isPutRight = status === 'created' || status === 'updated'
    return isPutRight && write.outcome === 'unchanged' ? { ...write, outcome: 'updated' } : write
  })
}

function refusalsIn(
  { run }: Taking,
  kind: KeptKind,
  plans: readonly Plan[],
  results: readonly Result[],
): NewChange[] {
  const problems = new Map(results.map((result) => [result.sourcedId, result.problem]))
  return plans.flatMap(({ write: { sourcedId }, row }) => {
    const problem = row && problems.get(rowId(row))
    if (!problem) return []
    const why = problem.code === 'not_found' ? 'reference_missing' : 'refused'
    return [refusal(kind, sourcedId, why, inTheirWords(run, problem.detail))]
  })
}

/** As the roster calls it: of somebody matched, the person whom the roster knew. */
function rowId(row: NonNullable<Plan['row']>): string {
  return String(row['sourcedId'])
}

function count(
  counts: CountsByKind,
  kind: KeptKind,
  { before, write }: Pick<Plan, 'before' | 'write'>,
  runId: string,
): void {
  const of = counts[kind]
  const here = before?.seenIn === runId ? before : null
  if (!here) of.seen++
  if (write.refusedIn === runId && here?.refusedIn !== runId) of.refused++
  const was = here?.outcome ?? null
  if (write.outcome === was) return
  if (was) of[was]--
  if (write.outcome) of[write.outcome]++
}

/** Another connection has the record, and still exists. */
async function isOfAnother({ ctx, run, deps, owners }: Taking, link: LinkRow): Promise<boolean> {
  const { connectionId } = link
  if (connectionId === run.connectionId || !link.taken) return false
  const known = owners.get(connectionId)
  if (known !== undefined) return known
  const exists = await deps.sources.read(ctx, connectionId).then(
    ({ deletedAt }) => deletedAt === null,
    (error: unknown) => {
      if (error instanceof AppError && error.code === 'not_found') return false
      throw error
    },
  )
  owners.set(connectionId, exists)
  return exists
}
