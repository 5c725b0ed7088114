import { z } from 'zod'
import { syncCapabilities, syncTriggers } from '../api/syncs.ts'
import { describeEvents, EventId } from './description.ts'

const whole = z.number().int()
const Which = z.object({
  syncId: EventId,
  connectionId: EventId,
  capability: z.enum(syncCapabilities),
})
const example = {
  syncId: 'syr_01kfr45zq5s7v9y1b3d5f7h9k1',
  connectionId: 'con_01kfr3z2b4d6f8h0k2m4p6r8tv',
  capability: 'roster.pull',
}
const usual = {
  personalData: false,
  subject: 'syncId',
  links: { sync: '/api/v1/syncs/:syncId' },
} as const

export const syncEvents = describeEvents({
  'sync.started': {
    title: 'Synchronisation started',
    description: 'People and classes are being fetched through a connection.',
    schema: Which.extend({ trigger: z.enum(syncTriggers) }),
    example: { ...example, trigger: 'schedule' },
    ...usual,
  },
  'sync.succeeded': {
    title: 'Synchronisation finished',
    description: 'Everything was fetched. `whole` is false where something is missing.',
    schema: Which.extend({
      whole: z.boolean(),
      created: whole,
      updated: whole,
      removed: whole,
      refused: whole,
    }),
    example: { ...example, whole: true, created: 12, updated: 3, removed: 1, refused: 0 },
    ...usual,
  },
  'sync.failed': {
    title: 'Synchronisation failed',
    description: 'Fetching stopped before the end; it can be resumed where it stopped.',
    schema: Which.extend({ code: z.string().max(100) }),
    example: { ...example, code: 'unauthorised' },
    ...usual,
  },
  'sync.held': {
    title: 'Synchronisation held',
    description: 'It would remove unusually many records and waits for a person.',
    schema: Which.extend({ removals: whole }),
    example: { ...example, removals: 412 },
    ...usual,
  },
  'sync.cancelled': {
    title: 'Synchronisation cancelled',
    description: 'Somebody stopped it; what was written before stays.',
    schema: Which,
    example,
    ...usual,
  },
})
