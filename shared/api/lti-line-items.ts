import { z } from 'zod'
import { type Contract, Id, IdParams, listOf, Timestamps } from './contract.ts'
import { ChangedBetween, listQuery, MadeBetween } from './list-query.ts'

const dateTime = z.iso.datetime({ offset: true })

/** A column of an LMS's gradebook (LTI-AGS 2.0 §3.2.9). */
export const LineItem = z.object({
  id: Id,
  courseId: Id,
  label: z.string(),
  scoreMaximum: z.number().meta({ description: 'Greatest score; 0 where the LMS does not say' }),
  resourceLinkId: z
    .string()
    .nullable()
    .meta({ description: 'The link it belongs to; null: it stands by itself' }),
  resourceId: z.string().nullable().meta({ description: 'Our id of what is graded' }),
  tag: z.string().nullable(),
  startDateTime: z.string().nullable(),
  endDateTime: z.string().nullable(),
  ...Timestamps,
})

const fields = {
  label: z.string().trim().min(1).max(500),
  scoreMaximum: z.number().positive().max(1_000_000),
  resourceId: z.string().max(500).optional(),
  tag: z.string().max(500).optional(),
  startDateTime: dateTime.optional(),
  endDateTime: dateTime.optional(),
}

export const LineItemBody = z.object({ ...fields, resourceLinkId: z.string().max(500).optional() })
export type LineItemBody = z.output<typeof LineItemBody>

/** A link stays with the column it has. */
export const LineItemChanges = z.object(fields).partial()
export type LineItemChanges = z.output<typeof LineItemChanges>

export const LineItemList = listQuery({
  sort: ['-createdAt', 'updatedAt', 'label'],
  filters: {
    resourceLinkId: z.string().max(500).optional(),
    resourceId: z.string().max(500).optional(),
    tag: z.string().max(500).optional(),
    ...MadeBetween,
    ...ChangedBetween,
  },
})
export type LineItemList = z.output<typeof LineItemList>

/** What the gradebook shows of one person in a column (LTI-AGS 2.0 §3.3). */
export const GradebookResult = z.object({
  userId: z.string(),
  score: z.number().nullable().meta({ description: 'Null: nothing is graded' }),
  maximum: z.number(),
  comment: z.string().nullable(),
})

const serviceErrors = [
  'not_found',
  'lti_service_not_offered',
  'lti_service_refused',
  'lti_service_gone',
  'service_token_refused',
  'upstream_unavailable',
  'upstream_timeout',
  'upstream_invalid_response',
  'upstream_response_too_large',
  'url_not_allowed',
] as const

const LineItemParams = IdParams.extend({ lineItemId: Id })

export const ltiLineItemsApi = {
  'GET /api/v1/lti/courses/:id/line-items': {
    summary: 'List the gradebook columns of a course, as they were read last',
    access: 'tenant',
    scope: 'grades.read',
    params: IdParams,
    query: LineItemList,
    response: listOf(LineItem),
  },
  'POST /api/v1/lti/courses/:id/line-items': {
    summary: 'Make a gradebook column in the LMS',
    access: 'tenant',
    scope: 'grades.write',
    params: IdParams,
    body: LineItemBody,
    response: LineItem,
    status: 201,
    errors: [...serviceErrors],
  },
  'POST /api/v1/lti/courses/:id/line-items/refresh': {
    summary: 'Read the gradebook columns of a course from its LMS',
    access: 'tenant',
    scope: 'grades.write',
    params: IdParams,
    response: z.object({
      found: z.number().int(),
      gone: z.number().int().meta({ description: 'Columns that the LMS no longer has' }),
      unreadable: z.number().int().meta({ description: 'Columns that came without an address' }),
    }),
    errors: [...serviceErrors],
  },
  'GET /api/v1/lti/courses/:id/line-items/:lineItemId': {
    summary: 'Get one gradebook column as the LMS has it now',
    access: 'tenant',
    scope: 'grades.read',
    params: LineItemParams,
    response: LineItem,
    errors: [...serviceErrors],
  },
  'PATCH /api/v1/lti/courses/:id/line-items/:lineItemId': {
    summary: 'Change a gradebook column in the LMS; what is not named stays as it is',
    access: 'tenant',
    scope: 'grades.write',
    params: LineItemParams,
    body: LineItemChanges,
    response: LineItem,
    errors: [...serviceErrors],
  },
  'DELETE /api/v1/lti/courses/:id/line-items/:lineItemId': {
    summary: 'Remove a gradebook column from the LMS, with the grades in it',
    access: 'tenant',
    scope: 'grades.write',
    params: LineItemParams,
    status: 204,
    errors: [...serviceErrors],
  },
  'GET /api/v1/lti/courses/:id/line-items/:lineItemId/results': {
    summary: 'Read the grades of a column from the LMS',
    access: 'tenant',
    scope: 'grades.read',
    params: LineItemParams,
    query: z.object({ userId: z.string().max(500).optional() }),
    response: z.object({
      results: z.array(GradebookResult),
      unreadable: z.number().int(),
    }),
    errors: [...serviceErrors],
  },
} satisfies Contract
