import type { ConnectionProblemDetail } from '../../../shared/api/problems.ts'
import { ourMoodle } from './connection-fixtures.ts'

const at = ourMoodle.createdAt

/** A Moodle that does not answer, and what was done about it by itself. */
export const moodleDown: ConnectionProblemDetail = {
  id: 'prb_1',
  tenantId: 'ten_1',
  connectionId: 'con_1',
  connectionName: 'Our Moodle',
  connectorId: 'moodle',
  cause: 'unavailable',
  status: 'open',
  severity: 'warning',
  owner: 'vendor',
  title: 'The other system has a failure',
  whatHappened: 'The other system answers, but says that it cannot serve us at the moment.',
  whatToDo: ['You need not do anything: it is tried again by itself.', 'Look at its status page.'],
  evidence: [{ at, kind: 'check', detail: 'moodle.example has a fault of its own (status 503).' }],
  firstSeenAt: at,
  lastSeenAt: at,
  occurrences: 3,
  flaps: 0,
  recovery: null,
  acknowledgedAt: null,
  acknowledgedBy: null,
  resolvedAt: null,
  resolvedBy: null,
  notes: [],
  acts: [
    {
      id: 'act_1',
      connectionId: 'con_1',
      cause: 'unavailable',
      act: 'breaker-open',
      result: 'waiting',
      before: 'Requests were sent as usual.',
      after: 'Nothing is sent for 30 seconds.',
      explanation: 'It failed several times in a row.',
      at,
      createdAt: at,
      updatedAt: at,
    },
  ],
  createdAt: at,
  updatedAt: at,
}
