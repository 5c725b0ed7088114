import { z } from 'zod'
import { connectionHealthStates, connectionStates, connectorKinds } from '../connection-states.ts'
import { FormField } from '../form-field.ts'
import { type Contract, Id, IdParams, listOf, Timestamps } from './contract.ts'
import { ChangedBetween, Flag, listQuery, MadeBetween, MadeList } from './list-query.ts'

const State = z.enum(connectionStates)

/** A number for each of the names; none is left out. */
function countBy<const Names extends readonly string[]>(names: Names) {
  const number = z.number().int()
  const shape = Object.fromEntries(names.map((name) => [name, number]))
  // `fromEntries` forgets the names, which are exactly the members.
  return z.object(shape as Record<Names[number], typeof number>).meta({
    examples: [Object.fromEntries(names.map((name) => [name, 0]))],
  })
}
const Time = z.iso.datetime()
const ConnectorId = z.string().min(1).max(40)
const Values = z.record(z.string().max(100), z.unknown())

export const Connector = z.object({
  id: ConnectorId.meta({ examples: ['moodle'] }),
  name: z.string(),
  kind: z.enum(connectorKinds),
  summary: z.string(),
  capabilities: z.array(z.string()).meta({ examples: [['roster.pull']] }),
  signIn: z.enum(['credentials', 'client-credentials', 'oauth']).meta({
    description: '`oauth`: a person consents on a page of the other system',
  }),
  config: z.array(FormField).meta({ description: 'Form of the settings' }),
  credentials: z.array(FormField).meta({ description: 'Form of the credentials' }),
  syntheticTests: z.array(z.object({ name: z.string(), title: z.string() })),
  guide: z.string().nullable().meta({ description: 'Where its set-up is described' }),
})
export type Connector = z.output<typeof Connector>

const Reason = z.object({
  code: z.string(),
  message: z.string(),
  at: Time,
  by: z.string().nullable().meta({ description: 'Who did it; null: the server by itself' }),
})

const SyncFacts = z.object({
  everyMinutes: z
    .number()
    .int()
    .nullable()
    .meta({ description: 'Null: as the setting `sync.everyMinutes` says' }),
  last: z
    .object({
      runId: Id,
      status: z.string(),
      endedAt: Time,
      counts: z.record(z.string(), z.unknown()),
    })
    .nullable(),
  nextAt: Time.nullable(),
})

export const Connection = z.object({
  id: Id,
  tenantId: Id,
  connectorId: ConnectorId.meta({ examples: ['moodle'] }),
  kind: z.enum(connectorKinds),
  name: z.string(),
  state: State,
  stateReason: Reason.nullable(),
  health: z.object({
    state: z.enum(connectionHealthStates),
    since: Time.nullable(),
    checkedAt: Time.nullable(),
    latencyMs: z.number().nullable(),
    code: z.string().nullable(),
    message: z.string().nullable().meta({ description: 'What is wrong and what to do' }),
  }),
  config: Values,
  configVersion: z.number().int(),
  credentials: z
    .record(z.string(), z.object({ set: z.boolean(), changedAt: Time.nullable() }))
    .meta({ description: 'Which are set, never their values' }),
  credentialsExpireAt: Time.nullable(),
  authorisation: z
    .object({
      state: z.enum(['none', 'needed', 'granted', 'expired']),
      expiresAt: Time.nullable(),
      account: z.string().nullable(),
    })
    .nullable()
    .meta({ description: 'Consent of a person; null: this connector needs none' }),
  capabilities: z.array(z.string()),
  addresses: z
    .array(z.object({ title: z.string(), url: z.url() }))
    .meta({ description: 'Of ours, to be entered in the other system or given to its people' }),
  sync: SyncFacts,
  openProblems: z.number().int(),
  deletedAt: Time.nullable().meta({ description: 'Until 30 days later it can be restored' }),
  ...Timestamps,
})
export type Connection = z.output<typeof Connection>

export const TestStep = z.object({
  id: z.string(),
  title: z.string(),
  status: z.enum(['passed', 'failed', 'skipped']),
  detail: z.string(),
  whatToDo: z.string().nullable(),
  code: z.string().nullable(),
  durationMs: z.number(),
})
export type TestStep = z.output<typeof TestStep>

export const ConnectionTest = z.object({ ok: z.boolean(), steps: z.array(TestStep) })
export type ConnectionTest = z.output<typeof ConnectionTest>

const name = z.string().trim().min(1).max(200)
const everyMinutes = z.number().int().min(5).max(10_080).nullable()
const expiresAt = z.iso.datetime().nullable()

export const ConnectionBody = z.object({
  connectorId: ConnectorId,
  name,
  config: Values.default({}),
  credentials: Values.default({}),
  credentialsExpireAt: expiresAt.default(null),
  sync: z.object({ everyMinutes: everyMinutes.default(null) }).default({ everyMinutes: null }),
})
export type ConnectionBody = z.output<typeof ConnectionBody>

export const ConnectionChange = z
  .object({ name, config: Values, sync: z.object({ everyMinutes }) })
  .partial()
export type ConnectionChange = z.output<typeof ConnectionChange>

const because = { reason: z.string().trim().max(500).default('') }

const StateChange = z.object({
  id: Id,
  from: State,
  to: State,
  code: z.string(),
  why: z.string(),
  by: z.string().nullable(),
  at: Time,
})

const FieldDiff = z.object({ field: z.string(), before: z.unknown(), after: z.unknown() })

const ConfigVersion = z.object({
  version: z.number().int(),
  at: Time,
  by: z.string().nullable(),
  fields: z.array(z.string()).meta({ description: 'What changed against the one before' }),
  rolledBackFrom: z.number().int().nullable(),
})

export const ConfigVersionDetail = ConfigVersion.extend({
  config: Values,
  againstBefore: z.array(FieldDiff),
  againstCurrent: z.array(FieldDiff),
})
export type ConfigVersionDetail = z.output<typeof ConfigVersionDetail>

export const ConnectionDocument = z.object({
  format: z.literal('edpsych-connections'),
  version: z.literal(1),
  exportedAt: Time,
  connections: z
    .array(
      z.object({
        connectorId: ConnectorId,
        name,
        config: Values,
        sync: z.object({ everyMinutes }),
      }),
    )
    .max(1000),
})
export type ConnectionDocument = z.output<typeof ConnectionDocument>

export const ImportRow = z.object({
  index: z.number().int(),
  name: z.string(),
  connectorId: z.string(),
  status: z.enum(['created', 'updated', 'unchanged', 'refused']),
  connectionId: Id.nullable(),
  detail: z.string(),
})
export type ImportRow = z.output<typeof ImportRow>

export const CloneResult = z.object({
  tenantId: Id,
  status: z.enum(['created', 'exists', 'refused']),
  connectionId: Id.nullable(),
  detail: z.string(),
})
export type CloneResult = z.output<typeof CloneResult>

const Exchange = z.object({
  id: Id,
  method: z.string(),
  host: z.string(),
  path: z.string(),
  status: z.number().int().nullable(),
  durationMs: z.number(),
  bytes: z.number().int(),
  attempt: z.number().int(),
  purpose: z.string(),
  errorCode: z.string().nullable(),
  at: Time,
  ...Timestamps,
})

const reads = { access: 'tenant', scope: 'connections.read' } as const
const writes = { access: 'tenant', scope: 'connections.write' } as const
const seals = { access: 'tenant', scope: 'connections.secrets' } as const
const ofOne = { params: IdParams } as const
const below = Flag.optional().meta({
  description: 'Also of the organisations below yours',
})

function act(summary: string) {
  return {
    summary,
    ...writes,
    ...ofOne,
    body: z.object(because),
    response: Connection,
    errors: ['connection_state_conflict', 'conflict'],
  } as const
}

export const connectionsApi = {
  'GET /api/v1/connectors': {
    summary: 'List the systems that can be connected, with the forms of each',
    ...reads,
    query: listQuery({
      sort: ['name', 'id'],
      filters: { kind: Connector.shape.kind.optional(), q: z.string().max(200).optional() },
    }),
    response: listOf(Connector),
    shared: true,
  },
  'GET /api/v1/connectors/:id': {
    summary: 'Get one connector with its forms',
    ...reads,
    ...ofOne,
    response: Connector,
    shared: true,
    errors: ['connector_unknown'],
  },
  'POST /api/v1/connection-tests': {
    summary: 'Test settings and credentials before they are saved',
    description:
      'Really calls the other system. Nothing is stored. With `connectionId`, credentials that are left out are those on record.',
    ...writes,
    scope: 'connections.secrets',
    body: z.object({
      connectorId: ConnectorId,
      config: Values.default({}),
      credentials: Values.optional(),
      connectionId: Id.optional(),
    }),
    response: ConnectionTest,
    errors: ['connector_unknown'],
  },
  'GET /api/v1/connections': {
    summary: 'List connections',
    ...reads,
    query: listQuery({
      sort: ['-createdAt', 'name', 'state', 'updatedAt'],
      filters: {
        state: State.optional(),
        kind: Connector.shape.kind.optional(),
        connectorId: ConnectorId.optional(),
        health: z.enum(connectionHealthStates).optional(),
        tenantId: Id.optional().meta({ description: 'Only of this organisation, yours or below' }),
        below,
        deleted: Flag.optional().meta({ description: 'Those that can be restored' }),
        q: z.string().trim().max(200).optional().meta({ description: 'Part of the name' }),
        ...MadeBetween,
        ...ChangedBetween,
      },
    }),
    response: listOf(Connection),
  },
  'POST /api/v1/connections': {
    summary: 'Save a connection as a draft',
    ...writes,
    body: ConnectionBody,
    response: Connection,
    status: 201,
    errors: ['connector_unknown', 'connection_settings_invalid', 'conflict', 'insufficient_scope'],
  },
  'GET /api/v1/connections/summary': {
    summary: 'Count connections by state and health',
    ...reads,
    query: z.object({ below }),
    response: z.object({
      total: z.number().int(),
      byState: countBy(connectionStates),
      byHealth: countBy(connectionHealthStates),
      openProblems: z.number().int(),
    }),
  },
  'GET /api/v1/connections/export': {
    summary: 'Export connections without their secrets',
    ...reads,
    query: z.object({
      ids: z.string().max(20_000).optional().meta({ description: 'By commas; all if left out' }),
    }),
    response: ConnectionDocument,
  },
  'POST /api/v1/connections/import': {
    summary: 'Import connections that were exported',
    description:
      'A connection of the same name and connector is brought up to date, so that importing twice changes nothing. What is new is a draft that wants credentials.',
    ...writes,
    body: z.object({ document: ConnectionDocument, dryRun: z.boolean().default(false) }),
    response: z.object({ dryRun: z.boolean(), results: z.array(ImportRow) }),
  },
  'GET /api/v1/connections/:id': {
    summary: 'Get one connection',
    ...reads,
    ...ofOne,
    response: Connection,
  },
  'PATCH /api/v1/connections/:id': {
    summary: 'Change the name, settings or schedule of a connection',
    description: '`config` is merged into what is there; `null` takes a setting away.',
    ...writes,
    ...ofOne,
    body: ConnectionChange,
    response: Connection,
    errors: ['connection_settings_invalid', 'conflict', 'precondition_failed'],
  },
  'DELETE /api/v1/connections/:id': {
    summary: 'Delete a connection; it can be restored for 30 days',
    ...writes,
    ...ofOne,
    status: 204,
    errors: ['precondition_failed', 'conflict'],
  },
  'POST /api/v1/connections/:id/restore': {
    ...act('Restore a deleted connection; it is paused'),
    errors: ['connection_state_conflict', 'conflict'],
  },
  'PUT /api/v1/connections/:id/credentials': {
    summary: 'Set credentials; those left out stay as they are',
    ...seals,
    ...ofOne,
    body: z.object({ values: Values, expiresAt: expiresAt.optional() }),
    response: Connection,
    errors: ['connection_settings_invalid', 'conflict'],
  },
  'POST /api/v1/connections/:id/test': {
    summary: 'Test a connection with what is on record',
    ...writes,
    ...ofOne,
    response: ConnectionTest,
  },
  'POST /api/v1/connections/:id/activate': {
    ...act('Test a connection and, where everything passes, put it to use'),
    errors: ['connection_test_failed', 'connection_state_conflict', 'conflict'],
  },
  'POST /api/v1/connections/:id/pause': act('Pause a connection; nothing is fetched or sent'),
  'POST /api/v1/connections/:id/resume': act('Resume a paused connection'),
  'POST /api/v1/connections/:id/disable': act('Take a connection out of use'),
  'GET /api/v1/connections/:id/history': {
    summary: 'List the states a connection went through, with who, when and why',
    ...reads,
    ...ofOne,
    query: MadeList,
    response: listOf(StateChange.extend(Timestamps)),
  },
  'GET /api/v1/connections/:id/versions': {
    summary: 'List the versions of the settings',
    ...reads,
    ...ofOne,
    query: MadeList,
    response: listOf(ConfigVersion.extend({ id: Id, ...Timestamps })),
  },
  'GET /api/v1/connections/:id/versions/:version': {
    summary: 'Get one version of the settings with what differs',
    ...reads,
    params: z.object({ id: Id, version: z.coerce.number().int().min(1) }),
    response: ConfigVersionDetail,
  },
  'POST /api/v1/connections/:id/rollback': {
    summary: 'Go back to an earlier version of the settings',
    ...writes,
    ...ofOne,
    body: z.object({ version: z.number().int().min(1), ...because }),
    response: Connection,
    errors: ['connection_settings_invalid', 'conflict'],
  },
  'POST /api/v1/connections/:id/clone': {
    summary: 'Make the same connection for other organisations, without its secrets',
    ...writes,
    ...ofOne,
    body: z.object({ tenantIds: z.array(Id).min(1).max(500), name: name.optional() }),
    response: z.object({ results: z.array(CloneResult) }),
  },
  'POST /api/v1/connections/:id/authorise': {
    summary: 'Begin the consent of a person at the other system',
    description: 'Open the address in the browser of the same session; it comes back by itself.',
    access: 'staff',
    scope: 'connections.secrets',
    ...ofOne,
    response: z.object({ authorizationUrl: z.url() }),
    errors: ['connection_not_oauth', 'connection_settings_invalid'],
  },
  'GET /api/v1/connections/:id/exchanges': {
    summary: 'List the requests a connection made to the other system',
    description: 'Kept for 30 days; never query strings, headers or bodies.',
    ...reads,
    ...ofOne,
    query: listQuery({
      sort: ['-createdAt'],
      filters: { failed: Flag.optional(), ...MadeBetween },
    }),
    response: listOf(Exchange),
  },
} satisfies Contract
