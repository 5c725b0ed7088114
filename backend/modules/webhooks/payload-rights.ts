import type { DomainEvent } from '../../../shared/events.ts'
import type { WebhookDeps } from './deps.ts'
import type { EndpointRow } from './endpoint-store.ts'
import { descriptionOf, fillLink, thinData } from './payload.ts'

export interface Payload {
  readonly data: Readonly<Record<string, unknown>>
  readonly kind: 'thin' | 'full'
  /** Why it is thin although full was asked for. */
  readonly note: string | null
}

const withdrawn =
  'The credential that made this endpoint has ended or has no rights in the organisation of the event'

type RightsDeps = Pick<WebhookDeps, 'settings' | 'currentScopes' | 'readObject'>

/** The data of one delivery, by the rights that the credential behind the endpoint holds at this moment. */
export async function payloadFor(
  deps: RightsDeps,
  endpoint: Pick<EndpointRow, 'payload' | 'createdBy'>,
  event: DomainEvent,
): Promise<Payload> {
  const thin = thinData(event, deps.settings.publicUrl)
  if (endpoint.payload === 'thin') return { data: thin, kind: 'thin', note: null }
  const { createdBy } = endpoint
  const scopes = await deps.currentScopes(event.tenantId, createdBy)
  if (scopes === null) return { data: thin, kind: 'thin', note: withdrawn }
  const { details, links } = descriptionOf(event)
  if (details && !holds(scopes, details.scope)) {
    return { data: thin, kind: 'thin', note: `The credential no longer holds ${details.scope}` }
  }
  const full = { ...event.data, links: thin['links'] }
  const [link] = Object.values(links)
  // A link without a field leads to a list, which is not the thing itself.
  if (link === undefined || !link.includes(':')) return { data: full, kind: 'full', note: null }
  const path = fillLink(link, event.data)
  const object = await deps.readObject(event.tenantId, createdBy, scopes, path)
  if (object !== null) return { data: { ...full, object }, kind: 'full', note: null }
  const note = `The credential may not read ${path}, or it was deleted since`
  return details ? { data: full, kind: 'full', note } : { data: thin, kind: 'thin', note }
}

function holds(scopes: ReadonlySet<string>, scope: string): boolean {
  return scopes.has('*') || scopes.has(scope)
}
