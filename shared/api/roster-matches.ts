import { z } from 'zod'
import { type Contract, Id, IdParams, listOf, Timestamps } from './contract.ts'
import { ChangedBetween, listQuery, MadeBetween } from './list-query.ts'

/** `sis`: a student record system, or the roster's own record; `lms`: a learning platform. */
export const sourceKinds = ['sis', 'lms'] as const
export type SourceKind = (typeof sourceKinds)[number]

export const matchStatuses = ['open', 'later', 'same', 'different', 'certain'] as const
export type MatchStatus = (typeof matchStatuses)[number]

export const matchReasons = ['identifier', 'identifier_name_differs', 'email'] as const
export type MatchReason = (typeof matchReasons)[number]

const sourcedId = z.string().max(255)
const text = z.string().nullable()

const Person = z.object({
  sourcedId,
  givenName: text,
  familyName: text,
  email: text,
  role: z.enum(['student', 'teacher']),
})

/** Somebody of a learning platform, and who of the roster that is or may be. */
export const RosterMatch = z.object({
  id: Id,
  sourceId: Id.meta({ description: 'The connection, or the registration of the LMS' }),
  sourceKind: z.enum(sourceKinds),
  status: z.enum(matchStatuses).meta({
    description:
      '`certain`: matched by itself, by the identifier of the student record system; `open` and `later` wait for a person',
  }),
  theirId: z.string().meta({ description: 'As the learning platform calls the person' }),
  person: Person.meta({ description: 'As the learning platform describes the person' }),
  candidates: z.array(
    Person.extend({
      because: z.array(z.enum(matchReasons)).meta({
        description:
          '`identifier_name_differs`: the same identifier, yet another name; `email`: the same e-mail address',
      }),
    }),
  ),
  matchedWith: sourcedId.nullable().meta({ description: 'Null: a record of their own' }),
  decidedBy: z.string().nullable(),
  decidedAt: z.iso.datetime().nullable(),
  ...Timestamps,
})
export type RosterMatch = z.output<typeof RosterMatch>

export const RosterMatchList = listQuery({
  sort: ['createdAt', 'updatedAt'],
  filters: {
    status: z.enum(matchStatuses).optional(),
    sourceId: Id.optional(),
    ...MadeBetween,
    ...ChangedBetween,
  },
})
export type RosterMatchList = z.output<typeof RosterMatchList>

export const MatchDecision = z.object({
  decision: z.enum(['same', 'different', 'later']),
  sourcedId: sourcedId
    .optional()
    .meta({ description: 'With `same`, of several candidates: which of them' }),
})
export type MatchDecision = z.output<typeof MatchDecision>

const reads = { access: 'tenant', scope: 'roster.read' } as const
const writes = { access: 'tenant', scope: 'roster.write', params: IdParams } as const

export const rosterMatchesApi = {
  'GET /api/v1/roster/matches': {
    summary: 'List people of learning platforms who may be people of the roster',
    description: 'Nobody is ever matched by name alone. Reading is in the audit trail.',
    ...reads,
    query: RosterMatchList,
    response: listOf(RosterMatch),
  },
  'GET /api/v1/roster/matches/:id': {
    summary: 'Get one doubtful match',
    ...reads,
    params: IdParams,
    response: RosterMatch,
  },
  'POST /api/v1/roster/matches/:id/decide': {
    summary: 'Say whether they are the same person; it is remembered',
    ...writes,
    body: MatchDecision,
    response: RosterMatch,
    errors: ['conflict'],
  },
  'POST /api/v1/roster/matches/:id/undo': {
    summary: 'Take a decision back: they are two records again, and the question is open',
    ...writes,
    response: RosterMatch,
    errors: ['conflict'],
  },
} satisfies Contract
