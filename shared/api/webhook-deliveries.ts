import { z } from 'zod'
import { Id, Timestamps } from './contract.ts'

/** One event on its way to one endpoint. */
export const WebhookDelivery = z.object({
  id: Id,
  webhookId: z
    .string()
    .meta({ description: 'The header `webhook-id`: the same for every attempt and replay' }),
  endpointId: Id,
  eventId: Id,
  eventType: z.string(),
  tenantId: Id.meta({ description: 'The organisation in which it happened' }),
  status: z
    .enum(['waiting', 'delivered', 'failed'])
    .meta({ description: '`failed`: not tried again by itself; kept for 30 days to be replayed' }),
  attemptCount: z.number().int(),
  nextAttemptAt: z.iso.datetime().nullable(),
  lastStatus: z.number().int().nullable().meta({ description: 'HTTP status of the last answer' }),
  lastError: z.string().nullable().meta({ description: 'In plain words; null when it succeeded' }),
  deliveredAt: z.iso.datetime().nullable(),
  ...Timestamps,
})
export type WebhookDelivery = z.output<typeof WebhookDelivery>

const Headers = z.record(z.string(), z.string())

export const WebhookAttempt = z.object({
  number: z.number().int(),
  at: z.iso.datetime(),
  durationMs: z.number().int(),
  outcome: z.enum(['delivered', 'failed']),
  status: z.number().int().nullable(),
  error: z.string().nullable(),
  payload: z.enum(['thin', 'full']),
  note: z
    .string()
    .nullable()
    .meta({ description: 'Why the payload was thin although full was asked for' }),
  request: z.object({
    url: z.string(),
    headers: Headers.meta({ description: 'As sent, without the signature' }),
    body: z.string().meta({ description: 'As sent; the first 4,096 characters' }),
  }),
  response: z
    .object({
      headers: Headers,
      body: z.string().meta({ description: 'The first 1,024 characters, credentials taken out' }),
    })
    .nullable(),
})
export type WebhookAttempt = z.output<typeof WebhookAttempt>

export const WebhookDeliveryDetail = WebhookDelivery.extend({
  attempts: z.array(WebhookAttempt).meta({ description: 'The last twenty, oldest first' }),
})
export type WebhookDeliveryDetail = z.output<typeof WebhookDeliveryDetail>

export const Replayed = z.object({
  matched: z.number().int().meta({ description: 'Events or deliveries that the request names' }),
  queued: z.number().int().meta({ description: 'Deliveries that are being sent again' }),
  more: z.boolean(),
})
export type Replayed = z.output<typeof Replayed>
