import { z } from 'zod'

const Cursor = z.object({
  /** Number of the collection, in the order of the pull. */
  collection: z.int().min(0).default(0),
  offset: z.int().min(0).default(0),
  /** Only what changed since; absent: everything. */
  changedSince: z.iso.datetime().optional(),
  /** When the pull began, by the vendor's clock. */
  startedAt: z.iso.datetime().optional(),
})
export type Cursor = z.output<typeof Cursor>

/** Vendors round times, stamp them at night, and read "since" as they like. */
const overlapMs = 24 * 3_600_000

/** The place a cursor names; what cannot be read means from the start, which loses nothing. */
export function readCursor(text: string | undefined): Cursor {
  const start = Cursor.parse({})
  if (text === undefined) return start
  try {
    return Cursor.catch(start).parse(JSON.parse(text))
  } catch {
    // Not written by `writeCursor`.
    return start
  }
}

export function writeCursor(cursor: Cursor): string {
  return JSON.stringify(cursor)
}

/** Where the pull after a complete one begins. */
export function nextPull(startedAt: string | undefined): string | undefined {
  if (startedAt === undefined) return undefined
  const changedSince = new Date(Date.parse(startedAt) - overlapMs).toISOString()
  return writeCursor({ collection: 0, offset: 0, changedSince })
}
