import { z } from 'zod'

const Cursor = z.object({
  /** Token of the page of courses; absent: the first. */
  courses: z.string().optional(),
  /** The course to go on with; absent: the first of them. */
  course: z.string().optional(),
  /** Token of the page of its students; absent: the first, after the teachers. */
  students: z.string().optional(),
})
export type Cursor = z.output<typeof Cursor>

/** The place a cursor names; what cannot be read means from the start, which loses nothing. */
export function readCursor(text: string | undefined): Cursor {
  if (text === undefined) return {}
  try {
    return Cursor.catch({}).parse(JSON.parse(text))
  } catch {
    // Not written by `writeCursor`.
    return {}
  }
}

export function writeCursor(cursor: Cursor): string {
  return JSON.stringify(cursor)
}
