import { z } from 'zod'

const Id = z.string().min(1).max(64)
const PlatformEvent = z.object({ platformId: Id })

/** Every domain event and its data: identifiers only, so that a receiver asks for the rest with its own rights. */
export const eventCatalogue = {
  'attempt.submitted': z.object({
    attemptId: Id,
    itemId: Id,
    score: z.number(),
    maxScore: z.number(),
    submittedAt: z.iso.datetime(),
    launchSessionId: Id.nullish(),
  }),
  'item.imported': z.object({ itemId: Id, importId: Id }),
  'lti.platform.created': PlatformEvent,
  'lti.platform.updated': PlatformEvent,
  'lti.platform.deleted': PlatformEvent,
  'lti.deep_link.created': z.object({ platformId: Id, itemIds: z.array(Id) }),
  'user.signed_in': z.object({ userId: Id }),
} as const satisfies Record<string, z.ZodObject>

export type EventType = keyof typeof eventCatalogue
export type EventData<T extends EventType> = z.output<(typeof eventCatalogue)[T]>

/** One thing that happened, as consumers and webhooks receive it. */
export interface DomainEvent<T extends EventType = EventType> {
  readonly id: string
  readonly type: T
  readonly tenantId: string
  readonly data: EventData<T>
  readonly occurredAt: Date
  readonly requestId: string
  /** Events with the same key reach each consumer in the order they were written. */
  readonly orderingKey?: string | undefined
}
