import { z } from 'zod'
import { describeEvents, EventId } from './description.ts'

const EndpointData = z.object({ endpointId: EventId })
const endpoint = { endpointId: 'whe_01kfr3t5h7k9n1q3s6v8x0z2bd' }
const links = { endpoint: '/api/v1/webhooks/:endpointId' } as const

export const webhookEvents = describeEvents({
  'webhook.test': {
    title: 'Test event',
    description: 'Sent to one endpoint when somebody asks for a test; it means nothing else.',
    schema: EndpointData,
    example: endpoint,
    personalData: false,
    subject: 'endpointId',
    links,
  },
  'webhook.created': {
    title: 'Webhook endpoint created',
    description: 'An endpoint was subscribed to events.',
    schema: EndpointData,
    example: endpoint,
    personalData: false,
    subject: 'endpointId',
    links,
  },
  'webhook.updated': {
    title: 'Webhook endpoint changed',
    description:
      'An endpoint was changed, enabled or disabled, or its secret was rotated; `fields` names what.',
    schema: EndpointData.extend({ fields: z.array(z.string().max(64)) }),
    example: { ...endpoint, fields: ['eventTypes'] },
    personalData: false,
    subject: 'endpointId',
    links,
  },
  'webhook.deleted': {
    title: 'Webhook endpoint deleted',
    description: 'An endpoint was deleted; nothing more is sent to it.',
    schema: EndpointData,
    example: endpoint,
    personalData: false,
    subject: 'endpointId',
    links: {},
  },
  'webhook.failing': {
    title: 'Webhook endpoint failing',
    description:
      'An endpoint has refused every delivery for a day. After five days it is disabled.',
    schema: EndpointData.extend({ failingSince: z.iso.datetime() }),
    example: { ...endpoint, failingSince: '2026-11-22T09:30:00.000Z' },
    personalData: false,
    subject: 'endpointId',
    links,
  },
  'webhook.disabled': {
    title: 'Webhook endpoint disabled',
    description:
      'Deliveries to an endpoint were stopped: it failed for five days, or answered 410 Gone.',
    schema: EndpointData.extend({ reason: z.enum(['failing', 'gone']) }),
    example: { ...endpoint, reason: 'failing' },
    personalData: false,
    subject: 'endpointId',
    links,
  },
})
