import type { Lms } from '../lms.ts'
import { Refusal } from '../refusal.ts'
import { findCourse, roleIn } from '../school.ts'
import { subjectOf, userOfSubject } from '../seen-by-tools.ts'
import { activityProgresses, gradingProgresses, type LineItem, type Score } from '../state.ts'
import { resultUrl } from './service-urls.ts'

type Fields = Readonly<Record<string, unknown>>

/** AGS §3.4: accepts a score when it is newer than the one before it. */
export function acceptScore(lms: Lms, item: LineItem, fields: Fields): Score {
  const score = readScore(lms, item, fields)
  if (roleIn(findCourse(item.courseId), score.userId) === undefined) {
    throw invalid(`user ${score.userId} is not in this course`)
  }
  const before = scoreOf(lms, item, score.userId)
  if (before && Date.parse(score.timestamp) <= Date.parse(before.timestamp)) {
    throw new Refusal(
      409,
      'outdated_score',
      'A score with the same or a newer timestamp was already received.',
    )
  }
  const accepted: Score = { ...score, received: (before?.received ?? 0) + 1 }
  lms.state.scores = [...lms.state.scores.filter((other) => other !== before), accepted]
  return accepted
}

/** The score in one cell of the gradebook, if there is one. */
export function scoreOf(
  { state }: Pick<Lms, 'state'>,
  item: LineItem,
  userId: string,
): Score | undefined {
  return state.scores.find((score) => score.lineItemId === item.id && score.userId === userId)
}

function readScore(lms: Lms, item: LineItem, fields: Fields): Score {
  const { userId } = fields
  if (typeof userId !== 'string' || userId === '') throw invalid('userId is required')
  return {
    lineItemId: item.id,
    userId: userOfSubject(lms, userId),
    timestamp: readTimestamp(fields['timestamp']),
    ...readPoints(fields['scoreGiven'], fields['scoreMaximum']),
    activityProgress: oneOf(activityProgresses, fields['activityProgress'], 'activityProgress'),
    gradingProgress: oneOf(gradingProgresses, fields['gradingProgress'], 'gradingProgress'),
    comment: typeof fields['comment'] === 'string' ? fields['comment'] : '',
    received: 0,
  }
}

const isoWithZone = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/

/** AGS §3.4.4: ISO 8601 with a time zone. */
function readTimestamp(value: unknown): string {
  if (typeof value === 'string' && isoWithZone.test(value) && !Number.isNaN(Date.parse(value))) {
    return value
  }
  throw invalid('timestamp must be an ISO 8601 time with a time zone')
}

/** AGS §3.4.5: scoreMaximum belongs to scoreGiven; a score may be above it, not below zero. */
function readPoints(given: unknown, maximum: unknown): Pick<Score, 'scoreGiven' | 'scoreMaximum'> {
  if (given === undefined || given === null) {
    if (maximum === undefined || maximum === null) {
      return { scoreGiven: undefined, scoreMaximum: undefined }
    }
    throw invalid('scoreMaximum is only allowed together with scoreGiven')
  }
  if (typeof given !== 'number' || !(given >= 0)) throw invalid('scoreGiven must be 0 or more')
  if (typeof maximum !== 'number' || !(maximum > 0)) {
    throw invalid('scoreMaximum must be above zero when scoreGiven is there')
  }
  return { scoreGiven: given, scoreMaximum: maximum }
}

function oneOf<T extends string>(allowed: readonly T[], value: unknown, name: string): T {
  const found = allowed.find((one) => one === value)
  if (found === undefined) throw invalid(`${name} must be one of ${allowed.join(', ')}`)
  return found
}

function invalid(reason: string): Refusal {
  return new Refusal(400, 'invalid_score', `The score is not valid: ${reason}.`)
}

/** The mark in the column's own scale; only a fully graded score counts. */
export function resultScore(item: LineItem, score: Score): number | undefined {
  if (score.gradingProgress !== 'FullyGraded') return undefined
  if (score.scoreGiven === undefined || score.scoreMaximum === undefined) return undefined
  const scaled = (score.scoreGiven / score.scoreMaximum) * item.scoreMaximum
  return Math.round(scaled * 1e5) / 1e5
}

/** AGS §3.3: the results of a column, as in Moodle without `resultScore` while nothing is graded. */
export function resultsOf(
  lms: Lms,
  item: LineItem,
  subject: string | undefined,
): Record<string, unknown>[] {
  const userId = subject === undefined ? undefined : userOfSubject(lms, subject)
  return lms.state.scores
    .filter((score) => score.lineItemId === item.id && (userId ?? score.userId) === score.userId)
    .map((score) => {
      const mark = resultScore(item, score)
      return {
        id: resultUrl(lms, item, subjectOf(lms, score.userId)),
        userId: subjectOf(lms, score.userId),
        scoreOf: resultUrl(lms, item, subjectOf(lms, score.userId)).replace(/\/results\/[^?]*/, ''),
        ...(mark === undefined ? {} : { resultScore: mark, resultMaximum: item.scoreMaximum }),
        ...(score.comment === '' ? {} : { comment: score.comment }),
        timestamp: score.timestamp,
      }
    })
}
