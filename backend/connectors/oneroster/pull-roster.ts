import {
  ConnectorError,
  type RosterKind,
  type RosterPage,
  readRows,
} from '../../connector-kit/index.ts'
import { type Cursor, nextPull, readCursor, writeCursor } from './cursor.ts'
import { type CollectionPage, readCollection } from './read-collection.ts'
import { collections, sourcedIdOf } from './schema.ts'
import type { OneRosterContext } from './settings.ts'

/** So few changes may well share a fault by chance. */
const changedFromOfChanges = 10

/** All collections in the order in which they refer to each other, or what changed since the cursor. */
export async function* pullRoster(
  ctx: OneRosterContext,
  since: string | undefined,
): AsyncIterable<RosterPage> {
  let place: Cursor | undefined = readCursor(since)
  let before: readonly unknown[] = []
  while (place) {
    ctx.signal.throwIfAborted()
    const { page, at } = await readPlace(ctx, place)
    const here: Cursor = at
    const [kind, schema] = collections[here.collection] ?? collections[0]
    refuseRepetition(kind, before, page.rows)
    before = page.rows
    const startedAt = here.startedAt ?? (page.at ?? ctx.now()).toISOString()
    const { taken, refused } = readRows(page.rows, {
      schema,
      kind,
      idOf: sourcedIdOf,
      ...(here.changedSince !== undefined && { changedFrom: changedFromOfChanges }),
    })
    place = placeAfter({ ...here, startedAt }, page)
    if (here.collection !== place?.collection) before = []
    const cursor = place ? writeCursor(place) : nextPull(startedAt)
    yield {
      [kind]: taken,
      refused,
      ...(page.total !== undefined && { total: { [kind]: page.total } }),
      ...(cursor !== undefined && { cursor }),
    }
  }
}

/** The page there; all over again where the vendor does not know how to filter by time. */
async function readPlace(
  ctx: OneRosterContext,
  place: Cursor,
): Promise<{ readonly page: CollectionPage; readonly at: Cursor }> {
  const [kind] = collections[place.collection] ?? collections[0]
  const { offset, changedSince } = place
  const limit = ctx.config.pageSize
  try {
    const page = await readCollection(ctx, kind, { offset, limit, changedSince })
    return { page, at: place }
  } catch (error) {
    const mayBeFilter = changedSince !== undefined && place.collection === 0 && offset === 0
    if (!mayBeFilter || !(error instanceof ConnectorError) || error.code !== 'refused') throw error
    ctx.log.info({ connectionId: ctx.connectionId }, 'no filter by time, whole roster pulled')
    return { page: await readCollection(ctx, kind, { offset, limit }), at: readCursor(undefined) }
  }
}

function placeAfter(here: Cursor, { next }: CollectionPage): Cursor | undefined {
  if (next !== undefined) return { ...here, offset: next }
  const collection = here.collection + 1
  return collection < collections.length ? { ...here, collection, offset: 0 } : undefined
}

/** A vendor that ignores the offset would give the same page for ever. */
function refuseRepetition(
  kind: RosterKind,
  before: readonly unknown[],
  rows: readonly unknown[],
): void {
  const known = new Set(before.map(sourcedIdOf))
  const isSame = rows.length === before.length && rows.every((row) => known.has(sourcedIdOf(row)))
  if (rows.length === 0 || !isSame) return
  throw new ConnectorError(
    'reject',
    `The same page of the ${kind} came twice: the service does not turn pages. Enter a larger number of records per request, or ask its maker.`,
    { code: 'not_what_it_says' },
  )
}
