import type { RefusedRecord, RosterPage } from '../../connector-kit/index.ts'
import { type CountsByKind, type KeptKind, keptKinds } from './kinds.ts'
import { eachBatch, findLinks, type LinkRow } from './link-store.ts'
import { planOf } from './plan.ts'
import { distinct, isGone, type KeptRecord, storedIdOf } from './records.ts'
import type { RunRow } from './run-store.ts'
import type { SourcePage } from './sources.ts'

/** Counts what a run would do. It keeps the identifiers it has met, as nothing is written. */
export function createPreview(run: RunRow, counts: CountsByKind) {
  const met = new Set<string>()
  const gone = new Set<string>()
  const meet = (kind: string, id: string) => {
    const key = `${kind} ${id}`
    if (met.has(key)) return false
    met.add(key)
    return true
  }

  async function lookAt(kind: KeptKind, page: RosterPage): Promise<void> {
    const records = distinct(page, kind)
    const of = counts[kind]
    const stored = (id: string) => storedIdOf(run, id)
    const links = await findLinks(run.tenantId, kind, [...records.keys()].map(stored))
    for (const [sourcedId, record] of records) {
      if (!meet(kind, sourcedId)) continue
      of.seen++
      const link = links.get(stored(sourcedId))
      if (link?.taken && isGone(record)) gone.add(`${kind} ${sourcedId}`)
      const outcome = outcomeOf(run, kind, record, link)
      if (outcome) of[outcome]++
    }
  }

  function leaveOut(kind: 'orgs' | 'academicSessions', page: RosterPage): void {
    for (const { sourcedId } of page[kind] ?? []) {
      if (!meet(kind, sourcedId)) continue
      counts[kind].seen++
      counts[kind].leftOut++
    }
  }

  function refuse({ kind, sourcedId, outOfScope }: RefusedRecord): void {
    if (sourcedId !== null && !meet(kind, sourcedId)) return
    counts[kind].seen++
    counts[kind][outOfScope ? 'leftOut' : 'refused']++
  }

  /** Of an LMS: classes in which nothing changed, and those that have come whole. */
  async function lookAtClasses({ unchangedClasses = [], wholeClasses = [] }: SourcePage) {
    for (const id of unchangedClasses) {
      if (!meet('classes', id)) continue
      counts.classes.seen++
      counts.classes.unchanged++
    }
    if (wholeClasses.length > 0 && !run.full) await lookForLeavers(wholeClasses)
  }

  async function lookForLeavers(wholeClasses: readonly string[]): Promise<void> {
    const classId = { $in: wholeClasses.map((id) => storedIdOf(run, id)) }
    for await (const batch of eachBatch(run, { kind: 'enrollments', taken: true, classId })) {
      for (const { sourcedId } of batch) {
        if (!met.has(`enrollments ${sourcedId}`)) gone.add(`enrollments ${sourcedId}`)
      }
    }
  }

  return {
    async add(page: SourcePage): Promise<void> {
      leaveOut('orgs', page)
      leaveOut('academicSessions', page)
      for (const kind of keptKinds) await lookAt(kind, page)
      for (const one of page.refused ?? []) refuse(one)
      await lookAtClasses(page)
    },
    /** Counts what is gone: of a whole pull also what did not come. */
    async end(isComplete: (kind: KeptKind) => boolean): Promise<void> {
      for (const kind of keptKinds) {
        const concludes = run.full && isComplete(kind)
        const isGoing = (key: string) => gone.has(key) || (concludes && !met.has(key))
        for await (const batch of eachBatch(run, { kind, taken: true })) {
          const going = batch.filter(({ sourcedId }) => isGoing(`${kind} ${sourcedId}`))
          counts[kind].removed += going.length
        }
      }
    },
  }
}

function outcomeOf(run: RunRow, kind: KeptKind, record: KeptRecord, link: LinkRow | undefined) {
  if (link?.taken && link.connectionId !== run.connectionId) return 'refused'
  return isGone(record) ? null : planOf(run, kind, record, link).write.outcome
}
