export { createEvents } from './events.ts'
export { pushEvent, withOutbox } from './outbox.ts'
export { EventModel } from './store.ts'
