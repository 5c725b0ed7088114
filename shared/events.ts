import type { z } from 'zod'
import { alertEvents } from './events/alerts.ts'
import { assessmentEvents } from './events/assessment.ts'
import { connectionEvents } from './events/connections.ts'
import { contentEvents } from './events/content.ts'
import { keyEvents } from './events/keys.ts'
import { ltiEvents } from './events/lti.ts'
import { offboardingEvents } from './events/offboarding.ts'
import { onboardingEvents } from './events/onboarding.ts'
import { pathEvents } from './events/paths.ts'
import { peopleEvents } from './events/people.ts'
import { problemEvents } from './events/problems.ts'
import { rosterEvents } from './events/roster.ts'
import { settingsEvents } from './events/settings.ts'
import { supportEvents } from './events/support.ts'
import { syncEvents } from './events/syncs.ts'
import { webhookEvents } from './events/webhooks.ts'

export type { EventDescription } from './events/description.ts'

/** Every domain event: mostly identifiers, so that a receiver asks for the rest with its own rights. */
export const eventCatalogue = {
  ...alertEvents,
  ...assessmentEvents,
  ...connectionEvents,
  ...contentEvents,
  ...keyEvents,
  ...ltiEvents,
  ...pathEvents,
  ...peopleEvents,
  ...problemEvents,
  ...settingsEvents,
  ...supportEvents,
  ...syncEvents,
  ...onboardingEvents,
  ...offboardingEvents,
  ...rosterEvents,
  ...webhookEvents,
} as const

export type EventType = keyof typeof eventCatalogue
export type EventData<T extends EventType> = z.output<(typeof eventCatalogue)[T]['schema']>

export const eventTypes = Object.keys(eventCatalogue) as readonly EventType[]

export function isEventType(text: string): text is EventType {
  return Object.hasOwn(eventCatalogue, text)
}

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
