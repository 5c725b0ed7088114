import { z } from 'zod'

const Some = z.object({ courses: z.array(z.string().min(1).max(200)).min(1) })

/**
 * A cursor for `courses.pull` that asks for some courses alone, each whole. A connector that cannot do that takes it
 * for a cursor that it did not write and reads everything, which loses nothing.
 */
export function cursorOfCourses(courseIds: readonly string[]): string {
  return JSON.stringify({ courses: courseIds })
}

/** The courses that a cursor asks for; undefined where it is one of another kind. */
export function coursesOfCursor(cursor: string | null | undefined): readonly string[] | undefined {
  if (!cursor?.startsWith('{"courses":[')) return undefined
  try {
    return Some.parse(JSON.parse(cursor)).courses
  } catch {
    // Not written by `cursorOfCourses`.
    return undefined
  }
}
