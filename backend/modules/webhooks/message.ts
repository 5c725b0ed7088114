import type { DomainEvent } from '../../../shared/events.ts'
import { encryptFor } from './encryption.ts'
import type { EndpointRow } from './endpoint-store.ts'
import { subjectOf } from './payload.ts'
import type { Payload } from './payload-rights.ts'

export interface Message {
  readonly contentType: string
  readonly body: string
}

type Shape = Pick<EndpointRow, 'format' | 'encryptionKey' | 'apiVersion'>

/** The body of a delivery: Standard Webhooks 1.0.0 or CloudEvents 1.0 (structured), encrypted where asked for. */
export async function messageFor(
  endpoint: Shape,
  event: DomainEvent,
  payload: Pick<Payload, 'data'>,
  { webhookId, publicUrl }: { readonly webhookId: string; readonly publicUrl: string },
): Promise<Message> {
  const plain =
    endpoint.format === 'cloudevents'
      ? cloudEvent(endpoint, event, payload, webhookId, publicUrl)
      : standard(endpoint, event, payload)
  if (endpoint.encryptionKey === null) return plain
  const { contentType, body } = plain
  return {
    contentType: 'application/jose',
    body: await encryptFor(endpoint.encryptionKey, body, contentType),
  }
}

function standard(
  { apiVersion }: Shape,
  event: DomainEvent,
  { data }: Pick<Payload, 'data'>,
): Message {
  const body = {
    type: event.type,
    timestamp: event.occurredAt.toISOString(),
    tenantId: event.tenantId,
    ...(apiVersion === null ? {} : { apiVersion }),
    data,
  }
  return { contentType: 'application/json', body: JSON.stringify(body) }
}

function cloudEvent(
  { apiVersion }: Shape,
  event: DomainEvent,
  { data }: Pick<Payload, 'data'>,
  webhookId: string,
  publicUrl: string,
): Message {
  const body = {
    specversion: '1.0',
    id: webhookId,
    source: `${publicUrl}/api/v1/tenants/${event.tenantId}`,
    type: event.type,
    time: event.occurredAt.toISOString(),
    subject: subjectOf(event),
    datacontenttype: 'application/json',
    dataschema: `${publicUrl}/api/v1/event-types#${event.type}`,
    // An extension attribute: lower-case letters and digits only.
    ...(apiVersion === null ? {} : { apiversion: apiVersion }),
    data,
  }
  return { contentType: 'application/cloudevents+json', body: JSON.stringify(body) }
}
