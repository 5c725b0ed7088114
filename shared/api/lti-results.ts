import { z } from 'zod'
import { type Contract, Id, IdParams } from './contract.ts'

/** What the learners of one course have done, as its teacher sees it. */
export const CourseResults = z.object({
  course: z.object({ contextId: z.string(), title: z.string().nullable() }),
  items: z
    .array(z.object({ id: Id, title: z.string().nullable(), maxScore: z.number() }))
    .meta({ description: 'Assessments that somebody of the course has handed in' }),
  learners: z.array(
    z.object({
      userId: z.string().meta({ description: 'The id that the LMS gives the person' }),
      name: z.string().nullable().meta({ description: 'Null where the LMS does not tell names' }),
      results: z.array(
        z.object({
          itemId: Id,
          score: z.number(),
          maxScore: z.number(),
          submittedAt: z.iso.datetime(),
        }),
      ),
    }),
  ),
  hasMembers: z.boolean().meta({
    description: 'The LMS told who is in the course; else only those are listed who handed in',
  }),
  isWhole: z.boolean().meta({ description: 'False where there is more than is shown' }),
})
export type CourseResults = z.output<typeof CourseResults>

export const ltiResultsApi = {
  'GET /api/v1/lti/dashboards/course-results': {
    summary: 'What learners have done in the course that this launch came from',
    access: 'launch',
    scope: 'lti.results',
    response: CourseResults,
    errors: ['forbidden', 'not_found'],
  },
  'GET /api/v1/lti/courses/:id/results': {
    summary: 'What learners have done in a course',
    access: 'tenant',
    scope: 'attempts.read',
    params: IdParams,
    response: CourseResults,
  },
} satisfies Contract
