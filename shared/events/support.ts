import { z } from 'zod'
import { describeEvents, EventId } from './description.ts'

export const supportEvents = describeEvents({
  'support.access_opened': {
    title: 'Support staff can see this organisation',
    description:
      'Somebody of the platform’s support has opened this organisation to themselves for a while, with a reason. An administrator can end it at any time.',
    schema: z.object({ accessId: EventId, personId: EventId, until: z.iso.datetime() }),
    example: {
      accessId: 'sup_01kfr3x8m1p3r5t7w9y2b4d6fh',
      personId: 'usr_01kfr3r4e6g9j1m3p5s8v0x2za',
      until: '2026-11-23T17:00:00Z',
    },
    personalData: true,
    subject: 'accessId',
    links: { accesses: '/api/v1/support-accesses' },
  },
})
