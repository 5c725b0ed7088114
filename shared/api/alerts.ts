import { z } from 'zod'
import { alertChannels } from '../alert-channels.ts'
import { connectorKinds } from '../connection-states.ts'
import { problemCauses, problemOwners, problemSeverities } from '../problem-causes.ts'
import { roleNames } from '../scopes.ts'
import { type Contract, Id, IdParams, listOf, Timestamps, WebAddress } from './contract.ts'
import { ChangedBetween, Flag, listQuery, MadeBetween } from './list-query.ts'

const Time = z.iso.datetime()
const Name = z.string().trim().min(1).max(120)
const RouteIds = z.array(Id).max(20)
const ClockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 18:00')
const Timezone = z
  .string()
  .max(60)
  .refine(isTimezone, 'must be a time zone such as Europe/London')
  .meta({ format: 'timezone', examples: ['Europe/London'] })

function isTimezone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: text })
    return true
  } catch {
    return false
  }
}

export const AlertMatch = z
  .object({
    severities: z.array(z.enum(problemSeverities)).max(3).default([]),
    causes: z.array(z.enum(problemCauses)).max(50).default([]),
    connectorKinds: z.array(z.enum(connectorKinds)).max(10).default([]),
    connectorIds: z.array(z.string().min(1).max(40)).max(50).default([]),
    owners: z.array(z.enum(problemOwners)).max(4).default([]),
  })
  .meta({ description: 'An empty list matches everything' })
export type AlertMatch = z.output<typeof AlertMatch>

export const QuietHours = z.object({
  days: z
    .array(z.number().int().min(1).max(7))
    .min(1)
    .max(7)
    .meta({
      description: '1 is Monday; the day on which the quiet time begins',
      examples: [[1, 5]],
    }),
  from: ClockTime.meta({ examples: ['18:00'] }),
  to: ClockTime.meta({
    description: 'On the next day where not after `from`',
    examples: ['07:30'],
  }),
  timezone: Timezone.default('Europe/London'),
  criticalPasses: z
    .boolean()
    .default(false)
    .meta({ description: 'What is critical is sent all the same' }),
})
export type QuietHours = z.output<typeof QuietHours>

export const Digest = z.object({
  at: ClockTime.meta({ examples: ['08:00'] }),
  timezone: Timezone.default('Europe/London'),
})
export type Digest = z.output<typeof Digest>

export const Escalation = z.object({
  afterMinutes: z
    .number()
    .int()
    .min(1)
    .max(10_080)
    .meta({ examples: [60] }),
  routeIds: RouteIds.min(1),
})
export type Escalation = z.output<typeof Escalation>

const ruleFields = {
  name: Name.meta({ examples: ['Everything grave'] }),
  enabled: z.boolean(),
  match: AlertMatch,
  includeBelow: z
    .boolean()
    .meta({ description: 'Also problems of the organisations below, grouped with your own' }),
  routeIds: RouteIds.min(1),
  groupWindowSeconds: z
    .number()
    .int()
    .min(0)
    .max(3600)
    .meta({ description: 'So long an alert waits for others of the same connector' }),
  updateMinutes: z
    .number()
    .int()
    .min(1)
    .max(10_080)
    .meta({ description: 'At most so often an alert is sent again for what has joined it' }),
  pendingMinutes: z
    .number()
    .int()
    .min(0)
    .max(1440)
    .meta({ description: 'A problem that ends within this time is not told' }),
  notifyResolved: z.boolean(),
  escalation: Escalation.nullable(),
  quietHours: QuietHours.nullable(),
  digest: Digest.nullable().meta({
    description: 'All alerts of a day in one, at this time; what is critical is told at once',
  }),
}

export const AlertRule = z.object({
  id: Id,
  ...ruleFields,
  isDefault: z.boolean().meta({ description: 'Came with the organisation; it cannot be deleted' }),
  ...Timestamps,
})
export type AlertRule = z.output<typeof AlertRule>

export const AlertRuleBody = z.object({
  name: ruleFields.name,
  enabled: ruleFields.enabled.default(true),
  match: AlertMatch.prefault({}),
  includeBelow: ruleFields.includeBelow.default(false),
  routeIds: ruleFields.routeIds,
  groupWindowSeconds: ruleFields.groupWindowSeconds.default(60),
  updateMinutes: ruleFields.updateMinutes.default(60),
  pendingMinutes: ruleFields.pendingMinutes.default(0),
  notifyResolved: ruleFields.notifyResolved.default(true),
  escalation: ruleFields.escalation.default(null),
  quietHours: ruleFields.quietHours.default(null),
  digest: ruleFields.digest.default(null),
})
export type AlertRuleBody = z.output<typeof AlertRuleBody>

export const AlertRuleChange = z.object(ruleFields).partial()
export type AlertRuleChange = z.output<typeof AlertRuleChange>

const Receivers = z.array(z.email().max(320)).min(1).max(20)
const Roles = z.array(z.enum(roleNames)).min(1).max(20)

export const AlertRoute = z.object({
  id: Id,
  name: Name.meta({ examples: ['Office'] }),
  kind: z.enum(alertChannels),
  enabled: z.boolean(),
  to: z
    .array(z.string())
    .nullable()
    .meta({
      description: 'Of `email`: who receives it',
      examples: [['office@larkfield.example']],
    }),
  roles: z
    .array(z.string())
    .nullable()
    .meta({
      description: 'Of `in-app`: who sees it in the administration',
      examples: [null],
    }),
  url: z
    .string()
    .nullable()
    .meta({
      description: 'Of `webhook`, `teams` and `slack`: the host alone, for the rest is a secret',
      examples: [null],
    }),
  isDefault: z.boolean().meta({ description: 'Came with the organisation; it cannot be deleted' }),
  ready: z.boolean().meta({
    description: 'False for `email` where this installation has no mail server',
  }),
  lastSentAt: Time.nullable(),
  lastError: z
    .string()
    .nullable()
    .meta({ examples: [null] }),
  ...Timestamps,
})
export type AlertRoute = z.output<typeof AlertRoute>

const routeName = { name: Name, enabled: z.boolean().default(true) }
const Secret = z.string().regex(/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/, 'must begin with whsec_')

export const AlertRouteBody = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('email'), ...routeName, to: Receivers }),
    z.object({
      kind: z.literal('webhook'),
      ...routeName,
      url: WebAddress,
      secret: Secret.optional().meta({ description: 'Made and shown once where it is left out' }),
    }),
    z.object({ kind: z.literal('teams'), ...routeName, url: WebAddress }),
    z.object({ kind: z.literal('slack'), ...routeName, url: WebAddress }),
    z.object({ kind: z.literal('in-app'), ...routeName, roles: Roles }),
  ])
  .meta({
    examples: [{ kind: 'email', name: 'Office', enabled: true, to: ['office@larkfield.example'] }],
  })
export type AlertRouteBody = z.output<typeof AlertRouteBody>

export const AlertRouteChange = z
  .object({ name: Name, enabled: z.boolean(), to: Receivers, roles: Roles, url: WebAddress })
  .partial()
  .meta({
    description: 'Only what the kind of the route has',
    examples: [{ name: 'Office', enabled: true }],
  })
export type AlertRouteChange = z.output<typeof AlertRouteChange>

export const Alert = z.object({
  id: Id,
  kind: z.enum(['problem', 'update', 'resolved', 'escalation', 'digest']),
  severity: z.enum(problemSeverities),
  title: z.string().meta({ examples: ['Moodle: 12 connections do not answer'] }),
  text: z.string(),
  connectorId: z.string().nullable(),
  problemIds: z.array(Id).meta({ description: 'The first 20' }),
  problemCount: z.number().int(),
  ruleId: Id,
  routeId: Id,
  routeName: z.string(),
  channel: z.enum(alertChannels),
  status: z.enum(['held', 'waiting', 'sent', 'failed', 'dropped']),
  heldBecause: z
    .enum(['quiet-hours', 'silence', 'digest'])
    .nullable()
    .meta({ description: 'Why it is not, or was not, sent at once' }),
  dueAt: Time.nullable().meta({ description: 'When it is sent, or tried again' }),
  attempts: z.number().int(),
  lastError: z
    .string()
    .nullable()
    .meta({ examples: [null] }),
  sentAt: Time.nullable(),
  read: z.boolean().meta({ description: 'By you' }),
  ...Timestamps,
})
export type Alert = z.output<typeof Alert>

export const AlertList = listQuery({
  sort: ['-createdAt', 'updatedAt'],
  filters: {
    status: Alert.shape.status.optional(),
    kind: Alert.shape.kind.optional(),
    severity: Alert.shape.severity.optional(),
    channel: Alert.shape.channel.optional(),
    inbox: Flag.optional().meta({
      description: 'Only what was sent in the administration to a role you have',
    }),
    unread: Flag.optional().meta({ description: 'Only what you have not read' }),
    ...MadeBetween,
    ...ChangedBetween,
  },
})
export type AlertList = z.output<typeof AlertList>

const SilenceMatch = AlertMatch.extend({ connectionIds: z.array(Id).max(200).default([]) })

export const Silence = z.object({
  id: Id,
  reason: z.string().meta({ examples: ['The vendor works on it until noon'] }),
  match: SilenceMatch,
  startsAt: Time,
  endsAt: Time,
  state: z.enum(['coming', 'active', 'over']),
  createdBy: z.string(),
  ...Timestamps,
})
export type Silence = z.output<typeof Silence>

export const SilenceBody = z.object({
  reason: z.string().trim().min(1).max(500),
  match: SilenceMatch.prefault({}),
  startsAt: Time.optional().meta({ description: 'Now where absent' }),
  endsAt: Time.meta({ examples: ['2027-01-15T18:00:00Z'] }),
})
export type SilenceBody = z.output<typeof SilenceBody>

export const AlertTest = z.object({
  ok: z.boolean(),
  detail: z.string().meta({ examples: ['Sent.'] }),
})
export type AlertTest = z.output<typeof AlertTest>

const reads = { access: 'tenant', scope: 'alerts.read' } as const
const writes = { access: 'tenant', scope: 'alerts.write' } as const
const ofOne = { params: IdParams } as const
const ByName = listQuery({
  sort: ['-createdAt', 'updatedAt'],
  filters: { ...MadeBetween, ...ChangedBetween },
})

export const alertsApi = {
  'GET /api/v1/alert-rules': {
    summary: 'List alert rules',
    ...reads,
    query: ByName,
    response: listOf(AlertRule),
  },
  'POST /api/v1/alert-rules': {
    summary: 'Make an alert rule',
    ...writes,
    body: AlertRuleBody,
    response: AlertRule,
    status: 201,
    errors: ['alert_option_invalid'],
  },
  'GET /api/v1/alert-rules/:id': {
    summary: 'Get one alert rule',
    ...reads,
    ...ofOne,
    response: AlertRule,
  },
  'PATCH /api/v1/alert-rules/:id': {
    summary: 'Change an alert rule',
    ...writes,
    ...ofOne,
    body: AlertRuleChange,
    response: AlertRule,
    errors: ['alert_option_invalid', 'conflict', 'precondition_failed'],
  },
  'DELETE /api/v1/alert-rules/:id': {
    summary: 'Delete an alert rule; what waits because of it is not sent',
    ...writes,
    ...ofOne,
    status: 204,
    errors: ['alert_in_use', 'conflict', 'precondition_failed'],
  },
  'GET /api/v1/alert-routes': {
    summary: 'List the ways alerts take',
    ...reads,
    query: ByName,
    response: listOf(AlertRoute),
  },
  'POST /api/v1/alert-routes': {
    summary: 'Add a way for alerts; the secret of a webhook is shown once',
    description:
      'Webhooks are signed as Standard Webhooks 1.0.0 says. Addresses are kept sealed and not shown again.',
    ...writes,
    body: AlertRouteBody,
    response: AlertRoute.extend({
      secret: z.string().nullable().meta({
        description: '`whsec_…` of a webhook, shown here and never again',
      }),
    }),
    status: 201,
    errors: ['url_not_allowed', 'alert_option_invalid'],
  },
  'GET /api/v1/alert-routes/:id': {
    summary: 'Get one way of alerts',
    ...reads,
    ...ofOne,
    response: AlertRoute,
  },
  'PATCH /api/v1/alert-routes/:id': {
    summary: 'Change a way of alerts',
    ...writes,
    ...ofOne,
    body: AlertRouteChange,
    response: AlertRoute,
    errors: ['url_not_allowed', 'alert_option_invalid', 'conflict', 'precondition_failed'],
  },
  'DELETE /api/v1/alert-routes/:id': {
    summary: 'Delete a way of alerts that no rule uses',
    ...writes,
    ...ofOne,
    status: 204,
    errors: ['alert_in_use', 'conflict', 'precondition_failed'],
  },
  'POST /api/v1/alert-routes/:id/test': {
    summary: 'Send a message by one way now, and say what came of it',
    ...writes,
    ...ofOne,
    response: AlertTest,
  },
  'GET /api/v1/alerts': {
    summary: 'List alerts: sent, waiting and held, with why',
    description: 'Kept for 13 months.',
    ...reads,
    query: AlertList,
    response: listOf(Alert),
  },
  'GET /api/v1/alerts/:id': {
    summary: 'Get one alert',
    ...reads,
    ...ofOne,
    response: Alert,
  },
  'POST /api/v1/alerts/:id/read': {
    summary: 'Mark an alert as read by you',
    ...reads,
    ...ofOne,
    response: Alert,
  },
  'GET /api/v1/silences': {
    summary: 'List silences',
    ...reads,
    query: listQuery({
      sort: ['-createdAt', 'updatedAt'],
      filters: {
        state: Silence.shape.state.optional(),
        ...MadeBetween,
        ...ChangedBetween,
      },
    }),
    response: listOf(Silence),
  },
  'POST /api/v1/silences': {
    summary: 'Send no alerts for some problems until a time',
    ...writes,
    body: SilenceBody,
    response: Silence,
    status: 201,
    errors: ['alert_option_invalid'],
  },
  'GET /api/v1/silences/:id': {
    summary: 'Get one silence',
    ...reads,
    ...ofOne,
    response: Silence,
  },
  'DELETE /api/v1/silences/:id': {
    summary: 'End a silence; what it held is sent if it still lasts',
    ...writes,
    ...ofOne,
    status: 204,
    errors: ['conflict', 'precondition_failed'],
  },
} satisfies Contract
