import { z } from 'zod'
import { type Contract, Id, IdParams, listOf, Timestamps } from './contract.ts'
import { listQuery, MadeBetween } from './list-query.ts'

export const usageDimensions = [
  'day',
  'hour',
  'month',
  'operation',
  'key',
  'caller',
  'status',
  'version',
  'tenant',
] as const
export type UsageDimension = (typeof usageDimensions)[number]
const Dimension = z.enum(usageDimensions).meta({
  description:
    '`caller` is the kind of caller: `api-key`, `staff`, `oauth`, `launch`, `embed` or `system`',
})

const StatusFilter = z
  .string()
  .regex(/^[1-5](xx|\d\d)$/, 'must be a status such as 404, or a class such as 4xx')
const Day = z.iso.date()

export const UsageQuery = z.object({
  from: Day.optional().meta({ description: 'First day, UTC; 30 days before `to` where absent' }),
  to: Day.optional().meta({ description: 'Last day, UTC; today where absent' }),
  groupBy: Dimension.default('day'),
  splitBy: Dimension.optional().meta({ description: 'A second dimension, for stacked charts' }),
  tenantId: Id.optional().meta({
    description: 'An organisation below your own; yours where absent',
  }),
  below: z.enum(['true', 'false']).default('false').meta({
    description: 'Count everything below the organisation as well',
  }),
  keyId: Id.optional().meta({ description: 'One API key, OAuth client or person' }),
  operation: z.string().max(200).optional(),
  status: StatusFilter.optional(),
})
export type UsageQuery = z.output<typeof UsageQuery>

export const UsageRow = z.object({
  group: z.string(),
  split: z.string().nullable(),
  count: z.number().int(),
})
export type UsageRow = z.output<typeof UsageRow>

export const Usage = z.object({
  from: Day,
  to: Day,
  groupBy: Dimension,
  splitBy: Dimension.nullable(),
  total: z.number().int(),
  data: z.array(UsageRow),
  names: z
    .record(z.string(), z.string())
    .optional()
    .meta({
      description:
        'Where organisations are counted: the name of each that was asked for, also of those without calls; at most 1,000',
      examples: [{ ten_01kfr3k0s2v4x6z8b1d3f5h7jm: 'Larkfield Academy' }],
    }),
  truncated: z.boolean().meta({ description: 'Whether groups beyond 10,000 were left out' }),
})
export type Usage = z.output<typeof Usage>

export const RequestProblem = z.object({
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() })),
})

export type RequestProblem = z.output<typeof RequestProblem>

export const RequestRecord = z.object({
  id: Id,
  requestId: z.string().meta({ description: 'As in X-Request-Id of the answer' }),
  operation: z.string(),
  method: z.string(),
  path: z.string().meta({ description: 'Values of the query are left out, for privacy' }),
  status: z.number().int(),
  code: z.string().nullable(),
  problem: RequestProblem.nullable().meta({ description: 'The refusal exactly as answered' }),
  durationMs: z.number(),
  credential: z.object({ kind: z.string(), id: Id }),
  version: z.string().nullable(),
  userAgent: z.string(),
  network: z.string().meta({ description: 'Network of the caller, /24 or /48' }),
  count: z.number().int().meta({
    description: 'Like calls of the same second that this record stands for; above 1 under load',
  }),
  requestBody: z.string().nullable().meta({ description: 'Test organisations only, redacted' }),
  responseBody: z.string().nullable().meta({ description: 'Test organisations only, redacted' }),
  ...Timestamps,
})
export type RequestRecord = z.output<typeof RequestRecord>

export const RequestsQuery = listQuery({
  sort: ['-createdAt'],
  filters: {
    keyId: Id.optional(),
    status: StatusFilter.optional(),
    operation: z.string().max(200).optional(),
    code: z.string().max(100).optional(),
    requestId: z.string().max(100).optional(),
    ...MadeBetween,
  },
})
export type RequestsQuery = z.output<typeof RequestsQuery>

export const usageApi = {
  'GET /api/v1/usage': {
    summary: 'Count API calls by time, operation, caller, status, version or organisation',
    description:
      'Counts are of your organisation, of one below it (`tenantId`), or of all below (`below`); never of one beside or above.',
    access: 'tenant',
    scope: 'usage.read',
    query: UsageQuery,
    response: Usage,
    errors: ['not_found'],
  },
  'GET /api/v1/usage.csv': {
    summary: 'The same as comma-separated values, for a spreadsheet',
    access: 'tenant',
    scope: 'usage.read',
    query: UsageQuery,
    response: z.string(),
    contentType: 'text/csv; charset=utf-8',
    errors: ['not_found'],
  },
  'GET /api/v1/requests': {
    summary: 'List the calls of your credentials, newest first, with the problem each was answered',
    description:
      'Kept for 30 days. Refusals are always recorded; of many like successes within a second one record stands for several.',
    access: 'tenant',
    scope: 'usage.read',
    query: RequestsQuery,
    response: listOf(RequestRecord),
  },
  'GET /api/v1/requests/:id': {
    summary: 'Get one call, by its id or by its X-Request-Id',
    access: 'tenant',
    scope: 'usage.read',
    params: IdParams,
    response: RequestRecord,
  },
} satisfies Contract
