import type { LossReason, SyncKind } from '../../../shared/api/syncs.ts'
import type { NewChange } from './change-store.ts'
import { hashContent } from './content-hash.ts'
import { isOfLms, type KeptKind } from './kinds.ts'
import type { LinkRow, LinkWrite } from './link-store.ts'
import { contentOf, isGone, type KeptRecord, storedIdOf, teaches } from './records.ts'
import type { RunRow } from './run-store.ts'

/** One record of a page on its way into the roster. */
export interface Plan {
  readonly before: LinkRow | undefined
  write: LinkWrite
  readonly row: Readonly<Record<string, unknown>> | null
}

const blank = {
  taken: false,
  hash: null,
  outcome: null,
  refusedIn: null,
  goneIn: null,
  leftOut: false,
  teacherIn: null,
  classId: null,
} as const

/** The link as it is, to be written anew for this run. */
export function seenAgain(
  run: RunRow,
  kind: SyncKind,
  sourcedId: string,
  link: LinkRow | undefined,
): LinkWrite {
  const isHere = link?.seenIn === run._id
  return {
    ...(link ? withoutPlace(link) : blank),
    kind,
    sourcedId,
    storedId: storedIdOf(run, sourcedId),
    seenIn: run._id,
    outcome: isHere ? link.outcome : null,
  }
}

/** What a link says of its record, without whose it is. */
export function withoutPlace(link: LinkRow): LinkWrite {
  const { _id, tenantId: _t, connectionId: _c, capability: _p, ...rest } = link
  return rest
}

/** What is to become of a record that came, before anything is written. */
export function planOf(run: RunRow, kind: KeptKind, record: KeptRecord, link?: LinkRow): Plan {
  const write = seenAgain(run, kind, record.sourcedId, link)
  if (isGone(record)) {
    return { before: link, write: { ...write, goneIn: run._id }, row: null }
  }
  const given = contentOf(run, kind, record)
  const teacherIn = teaches(kind, record) ? run._id : write.teacherIn
  // In one course of an LMS a teacher may learn: until a whole run has met them as such alone, they teach.
  const isTeacher = isOfLms(run) && kind === 'users' && teacherIn !== null
  const content = isTeacher ? { ...given, role: 'teacher' } : given
  const hash = hashContent(content)
  const classId = content['classSourcedId']
  return {
    before: link,
    write: {
      ...write,
      taken: true,
      hash,
      leftOut: false,
      goneIn: null,
      refusedIn: null,
      teacherIn,
      classId: typeof classId === 'string' ? classId : null,
      outcome: outcomeOf(link, hash, run._id),
    },
    row: { method: 'upsert', sourcedId: write.storedId, ...content },
  }
}

function outcomeOf(link: LinkRow | undefined, hash: string, runId: string): LinkWrite['outcome'] {
  // Again in the same run, in another course or after a stop: the first finding counts.
  const earlier = link?.seenIn === runId ? link.outcome : null
  if (earlier === 'created' || earlier === 'updated') return earlier
  if (!link?.taken) return 'created'
  return link.hash === hash ? 'unchanged' : 'updated'
}

/** A record that was not taken over, and why. */
export function refusal(
  kind: SyncKind,
  sourcedId: string | null,
  why: LossReason,
  reason: string,
): NewChange {
  return { kind, sourcedId, change: 'refused', why, reason }
}
