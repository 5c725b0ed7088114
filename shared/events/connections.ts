import { z } from 'zod'
import { connectionStates } from '../connection-states.ts'
import { describeEvents, EventId } from './description.ts'

const connectionId = 'con_01kfr3z2b4d6f8h0k2m4p6r8tv'
const State = z.enum(connectionStates)
const links = { connection: '/api/v1/connections/:connectionId' } as const
const usual = { personalData: false, subject: 'connectionId', links } as const
const Which = z.object({ connectionId: EventId, connectorId: z.string().max(40) })
const example = { connectionId, connectorId: 'moodle' }
const Fields = z.array(z.string().max(200)).max(200)

export const connectionEvents = describeEvents({
  'connection.created': {
    title: 'Connection saved',
    description: 'A connection to another system was saved, by hand, by import or as a clone.',
    schema: Which,
    example,
    ...usual,
  },
  'connection.updated': {
    title: 'Connection changed',
    description: 'The name, settings or schedule of a connection were changed or rolled back.',
    schema: Which.extend({ fields: Fields, configVersion: z.number().int() }),
    example: { ...example, fields: ['config.baseUrl'], configVersion: 2 },
    ...usual,
  },
  'connection.state_changed': {
    title: 'Connection changed state',
    description:
      'A connection went from one state to another, by a person or by itself: for example from active to action-needed.',
    schema: Which.extend({ from: State, to: State, code: z.string().max(100) }),
    example: { ...example, from: 'active', to: 'action-needed', code: 'unauthorised' },
    ...usual,
  },
  'connection.credentials_changed': {
    title: 'Credentials of a connection changed',
    description: 'Credentials were set or a person consented; never their values.',
    schema: Which.extend({ fields: Fields }),
    example: { ...example, fields: ['token'] },
    ...usual,
  },
  'connection.source_changed': {
    title: 'The other system told of a change',
    description:
      'The system that a connection leads to sent a genuine message that something changed there; it is fetched soon. Each message counts once, however often it is sent.',
    schema: Which.extend({
      capability: z.string().max(40),
      change: z
        .enum(['course', 'course-deleted', 'members', 'people', 'assignments', 'grades'])
        .optional(),
      // As the other system calls it; absent: it may be any.
      courseId: z.string().max(200).optional(),
    }),
    example: { ...example, capability: 'courses', change: 'members', courseId: '2' },
    ...usual,
  },
  'connection.deleted': {
    title: 'Connection deleted',
    description: 'A connection was deleted; it can be restored for 30 days.',
    schema: Which,
    example,
    ...usual,
  },
  'connection.restored': {
    title: 'Connection restored',
    description: 'A deleted connection was restored; it is paused.',
    schema: Which,
    example,
    ...usual,
  },
})
