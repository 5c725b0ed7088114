import { z } from 'zod'
import { LtiRole } from '../lti.ts'
import { type Contract, Id, IdParams, listOf, Timestamps } from './contract.ts'
import { ChangedBetween, listQuery, MadeBetween } from './list-query.ts'

/** A course of an LMS that somebody opened an activity from. */
export const Course = z.object({
  id: Id,
  platformId: Id,
  deploymentId: z.string(),
  contextId: z.string().meta({ description: 'The id that the LMS gives the course' }),
  title: z.string().nullable(),
  label: z.string().nullable().meta({ description: 'Short name, such as a course code' }),
  services: z
    .object({
      members: z.boolean(),
      groups: z.boolean(),
      lineItems: z.boolean().meta({ description: 'Gradebook columns can be read' }),
      makesLineItems: z.boolean().meta({ description: 'Gradebook columns can be made' }),
      scores: z.boolean().meta({ description: 'Grades can be sent' }),
      results: z.boolean().meta({ description: 'Grades can be read back' }),
    })
    .meta({ description: 'What the LMS offered when an activity of the course was opened last' }),
  launchedAt: z.iso.datetime().meta({ description: 'When an activity was opened from it last' }),
  ...Timestamps,
})
export type Course = z.output<typeof Course>

export const CourseList = listQuery({
  sort: ['-createdAt', 'updatedAt', 'title'],
  filters: { platformId: Id.optional(), ...MadeBetween, ...ChangedBetween },
})
export type CourseList = z.output<typeof CourseList>

/** Somebody in a course, as far as its LMS may tell (LTI-NRPS 2.0 §2.3). */
export const CourseMember = z.object({
  userId: z.string().meta({ description: 'The id that launches of this person carry' }),
  status: z.enum(['Active', 'Inactive', 'Deleted']),
  roles: z.array(LtiRole),
  name: z.string().nullable(),
  givenName: z.string().nullable(),
  familyName: z.string().nullable(),
  email: z.string().nullable(),
  sourcedId: z.string().nullable().meta({ description: 'The id in the student record system' }),
  custom: z
    .record(z.string(), z.string())
    .meta({ description: 'Custom values of the link that was asked about' }),
})

export const CourseMembers = z.object({
  members: z.array(CourseMember),
  unreadable: z
    .number()
    .int()
    .meta({ description: 'Members that the LMS named without an id; they are not in the list' }),
  requests: z.number().int().meta({ description: 'Requests that the list took' }),
  isWhole: z.boolean().meta({ description: 'False: the list was cut at 20,000 people' }),
})

export const CourseGroups = z.object({
  sets: z.array(z.object({ id: z.string(), name: z.string() })),
  groups: z.array(z.object({ id: z.string(), name: z.string(), setId: z.string().nullable() })),
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

export const ltiCoursesApi = {
  'GET /api/v1/lti/courses': {
    summary: 'List courses of LMSs that an activity was opened from',
    access: 'tenant',
    scope: 'lti.read',
    query: CourseList,
    response: listOf(Course),
  },
  'GET /api/v1/lti/courses/:id': {
    summary: 'Get one course of an LMS',
    access: 'tenant',
    scope: 'lti.read',
    params: IdParams,
    response: Course,
  },
  'GET /api/v1/lti/courses/:id/members': {
    summary: 'Read the members of a course from its LMS',
    description:
      'Asked of the LMS at this moment (Names and Role Provisioning Services 2.0) and not kept.',
    access: 'tenant',
    scope: 'roster.read',
    params: IdParams,
    query: z.object({
      role: z
        .string()
        .max(200)
        .optional()
        .meta({ description: 'A context role, such as `Learner`', examples: ['Learner'] }),
      resourceLinkId: z
        .string()
        .max(255)
        .optional()
        .meta({ description: 'Only those who can open this link, with its custom values' }),
    }),
    response: CourseMembers,
    errors: [...serviceErrors],
  },
  'GET /api/v1/lti/courses/:id/groups': {
    summary: 'Read the groups of a course from its LMS',
    description: 'Asked of the LMS at this moment (LTI Course Groups 1.0) and not kept.',
    access: 'tenant',
    scope: 'roster.read',
    params: IdParams,
    response: CourseGroups,
    errors: [...serviceErrors],
  },
} satisfies Contract
