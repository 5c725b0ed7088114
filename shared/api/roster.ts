import { z } from 'zod'
import { type Contract, Id, IdParams, listOf, Timestamps } from './contract.ts'
import { ChangedBetween, listQuery, MadeBetween } from './list-query.ts'
import {
  bulkRoute,
  ClassOperation,
  EnrollmentBody,
  EnrollmentOperation,
  RosterClassBody,
  RosterClassFields,
  RosterUserBody,
  RosterUserFields,
  UserOperation,
} from './roster-bulk.ts'
import { sourceKinds } from './roster-matches.ts'

/** OneRoster 1.2 names. */
export const RosterUser = RosterUserFields.extend({ id: Id, ...Timestamps })
export type RosterUser = z.output<typeof RosterUser>

const values = z.object({
  givenName: z.string().nullable(),
  familyName: z.string().nullable(),
  email: z.string().nullable(),
})
const owner = Id.nullable().meta({ description: 'Null: as it was entered here' })

/** What each source says of a person, and whose word holds. */
export const PersonSources = z.object({
  fieldOwners: z.object({ name: owner, email: owner }),
  sources: z.array(
    z.object({
      sourceId: Id,
      sourceKind: z.enum(sourceKinds),
      theirId: z.string(),
      values: values.meta({ description: 'Kept beside the record where another source owns it' }),
      updatedAt: z.iso.datetime(),
    }),
  ),
})
export type PersonSources = z.output<typeof PersonSources>

export const RosterClass = RosterClassFields.extend({ id: Id, ...Timestamps })
export type RosterClass = z.output<typeof RosterClass>

export const RosterEnrollment = EnrollmentBody.extend({ id: Id, ...Timestamps })
export type RosterEnrollment = z.output<typeof RosterEnrollment>

const sourcedId = z.string().max(255).optional()
const times = { ...MadeBetween, ...ChangedBetween }

export const UserList = listQuery({
  sort: ['-createdAt', 'updatedAt', 'sourcedId', 'familyName'],
  filters: {
    role: RosterUser.shape.role.optional(),
    classId: Id.optional().meta({ description: 'Only those enrolled in this class' }),
    sourcedId,
    ...times,
  },
})
export type UserList = z.output<typeof UserList>

export const ClassList = listQuery({
  sort: ['-createdAt', 'updatedAt', 'sourcedId', 'title'],
  filters: { sourcedId, ...times },
})
export type ClassList = z.output<typeof ClassList>

export const EnrollmentList = listQuery({
  sort: ['-createdAt', 'updatedAt', 'sourcedId'],
  filters: {
    sourcedId,
    classSourcedId: sourcedId,
    userSourcedId: sourcedId,
    role: RosterEnrollment.shape.role.optional(),
    ...times,
  },
})
export type EnrollmentList = z.output<typeof EnrollmentList>

const reads = { access: 'tenant', scope: 'roster.read' } as const
const writes = { access: 'tenant', scope: 'roster.write' } as const

export const rosterApi = {
  'GET /api/v1/users': {
    summary: 'List people of the roster',
    ...reads,
    query: UserList,
    response: listOf(RosterUser),
  },
  'POST /api/v1/users': {
    summary: 'Add a person to the roster',
    ...writes,
    body: RosterUserBody,
    response: RosterUser,
    status: 201,
    errors: ['conflict'],
  },
  'POST /api/v1/users/bulk': bulkRoute('people', UserOperation),
  'GET /api/v1/users/:id': {
    summary: 'Get one person of the roster',
    ...reads,
    params: IdParams,
    response: RosterUser,
  },
  'GET /api/v1/users/:id/sources': {
    summary: 'See what each connected system says of a person, and which of them owns which field',
    ...reads,
    params: IdParams,
    response: PersonSources,
  },
  'PATCH /api/v1/users/:id': {
    summary: 'Change a person of the roster',
    ...writes,
    params: IdParams,
    body: RosterUserFields.omit({ sourcedId: true }).partial(),
    response: RosterUser,
    errors: ['conflict', 'precondition_failed'],
  },
  'DELETE /api/v1/users/:id': {
    summary: 'Remove a person from the roster, with their enrolments',
    ...writes,
    params: IdParams,
    status: 204,
    errors: ['conflict', 'precondition_failed'],
  },
  'GET /api/v1/classes': {
    summary: 'List classes',
    ...reads,
    query: ClassList,
    response: listOf(RosterClass),
  },
  'POST /api/v1/classes': {
    summary: 'Add a class',
    ...writes,
    body: RosterClassBody,
    response: RosterClass,
    status: 201,
    errors: ['conflict'],
  },
  'POST /api/v1/classes/bulk': bulkRoute('classes', ClassOperation),
  'GET /api/v1/classes/:id': {
    summary: 'Get one class',
    ...reads,
    params: IdParams,
    response: RosterClass,
  },
  'PATCH /api/v1/classes/:id': {
    summary: 'Change a class',
    ...writes,
    params: IdParams,
    body: RosterClassFields.omit({ sourcedId: true }).partial(),
    response: RosterClass,
    errors: ['conflict', 'precondition_failed'],
  },
  'DELETE /api/v1/classes/:id': {
    summary: 'Remove a class, with its enrolments',
    ...writes,
    params: IdParams,
    status: 204,
    errors: ['conflict', 'precondition_failed'],
  },
  'GET /api/v1/enrollments': {
    summary: 'List enrolments',
    ...reads,
    query: EnrollmentList,
    response: listOf(RosterEnrollment),
  },
  'POST /api/v1/enrollments': {
    summary: 'Enrol a person in a class',
    ...writes,
    body: EnrollmentBody,
    response: RosterEnrollment,
    status: 201,
    errors: ['conflict', 'not_found'],
  },
  'POST /api/v1/enrollments/bulk': bulkRoute('enrolments', EnrollmentOperation),
  'GET /api/v1/enrollments/:id': {
    summary: 'Get one enrolment',
    ...reads,
    params: IdParams,
    response: RosterEnrollment,
  },
  'PATCH /api/v1/enrollments/:id': {
    summary: 'Change the role of an enrolment',
    ...writes,
    params: IdParams,
    body: EnrollmentBody.pick({ role: true }).partial(),
    response: RosterEnrollment,
    errors: ['conflict', 'precondition_failed'],
  },
  'DELETE /api/v1/enrollments/:id': {
    summary: 'Remove an enrolment',
    ...writes,
    params: IdParams,
    status: 204,
    errors: ['conflict', 'precondition_failed'],
  },
} satisfies Contract
