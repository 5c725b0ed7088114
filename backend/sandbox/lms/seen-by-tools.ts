import { createHash } from 'node:crypto'
import type { Shares } from './flavours.ts'
import type { Lms } from './lms.ts'
import { people } from './school.ts'
import type { Tool } from './state.ts'

/** What this tool learns of people here. */
export function sharesOf({ flavour }: Pick<Lms, 'flavour'>, tool: Tool): Shares {
  return tool.shares ?? flavour.shares
}

/** A person's id as tools see it. */
export function subjectOf(
  { flavour, baseUrl }: Pick<Lms, 'flavour' | 'baseUrl'>,
  userId: string,
): string {
  if (!flavour.hasOpaqueSubjects) return userId
  const hex = createHash('sha256').update(`${baseUrl} ${userId}`).digest('hex')
  return [8, 4, 4, 4, 12]
    .map((length, part) => {
      const from = [0, 8, 12, 16, 20][part] ?? 0
      return hex.slice(from, from + length)
    })
    .join('-')
}

/** The person a tool means; what is nobody's stays as it is. */
export function userOfSubject(lms: Pick<Lms, 'flavour' | 'baseUrl'>, subject: string): string {
  return people.find(({ id }) => subjectOf(lms, id) === subject)?.id ?? subject
}

/** The frame that tools may keep data with; null where the platform offers none. */
export function storageTarget({ flavour, state }: Pick<Lms, 'flavour' | 'state'>): string | null {
  return flavour.storageFrame ?? (state.settings.platformStorage ? '_parent' : null)
}
