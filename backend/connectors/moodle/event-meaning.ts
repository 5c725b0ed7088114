import type { SourceChangeKind } from '../../connector-kit/index.ts'

export interface EventMeaning {
  readonly capability: 'courses' | 'grades'
  readonly change: SourceChangeKind
  readonly courseId?: string
  readonly entity?: string
}

interface PostedFacts {
  readonly eventname: string
  readonly courseid?: unknown
  readonly objecttable?: string | null | undefined
  readonly objectid?: unknown
  readonly relateduserid?: unknown
}

const core = '^\\\\core\\\\event\\\\'

/** What changes courses, who is in them, what is set there, and how it was graded. */
const kinds: readonly (readonly [RegExp, SourceChangeKind])[] = [
  [new RegExp(`${core}course_deleted$`), 'course-deleted'],
  [new RegExp(`${core}course_(created|updated|restored)$`), 'course'],
  [new RegExp(`${core}(user_enrolment_\\w+|role_(un)?assigned)$`), 'members'],
  [new RegExp(`${core}group(ing)?_(created|updated|deleted)$`), 'members'],
  [new RegExp(`${core}(group_member_(added|removed)|grouping_group_(un)?assigned)$`), 'members'],
  [new RegExp(`${core}user_(updated|deleted)$`), 'people'],
  [new RegExp(`${core}course_module_(created|updated|deleted)$`), 'assignments'],
  [new RegExp(`${core}(user_graded|grade_deleted)$`), 'grades'],
]

/** What an event means here; null where it is of no interest. */
export function meaningOf(event: PostedFacts): EventMeaning | null {
  const change = kinds.find(([name]) => name.test(event.eventname))?.[1]
  if (change === undefined) return null
  const courseId = numberIn(event.courseid)
  // The front page is course 1: what happens there may be about any.
  const isOfOne = courseId !== undefined && courseId !== '1'
  const isOfAny = change === 'people' || change === 'course-deleted'
  const object = numberIn(event.objectid)
  // A course that is gone is the course still.
  const about = change === 'course-deleted' ? 'course' : change
  const facts = [about, event.objecttable ?? '', object ?? '', numberIn(event.relateduserid) ?? '']
  return {
    capability: change === 'grades' ? 'grades' : 'courses',
    change,
    ...(isOfOne && !isOfAny && { courseId }),
    ...(object !== undefined && { entity: facts.join(' ') }),
  }
}

function numberIn(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && /^[1-9]\d{0,17}$/.test(text) ? text : undefined
}
