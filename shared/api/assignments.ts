import { z } from 'zod'
import { type Contract, Id, IdParams, listOf, Timestamps } from './contract.ts'
import { ChangedBetween, listQuery, MadeBetween } from './list-query.ts'
import { EnrollmentBody } from './roster-bulk.ts'

const Time = z.iso.datetime()
const { sourcedId, classSourcedId } = EnrollmentBody.shape

const dates = {
  opensAt: Time.nullable().meta({ description: 'Null: from the beginning' }),
  dueAt: Time.nullable().meta({ description: 'Null: no date is set' }),
  closesAt: Time.nullable().meta({ description: 'After this nothing is accepted; null: never' }),
}

/** Dates that hold for some of the class alone; of single people it is only said that there are some. */
export const AssignmentException = z.object({
  appliesTo: z.enum(['section', 'group', 'students']),
  sourcedId: sourcedId.nullable().meta({
    description: 'The class of the section, or the group of the class; null for single students',
  }),
  ...dates,
})
export type AssignmentException = z.output<typeof AssignmentException>

export const AssignmentFields = z.object({
  sourcedId,
  classSourcedId,
  title: z.string().trim().min(1).max(400),
  ...dates,
  exceptions: z.array(AssignmentException).max(500),
})

export const Assignment = AssignmentFields.extend({ id: Id, ...Timestamps })
export type Assignment = z.output<typeof Assignment>

export const AssignmentList = listQuery({
  sort: ['-createdAt', 'updatedAt', 'sourcedId'],
  filters: {
    sourcedId: z.string().max(255).optional(),
    classSourcedId: z.string().max(255).optional(),
    dueFrom: Time.optional().meta({ description: 'Due for the class at or after this time' }),
    dueTo: Time.optional().meta({ description: 'Due for the class at or before this time' }),
    ...MadeBetween,
    ...ChangedBetween,
  },
})
export type AssignmentList = z.output<typeof AssignmentList>

const reads = { access: 'tenant', scope: 'roster.read' } as const

export const assignmentsApi = {
  'GET /api/v1/assignments': {
    summary: 'List what the LMSs of the organisation set, with its dates',
    ...reads,
    query: AssignmentList,
    response: listOf(Assignment),
  },
  'GET /api/v1/assignments/:id': {
    summary: 'Get one assignment of an LMS with its dates',
    ...reads,
    params: IdParams,
    response: Assignment,
  },
} satisfies Contract
