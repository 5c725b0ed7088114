import { z } from 'zod'
import { type Contract, Id, IdParams, listOf, Timestamps } from './contract.ts'
import { Flag, listQuery, MadeBetween } from './list-query.ts'

const Time = z.iso.datetime()
const whole = z.number().int()

/** `members.pull`: the courses of an LMS that is connected by LTI, with their members. */
export const syncCapabilities = ['roster.pull', 'courses.pull', 'members.pull'] as const
export type SyncCapability = (typeof syncCapabilities)[number]

export const syncStatuses = [
  'waiting',
  'running',
  'held',
  'succeeded',
  'partial',
  'failed',
  'cancelled',
] as const
export type SyncStatus = (typeof syncStatuses)[number]

export const syncTriggers = ['schedule', 'person', 'resume', 'webhook'] as const

/** In the order in which they refer to each other. */
export const syncKinds = [
  'orgs',
  'academicSessions',
  'classes',
  'users',
  'enrollments',
  'assignments',
] as const
export type SyncKind = (typeof syncKinds)[number]

export const lossReasons = [
  'refused',
  'not_sent',
  'reference_missing',
  'other_connection',
  'removed_here',
  'changed_here',
  'not_written',
] as const
export type LossReason = (typeof lossReasons)[number]

export const SyncCounts = z.object({
  seen: whole.meta({ description: 'Different records that were received' }),
  created: whole,
  updated: whole,
  unchanged: whole,
  removed: whole,
  refused: whole.meta({ description: 'Could not be taken over; see the changes of the run' }),
  leftOut: whole.meta({ description: 'Not kept by design, such as organisations and terms' }),
})
export type SyncCounts = z.output<typeof SyncCounts>

const LossOfKind = z.object({
  kind: z.enum(syncKinds),
  vendorSays: whole.nullable().meta({ description: 'Null: the other system does not count' }),
  received: whole.meta({ description: 'Different records that came, those refused among them' }),
  taken: whole.meta({ description: 'Taken over through this connection, now and before' }),
  ours: whole.meta({ description: 'Of these, found again in the roster afterwards' }),
  sourceHash: z.string().meta({
    description: 'Sum over the content of all records taken over, whatever their order',
    examples: ['3f0c9a1be27d45688d21'],
  }),
  ourHash: z.string().meta({ examples: ['3f0c9a1be27d45688d21'] }),
  missing: z
    .array(
      z.object({
        sourcedId: z.string().nullable().meta({ description: 'Null: nobody knows which' }),
        why: z.enum(lossReasons),
        detail: z.string(),
      }),
    )
    .meta({ description: 'At most 100 of them' }),
  missingTotal: whole,
})
export type LossOfKind = z.output<typeof LossOfKind>

export const LossReport = z.object({
  whole: z.boolean().meta({ description: 'Nothing is missing and the content is the same' }),
  checkedAt: Time,
  kinds: z.array(LossOfKind),
})
export type LossReport = z.output<typeof LossReport>

const Removal = z.object({
  kind: z.enum(syncKinds),
  removals: whole,
  of: whole.meta({ description: 'How many there are now' }),
  percent: z.number(),
})

export const SyncRun = z.object({
  id: Id,
  connectionId: Id.meta({
    description: 'The connection; of `members.pull` the registration of the LMS',
  }),
  connectorId: z.string().max(40).meta({ description: '`lti` for the registration of an LMS' }),
  capability: z.enum(syncCapabilities),
  trigger: z.enum(syncTriggers).meta({ description: 'What set it going last' }),
  requestedBy: z.string().nullable().meta({ description: 'Who asked for it; null: the schedule' }),
  status: z.enum(syncStatuses).meta({
    description:
      '`held`: it waits for a person, because it would remove unusually many records; `partial`: it came to its end, but something is missing',
  }),
  preview: z.boolean().meta({ description: 'Only counted; nothing is written' }),
  full: z.boolean().meta({ description: 'Everything, not only what changed since the last run' }),
  startedAt: Time.nullable(),
  endedAt: Time.nullable(),
  progress: z.number().nullable().meta({ description: '0 to 1; null: it cannot be told' }),
  checkpoint: z
    .object({ pages: whole, at: Time })
    .nullable()
    .meta({ description: 'Up to where everything is safely written' }),
  resumes: whole.meta({ description: 'How often it went on from its checkpoint' }),
  counts: z.object({
    orgs: SyncCounts,
    academicSessions: SyncCounts,
    classes: SyncCounts,
    users: SyncCounts,
    enrollments: SyncCounts,
    assignments: SyncCounts,
  } satisfies Record<SyncKind, typeof SyncCounts>),
  heldBecause: z
    .object({
      limitPercent: z.number(),
      removals: whole.meta({ description: 'To be given when it is confirmed' }),
      kinds: z.array(Removal),
    })
    .nullable(),
  loss: LossReport.nullable(),
  error: z
    .object({
      code: z.string().meta({ examples: ['unauthorised'] }),
      message: z.string().meta({ description: 'What is wrong and what to do' }),
    })
    .nullable(),
  ...Timestamps,
})
export type SyncRun = z.output<typeof SyncRun>

export const SyncChange = z.object({
  id: Id,
  kind: z.enum(syncKinds),
  sourcedId: z.string().nullable(),
  change: z.enum(['created', 'updated', 'removed', 'refused', 'lost']),
  reason: z.string().nullable().meta({ description: 'Why it was refused or is lost' }),
  ...Timestamps,
})
export type SyncChange = z.output<typeof SyncChange>

const filters = {
  status: SyncRun.shape.status.optional(),
  capability: SyncRun.shape.capability.optional(),
  trigger: SyncRun.shape.trigger.optional(),
  preview: Flag.optional(),
  ...MadeBetween,
}

export const SyncList = listQuery({
  sort: ['-createdAt'],
  filters: { connectionId: Id.optional(), ...filters },
})
export type SyncList = z.output<typeof SyncList>

export const SyncListOfConnection = listQuery({ sort: ['-createdAt'], filters })

export const SyncChangeList = listQuery({
  sort: ['createdAt'],
  filters: {
    kind: SyncChange.shape.kind.optional(),
    change: SyncChange.shape.change.optional(),
    ...MadeBetween,
  },
})
export type SyncChangeList = z.output<typeof SyncChangeList>

export const SyncRequest = z.object({
  capability: z
    .enum(syncCapabilities)
    .optional()
    .meta({ description: 'Where the connector has more than one' }),
  preview: z.boolean().default(false).meta({ description: 'Only count; write nothing' }),
  full: z.boolean().default(false),
})
export type SyncRequest = z.output<typeof SyncRequest>

/** How often the courses of an LMS are fetched, and when it was done last. */
export const CourseSync = z.object({
  platformId: Id,
  scheduled: z.boolean().meta({ description: 'False: only when somebody asks for it' }),
  everyMinutes: whole
    .nullable()
    .meta({ description: 'Null: as the setting `sync.everyMinutes` says' }),
  courses: whole.meta({ description: 'Courses that an activity was opened from' }),
  readable: whole.meta({ description: 'Of these, whose members the LMS lets us read' }),
  last: z.object({ runId: Id, status: z.enum(syncStatuses), endedAt: Time }).nullable(),
  nextAt: Time.nullable(),
})
export type CourseSync = z.output<typeof CourseSync>

export const CourseSyncChange = z.object({
  scheduled: z.boolean().optional(),
  everyMinutes: whole.min(15).max(10_080).nullable().optional(),
})
export type CourseSyncChange = z.output<typeof CourseSyncChange>

const reads = { access: 'tenant', scope: 'connections.read', params: IdParams } as const
const writes = { access: 'tenant', scope: 'syncs.write', params: IdParams } as const
const stateErrors = { errors: ['sync_state_conflict', 'sync_running'] } as const

export const syncsApi = {
  'GET /api/v1/connections/:id/syncs': {
    summary: 'List the synchronisations of a connection',
    ...reads,
    query: SyncListOfConnection,
    response: listOf(SyncRun),
  },
  'POST /api/v1/connections/:id/syncs': {
    summary: 'Synchronise a connection now',
    description:
      'Answers at once; read the run, or follow the topic `syncs`, for how it goes on. One run of a capability at a time.',
    ...writes,
    body: SyncRequest,
    response: SyncRun,
    status: 202,
    errors: ['sync_running', 'sync_unsupported', 'connection_not_in_use'],
  },
  'GET /api/v1/lti/platforms/:id/course-sync': {
    summary: 'See how the courses and members of an LMS are fetched',
    ...reads,
    response: CourseSync,
  },
  'PATCH /api/v1/lti/platforms/:id/course-sync': {
    summary: 'Fetch the courses and members of an LMS on a schedule, or only on demand',
    ...writes,
    body: CourseSyncChange,
    response: CourseSync,
  },
  'GET /api/v1/lti/platforms/:id/syncs': {
    summary: 'List the synchronisations of the courses of an LMS',
    ...reads,
    query: SyncListOfConnection,
    response: listOf(SyncRun),
  },
  'POST /api/v1/lti/platforms/:id/syncs': {
    summary: 'Fetch the courses and members of an LMS now',
    description:
      'Reads the members of every course that an activity was opened from (LTI Names and Roles). Answers at once; read the run, or follow the topic `syncs`.',
    ...writes,
    body: SyncRequest.omit({ capability: true }),
    response: SyncRun,
    status: 202,
    errors: ['sync_running'],
  },
  'GET /api/v1/syncs': {
    summary: 'List synchronisations',
    access: 'tenant',
    scope: 'connections.read',
    query: SyncList,
    response: listOf(SyncRun),
  },
  'GET /api/v1/syncs/:id': {
    summary: 'Get one synchronisation with its counts and what is missing',
    ...reads,
    response: SyncRun,
  },
  'GET /api/v1/syncs/:id/changes': {
    summary: 'List what a synchronisation did, record by record',
    description: 'Identifiers and reasons, never names. Kept for 90 days.',
    ...reads,
    query: SyncChangeList,
    response: listOf(SyncChange),
  },
  'POST /api/v1/syncs/:id/cancel': {
    summary: 'Cancel a synchronisation; what is written stays',
    ...writes,
    response: SyncRun,
    ...stateErrors,
  },
  'POST /api/v1/syncs/:id/resume': {
    summary: 'Go on with a synchronisation that failed or was cancelled, from its checkpoint',
    ...writes,
    response: SyncRun,
    status: 202,
    errors: ['sync_state_conflict', 'sync_running', 'connection_not_in_use'],
  },
  'POST /api/v1/syncs/:id/confirm': {
    summary: 'Let a held synchronisation remove what is gone from the other system',
    ...writes,
    body: z.object({
      removals: whole.min(1).meta({ description: '`heldBecause.removals`, as it was read' }),
    }),
    response: SyncRun,
    status: 202,
    ...stateErrors,
  },
} satisfies Contract
