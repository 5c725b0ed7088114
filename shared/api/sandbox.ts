import { z } from 'zod'
import { TenantSummary } from './access.ts'
import { type Contract, Id, IdParams, listOf, Timestamps, WebAddress } from './contract.ts'
import { MadeList } from './list-query.ts'

const Rate = z.number().min(0).max(1).meta({ description: 'Share of calls or deliveries, 0 to 1' })

export const SandboxFaults = z.object({
  pattern: z
    .enum(['regular', 'random'])
    .default('regular')
    .meta({ description: '`regular`: a rate of 0.25 strikes every fourth time, never by chance' }),
  api: z
    .object({
      rate429: Rate.default(0),
      rate500: Rate.default(0),
      slowRate: Rate.default(0),
      slowMs: z.number().int().min(0).max(30_000).default(0),
      expiredToken: z.boolean().default(false),
    })
    .prefault({}),
  webhooks: z
    .object({
      duplicateRate: Rate.default(0),
      outOfOrderRate: Rate.default(0),
      delayMs: z.number().int().min(0).max(600_000).default(0),
    })
    .prefault({}),
})
export type SandboxFaults = z.output<typeof SandboxFaults>

export const SandboxClock = z.object({
  offsetSeconds: z.number().int().meta({ description: 'How far the clock is ahead of real time' }),
  now: z.iso.datetime().meta({ description: 'What the sandbox takes for now' }),
})
export type SandboxClock = z.output<typeof SandboxClock>

const mostOffsetSeconds = 10 * 365 * 86_400

export const InspectorAnswer = z.object({
  status: z.number().int().min(200).max(599).default(204),
  delayMs: z.number().int().min(0).max(20_000).default(0),
  times: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .nullable()
    .default(null)
    .meta({ description: 'For the next so many requests only, then 204 at once; null: for all' }),
})
export type InspectorAnswer = z.output<typeof InspectorAnswer>

const SandboxLms = z.object({
  url: z.string().meta({ description: 'The simulated LMS, with a school of its own' }),
  issuer: z.string(),
  clientId: z.string(),
  deploymentId: z.string(),
})

export const Sandbox = z.object({
  id: Id.meta({ description: 'Also the id of its tenant' }),
  tenant: TenantSummary,
  seed: z.string().meta({ description: 'The same seed makes the same school' }),
  lms: SandboxLms.nullable(),
  inspectorUrl: z.string().meta({ description: 'Takes any request; use it as a webhook address' }),
  clock: SandboxClock,
  lastUsedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().meta({ description: '30 days after the last use' }),
  ...Timestamps,
})
export type Sandbox = z.output<typeof Sandbox>

export const Inspection = z.object({
  id: Id,
  method: z.string(),
  path: z.string().meta({ description: 'What came after the address, with its query' }),
  headers: z.record(z.string(), z.string()),
  body: z.string().meta({ description: 'At most the first 64 kB' }),
  bodyEncoding: z.enum(['utf8', 'base64']),
  bodyBytes: z.number().int().meta({ description: 'How long the whole body was' }),
  truncated: z.boolean(),
  signature: z
    .object({ verified: z.boolean(), reason: z.string().nullable() })
    .nullable()
    .meta({ description: 'Null where the request has no webhook headers' }),
  answeredStatus: z.number().int(),
  createdAt: Timestamps.createdAt,
})
export type Inspection = z.output<typeof Inspection>

export const CertificationCheck = z.object({
  name: z.string(),
  title: z.string(),
  outcome: z.enum(['pending', 'passed', 'failed', 'skipped']),
  why: z.string().nullable().meta({ description: 'What was seen' }),
  fix: z.string().nullable().meta({ description: 'What to change; null where nothing is wrong' }),
  durationMs: z.number().nullable(),
})
export type CertificationCheck = z.output<typeof CertificationCheck>

export const Certification = z.object({
  id: Id,
  sandboxId: Id,
  endpointUrl: z.string(),
  status: z.enum(['waiting', 'running', 'done', 'cancelled', 'failed']),
  progress: z.number().min(0).max(1),
  passed: z.boolean().nullable().meta({ description: 'Null until it is done' }),
  checks: z.array(CertificationCheck),
  ...Timestamps,
})
export type Certification = z.output<typeof Certification>

const Seed = z.string().regex(/^[\w-]{1,64}$/, 'holds letters, digits, - and _ only')
const CertificationParams = z.object({ id: Id, certificationId: Id })

export const sandboxApi = {
  'POST /api/v1/sandboxes': {
    summary: 'Make a sandbox: a synthetic school with its own key, LMS and inspector',
    description:
      'Anybody may, where sign-up is open; a browser is then signed in as the developer of the sandbox. The key is shown once. Everything ends 30 days after the last use.',
    access: 'public',
    recognises: true,
    body: z
      .object({
        name: z.string().trim().min(1).max(100).default('Sandbox school'),
        seed: Seed.default('1'),
      })
      .prefault({}),
    response: Sandbox.extend({ apiKey: z.string() }),
    status: 201,
    errors: [
      'unauthenticated',
      'insufficient_scope',
      'sandbox_sign_up_closed',
      'sandbox_limit_reached',
      'too_many_requests',
    ],
  },
  'GET /api/v1/sandboxes': {
    summary: 'List sandboxes, newest first',
    access: 'tenant',
    scope: 'sandbox.read',
    query: MadeList,
    response: listOf(Sandbox),
  },
  'GET /api/v1/sandboxes/:id': {
    summary: 'Get one sandbox',
    access: 'tenant',
    scope: 'sandbox.read',
    params: IdParams,
    response: Sandbox,
  },
  'DELETE /api/v1/sandboxes/:id': {
    summary: 'Delete a sandbox with everything in it, keys and accounts included',
    access: 'tenant',
    scope: 'sandbox.write',
    params: IdParams,
    status: 204,
  },
  'POST /api/v1/sandboxes/:id/reset': {
    summary: 'Put the data of a sandbox back to a seed',
    description:
      'Keys, webhooks and OAuth clients stay. Attempts, launches, deliveries and inspections go; faults and clock are set back. The same seed gives the same ids.',
    access: 'tenant',
    scope: 'sandbox.write',
    params: IdParams,
    body: z.object({ seed: Seed.optional() }).prefault({}),
    response: Sandbox,
    errors: ['sandbox_not_ready'],
  },
  'GET /api/v1/sandboxes/:id/faults': {
    summary: 'What goes wrong on purpose in a sandbox',
    access: 'tenant',
    scope: 'sandbox.read',
    params: IdParams,
    response: SandboxFaults,
  },
  'PUT /api/v1/sandboxes/:id/faults': {
    summary: 'Set what goes wrong on purpose in a sandbox',
    description:
      'What is left out is off. Injected answers carry `EdPsych-Sandbox-Fault`. Sandbox management itself is never struck.',
    access: 'tenant',
    scope: 'sandbox.write',
    params: IdParams,
    body: SandboxFaults,
    response: SandboxFaults,
  },
  'GET /api/v1/sandboxes/:id/clock': {
    summary: 'What a sandbox takes for now',
    access: 'tenant',
    scope: 'sandbox.read',
    params: IdParams,
    response: SandboxClock,
  },
  'PUT /api/v1/sandboxes/:id/clock': {
    summary: 'Move the clock of a sandbox forward',
    description: 'Keys and tokens expire by it and webhook retries fall due. A reset sets it back.',
    access: 'tenant',
    scope: 'sandbox.write',
    params: IdParams,
    body: z.union([
      z.strictObject({ offsetSeconds: z.number().int().min(0).max(mostOffsetSeconds) }),
      z.strictObject({ at: z.iso.datetime() }),
    ]),
    response: SandboxClock,
    errors: ['sandbox_clock_behind'],
  },
  'GET /api/v1/sandboxes/:id/inspector': {
    summary: 'What the inspector of a sandbox answers',
    access: 'tenant',
    scope: 'sandbox.read',
    params: IdParams,
    response: InspectorAnswer,
  },
  'PUT /api/v1/sandboxes/:id/inspector': {
    summary: 'Choose what the inspector answers, to see retries',
    access: 'tenant',
    scope: 'sandbox.write',
    params: IdParams,
    body: InspectorAnswer,
    response: InspectorAnswer,
  },
  'GET /api/v1/sandboxes/:id/inspections': {
    summary: 'List what the inspector received, newest first; the last 200 are kept',
    access: 'tenant',
    scope: 'sandbox.read',
    params: IdParams,
    query: MadeList,
    response: listOf(Inspection),
  },
  'DELETE /api/v1/sandboxes/:id/inspections': {
    summary: 'Forget what the inspector received',
    access: 'tenant',
    scope: 'sandbox.write',
    params: IdParams,
    status: 204,
  },
  'GET /api/v1/sandboxes/:id/certifications': {
    summary: 'List certification runs, newest first',
    access: 'tenant',
    scope: 'sandbox.read',
    params: IdParams,
    query: MadeList,
    response: listOf(Certification),
  },
  'POST /api/v1/sandboxes/:id/certifications': {
    summary: 'Try an endpoint with right and wrong deliveries and report what it handles badly',
    description:
      'Give the address of an endpoint, or the id of a webhook of the sandbox. Deliveries to a bare address are signed with `secret`, or with the secret of the answer, which stays the same for a sandbox.',
    access: 'tenant',
    scope: 'sandbox.write',
    params: IdParams,
    body: z.union([
      z.strictObject({
        endpointUrl: WebAddress,
        secret: z
          .string()
          .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, 'is whsec_ and base64 of 24 to 64 bytes')
          .optional(),
      }),
      z.strictObject({ webhookId: Id }),
    ]),
    response: Certification.extend({
      secret: z.string().nullable().meta({ description: 'Null where the caller knows it' }),
    }),
    status: 201,
    errors: ['conflict', 'url_not_allowed'],
  },
  'GET /api/v1/sandboxes/:id/certifications/:certificationId': {
    summary: 'Get one certification run with its report',
    access: 'tenant',
    scope: 'sandbox.read',
    params: CertificationParams,
    response: Certification,
  },
  'POST /api/v1/sandboxes/:id/certifications/:certificationId/cancel': {
    summary: 'Stop a certification run',
    access: 'tenant',
    scope: 'sandbox.write',
    params: CertificationParams,
    response: Certification,
    errors: ['conflict'],
  },
} satisfies Contract
