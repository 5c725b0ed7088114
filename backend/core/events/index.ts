export type { EventConsumer } from './definition.ts'
export { onEvent } from './definition.ts'
export { createEvents } from './events.ts'
export {
  newEvent,
  pushEvent,
  removeWithEvent,
  type WithOutbox,
  withOutbox,
} from './outbox.ts'
export {
  EventModel,
  type EventRow,
  findEventPage,
  findEvents,
  repeatable,
  toDomainEvent,
} from './store.ts'
