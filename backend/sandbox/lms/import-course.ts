import type { Lms } from './lms.ts'
import { Refusal } from './refusal.ts'
import { type Course, findCourse } from './school.ts'
import { type ResourceLink, takeId } from './state.ts'

/** Copies the activities of another course with their columns, as LMSs do at the start of a year; grades stay. */
export function importCourse(lms: Lms, fromId: string, to: Course): ResourceLink[] {
  const from = findCourse(fromId)
  if (from.id === to.id) {
    throw new Refusal(400, 'invalid_request', 'A course cannot be imported into itself.')
  }
  const { links, lineItems } = lms.state
  return links
    .filter(({ courseId }) => courseId === from.id)
    .map((link) => {
      const copy = { ...link, id: takeId(lms.state), courseId: to.id, copiedFrom: historyOf(link) }
      links.push(copy)
      for (const column of lineItems.filter(({ linkId }) => linkId === link.id)) {
        lineItems.push({
          ...column,
          id: takeId(lms.state),
          courseId: to.id,
          linkId: copy.id,
        })
      }
      return copy
    })
}

/** The copy before this one comes first (LTI 1.3 §B `ResourceLink.id.history`). */
function historyOf({ id, courseId, copiedFrom }: ResourceLink) {
  return {
    courseIds: [courseId, ...(copiedFrom?.courseIds ?? [])],
    linkIds: [id, ...(copiedFrom?.linkIds ?? [])],
  }
}
