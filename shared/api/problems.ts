import { z } from 'zod'
import { problemCauses, problemOwners, problemSeverities } from '../problem-causes.ts'
import { type Contract, Id, IdParams, listOf, Timestamps } from './contract.ts'
import { ChangedBetween, Flag, listQuery, MadeBetween } from './list-query.ts'

const Time = z.iso.datetime()
const Whole = z.number().int()
const Cause = z.enum(problemCauses)

export const healingActs = [
  'retry',
  'refresh-token',
  'breaker-open',
  'breaker-half-open',
  'breaker-close',
  'resume',
  'resubscribe',
  'back-off',
  'fall-back-to-polling',
] as const

export const HealingAct = z.object({
  id: Id,
  connectionId: Id,
  cause: z
    .string()
    .max(100)
    .meta({ examples: ['timeout'] }),
  act: z.enum(healingActs),
  result: z.enum(['worked', 'failed', 'waiting']),
  before: z.string().meta({ examples: ['Requests were sent as usual.'] }),
  after: z.string().meta({ examples: ['Nothing is sent for 30 seconds.'] }),
  explanation: z.string().meta({ description: 'Why it was done, in plain words' }),
  at: Time,
  ...Timestamps,
})
export type HealingAct = z.output<typeof HealingAct>

export const ProblemEvidence = z.object({
  at: Time,
  kind: z.string().meta({ examples: ['check'] }),
  detail: z.string().meta({ examples: ['The other system did not answer within 15 seconds.'] }),
})
export type ProblemEvidence = z.output<typeof ProblemEvidence>

const ProblemNote = z.object({
  at: Time,
  by: z.string().meta({ description: 'Who wrote it' }),
  act: z.enum(['acknowledged', 'resolved', 'reopened']),
  note: z.string(),
})

export const ConnectionProblem = z.object({
  id: Id,
  tenantId: Id,
  connectionId: Id.nullable().meta({ description: 'Null: it concerns many connections' }),
  connectionName: z.string().nullable(),
  connectorId: z.string().nullable(),
  cause: Cause,
  status: z.enum(['open', 'acknowledged', 'resolved']),
  severity: z.enum(problemSeverities),
  owner: z.enum(problemOwners).meta({ description: 'Who can do something about it' }),
  title: z.string(),
  whatHappened: z.string(),
  whatToDo: z.array(z.string()),
  evidence: z.array(ProblemEvidence).meta({ description: 'The newest 20, oldest first' }),
  firstSeenAt: Time,
  lastSeenAt: Time,
  occurrences: z.number().int(),
  flaps: z
    .number()
    .int()
    .meta({ description: 'How often it came back soon after it was resolved' }),
  recovery: z
    .object({ since: Time, successes: z.number().int(), needed: z.number().int(), closesAt: Time })
    .nullable()
    .meta({ description: 'It works again, but not yet for long enough to be believed' }),
  acknowledgedAt: Time.nullable(),
  acknowledgedBy: z.string().nullable(),
  resolvedAt: Time.nullable(),
  resolvedBy: z
    .string()
    .nullable()
    .meta({
      description:
        '`recovery`: everything worked again for long enough; `deletion`: the connection is gone; otherwise who said so',
      examples: [null],
    }),
  notes: z.array(ProblemNote),
  ...Timestamps,
})
export type ConnectionProblem = z.output<typeof ConnectionProblem>

export const ConnectionProblemDetail = ConnectionProblem.extend({
  acts: z.array(HealingAct).meta({
    description: 'What was tried by itself on the connection meanwhile, newest first',
  }),
})
export type ConnectionProblemDetail = z.output<typeof ConnectionProblemDetail>

const below = Flag.optional().meta({
  description: 'Also of the organisations below yours',
})

export const ProblemList = listQuery({
  sort: ['-createdAt', 'updatedAt', 'lastSeenAt'],
  filters: {
    status: z
      .enum(['open', 'acknowledged', 'resolved', 'unresolved'])
      .optional()
      .meta({ description: '`unresolved`: open or acknowledged' }),
    owner: ConnectionProblem.shape.owner.optional(),
    severity: ConnectionProblem.shape.severity.optional(),
    connectionId: Id.optional(),
    connectorId: z.string().max(40).optional(),
    cause: Cause.optional(),
    below,
    ...MadeBetween,
    ...ChangedBetween,
  },
})
export type ProblemList = z.output<typeof ProblemList>

const Note = z.object({ note: z.string().trim().max(1000).default('') })
const reads = { access: 'tenant', scope: 'problems.read' } as const

function act(summary: string) {
  return {
    summary,
    access: 'tenant',
    scope: 'problems.write',
    params: IdParams,
    body: Note,
    response: ConnectionProblem,
    errors: ['problem_state_conflict'],
  } as const
}

export const problemsApi = {
  'GET /api/v1/problems': {
    summary: 'List problems of connections',
    description: 'One for each cause and connection, however often it was met.',
    ...reads,
    query: ProblemList,
    response: listOf(ConnectionProblem),
  },
  'GET /api/v1/problems/summary': {
    summary: 'Count unresolved problems by severity and owner',
    ...reads,
    query: z.object({ below }),
    response: z.object({
      unresolved: Whole,
      bySeverity: z.object({ info: Whole, warning: Whole, critical: Whole }),
      byOwner: z.object({ school: Whole, trust: Whole, vendor: Whole, us: Whole }),
    }),
  },
  'GET /api/v1/problems/:id': {
    summary: 'Get one problem with its evidence and what was tried by itself',
    ...reads,
    params: IdParams,
    response: ConnectionProblemDetail,
  },
  'POST /api/v1/problems/:id/acknowledge': act('Say that somebody looks after a problem'),
  'POST /api/v1/problems/:id/resolve': act('Say that a problem is solved'),
  'POST /api/v1/problems/:id/reopen': {
    ...act('Open a resolved problem again'),
    description: 'Refused where the same problem is already open again.',
  },
  'GET /api/v1/connections/:id/acts': {
    summary: 'List what the server did by itself to heal a connection',
    description: 'Kept for 90 days.',
    ...reads,
    params: IdParams,
    query: listQuery({ sort: ['-createdAt'], filters: { ...MadeBetween } }),
    response: listOf(HealingAct),
  },
} satisfies Contract
