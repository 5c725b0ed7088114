export type {
  Address,
  LookupAll,
  Outgoing,
  OutgoingRequest,
  OutgoingResponse,
} from './definition.ts'
export { createOutgoing, type OutgoingOptions } from './outgoing.ts'
