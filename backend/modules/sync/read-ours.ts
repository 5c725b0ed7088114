import type { TenantContext } from '../../core/tenancy.ts'
import {
  personsOf,
  type RosterContent,
  readRosterContent,
  sharedPeople,
  storedIdsOf,
} from '../roster/index.ts'
import { membersOf, renamed } from './group-members.ts'
import { isOfLms, type KeptKind, rosterKindOf } from './kinds.ts'
import type { LinkRow } from './link-store.ts'
import type { RunRow } from './run-store.ts'

export interface Ours {
  readonly contents: ReadonlyMap<string, RosterContent>
  /** Of which other systems have a say, too. */
  readonly shared: ReadonlySet<string>
}

/** What the roster holds of the records, by `storedId`, in the words in which they came. */
export async function readOurs(
  ctx: TenantContext,
  run: RunRow,
  kind: KeptKind,
  batch: readonly LinkRow[],
): Promise<Ours> {
  const ids = batch.map(({ storedId }) => storedId)
  const { connectionId } = run
  if (kind === 'users') return readPeople(ctx, connectionId, ids)
  const contents = await readRosterContent(ctx, rosterKindOf[kind], ids)
  if (kind === 'assignments' || !isOfLms(run)) return { contents, shared: new Set() }
  // In these the student record system has a say.
  const shared = new Set(ids.filter((id) => contents.get(id)?.['sisClassSourcedIds']))
  const users = [...contents.values()].flatMap((content) =>
    kind === 'classes' ? membersOf(content) : [String(content['userSourcedId'])],
  )
  if (users.length === 0) return { contents, shared }
  const theirs = await storedIdsOf(ctx, connectionId, [...new Set(users)])
  const inTheirs = new Map(
    [...contents].map(([id, content]) => {
      if (kind === 'classes') return [id, renamed(content, theirs)] as const
      const userSourcedId = theirs.get(String(content['userSourcedId']))
      return [id, userSourcedId === undefined ? content : { ...content, userSourcedId }] as const
    }),
  )
  return { contents: inTheirs, shared }
}

async function readPeople(
  ctx: TenantContext,
  connectionId: string,
  ids: readonly string[],
): Promise<Ours> {
  const persons = await personsOf(ctx, connectionId, ids)
  const personOf = (id: string) => persons.get(id) ?? id
  const found = await readRosterContent(ctx, 'user', ids.map(personOf))
  const contents = new Map(
    ids.flatMap((id) => {
      const content = found.get(personOf(id))
      return content ? [[id, content] as const] : []
    }),
  )
  return { contents, shared: await sharedPeople(ctx, connectionId, ids) }
}
