/**
 * What Canvas shows a teacher beside the grade: the work itself, opened by a launch to this address.
 * A correction is no new submission (Canvas, “Extensions to AGS”, checked against its sources).
 */
export function canvasSubmission(submission: {
  readonly reviewUrl: string
  readonly isNew: boolean
  readonly submittedAt: Date
}): Record<string, unknown> {
  return {
    'https://canvas.instructure.com/lti/submission': {
      new_submission: submission.isNew,
      submission_type: 'basic_lti_launch',
      submission_data: submission.reviewUrl,
      submitted_at: submission.submittedAt.toISOString(),
    },
  }
}
