import type { CourseResults } from '../../../../shared/api/lti-results.ts'
import type { ClassMembers } from '../review/class-names.ts'
import type { DeliveryRow } from '../scores/delivery-store.ts'

type Learner = CourseResults['learners'][number]
type Row = Pick<DeliveryRow, 'subject' | 'itemId' | 'score' | 'maxScore' | 'submittedAt'>

/** Of each learner and assessment the latest result: the same one may stand in a course twice. */
export function latestOf<T extends Row>(rows: readonly T[]): T[] {
  const latest = new Map<string, T>()
  for (const row of rows) {
    const key = `${row.subject}\n${row.itemId}`
    const known = latest.get(key)
    if (!known || known.submittedAt <= row.submittedAt) latest.set(key, row)
  }
  return [...latest.values()]
}

/** Everybody of the class with what they did, by name; who has results stays in it after leaving the course. */
export function learnersOf(rows: readonly Row[], members: ClassMembers): Learner[] {
  const bySubject = new Map<string, Learner>()
  for (const [userId, name] of members ?? []) bySubject.set(userId, { userId, name, results: [] })
  for (const { subject: userId, itemId, score, maxScore, submittedAt } of rows) {
    const learner = bySubject.get(userId) ?? { userId, name: null, results: [] }
    learner.results.push({ itemId, score, maxScore, submittedAt: submittedAt.toISOString() })
    bySubject.set(userId, learner)
  }
  return [...bySubject.values()].sort(byName)
}

/** The assessments of the rows, each once, with the marks it had last. */
export function itemsOf(
  rows: readonly Row[],
  titles: ReadonlyMap<string, string>,
): CourseResults['items'] {
  const last = new Map<string, Row>()
  for (const row of rows) {
    const known = last.get(row.itemId)
    if (!known || known.submittedAt < row.submittedAt) last.set(row.itemId, row)
  }
  return [...last.values()].map(({ itemId, maxScore }) => ({
    id: itemId,
    title: titles.get(itemId) ?? null,
    maxScore,
  }))
}

/** Those without a name come last. */
function byName(one: Learner, other: Learner): number {
  const names = (one.name ?? '\uffff').localeCompare(other.name ?? '\uffff', 'en-GB')
  return names || one.userId.localeCompare(other.userId)
}
