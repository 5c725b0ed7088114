export { type EventConsumer, type Events, type EventsOptions, onEvent } from './definition.ts'
export { createEvents } from './events.ts'
export { type EventOptions, newEvent, pushEvent, type WithOutbox, withOutbox } from './outbox.ts'
export { EventModel, type PendingEvent } from './store.ts'
