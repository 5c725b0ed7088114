import { z } from 'zod'
import { connectionHealthStates } from '../connection-states.ts'
import { type Contract, Id, IdParams, listOf, Timestamps } from './contract.ts'
import { listQuery, MadeBetween } from './list-query.ts'

const HealthState = z.enum(connectionHealthStates)
const Time = z.iso.datetime()
const code = z
  .string()
  .max(100)
  .nullable()
  .meta({ examples: ['timeout'] })
const message = z
  .string()
  .nullable()
  .meta({
    description: 'What is wrong and what to do, in plain words',
    examples: ['The other system did not answer within 15 seconds. It will be tried again.'],
  })

export const checkTriggers = ['schedule', 'demand', 'traffic'] as const
export type CheckTrigger = (typeof checkTriggers)[number]

export const ConnectionCheck = z.object({
  id: Id,
  trigger: z.enum(checkTriggers).meta({
    description: '`traffic`: told from the ordinary requests of the connection',
  }),
  result: HealthState.meta({ description: 'What this one check found' }),
  state: HealthState.meta({ description: 'Health of the connection after it' }),
  code,
  message,
  latencyMs: z.number().nullable(),
  ...Timestamps,
})
export type ConnectionCheck = z.output<typeof ConnectionCheck>

const Waiting = z.object({
  state: HealthState.meta({ description: 'What the health becomes if this goes on' }),
  since: Time,
  seen: z.number().int().meta({ description: 'Checks in a row that say so' }),
  needed: z.number().int().meta({ description: 'Checks in a row after which it counts' }),
  notBefore: Time.nullable().meta({ description: 'Nor earlier than this' }),
})

export const ConnectionHealth = z.object({
  connectionId: Id,
  state: HealthState,
  since: Time.nullable(),
  code,
  message,
  latencyMs: z.number().nullable(),
  checkedAt: Time.nullable(),
  nextCheckAt: Time.nullable(),
  everyMinutes: z.number(),
  pending: Waiting.nullable().meta({
    description: 'It looks worse than the state says, but not yet for long enough',
  }),
  recovering: Waiting.nullable().meta({
    description: 'It works again, but not yet for long enough to be believed',
  }),
  lastSuccessAt: Time.nullable(),
  freshness: z
    .array(z.object({ capability: z.string(), lastSuccessAt: Time.nullable(), lastAt: Time }))
    .meta({ description: 'When each capability was last used, and last with success' }),
  checks: z.array(ConnectionCheck).meta({ description: 'The last 50, newest first' }),
})
export type ConnectionHealth = z.output<typeof ConnectionHealth>

export const metricResolutions = ['1m', '15m', '1h', '1d'] as const
export type MetricResolution = (typeof metricResolutions)[number]

const whole = z.number().int()
const ms = z.number().nullable()

const Figures = z.object({
  ok: whole,
  failed: whole,
  errorRate: z.number().nullable().meta({ description: '0 to 1; null where nothing happened' }),
  codes: z.record(z.string(), whole).meta({ description: 'Failures by code' }),
  latency: z.object({ meanMs: ms, p50Ms: ms, p95Ms: ms, p99Ms: ms }).meta({
    description: 'Percentiles from a histogram; at most 10 % off',
  }),
  bytes: whole,
  rows: whole,
})

export const MetricPoint = Figures.extend({ at: Time })
export type MetricPoint = z.output<typeof MetricPoint>

export const ConnectionMetrics = z.object({
  connectionId: Id,
  from: Time,
  to: Time,
  resolution: z.enum(metricResolutions),
  capability: z.string().nullable(),
  total: Figures,
  points: z
    .array(MetricPoint)
    .meta({ description: 'Oldest first; nothing where nothing happened' }),
  capabilities: z.array(Figures.extend({ capability: z.string() })).meta({
    description: 'The same period by capability',
  }),
})
export type ConnectionMetrics = z.output<typeof ConnectionMetrics>

export const MetricsQuery = z.object({
  from: Time.optional().meta({ description: 'A day before `to` where absent' }),
  to: Time.optional().meta({ description: 'Now where absent' }),
  resolution: z.enum(metricResolutions).optional().meta({
    description:
      'Kept: 1m for 2 days, 15m for 14 days, 1h for 90 days, 1d for 13 months. The finest that covers the period in at most 400 points where absent',
  }),
  capability: z.string().min(1).max(60).optional().meta({
    description: 'One of them alone, for example `roster.pull`; `health` are the checks',
  }),
})
export type MetricsQuery = z.output<typeof MetricsQuery>

export const ConnectionSlo = z.object({
  connectionId: Id,
  target: z.number().meta({ description: 'Percent', examples: [99.9] }),
  windowDays: whole,
  from: Time,
  to: Time,
  availability: z.number().nullable().meta({
    description: 'Percent of the observed time; null where nothing was observed yet',
  }),
  observedMinutes: z.number(),
  errorBudget: z
    .object({ allowed: z.number(), used: z.number(), left: z.number() })
    .meta({ description: 'Minutes of the window; `left` is negative when it is overdrawn' }),
  burnRate: z
    .object({
      hour: z.number().nullable(),
      sixHours: z.number().nullable(),
      threeDays: z.number().nullable(),
    })
    .meta({
      description: '1 uses up exactly the budget in the window; 10 uses it up ten times as fast',
    }),
})
export type ConnectionSlo = z.output<typeof ConnectionSlo>

export const SyntheticTest = z.object({
  id: Id,
  name: z.string().meta({ examples: ['roster-page'] }),
  title: z.string(),
  status: z.enum(['passed', 'failed']),
  code,
  message,
  durationMs: z.number(),
  ...Timestamps,
})
export type SyntheticTest = z.output<typeof SyntheticTest>

export const publicStates = ['operational', 'degraded', 'down', 'unknown'] as const
export type PublicState = (typeof publicStates)[number]
const Public = z.enum(publicStates)

/** What `/status` and `/status.json` say to everybody: nothing of any organisation. */
export const PublicStatus = z.object({
  generatedAt: Time,
  state: Public,
  sentence: z.string(),
  components: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      state: Public,
      sentence: z.string(),
      uptimePercent: z.number().nullable(),
      days: z.array(
        z.object({ date: z.iso.date(), state: Public, uptimePercent: z.number().nullable() }),
      ),
    }),
  ),
  incidents: z.array(
    z.object({
      component: z.string(),
      title: z.string(),
      state: Public,
      startedAt: Time,
      endedAt: Time.nullable(),
      minutes: whole,
    }),
  ),
})
export type PublicStatus = z.output<typeof PublicStatus>

const reads = { access: 'tenant', scope: 'connections.read', params: IdParams } as const
const tries = { access: 'tenant', scope: 'connections.write', params: IdParams } as const

export const monitoringApi = {
  'GET /api/v1/connections/:id/health': {
    summary: 'Get the health of a connection with what led to it',
    description:
      'A state changes only when several checks in a row say so: `pending` and `recovering` tell what is on its way.',
    ...reads,
    response: ConnectionHealth,
  },
  'POST /api/v1/connections/:id/checks': {
    summary: 'Check a connection now',
    description:
      'Really calls the other system; answers when it is done, after 20 seconds at most.',
    ...tries,
    status: 201,
    response: ConnectionCheck,
    errors: ['connection_not_in_use'],
  },
  'GET /api/v1/connections/:id/checks': {
    summary: 'List the checks of a connection',
    description:
      'Those that found nothing new are kept for some hours, all others for 30 days; counts of all of them are in the metrics.',
    ...reads,
    query: listQuery({
      sort: ['-createdAt'],
      filters: {
        result: HealthState.optional(),
        trigger: z.enum(checkTriggers).optional(),
        ...MadeBetween,
      },
    }),
    response: listOf(ConnectionCheck),
  },
  'GET /api/v1/connections/:id/metrics': {
    summary: 'Get volumes, error rates and latencies of a connection',
    ...reads,
    query: MetricsQuery,
    response: ConnectionMetrics,
  },
  'GET /api/v1/connections/:id/slo': {
    summary: 'Get the availability of a connection and what is left of its error budget',
    ...reads,
    response: ConnectionSlo,
  },
  'POST /api/v1/connections/:id/synthetic-tests': {
    summary: 'Try what a connection is used for, with small harmless requests',
    description: 'Which there are is in `syntheticTests` of the connector.',
    ...tries,
    body: z.object({
      names: z
        .array(z.string().min(1).max(60))
        .min(1)
        .max(20)
        .optional()
        .meta({
          description: 'All of the connector where absent',
          examples: [['roster-page']],
        }),
    }),
    status: 201,
    response: z.object({ results: z.array(SyntheticTest) }),
    errors: ['connection_not_in_use', 'synthetic_test_unknown'],
  },
  'GET /api/v1/connections/:id/synthetic-tests': {
    summary: 'List the results of synthetic tests of a connection',
    description: 'Kept for 90 days.',
    ...reads,
    query: listQuery({
      sort: ['-createdAt'],
      filters: {
        name: z.string().max(60).optional(),
        status: SyntheticTest.shape.status.optional(),
        ...MadeBetween,
      },
    }),
    response: listOf(SyntheticTest),
  },
} satisfies Contract
