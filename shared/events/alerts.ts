import { z } from 'zod'
import { describeEvents, EventId } from './description.ts'

export const alertEvents = describeEvents({
  'alert.sent': {
    title: 'Alert sent',
    description: 'Somebody was told of problems, or that they are over.',
    schema: z.object({
      alertId: EventId,
      channel: z.string().max(20),
      kind: z.string().max(20),
      severity: z.string().max(20),
      problemIds: z.array(EventId).max(20),
      problemCount: z.number().int(),
    }),
    example: {
      alertId: 'alm_01kfr437h9k1n3q5s7v9y1b3d5',
      channel: 'email',
      kind: 'problem',
      severity: 'critical',
      problemIds: ['prb_01kfr425f7h9k1n3q5s7v9y1b3'],
      problemCount: 1,
    },
    personalData: false,
    subject: 'alertId',
    links: { alert: '/api/v1/alerts/:alertId' },
  },
  'alert.settings_changed': {
    title: 'Alert settings changed',
    description: 'A rule, a way or a silence of alerts was made, changed or deleted.',
    schema: z.object({
      objectId: EventId,
      object: z.enum(['rule', 'route', 'silence']),
      change: z.enum(['created', 'updated', 'deleted']),
      fields: z.array(z.string().max(40)).max(20),
    }),
    example: {
      objectId: 'alr_01kfr448k1n3q5s7v9y1b3d5f7',
      object: 'rule',
      change: 'updated',
      fields: ['quietHours'],
    },
    personalData: false,
    subject: 'objectId',
    links: { rules: '/api/v1/alert-rules' },
  },
})
