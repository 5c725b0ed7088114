import { z } from 'zod'
import { type Contract, Id, IdParams } from './contract.ts'
import { gradeStates } from './grades.ts'
import { ResultCorrection } from './items.ts'

/** What one learner handed in, and where its grade is. */
export const ReviewedAttempt = z.object({
  id: Id,
  score: z.number(),
  maxScore: z.number(),
  comment: z.string().nullable(),
  submittedAt: z.iso.datetime(),
  counts: z.boolean().meta({ description: 'The grade of this attempt is the one that counts' }),
  state: z.enum(gradeStates),
  reason: z.string().nullable().meta({ description: 'Why it waits or was refused' }),
})
export type ReviewedAttempt = z.output<typeof ReviewedAttempt>

const learner = {
  userId: z.string().meta({ description: 'The id that the LMS gives the person' }),
  name: z.string().nullable().meta({ description: 'Null where the LMS does not tell names' }),
}

export const ClassResult = z.object({
  ...learner,
  attempt: ReviewedAttempt.nullable().meta({ description: 'Null: nothing handed in yet' }),
})
export type ClassResult = z.output<typeof ClassResult>

export const ClassResults = z.object({
  title: z.string(),
  results: z.array(ClassResult),
  hasColumn: z
    .boolean()
    .meta({ description: 'The LMS has a gradebook column, or lets us make one' }),
  hasMembers: z.boolean().meta({
    description: 'The LMS told who is in the course; else only those are listed who handed in',
  }),
  isWhole: z.boolean().meta({ description: 'False: the list was cut at 1,000 people' }),
})
export type ClassResults = z.output<typeof ClassResults>

export const SubmissionReview = z.object({
  title: z.string(),
  learner: z.object(learner),
  mayCorrect: z.boolean(),
  attempts: z.array(ReviewedAttempt).meta({ description: 'Newest first' }),
})
export type SubmissionReview = z.output<typeof SubmissionReview>

export const ltiReviewApi = {
  'GET /api/v1/lti/class-results': {
    summary: 'The results of the class for the activity of this launch, and where each grade is',
    access: 'launch',
    scope: 'lti.review',
    response: ClassResults,
    errors: ['forbidden'],
  },
  'POST /api/v1/lti/class-results/resend': {
    summary: 'Send the refused grades of the activity of this launch again',
    access: 'launch',
    scope: 'lti.review',
    response: z.object({ count: z.number().int() }),
    status: 202,
    errors: ['forbidden'],
  },
  'GET /api/v1/lti/review': {
    summary: 'The work that this launch is to review (LTI Submission Review 1.0)',
    description: 'A teacher sees the learner that the LMS names; a learner sees their own.',
    access: 'launch',
    scope: 'lti.review',
    response: SubmissionReview,
    errors: ['forbidden', 'not_found'],
  },
  'PATCH /api/v1/lti/review/attempts/:id': {
    summary: 'Correct the score of an attempt of this activity, or the comment on it',
    description: 'For those who teach the course. The grade in the gradebook follows.',
    access: 'launch',
    scope: 'lti.review',
    params: IdParams,
    body: ResultCorrection,
    response: ReviewedAttempt,
    errors: ['forbidden', 'not_found', 'conflict'],
  },
} satisfies Contract
