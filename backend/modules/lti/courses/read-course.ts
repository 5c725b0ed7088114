import { createHash } from 'node:crypto'
import { AppError } from '../../../../shared/errors.ts'
import type { PlatformRow } from '../platforms/platform-store.ts'
import { type Member, readMembers } from '../services/memberships.ts'
import type { ServiceDeps } from '../services/service-call.ts'
import type { CourseMemory, CourseRow } from './course-store.ts'

/** More people are in no course. */
const mostMembers = 20_000

interface Read extends CourseMemory {
  readonly members: readonly Member[]
  /** Members that name no person. */
  readonly unreadable: number
}

/** What became of the attempt to read a course. */
export type CourseReading = { readonly course: CourseRow } & (
  | ({ readonly is: 'read' } & Read)
  /** Only what has changed since it was read last. */
  | ({ readonly is: 'changed' } & Read)
  | ({ readonly is: 'same' } & CourseMemory)
  /** The LMS no longer has it. */
  | { readonly is: 'gone' }
  /** It was read once, and is no longer to be read. */
  | { readonly is: 'unread'; readonly reason: string }
  /** Nothing was ever offered. */
  | { readonly is: 'closed' }
)

interface How {
  readonly full: boolean
  readonly signal: AbortSignal
  readonly requestId: string
}

/** Reads who belongs to a course: only the differences where that is enough and the LMS offers them. */
export async function readCourse(
  deps: ServiceDeps,
  platform: PlatformRow,
  course: CourseRow,
  how: How,
): Promise<CourseReading> {
  const { membershipsUrl, synced = null } = course
  if (membershipsUrl === null) {
    if (synced === null) return { course, is: 'closed' }
    return { course, is: 'unread', reason: 'The LMS no longer offers the members of this course' }
  }
  const { signal, requestId } = how
  const read = (url: string) => readAll(deps, platform, url, { signal, requestId })
  try {
    if (!how.full && synced?.differencesUrl) {
      const changes = await read(synced.differencesUrl).catch(unlessAborted(signal))
      if (changes) return ofDifferences(course, synced, changes)
    }
    const whole = await read(membershipsUrl)
    const hash = hashOf(course, whole.members, whole.unreadable)
    const { differencesUrl } = whole
    if (!how.full && synced?.hash === hash) return { course, is: 'same', hash, differencesUrl }
    return { course, is: 'read', ...whole, hash }
  } catch (error) {
    if (!(error instanceof AppError) || isPassing(error)) throw error
    if (error.code === 'lti_service_gone') return { course, is: 'gone' }
    return { course, is: 'unread', reason: error.message }
  }
}

/** What an LMS cannot do at the moment is tried again, from this course on. */
function isPassing({ code }: AppError): boolean {
  return code === 'upstream_unavailable' || code === 'upstream_timeout'
}

/** An address of differences may have lapsed; then the whole list is read. */
function unlessAborted(signal: AbortSignal) {
  return (error: unknown): null => {
    if (signal.aborted || !(error instanceof AppError) || isPassing(error)) throw error
    return null
  }
}

type ReadAll = Omit<Read, 'hash'>

function ofDifferences(course: CourseRow, synced: CourseMemory, changes: ReadAll): CourseReading {
  const { differencesUrl } = changes
  if (changes.members.length === 0 && changes.unreadable === 0) {
    return { course, is: 'same', hash: synced.hash, differencesUrl }
  }
  // The hash was of the whole list, which nobody has read now.
  return { course, is: 'changed', ...changes, hash: null }
}

async function readAll(
  deps: ServiceDeps,
  platform: PlatformRow,
  url: string,
  how: Omit<How, 'full'>,
): Promise<ReadAll> {
  const members: Member[] = []
  let unreadable = 0
  let differencesUrl: string | null = null
  for await (const page of readMembers(deps, platform, url, how)) {
    members.push(...page.members)
    unreadable += page.unreadable
    // Any page may carry it; the last one that does was written last.
    differencesUrl = page.differencesUrl ?? differencesUrl
    if (members.length > mostMembers) {
      throw new AppError(
        'upstream_response_too_large',
        `The course has more than ${mostMembers.toLocaleString('en-GB')} members`,
      )
    }
  }
  return { members, unreadable, differencesUrl }
}

/** The same for the same people in any order. */
function hashOf({ title, label }: CourseRow, members: readonly Member[], unreadable: number) {
  const lines = members.map(({ custom: _, ...rest }) => JSON.stringify(rest)).toSorted()
  return createHash('sha256')
    .update(JSON.stringify([title, label, unreadable, lines]))
    .digest('base64url')
    .slice(0, 27)
}
