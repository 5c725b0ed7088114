export type { Outgoing, OutgoingResponse } from './definition.ts'
export { createOutgoing } from './outgoing.ts'
