import { z } from 'zod'
import type { Page } from '../../../shared/api/contract.ts'
import type { Event, EventTypeDescription } from '../../../shared/api/events.ts'
import { AppError } from '../../../shared/errors.ts'
import { type EventDescription, eventCatalogue } from '../../../shared/events.ts'
import { type EventRow, findEventPage, findEvents, toDomainEvent } from '../../core/events/index.ts'
import { showPage, type TimedQuery } from '../../core/lists/index.ts'
import { hasScope, type TenantContext } from '../../core/tenancy.ts'
import { checkEventType } from './check-event-types.ts'
import { descriptionOf, linksOf } from './payload.ts'

/** The catalogue as developers read it, the same for everyone. */
export function listEventTypes(): { data: EventTypeDescription[]; nextCursor: null } {
  const rows: [string, EventDescription][] = Object.entries(eventCatalogue)
  const data = rows.map(([name, event]) => {
    const { $schema: _, ...schema } = z.toJSONSchema(event.schema)
    return {
      name,
      title: event.title,
      description: event.description,
      personalData: event.personalData,
      schema,
      example: { ...event.example },
      fullOnly: [...(event.details?.fields ?? [])],
      links: { ...event.links },
    }
  })
  return { data, nextCursor: null }
}

/** The tenant's events of the last 30 days, newest first. */
export async function listEvents(
  ctx: TenantContext,
  query: TimedQuery & { readonly type?: string | undefined },
  publicUrl: string,
): Promise<Page<Event>> {
  const type = query.type === undefined ? undefined : checkEventType(query.type)
  const page = await findEventPage(ctx.tenantId, { ...query, type })
  return showPage(page, (row) => showEvent(ctx, row, publicUrl))
}

export async function readEvent(ctx: TenantContext, id: string, publicUrl: string): Promise<Event> {
  const [row] = await findEvents(
    { tenantIds: [ctx.tenantId] },
    { after: { _id: id }, limit: 1, order: -1 },
  )
  if (!row)
    throw new AppError('not_found', `The event ${id} does not exist, or is older than 30 days`)
  return showEvent(ctx, row, publicUrl)
}

function showEvent(ctx: TenantContext, row: EventRow, publicUrl: string): Event {
  const event = toDomainEvent(row)
  const { details } = descriptionOf(event)
  const hidden = new Set(details && !hasScope(ctx, details.scope) ? details.fields : [])
  const at = event.occurredAt.toISOString()
  return {
    id: event.id,
    type: event.type,
    tenantId: event.tenantId,
    occurredAt: at,
    data: Object.fromEntries(Object.entries(event.data).filter(([field]) => !hidden.has(field))),
    links: linksOf(event, publicUrl),
    createdAt: at,
    updatedAt: at,
  }
}
