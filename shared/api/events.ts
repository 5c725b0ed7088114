import { z } from 'zod'
import { type Contract, Id, IdParams, listOf, Timestamps } from './contract.ts'
import { listQuery, MadeBetween } from './list-query.ts'

export const EventTypeDescription = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  personalData: z.boolean().meta({ description: 'Its data say something about a person' }),
  schema: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema of `data`' }),
  example: z.record(z.string(), z.unknown()),
  fullOnly: z.array(z.string()).meta({ description: 'Fields that thin payloads leave out' }),
  links: z.record(z.string(), z.string()).meta({ description: 'Where the rest can be read' }),
})
export type EventTypeDescription = z.output<typeof EventTypeDescription>

export const Event = z.object({
  id: Id,
  type: z.string(),
  tenantId: Id,
  occurredAt: z.iso.datetime(),
  data: z
    .record(z.string(), z.unknown())
    .meta({ description: 'Without what your rights do not cover' }),
  links: z.record(z.string(), z.string()),
  ...Timestamps,
})
export type Event = z.output<typeof Event>

export const eventsApi = {
  'GET /api/v1/event-types': {
    summary: 'Every event type with its schema and an example',
    access: 'public',
    response: z.object({ data: z.array(EventTypeDescription), nextCursor: z.null() }),
    shared: true,
  },
  'GET /api/v1/events': {
    summary: 'List events of the last 30 days, newest first',
    access: 'tenant',
    scope: 'events.read',
    query: listQuery({
      sort: ['-createdAt'],
      filters: { type: z.string().max(100).optional(), ...MadeBetween },
    }),
    response: listOf(Event),
    errors: ['event_type_unknown'],
  },
  'GET /api/v1/events/:id': {
    summary: 'Get one event',
    access: 'tenant',
    scope: 'events.read',
    params: IdParams,
    response: Event,
  },
} satisfies Contract
