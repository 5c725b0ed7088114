import { z } from 'zod'
import { type Contract, Id, IdParams, listOf, Timestamps } from './contract.ts'
import { ChangedBetween, listQuery, MadeBetween, MadeList } from './list-query.ts'

export const gradeStates = ['waiting', 'sent', 'refused', 'no-column'] as const

/** The grade of one learner for one activity that counts, and whether it is in the gradebook. */
export const Grade = z.object({
  id: Id,
  attemptId: Id,
  itemId: Id,
  learnerId: z.string().meta({ description: '`<LMS id>/<user id there>`' }),
  platformId: Id,
  courseId: Id.nullable(),
  score: z.number(),
  maxScore: z.number(),
  comment: z.string().nullable(),
  revision: z
    .number()
    .int()
    .meta({ description: '1 for the result itself, one more with each correction' }),
  scoreDate: z.iso.datetime().meta({ description: 'When the learner handed in' }),
  state: z.enum(gradeStates).meta({
    description: '`no-column`: the LMS offers no gradebook column for this link',
  }),
  reason: z
    .string()
    .nullable()
    .meta({ description: 'Why it waits or was refused, in plain words' }),
  tries: z.number().int(),
  nextTryAt: z.iso.datetime().nullable(),
  ...Timestamps,
})
export type Grade = z.output<typeof Grade>

export const GradeList = listQuery({
  sort: ['-createdAt', 'updatedAt', 'scoreDate'],
  filters: {
    state: z.enum(gradeStates).optional(),
    platformId: Id.optional(),
    courseId: Id.optional(),
    itemId: Id.optional(),
    attemptId: Id.optional(),
    ...MadeBetween,
    ...ChangedBetween,
  },
})
export type GradeList = z.output<typeof GradeList>

export const GradeSelection = z
  .object({
    platformId: Id.optional(),
    courseId: Id.optional(),
    itemId: Id.optional(),
    state: z.enum(['sent', 'refused']).optional().meta({
      description: 'Only these; where absent, everything that has a column',
    }),
  })
  .meta({ description: 'Which grades; at least an LMS, a course or an item' })
export type GradeSelection = z.output<typeof GradeSelection>

const differenceKinds = ['missing', 'different', 'unexpected'] as const

/** What a gradebook and the grades here were found to differ in. */
export const GradeComparison = z.object({
  id: Id,
  courseId: Id,
  status: z.enum(['waiting', 'done', 'failed']),
  repair: z.boolean().meta({ description: 'Grades that are missing or different are sent again' }),
  columns: z.number().int().meta({ description: 'Gradebook columns that were read' }),
  compared: z.number().int().meta({ description: 'Grades here that have one of those columns' }),
  equal: z.number().int(),
  missing: z.number().int().meta({ description: 'Sent, but not in the gradebook' }),
  different: z.number().int().meta({ description: 'Another score there' }),
  unexpected: z.number().int().meta({ description: 'In the gradebook, and not known here' }),
  waiting: z.number().int().meta({ description: 'Still on their way, so not compared' }),
  repaired: z.number().int(),
  differences: z
    .array(
      z.object({
        kind: z.enum(differenceKinds),
        learnerId: z.string(),
        itemId: Id.nullable(),
        gradeId: Id.nullable(),
        here: z.number().nullable().meta({ description: 'Share of the greatest score, 0 to 1' }),
        there: z.number().nullable().meta({ description: 'Share of the greatest score, 0 to 1' }),
      }),
    )
    .meta({ description: 'The first 1,000' }),
  detail: z.string().nullable().meta({ description: 'Why it failed' }),
  ...Timestamps,
})
export type GradeComparison = z.output<typeof GradeComparison>

export const GradeComparisonList = MadeList.extend({ courseId: Id.optional() })
export type GradeComparisonList = z.output<typeof GradeComparisonList>

export const gradesApi = {
  'GET /api/v1/grades': {
    summary: 'List grades and where each is: one for each learner and gradebook column',
    access: 'tenant',
    scope: 'grades.read',
    query: GradeList,
    response: listOf(Grade),
  },
  'GET /api/v1/grades/:id': {
    summary: 'Get one grade and where it is',
    access: 'tenant',
    scope: 'grades.read',
    params: IdParams,
    response: Grade,
  },
  'POST /api/v1/grades/:id/resend': {
    summary: 'Send a grade again now, also one that was sent',
    access: 'tenant',
    scope: 'grades.write',
    params: IdParams,
    response: Grade,
    status: 202,
    errors: ['conflict'],
  },
  'POST /api/v1/grades/resync': {
    summary: 'Send many grades again: of an LMS, a course or an item',
    description: 'Runs as a background job; at the pace that the LMS takes.',
    access: 'tenant',
    scope: 'grades.write',
    body: GradeSelection,
    response: z.object({ jobId: Id }),
    status: 202,
  },
  'GET /api/v1/grade-comparisons': {
    summary: 'List comparisons of grades with gradebooks, newest first',
    access: 'tenant',
    scope: 'grades.read',
    query: GradeComparisonList,
    response: listOf(GradeComparison),
  },
  'POST /api/v1/grade-comparisons': {
    summary:
      'Compare the grades of a course with its gradebook, and send again what is wrong there',
    access: 'tenant',
    scope: 'grades.write',
    body: z.object({ courseId: Id, repair: z.boolean().default(false) }),
    response: GradeComparison,
    status: 202,
    errors: ['not_found', 'lti_service_not_offered'],
  },
  'GET /api/v1/grade-comparisons/:id': {
    summary: 'Get one comparison of grades with a gradebook',
    access: 'tenant',
    scope: 'grades.read',
    params: IdParams,
    response: GradeComparison,
  },
} satisfies Contract
