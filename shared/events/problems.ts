import { z } from 'zod'
import { problemCauses, problemOwners, problemSeverities } from '../problem-causes.ts'
import { describeEvents, EventId } from './description.ts'

const problemId = 'prb_01kfr425f7h9k1n3q5s7v9y1b3'
const Which = z.object({
  problemId: EventId,
  connectionId: EventId.nullable(),
  connectorId: z.string().max(40).nullable(),
  cause: z.enum(problemCauses),
  severity: z.enum(problemSeverities),
  owner: z.enum(problemOwners),
})
const example = {
  problemId,
  connectionId: 'con_01kfr3z2b4d6f8h0k2m4p6r8tv',
  connectorId: 'moodle',
  cause: 'unauthorised',
  severity: 'critical',
  owner: 'school',
}
const usual = {
  personalData: false,
  subject: 'problemId',
  links: { problem: '/api/v1/problems/:problemId' },
} as const

export const problemEvents = describeEvents({
  'problem.opened': {
    title: 'Problem opened',
    description:
      'Something is wrong with a connection that was not before, or came back after it was resolved.',
    schema: Which.extend({ reopened: z.boolean() }),
    example: { ...example, reopened: false },
    ...usual,
  },
  'problem.updated': {
    title: 'Problem changed',
    description: 'Somebody looks after a problem, or it became graver.',
    schema: Which.extend({ fields: z.array(z.string().max(40)).max(10) }),
    example: { ...example, fields: ['status'] },
    ...usual,
  },
  'problem.resolved': {
    title: 'Problem resolved',
    description: 'A problem was closed, by a person or after everything worked for long enough.',
    schema: Which.extend({ by: z.enum(['recovery', 'person', 'deletion']) }),
    example: { ...example, by: 'recovery' },
    ...usual,
  },
})
