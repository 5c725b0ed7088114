import type { DomainEvent } from '../../../shared/events.ts'
import type { EndpointRow } from './endpoint-store.ts'

type Wishes = Pick<
  EndpointRow,
  '_id' | 'tenantId' | 'eventTypes' | 'tenantIds' | 'includeBelow' | 'filters'
>

/** Whether an endpoint asked for an event; `lineage` leads from the root to the event's tenant. */
export function wantsEvent(
  endpoint: Wishes,
  event: Pick<DomainEvent, 'type' | 'tenantId'> & { readonly data: object },
  lineage: readonly string[],
): boolean {
  const { tenantIds, eventTypes, filters } = endpoint
  const isOwn = endpoint.tenantId === event.tenantId
  if (!isOwn && !(endpoint.includeBelow && lineage.includes(endpoint.tenantId))) return false
  if (tenantIds !== null && !tenantIds.includes(event.tenantId)) return false
  if (!eventTypes.includes('*') && !eventTypes.includes(event.type)) return false
  const data = event.data as Readonly<Record<string, unknown>>
  // A receiver that fails would only be sent more by hearing of it.
  if (event.type.startsWith('webhook.') && data['endpointId'] === endpoint._id) return false
  return Object.entries(filters).every(([field, value]) => data[field] === value)
}
