import { z } from 'zod'
import { type Contract, Id, IdParams, listOf, Timestamps, WebAddress } from './contract.ts'
import { ChangedBetween, listQuery, MadeBetween } from './list-query.ts'
import { apiVersions } from './versions.ts'
import { Replayed, WebhookDelivery, WebhookDeliveryDetail } from './webhook-deliveries.ts'

/** A header or a log line must not be split by what somebody wrote in a field. */
const OneLine = z
  .string()
  .trim()
  .max(500)
  .regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'must be one line without control characters')

/** The parser of addresses would drop line breaks without a word, and the rest would be another address. */
const Address = z
  .string()
  .regex(/^[^\p{Cc}\s\\]+$/u, 'must be a web address without spaces')
  .pipe(WebAddress)

/** RSA of 2048 bits and more, P-256, P-384, P-521 or X25519; what it must be in detail is checked by the server. */
const PublicJwk = z
  .looseObject({ kty: z.enum(['RSA', 'EC', 'OKP']), kid: z.string().max(200).optional() })
  .meta({ description: 'Public key (JWK) of the receiver; never send a private one' })

const FilterValue = z.union([z.string().max(500), z.number(), z.boolean()])

const EndpointFields = z.object({
  url: Address.meta({ description: 'Where deliveries are sent; https on port 443' }),
  eventTypes: z
    .array(z.string().min(1).max(100))
    .min(1)
    .max(100)
    .meta({ description: '`*` for every type, otherwise exact names from the catalogue' }),
  description: OneLine,
  filters: z
    .record(z.string().regex(/^[a-zA-Z]\w{0,63}$/), FilterValue)
    .meta({ description: 'Only events whose data have exactly these values' }),
  tenantIds: z
    .array(Id)
    .max(200)
    .nullable()
    .meta({ description: 'Only events of these organisations, your own or below; null: all' }),
  includeBelow: z.boolean().meta({ description: 'Also events of the organisations below yours' }),
  signature: z.enum(['hmac', 'ed25519']).meta({
    description: '`v1` with a secret of the endpoint, or `v1a` with the key of this installation',
  }),
  payload: z
    .enum(['thin', 'full'])
    .meta({ description: 'Identifiers and links, or also the data your credential may read' }),
  format: z.enum(['standard', 'cloudevents']),
  encryptionKey: PublicJwk.nullable().meta({ description: 'Encrypts each body as a compact JWE' }),
  ordering: z.enum(['none', 'per-entity']).meta({
    description:
      '`per-entity`: one thing’s events one after the other; a retry holds back the rest',
  }),
  apiVersion: z
    .enum(apiVersions)
    .nullable()
    .meta({ description: 'Pins the version of payloads; null: the newest' }),
  enabled: z.boolean(),
})
const fields = EndpointFields.shape

export const WebhookBody = EndpointFields.extend({
  description: fields.description.default(''),
  filters: fields.filters.default({}),
  tenantIds: fields.tenantIds.default(null),
  includeBelow: fields.includeBelow.default(false),
  signature: fields.signature.default('hmac'),
  payload: fields.payload.default('thin'),
  format: fields.format.default('standard'),
  encryptionKey: fields.encryptionKey.default(null),
  ordering: fields.ordering.default('none'),
  apiVersion: fields.apiVersion.default(null),
  enabled: fields.enabled.default(true),
})
export type WebhookBody = z.output<typeof WebhookBody>

/** How an endpoint signs is fixed when it is made. */
export const WebhookChange = EndpointFields.omit({ signature: true }).partial()
export type WebhookChange = z.output<typeof WebhookChange>

export const Webhook = EndpointFields.extend({
  id: Id,
  publicKey: z
    .string()
    .nullable()
    .meta({ description: '`whpk_…`, for endpoints signed with ed25519' }),
  disabledReason: z
    .enum(['by-hand', 'failing', 'gone'])
    .nullable()
    .meta({ description: 'Five days of failures, or an answer 410 Gone' }),
  oldSecretEndsAt: z.iso
    .datetime()
    .nullable()
    .meta({ description: 'Until then deliveries carry two signatures' }),
  ...Timestamps,
})
export type Webhook = z.output<typeof Webhook>

const secret = z
  .string()
  .nullable()
  .meta({ description: '`whsec_…`; shown here and never again. Null where ed25519 signs' })

export const WebhookHealth = z.object({
  status: z.enum(['healthy', 'failing', 'paused', 'disabled']).meta({
    description: '`paused`: after several failures it is left alone until `pausedUntil`',
  }),
  failingSince: z.iso.datetime().nullable(),
  consecutiveFailures: z.number().int(),
  pausedUntil: z.iso.datetime().nullable(),
  lastDeliveredAt: z.iso.datetime().nullable(),
  waiting: z.number().int(),
  failed: z.number().int(),
  payloadInEffect: z.enum(['thin', 'full']),
  payloadReason: z
    .string()
    .nullable()
    .meta({ description: 'Why payloads are thin although full was asked for' }),
})
export type WebhookHealth = z.output<typeof WebhookHealth>

const SecondsOfOverlap = z
  .number()
  .int()
  .min(0)
  .max(7 * 24 * 3600)
  .default(24 * 3600)

const Replay = z.union([
  z.strictObject({
    from: z.iso.datetime().meta({ description: 'Events that happened at or after' }),
    to: z.iso.datetime().optional(),
  }),
  z.strictObject({ failed: z.literal(true) }),
])

const refusals = ['event_type_unknown', 'url_not_allowed', 'webhook_option_invalid'] as const

export const webhooksApi = {
  'GET /api/v1/webhooks': {
    summary: 'List webhook endpoints',
    access: 'tenant',
    scope: 'webhooks.read',
    query: listQuery({
      sort: ['-createdAt', 'updatedAt'],
      filters: { ...MadeBetween, ...ChangedBetween },
    }),
    response: listOf(Webhook),
  },
  'POST /api/v1/webhooks': {
    summary: 'Subscribe an address to events; the secret is shown once',
    description: 'Deliveries follow Standard Webhooks 1.0.0.',
    access: 'tenant',
    scope: 'webhooks.write',
    body: WebhookBody,
    response: Webhook.extend({ secret }),
    status: 201,
    errors: refusals,
  },
  'GET /api/v1/webhooks/:id': {
    summary: 'Get one webhook endpoint',
    access: 'tenant',
    scope: 'webhooks.read',
    params: IdParams,
    response: Webhook,
  },
  'PATCH /api/v1/webhooks/:id': {
    summary: 'Change, enable or disable a webhook endpoint',
    description: 'A disabled endpoint misses nothing for good: replay the time it was off.',
    access: 'tenant',
    scope: 'webhooks.write',
    params: IdParams,
    body: WebhookChange,
    response: Webhook,
    errors: [...refusals, 'conflict', 'precondition_failed'],
  },
  'DELETE /api/v1/webhooks/:id': {
    summary: 'Delete a webhook endpoint; what waits for it is not sent',
    access: 'tenant',
    scope: 'webhooks.write',
    params: IdParams,
    status: 204,
    errors: ['conflict', 'precondition_failed'],
  },
  'GET /api/v1/webhooks/:id/health': {
    summary: 'How deliveries to an endpoint fare',
    access: 'tenant',
    scope: 'webhooks.read',
    params: IdParams,
    response: WebhookHealth,
  },
  'POST /api/v1/webhooks/:id/test': {
    summary: 'Send the event webhook.test to one endpoint',
    access: 'tenant',
    scope: 'webhooks.write',
    params: IdParams,
    response: WebhookDelivery,
    status: 202,
    errors: ['webhook_disabled'],
  },
  'POST /api/v1/webhooks/:id/rotate-secret': {
    summary: 'Make a new secret; the old one signs too until the overlap ends',
    access: 'tenant',
    scope: 'webhooks.write',
    sensitive: true,
    params: IdParams,
    body: z.object({ overlapSeconds: SecondsOfOverlap }),
    response: Webhook.extend({ secret }),
    errors: ['conflict', 'webhook_option_invalid'],
  },
  'POST /api/v1/webhooks/:id/replay': {
    summary: 'Send again the events of a time, or everything that failed',
    description: 'At most 10,000 at once, oldest first; `more` says that some are left.',
    access: 'tenant',
    scope: 'webhooks.write',
    params: IdParams,
    body: Replay,
    response: Replayed,
    status: 202,
    errors: ['webhook_disabled'],
  },
  'GET /api/v1/webhook-deliveries': {
    summary: 'List deliveries, newest first',
    access: 'tenant',
    scope: 'webhooks.read',
    query: listQuery({
      sort: ['-createdAt'],
      filters: {
        endpointId: Id.optional(),
        status: WebhookDelivery.shape.status.optional(),
        eventType: z.string().max(100).optional(),
        eventId: Id.optional(),
        ...MadeBetween,
      },
    }),
    response: listOf(WebhookDelivery),
    errors: ['event_type_unknown'],
  },
  'GET /api/v1/webhook-deliveries/:id': {
    summary: 'Get one delivery with all its attempts',
    access: 'tenant',
    scope: 'webhooks.read',
    params: IdParams,
    response: WebhookDeliveryDetail,
  },
  'POST /api/v1/webhook-deliveries/:id/replay': {
    summary: 'Send one delivery again now, with the same webhook-id',
    access: 'tenant',
    scope: 'webhooks.write',
    params: IdParams,
    response: WebhookDelivery,
    status: 202,
    errors: ['webhook_disabled'],
  },
} satisfies Contract
