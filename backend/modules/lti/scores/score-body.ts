export const activityProgress = [
  'Initialized',
  'Started',
  'InProgress',
  'Submitted',
  'Completed',
] as const
export const gradingProgress = [
  'FullyGraded',
  'Pending',
  'PendingManual',
  'Failed',
  'NotReady',
] as const

/** A score as it is meant; absent `given` clears a score that was sent before. */
export interface Score {
  readonly userId: string
  readonly given?: number
  readonly maximum: number
  readonly activityProgress: (typeof activityProgress)[number]
  readonly gradingProgress: (typeof gradingProgress)[number]
  readonly timestamp: Date
  readonly comment?: string
  readonly scoringUserId?: string
  readonly startedAt?: Date
  readonly submittedAt?: Date
  /** Members of an extension, by its address. */
  readonly extensions?: Readonly<Record<string, unknown>>
}

/** LTI-AGS 2.0 §3.4: `scoreMaximum` is sent exactly when `scoreGiven` is, and is above zero. */
export function scoreBody(score: Score): Record<string, unknown> {
  const { startedAt, submittedAt } = score
  const isGiven = score.given !== undefined && score.maximum > 0
  // QTI puts no floor under a mapping, AGS allows no number below zero.
  const scoreGiven = Math.max(0, score.given ?? 0)
  const hasSubmission = startedAt !== undefined || submittedAt !== undefined
  return {
    userId: score.userId,
    ...(isGiven && { scoreGiven, scoreMaximum: score.maximum }),
    activityProgress: score.activityProgress,
    gradingProgress: score.gradingProgress,
    timestamp: withOffset(score.timestamp),
    ...(score.comment !== undefined && { comment: score.comment }),
    ...(score.scoringUserId !== undefined && { scoringUserId: score.scoringUserId }),
    ...score.extensions,
    ...(hasSubmission && {
      submission: {
        ...(startedAt && { startedAt: withOffset(startedAt) }),
        ...(submittedAt && { submittedAt: withOffset(submittedAt) }),
      },
    }),
  }
}

/** LTI-AGS 2.0 §3.4.4: with fractions of a second and an offset. */
function withOffset(date: Date): string {
  return date.toISOString().replace('Z', '+00:00')
}
