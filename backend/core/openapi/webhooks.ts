import { z } from 'zod'
import type { EventDescription } from '../../../shared/events/description.ts'
import { eventCatalogue } from '../../../shared/events.ts'
import type { Json } from './json.ts'

const headers = [
  ['webhook-id', 'Names the delivery: the same for every attempt and replay', { type: 'string' }],
  ['webhook-timestamp', 'Unix seconds of this attempt', { type: 'string', pattern: '^\\d+$' }],
  ['webhook-signature', 'Signatures, parted by blanks: `v1,…` or `v1a,…`', { type: 'string' }],
] as const

/** One entry for each event type: what a subscriber is sent and may answer. */
export function describeWebhooks(): Json {
  const entries = Object.entries<EventDescription>(eventCatalogue).map(([type, event]) => [
    type,
    { post: describeDelivery(type, event) },
  ])
  return Object.fromEntries(entries)
}

function describeDelivery(type: string, event: EventDescription): Json {
  return {
    operationId: `on${type.replace(/(?:^|[._-])(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    summary: event.title,
    description: `${event.description} Deliveries follow Standard Webhooks 1.0.0.`,
    tags: ['event-types'],
    // The receiver trusts the signature, not a credential.
    security: [],
    'x-personal-data': event.personalData,
    ...(event.details ? { 'x-full-only': event.details } : {}),
    parameters: headers.map(([name, description, schema]) => ({
      name,
      in: 'header',
      required: true,
      description,
      schema,
    })),
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: messageOf(type, event), example: exampleOf(type, event) },
      },
    },
    responses: {
      '2XX': { description: 'Received; anything else is tried again for three days' },
      '410': { description: 'Do not send here any more; the endpoint is disabled at once' },
    },
  }
}

function messageOf(type: string, { schema, details }: EventDescription): Json {
  const { $schema: _, additionalProperties: _closed, ...data } = z.toJSONSchema(schema)
  const late = new Set(details?.fields)
  return {
    type: 'object',
    required: ['type', 'timestamp', 'tenantId', 'data'],
    properties: {
      type: { const: type },
      timestamp: { type: 'string', format: 'date-time', description: 'When it happened' },
      tenantId: { type: 'string', description: 'The organisation in which it happened' },
      apiVersion: { type: 'string', description: 'Where the endpoint is pinned to a version' },
      data: { ...data, required: (data.required ?? []).filter((name) => !late.has(name)) },
    },
  }
}

function exampleOf(type: string, { example }: EventDescription): Json {
  return {
    type,
    timestamp: '2026-11-23T09:30:00.000Z',
    tenantId: 'ten_01kfr3k0s2v4x6z8b1d3f5h7jm',
    data: example,
  }
}
